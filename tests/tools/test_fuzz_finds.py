"""The fuzzer fails when somebody is wrong, names the instruction, and explains only what it may."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from tools.fuzz import __main__ as command
from tools.fuzz import campaign, layout
from tools.fuzz.campaign import Outcome, Task, batch_of, check, run_task
from tools.fuzz.compare import Finding, Pair
from tools.fuzz.differences import explained
from tools.fuzz.image import Batch, build
from tools.fuzz.model import execute
from tools.fuzz.model.machine import Fields, Machine, Operation, Options
from tools.fuzz.oracle import make
from tools.fuzz.sequence import Item, Pin, Sequence
from tools.fuzz.tables import by_name

SEED, PROCESSOR = 7, "cortex-m4f"
TASK = Task(SEED, PROCESSOR, ("model",), 0, 700)


def off_by_one(right: Operation) -> Operation:
    """As the operation, but the result is one too high."""

    def wrong(machine: Machine, fields: Fields, options: Options) -> None:
        right(machine, fields, options)
        machine.write(fields["d"], machine.r[fields["d"]] + 1)

    return wrong


def run_with(monkeypatch: pytest.MonkeyPatch, name: str, wrong: Operation) -> Outcome:
    monkeypatch.setitem(execute.OPERATIONS, name, wrong)
    return run_task(TASK)


def marked(report: str) -> str:
    """The instruction that a report blames."""
    return next(line for line in report.splitlines() if line.startswith(" > ")).split("   ")[-1]


def test_a_wrong_result_is_found_and_reduced(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run_with(monkeypatch, "usad8", off_by_one(execute.OPERATIONS["usad8"]))
    assert outcome.unexplained["model"] >= 2
    for report in outcome.reports:
        assert marked(report).strip().startswith("usad8")
        instructions = re.findall(r"^ [ >] 0x", report, re.MULTILINE)
        assert len(instructions) == 1, report  # nothing else is needed for it
        assert "ours" in report and "before: r0=" in report


def test_a_wrong_flag_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = execute.OPERATIONS["ssat"]

    def wrong(machine: Machine, fields: Fields, options: Options) -> None:
        before = machine.q
        right(machine, fields, options)
        machine.q = before

    outcome = run_with(monkeypatch, "ssat", wrong)
    assert outcome.unexplained["model"]
    for report in outcome.reports:
        assert marked(report).strip().startswith("ssat")
        assert "apsr: ours" in report


def test_a_wrong_store_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = execute.OPERATIONS["store2"]

    def wrong(machine: Machine, fields: Fields, options: Options) -> None:
        right(machine, {**fields, "u": fields["t"]}, options)

    outcome = run_with(monkeypatch, "store2", wrong)
    assert outcome.unexplained["model"]
    for report in outcome.reports:
        assert marked(report).strip().startswith("strd")
        assert "memory at SP" in report


def test_a_fault_on_one_side_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(machine: Machine, fields: Fields, options: Options) -> None:
        machine.branch(4)

    outcome = run_with(monkeypatch, "rbit", wrong)
    assert outcome.unexplained["model"]
    for report in outcome.reports:
        assert marked(report).strip().startswith("rbit")
        assert "status: ours 0x0000600d, model 0x0000fa17" in report


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    arguments = ["fuzz", "--workers", "1", "--seed", str(SEED), "--sequences", "600"]
    arguments += ["--oracle", "model"]
    monkeypatch.setattr(sys, "argv", arguments)
    yield arguments


def test_exit_codes(
    shell: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.append("--json")
    assert command.main() == 0
    assert '"unexplained": {}' in capsys.readouterr().out
    monkeypatch.setitem(execute.OPERATIONS, "add", off_by_one(execute.OPERATIONS["add"]))
    assert command.main() == 1
    assert '"model":' in capsys.readouterr().out


def test_an_unknown_oracle_is_refused(shell: list[str]) -> None:
    shell += ["--oracle", "qemu,oracle"]
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 2


# ---- documented differences, each provoked by hand -------------------------------------------


def one(items: list[tuple[str, dict[str, int]]], fpscr: int = 0, **registers: int) -> Batch:
    """A batch of one sequence with these registers, all other state from the seed."""
    batch = batch_of(Task(SEED, PROCESSOR, (), 0, 1))
    pins = []
    for name, value in registers.items():
        number = int(name[1:])
        if name[0] == "r":
            pins.append(Pin(number, value, False))
        else:
            batch.states.fp[0, number] = value
    batch.states.fpscr[0] = fpscr
    batch.states.apsr[0] = 0
    sequence = Sequence(
        0, tuple(Item(by_name()[name], fields) for name, fields in items), tuple(pins)
    )
    return Batch(PROCESSOR, (sequence,), batch.states)


def outcome_of(batch: Batch) -> Outcome:
    pytest.importorskip("unicorn")
    return check(batch, make("strict", PROCESSOR), [make("unicorn", PROCESSOR)])


SMLAD = ("smlad", {"n": 1, "m": 2, "a": 3, "d": 4, "x": 0})


def test_q_of_smlad_is_explained() -> None:
    # 2^30 + 2^30 - 2^31 = 0: the sum of the products alone would not fit
    outcome = outcome_of(one([SMLAD], r1=0x80008000, r2=0x80008000, r3=0x80000000))
    assert outcome.explained == {"Unicorn: Q of SMLAD": 1}
    assert not outcome.unexplained


def test_a_true_overflow_of_smlad_is_no_difference() -> None:
    outcome = outcome_of(one([SMLAD], r1=0x80008000, r2=0x80008000, r3=0))
    assert not outcome.explained
    assert not outcome.unexplained


def test_rounding_of_fixed_point_is_explained() -> None:
    # 2^24 + 3 lies between the singles 2^24 + 2 and 2^24 + 4; RMode is towards zero
    convert = ("vcvt_from_fixed", {"v": 0, "o": 0, "u": 1, "y": 1, "i": 15 | 1 << 4})
    outcome = outcome_of(one([convert], fpscr=3 << 22, s0=(1 << 24) + 3))
    assert outcome.explained == {"Unicorn: VCVT from 32-bit fixed point": 1}
    assert not outcome.unexplained


def test_a_barrier_in_an_it_block_is_explained() -> None:
    add = ("addw", {"d": 1, "n": 1, "i": 5})
    it = ("it", {"c": 1, "j": 0b0100})  # NE, which holds, else EQ, which does not
    outcome = outcome_of(one([it, ("isb", {}), add], r1=7))
    assert outcome.explained == {"Unicorn: ISB in an IT block": 1}
    assert not outcome.unexplained


def test_what_stands_behind_a_known_difference_is_looked_at() -> None:
    add = ("addw", {"d": 1, "n": 1, "i": 5})
    it = ("it", {"c": 1, "j": 0b0100})
    batch = one([SMLAD, it, ("isb", {}), add], r1=0x80008000, r2=0x80008000, r3=0x80000000)
    outcome = outcome_of(batch)
    assert outcome.explained == {"Unicorn: Q of SMLAD": 1, "Unicorn: ISB in an IT block": 1}


def finding(columns: dict[str, int], item: tuple[str, dict[str, int]], oracle: str) -> Finding:
    """Theirs differs from ours by these XORs, after one instruction."""
    batch = one([item], r1=0x80008000, r2=0x80008000, r3=0x80000000)
    image = build(batch)
    pair = Pair(make("strict", PROCESSOR), make("strict", PROCESSOR), image, 0)
    sequence = batch.sequences[0]
    ours, theirs = pair.endings(sequence)
    before = pair.endings(sequence.keeping([]))[0].registers
    for name, change in columns.items():
        theirs.registers[layout.RESULT_NAMES.index(name)] ^= np.uint32(change)
    return Finding(oracle, image, 0, sequence, 0, before, ours, theirs)


def test_entries_explain_no_more_than_they_say() -> None:
    q = 1 << 27
    assert explained(finding({"apsr": q}, SMLAD, "unicorn")) is not None
    assert explained(finding({"apsr": q}, SMLAD, "qemu")) is None
    assert explained(finding({"apsr": q | 1 << 31}, SMLAD, "unicorn")) is None
    assert explained(finding({"apsr": q, "r4": 1}, SMLAD, "unicorn")) is None
    other = ("smuad", {"n": 1, "m": 2, "d": 4, "x": 0})
    assert explained(finding({"apsr": q}, other, "unicorn")) is None
    exact = ("vcvt_from_fixed", {"v": 0, "o": 0, "u": 0, "y": 0, "i": 1})
    assert explained(finding({"s0": 1}, exact, "unicorn")) is None


def test_shown_reports_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "SHOWN", 2)
    outcome = run_with(monkeypatch, "add", off_by_one(execute.OPERATIONS["add"]))
    assert outcome.unexplained["model"] > 10
    assert len(outcome.reports) == 2
