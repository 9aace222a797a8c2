"""The command that leads to a moment of a run again, with gdb attached."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from simgate.board import Board, known_boards
from simgate.engine.base import EngineOptions
from simgate.result import Fault, FaultKind, Input, UartInput

GDB_PORT = ":3333"
_INLINE_BYTES = 64  # of inputs, up to which they are part of the command

_AFTER_BRANCH = frozenset({FaultKind.INVALID_STATE})
"""Kinds that strike at the target of a branch, which has been executed already."""


def run_options(board: Board, options: EngineOptions) -> list[str]:
    """The arguments that make the same machine: board, stacks."""
    named = board.name in known_boards() and board.repl.parent.name == "platforms"
    arguments = ["--board", board.name if named else str(board.repl)]
    for path in board.extra:
        arguments += ["--attach", str(path)]
    if options.stack_limit is not None:
        arguments += ["--stack-limit", f"0x{options.stack_limit:08x}"]
    for stack in options.process_stacks:
        arguments += ["--process-stack", f"{stack.name}=0x{stack.limit:08x}..0x{stack.top:08x}"]
    return arguments


def input_options(inputs: Sequence[Input], inputs_file: Path | None = None) -> list[str]:
    """The arguments that send the same bytes at the same ticks.

    Short inputs are written out; longer ones are in `inputs_file`, a report or a result as JSON.
    """
    if not inputs:
        return []
    sent = [one for one in inputs if isinstance(one, UartInput)]
    is_short = len(sent) == len(inputs) and sum(len(one.data) for one in sent) <= _INLINE_BYTES
    if inputs_file is None and is_short:
        written = (f"{one.uart}@{one.tick}={one.data.hex()}" for one in sent)
        return [word for text in written for word in ("--input", text)]
    return ["--inputs", str(inputs_file or "report.json")]


def replay_command(
    image: str, options: Sequence[str], instruction: int, inputs: Sequence[str] = ()
) -> str:
    """The command line, quoted for a shell."""
    words = [
        "simgate", "debug", image, *options, *inputs, "--at", str(instruction), "--gdb", GDB_PORT
    ]  # fmt: skip
    return shlex.join(words)


def moment_of(fault: Fault | None, instructions: int, *, pc_is_code: bool) -> int:
    """The instruction count at which to stop: just before the instruction that is to blame.

    Where PC was led astray that is the branch, not what lies at its target.
    """
    if fault is None:
        return max(instructions - 1, 0)
    astray = fault.kind in _AFTER_BRANCH or not pc_is_code
    return max(fault.instruction - (1 if astray else 0), 0)
