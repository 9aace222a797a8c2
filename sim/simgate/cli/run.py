"""``simgate run``: run an ELF on a board and show what its UARTs say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from simgate.machine import Machine
    from simgate.result import RunResult


def run(
    elf: Annotated[Path, typer.Argument(help="The firmware.")],
    board: Annotated[str, typer.Option(help="A board's name, or the path of a .repl.")],
    seconds: Annotated[
        float, typer.Option("--for", help="Virtual seconds to run.", min=0.0)
    ] = 10.0,
    uart: Annotated[str, typer.Option(help="Show this UART only; without it, all of them.")] = "",
    engine: Annotated[str, typer.Option(help="The engine to run on.")] = "strict",
    wall: Annotated[float, typer.Option(help="Seconds of the host's time to run at most.")] = 60.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the run's result as JSON instead.")
    ] = False,
) -> None:
    """Run a firmware and show what its UARTs say, line by line.

    Exit code 1 when the firmware faults, 2 when it cannot be run or the host's time runs out.
    """
    from simgate.board import find_board
    from simgate.image import Image
    from simgate.machine import Machine

    machine = Machine(
        find_board(board),
        Image.read(elf),
        engine=engine,
        capture_layers=False,
        wall_limit_s=wall,
    )
    with machine:
        consoles = [] if as_json else _attach(machine, uart)
        if as_json and uart:
            machine.uart(uart)  # an unknown name is an error here too
        halt = machine.run_for(seconds)
        for console in consoles:
            console.finish()
        result = machine.result()
        if as_json:
            from simgate.result import to_json

            print(to_json(result))
        else:
            sys.stdout.flush()
            _print_end(machine, result, halt.message)
    raise typer.Exit(exit_code(result))


def exit_code(result: RunResult) -> int:
    """0 for a run to its end, 1 for a fault, 2 where the host's time ran out."""
    if result.fault is not None:
        return 1
    return 0 if result.passed else 2


class UartConsole:
    """Shows one UART's lines as they come; lines of another than the first carry its name."""

    def __init__(self, name: str, seen: list[str]) -> None:
        self._name = name
        self._seen = seen  # UARTs in the order in which they first spoke
        self._line = bytearray()

    def take(self, byte: int) -> None:
        """One byte that the firmware sent."""
        if byte == 0x0A:
            self._show()
        elif byte != 0x0D:
            self._line.append(byte)

    def finish(self) -> None:
        """Show what is left of a line that was never ended."""
        if self._line:
            self._show()

    def _show(self) -> None:
        if self._name not in self._seen:
            self._seen.append(self._name)
        prefix = "" if self._seen[0] == self._name else f"[{self._name}] "
        print(prefix + self._line.decode("utf-8", "backslashreplace"), flush=True)
        self._line.clear()


def _attach(machine: Machine, uart: str) -> list[UartConsole]:
    seen: list[str] = []
    consoles = []
    for name in [uart] if uart else machine.uart_names:
        port = machine.uart(name)
        console = UartConsole(port.name, seen)
        port.listeners.append(console.take)
        consoles.append(console)
    return consoles


def _print_end(machine: Machine, result: RunResult, message: str) -> None:
    """How it ended, on standard error, so that standard output holds the UARTs alone."""
    from simgate.units import format_count

    if result.fault is not None:
        fault = result.fault
        print(f"simgate: the firmware faulted: {fault.kind}", file=sys.stderr)
        print(f"  {fault.message}", file=sys.stderr)
        print(f"  at {fault.where}", file=sys.stderr)
        print(f"  after {format_count(fault.instruction)} instructions", file=sys.stderr)
        _print_registers(machine)
    elif not result.passed:
        print(f"simgate: {message}", file=sys.stderr)
        print(machine.whereabouts(), file=sys.stderr)
    stack = result.stack
    used = "" if stack is None else f", stack {stack.used:,} of {stack.size:,} B"
    print(
        f"simgate: {result.engine} on {result.board}: {format_count(result.instructions)} "
        f"instructions, {result.time_s:.3f} s of the board's time in {result.host_s:.2f} s{used}",
        file=sys.stderr,
    )
    for stub in result.stubs:
        print(f"simgate: the firmware touched a stub: {stub}", file=sys.stderr)


def _print_registers(machine: Machine) -> None:
    registers = [f"{name:>5} 0x{value:08x}" for name, value in machine.registers().items()]
    for start in range(0, len(registers), 4):
        print("  " + "  ".join(registers[start : start + 4]), file=sys.stderr)
