"""The command is one that can be typed: quoted, with all that made the run."""

from __future__ import annotations

import shlex

from simgate.board import find_board
from simgate.debug.replay_command import input_options, moment_of, replay_command, run_options
from simgate.engine.base import EngineOptions, ProcessStack
from simgate.result import Fault, FaultKind, SourceLocation, UartInput


def fault(kind: FaultKind) -> Fault:
    return Fault(kind, "", SourceLocation(0x08000000), 1000)


def test_the_options_of_the_machine_are_there() -> None:
    options = EngineOptions(
        stack_limit=0x20000400, process_stacks=(ProcessStack("audio", 0x20001000, 0x20001400),)
    )
    words = run_options(find_board("stm32f407"), options)
    assert replay_command("my app.elf", words, 7187) == (
        "simgate debug 'my app.elf' --board stm32f407 --stack-limit 0x20000400 "
        "--process-stack audio=0x20001000..0x20001400 --at 7187 --gdb :3333"
    )


def test_short_inputs_are_written_out_and_long_ones_named() -> None:
    short = (UartInput("usart2", 168, b"hi\n"), UartInput("usart2", 200, b"x"))
    assert input_options(short) == ["--input", "usart2@168=68690a", "--input", "usart2@200=78"]
    assert input_options((UartInput("usart2", 1, bytes(500)),)) == ["--inputs", "report.json"]
    assert input_options(()) == []


def test_it_stops_where_the_culprit_has_not_executed() -> None:
    assert moment_of(fault(FaultKind.UNALIGNED), 0, pc_is_code=True) == 1000
    assert moment_of(fault(FaultKind.INVALID_STATE), 0, pc_is_code=True) == 999
    assert moment_of(fault(FaultKind.UNDEFINED), 0, pc_is_code=False) == 999
    assert moment_of(None, 500, pc_is_code=True) == 499


def test_words_survive_the_shell() -> None:
    command = replay_command("a b.elf", ["--send", "usart2=it's\\n"], 1)
    assert shlex.split(command)[2:5] == ["a b.elf", "--send", "usart2=it's\\n"]
