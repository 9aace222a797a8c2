"""``simgate debug`` as a user runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from simgate.cli.command_line import app
from simgate.errors import SimgateError
from simgate.image import Image
from simgate.toolchain import build_app

ROOT = Path(__file__).resolve().parents[2]
APP = "fault_unaligned_ldrd"


@pytest.fixture
def debug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs the command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(elf: Path, *arguments: object) -> Any:
        words = ["debug", str(elf), "--board", "stm32f407", *map(str, arguments)]
        return CliRunner().invoke(app, words)

    return run


def test_a_fault_is_reported_and_exits_1(simgate, elf_of) -> None:
    elf = elf_of(APP)
    done = simgate("debug", elf, "--board", "stm32f407", "--for", 0.1)
    assert done.returncode == 1, done.stderr
    assert "LDRD from 0x20000c01, which is not a multiple of 4" in done.stdout
    assert "load_doubleword_unaligned" in done.stdout
    command = done.stdout.splitlines()[-1]
    assert command.startswith(f"simgate debug {elf} --board stm32f407 --at ")
    assert command.endswith(" --gdb :3333")


def test_the_state_before_an_instruction(debug, elf_of) -> None:
    elf = elf_of(APP)
    fault = json.loads(debug(elf, "--json").stdout)
    count = fault["instructions"]
    done = debug(elf, "--at", count)
    assert done.exit_code == 0
    assert f"Stopped before instruction {count:,}" in done.stdout
    assert "load_doubleword_unaligned" in done.stdout
    earlier = debug(elf, "--at", 100, "--json")
    assert json.loads(earlier.stdout)["instructions"] == 100


def test_json_goes_to_a_file_and_its_inputs_come_from_one(debug, elf_of, tmp_path) -> None:
    elf = elf_of(APP)
    done = debug(elf, "--json", "-o", "report.json")
    assert (done.exit_code, done.stdout) == (1, "")
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["outcome"] == "unaligned access"
    assert report["blame"]["function"] == "load_doubleword_unaligned"
    again = debug(elf, "--inputs", "report.json")
    assert again.exit_code == 1
    assert " --inputs report.json --at " in again.stdout.splitlines()[-1]


def test_a_run_to_its_end_exits_0_and_one_that_never_says_it_exits_1(debug, elf_of) -> None:
    elf = elf_of("hang")
    done = debug(elf, "--for", 0.01)
    assert (done.exit_code, done.stdout) == (0, "")
    done = debug(elf, "--for", 0.01, "--until", "about to hang")
    assert done.exit_code == 0
    done = debug(elf, "--for", 0.01, "--until", "survived")
    assert done.exit_code == 1
    assert "No UART said 'survived': endless loop at" in done.stdout
    assert "wait_for_ever" in done.stdout


def test_a_fault_after_the_text_fails(debug) -> None:
    folder = ROOT / "firmware" / "app" / "faults" / "pass_then_fault"
    elf = build_app(folder, build_directory=ROOT / "build" / "tests" / folder.name)
    done = debug(elf, "--until", "PASS")
    assert done.exit_code == 1
    assert "null function pointer" in done.stdout


def test_the_hosts_time_that_runs_out_exits_2(debug, elf_of) -> None:
    done = debug(elf_of("hang"), "--for", 1000, "--wall", 0.05)
    assert done.exit_code == 2
    assert "The host's time ran out: endless loop" in done.stdout


def test_a_run_without_a_fault_replaces_the_report_of_another(debug, elf_of, tmp_path) -> None:
    elf, old = elf_of("hang"), tmp_path / "report"
    for form, expected in (["--json"], "null\n"), ([], "It ran to its end without a fault.\n"):
        old.write_text("of another run")
        assert debug(elf, "--for", 0.01, "-o", old, *form).exit_code == 0
        assert old.read_text() == expected


def test_a_text_to_send_may_be_longer_than_a_files_name(debug, elf_of) -> None:
    words = [elf_of("hello"), "--for", 1, "--until", "q"]
    assert debug(*words, "--send", "usart2=" + 5000 * "q").exit_code == 0


def test_stacks_may_be_named_by_symbols(debug, elf_of) -> None:
    """The replay says them as numbers, so that it holds whatever is built later."""
    stack = "task=words..words+0x10"
    elf = elf_of(APP)
    options = ("--stack-limit", "__stack_limit+0x100", "--process-stack", stack)
    done = debug(elf, *options)
    assert done.exit_code == 1
    assert "--stack-limit 0x20000100 --process-stack task=0x20000c00..0x20000c10" in done.stdout
    done = debug(elf, "--process-stack", "task=words")  # all of it
    size = Image.read(elf).symbol("words").size
    assert f"--process-stack task=0x20000c00..0x{0x20000C00 + size:08x} " in done.stdout


def test_what_is_sent_arrives(debug, elf_of) -> None:
    """hello echoes what it receives, a byte a line."""
    elf = elf_of("hello")
    words = [elf, "--for", 1, "--until", "q"]
    assert debug(*words).exit_code == 1
    for sending in ("usart2=q", "usart2@0.2=q", "usart2=\\x71"):
        done = debug(*words, "--send", sending)
        assert done.exit_code == 0, done.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--for", "0"], "--for"),
        (["--stack-limit", "here"], "no symbol 'here'"),
        (["--process-stack", "audio=1..2..3"], "is no address"),
        (["--process-stack", "audio=words+x..0x20002000"], "'words+x' is no address"),
        (["--process-stack", "audio=0x2000..0x1000"], "limit is not below its top"),
        (["--process-stack", "audio"], "NAME=LIMIT..TOP"),
        (["--send", "hello"], "no UART=FILE or UART=TEXT"),
        (["--send", "usart2@soon=x"], "no time in seconds"),
        (["--send", "usart9=x"], "usart9"),
        (["--send", "usart2@1e308=x"], "no time in seconds"),
        (["--input", "usart2=00"], "UART@TICK=HEX"),
        (["--input", "usart2@-5=00"], "a tick -5 that no run has"),
        (["--input", f"usart2@{10**30}=00"], "that no run has"),
        (["--inputs", "absent.json"], "absent.json"),
        (["--gdb", "3333"], "no [HOST]:PORT"),
        (["--at", "99999999999", "--wall", "0.05"], "does not come to instruction"),
        (["-o", "no/such/folder/x"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_refused(elf_of, arguments, complaint) -> None:
    words = ["debug", str(elf_of(APP)), "--board", "stm32f407", *arguments]
    refusal = CliRunner().invoke(app, words).exception
    assert isinstance(refusal, SimgateError)
    assert complaint in str(refusal)
    assert refusal.exit_code == 2


def test_a_refusal_exits_2(simgate, elf_of) -> None:
    done = simgate("debug", elf_of(APP), "--board", "stm32f407", "--send", "usart9=x", "--json")
    assert done.returncode == 2
    assert "usart9" in json.loads(done.stderr)["message"]


def test_what_is_attached_and_played_is_in_the_command_that_goes_back(
    simgate, elf_of, tmp_path
) -> None:
    (tmp_path / "led.repl").write_text("led: Miscellaneous.LED @ gpioPortD 12\n")
    (tmp_path / "late.uart").write_text('at 0.001\nsend "x"\n')
    options = ("--attach", "led.repl", "--play", "usart2=late.uart")
    done = simgate("debug", elf_of(APP), "--board", "stm32f407", *options)
    assert done.returncode == 1, done.stderr
    command = done.stdout.strip().splitlines()[-1]
    assert "--attach led.repl --play usart2=late.uart --at " in command
    again = simgate(*command.split(" --gdb")[0].split()[1:])
    assert again.returncode == 0 and "stopped in" in again.stdout
    wrong = simgate("debug", elf_of(APP), "--board", "stm32f407", "--play", "late.uart")
    assert wrong.returncode == 2 and "is not UART=FILE" in wrong.stderr
