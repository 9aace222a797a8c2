"""``simgate debug``: run a firmware, and answer a fault as a debugger would."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simgate.cli.debug_options import (
    listening_address,
    place,
    playing,
    process_stack_of,
    seconds_above_0,
    sending,
    uart_input,
)
from simgate.cli.failure import UsageError

if TYPE_CHECKING:
    from simgate.debug import FaultReport
    from simgate.debug.inputs import Sending
    from simgate.engine.base import OnFault, ProcessStack
    from simgate.image import Image
    from simgate.machine import Machine
    from simgate.result import Input


def debug(
    elf: Annotated[Path, typer.Argument(metavar="ELF", help="The firmware.")],
    board: Annotated[str, typer.Option(help="A board's name, or a .repl's path.")],
    seconds: Annotated[
        float, typer.Option("--for", metavar="SECONDS", help="Of the board's time to run.")
    ] = 10.0,
    until: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="Run until a UART's line holds it, and 10 ms on; else it fails."
        ),
    ] = "",
    stack_limit: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Lowest address of the main stack.")
    ] = "",
    process_stack: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=LIMIT..TOP", help="A task's stack; or NAME=SYMBOL."),
    ] = None,
    send: Annotated[
        list[str] | None,
        typer.Option(
            metavar="UART[@SECONDS]=FILE|TEXT",
            help="Send it at that time, or after the UART's next line.",
        ),
    ] = None,
    inputs: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Send what the run of this report or result received."),
    ] = None,
    attach: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE.repl", help="What is attached to the board; may be repeated."),
    ] = None,
    play: Annotated[
        list[str] | None,
        typer.Option(
            metavar="UART=FILE", help="A sender's script for a UART's receive line; repeatable."
        ),
    ] = None,
    input_bytes: Annotated[
        list[str] | None,
        typer.Option("--input", metavar="UART@TICK=HEX", help="Send these bytes at that tick."),
    ] = None,
    at: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Stop before instruction N, and show the state."),
    ] = None,
    gdb: Annotated[
        str, typer.Option(metavar="[HOST]:PORT", help="Serve gdb there; this machine only.")
    ] = "",
    wall: Annotated[
        float, typer.Option(metavar="SECONDS", help="Of the host's time to run at most.")
    ] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there.")
    ] = None,
) -> None:
    """Run a firmware; where it faults, say what, where in the source, and how it got there.

    Exit code 0 when it ran to its end, 1 when it faulted or failed, 2 when it cannot be run or
    the host's time runs out.
    """
    from simgate.image import Image

    image = Image.read(elf)
    plan = _Plan(
        image=image,
        board=board,
        attach=tuple(attach or ()),
        plays=tuple(playing(text) for text in play or ()),
        plays_given=tuple(play or ()),
        seconds=seconds_above_0(seconds, "--for"),
        until=until,
        stack_limit=place(image, stack_limit, "--stack-limit") if stack_limit else None,
        process_stacks=tuple(process_stack_of(image, text) for text in process_stack or ()),
        sendings=tuple(sending(text) for text in send or ()),
        sendings_given=tuple(send or ()),
        inputs_file=inputs,
        inputs=tuple(uart_input(text) for text in input_bytes or ()),
        inputs_given=tuple(input_bytes or ()),
        wall_s=seconds_above_0(wall, "--wall"),
    )
    if inputs is not None:
        from simgate.debug.inputs import read_inputs

        plan.inputs = (*read_inputs(inputs), *plan.inputs)
    if gdb:
        _serve(plan, at, listening_address(gdb))
        raise typer.Exit(0)
    report, code = (_state(plan, at), 0) if at is not None else _run(plan)
    _put(report, as_json=as_json, output=output)
    raise typer.Exit(code)


@dataclass(slots=True)
class _Plan:
    """The run that was asked for."""

    image: Image
    board: str
    attach: tuple[Path, ...]
    plays: tuple[tuple[str, Path], ...]
    plays_given: tuple[str, ...]
    seconds: float
    until: str
    stack_limit: int | None
    process_stacks: tuple[ProcessStack, ...]
    sendings: tuple[Sending, ...]
    sendings_given: tuple[str, ...]
    inputs_file: Path | None
    inputs: tuple[Input, ...]
    inputs_given: tuple[str, ...]
    wall_s: float

    def machine(self, on_fault: OnFault = "follow") -> Machine:
        """A machine before its first instruction, its inputs planned."""
        from simgate.board import find_board
        from simgate.debug.inputs import plan_sendings
        from simgate.machine import Machine

        machine = Machine(
            find_board(self.board, self.attach),
            self.image,
            stack_limit=self.stack_limit,
            capture_layers=False,
            wall_limit_s=self.wall_s,
            on_fault=on_fault,
            process_stacks=self.process_stacks,
            replay=self.inputs,
        )
        plan_sendings(machine, self.sendings)
        for uart, script in self.plays:
            machine.play(script, uart)
        return machine

    def arguments(self) -> list[str]:
        """What makes the same run again: all but ELF, --at and --gdb."""
        words = ["--board", self.board]
        for path in self.attach:
            words += ["--attach", str(path)]
        for text in self.plays_given:
            words += ["--play", text]
        if self.stack_limit is not None:
            words += ["--stack-limit", f"0x{self.stack_limit:08x}"]
        for stack in self.process_stacks:
            words += ["--process-stack", f"{stack.name}=0x{stack.limit:08x}..0x{stack.top:08x}"]
        for text in self.sendings_given:
            words += ["--send", text]
        if self.inputs_file is not None:
            words += ["--inputs", str(self.inputs_file)]
        for text in self.inputs_given:
            words += ["--input", text]
        return words


def _run(plan: _Plan) -> tuple[FaultReport | None, int]:
    """The run: its report where it failed, and the exit code."""
    from simgate.debug import examine
    from simgate.debug.verdict import why_failed
    from simgate.engine.settling import SETTLING_S
    from simgate.result import StopReason

    with plan.machine() as machine:
        heard = _Listener(machine, plan.until) if plan.until else None
        halt = machine.run_for(plan.seconds)
        if heard is not None and heard.found and halt.fault is None:
            machine.run_for(SETTLING_S)  # what it said is worth nothing if it then dies
        result = machine.result()
        failure = why_failed(machine, plan.until, found=heard is None or heard.found)
        if failure is None:
            return None, 0
        report = examine(machine, failure=failure, options=plan.arguments())
        out_of_time = result.fault is None and result.reason is StopReason.WALL
        return report, 2 if out_of_time else 1


def _state(plan: _Plan, at: int) -> FaultReport:
    """The processor before instruction `at`."""
    from simgate.debug import examine
    from simgate.debug.arrive import run_to_instruction

    with plan.machine("live") as machine:
        run_to_instruction(machine, at, plan.wall_s)
        return examine(machine, at=at, options=plan.arguments())


def _serve(plan: _Plan, at: int | None, address: tuple[str, int]) -> None:
    from simgate.debug.gdb import serve

    def announce(line: str) -> None:
        print(f"simgate: {line}", file=sys.stderr, flush=True)

    serve(lambda: plan.machine("live"), at=at, address=address, announce=announce)


def _put(report: FaultReport | None, *, as_json: bool, output: Path | None) -> None:
    """Print the report, or write it where it was asked for.

    A run without a fault replaces a file, too: the report of an earlier run would be read as its.
    """
    if report is None:
        if not as_json:
            print("simgate: it ran to its end without a fault", file=sys.stderr)
            if output is None:
                return
        text = "null\n" if as_json else "It ran to its end without a fault.\n"
    elif as_json:
        from simgate.report.fault_json import to_json

        text = to_json(report) + "\n"
    elif output is None and sys.stdout.isatty():
        from simgate.report.fault_text import show

        show(report, sys.stdout)
        return
    else:
        from simgate.report.fault_text import plain

        text = plain(report)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text)
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}") from None
    if not as_json and report is not None:
        print(f"simgate: the report is in {output}", file=sys.stderr)


class _Listener:
    """Stops the machine when a UART's line holds a text."""

    def __init__(self, machine: Machine, text: str) -> None:
        self.found = False
        self._machine = machine
        self._wanted = text.encode()
        for name in machine.uart_names:
            machine.uart(name).listeners.append(self._ear())

    def _ear(self) -> Callable[[int], None]:
        line = bytearray()

        def hear(byte: int) -> None:
            if byte == 0x0A:
                line.clear()
                return
            line.append(byte)
            if line.endswith(self._wanted):
                self.found = True
                self._machine.request_stop()

        return hear
