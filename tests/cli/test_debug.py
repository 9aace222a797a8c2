"""``simgate debug`` as a user runs it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from simgate.cli.command_line import app
from simgate.errors import SimgateError

APP = "fault_unaligned_ldrd"


def test_a_fault_is_reported_and_exits_1(simgate, elf_of) -> None:
    elf = elf_of(APP)
    done = simgate("debug", elf, "--board", "stm32f407", "--for", 0.1)
    assert done.returncode == 1, done.stderr
    assert "LDRD from 0x20000c01, which is not a multiple of 4" in done.stdout
    assert "load_doubleword_unaligned" in done.stdout
    command = done.stdout.splitlines()[-1]
    assert command.startswith(f"simgate debug {elf} --board stm32f407 --at ")
    assert command.endswith(" --gdb :3333")


def test_the_state_before_an_instruction(simgate, elf_of) -> None:
    elf = elf_of(APP)
    fault = json.loads(simgate("debug", elf, "--board", "stm32f407", "--json").stdout)
    count = fault["instructions"]
    done = simgate("debug", elf, "--board", "stm32f407", "--at", count)
    assert done.returncode == 0, done.stderr
    assert f"Stopped before instruction {count:,}" in done.stdout
    assert "load_doubleword_unaligned" in done.stdout
    earlier = simgate("debug", elf, "--board", "stm32f407", "--at", 100, "--json")
    assert json.loads(earlier.stdout)["instructions"] == 100


def test_json_goes_to_a_file_and_its_inputs_come_from_one(simgate, elf_of, tmp_path) -> None:
    elf = elf_of(APP)
    done = simgate("debug", elf, "--board", "stm32f407", "--json", "-o", "report.json")
    assert (done.returncode, done.stdout) == (1, "")
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["outcome"] == "unaligned access"
    assert report["blame"]["function"] == "load_doubleword_unaligned"
    again = simgate("debug", elf, "--board", "stm32f407", "--inputs", "report.json")
    assert again.returncode == 1
    assert " --inputs report.json --at " in again.stdout.splitlines()[-1]


def test_a_run_to_its_end_exits_0_and_one_that_never_says_it_exits_1(simgate, elf_of) -> None:
    elf = elf_of("hang")
    done = simgate("debug", elf, "--board", "stm32f407", "--for", 0.01)
    assert (done.returncode, done.stdout) == (0, "")
    done = simgate("debug", elf, "--board", "stm32f407", "--for", 0.01, "--until", "about to hang")
    assert done.returncode == 0
    done = simgate("debug", elf, "--board", "stm32f407", "--for", 0.01, "--until", "survived")
    assert done.returncode == 1
    assert "No UART said 'survived': endless loop at" in done.stdout
    assert "wait_for_ever" in done.stdout


def test_stacks_may_be_named_by_symbols(simgate, elf_of) -> None:
    """The replay says them as numbers, so that it holds whatever is built later."""
    stack = "task=words..words+0x10"
    elf = elf_of(APP)
    options = ("--stack-limit", "__stack_limit+0x100", "--process-stack", stack)
    done = simgate("debug", elf, "--board", "stm32f407", *options)
    assert done.returncode == 1
    assert "--stack-limit 0x20000100 --process-stack task=0x20000c00..0x20000c10" in done.stdout


def test_what_is_sent_arrives(simgate, elf_of) -> None:
    """hello echoes what it receives, a byte a line."""
    elf = elf_of("hello")
    words = ["debug", elf, "--board", "stm32f407", "--for", 1, "--until", "q"]
    assert simgate(*words).returncode == 1
    for sending in ("usart2=q", "usart2@0.2=q", "usart2=\\x71"):
        done = simgate(*words, "--send", sending)
        assert done.returncode == 0, done.stdout


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
        (["--input", "usart2=00"], "UART@TICK=HEX"),
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
