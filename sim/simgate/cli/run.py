"""``simgate run``: run an ELF on a board and show what its UARTs say."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from simgate.cli.failure import UsageError, json_wanted
from simgate.engine.settling import SETTLING_S

if TYPE_CHECKING:
    from simgate.machine import Machine
    from simgate.result import RunResult


SUMMARY = "Run a firmware and show what its UARTs say, line by line."
_MORE = (
    "Exit code 1 when the firmware faults or never says what --until names, 2 when it "
    "cannot be run or the host's time runs out."
)


_SHOWN = (
    *(f"r{number}" for number in range(13)),
    "sp",
    "lr",
    "pc",
    "xpsr",
    "msp",
    "psp",
    "control",
)


def run(arguments: Sequence[str]) -> int:
    """Run a firmware and show what its UARTs say, line by line.

    Args:
        arguments: the command line after ``simgate run``.

    Returns:
        The exit code.

    Raises:
        SimgateError: it cannot be run.
    """
    from simgate.board import find_board
    from simgate.cli.debug_options import playing
    from simgate.image import Image
    from simgate.machine import Machine

    options = _parser().parse_args(arguments)
    plays = [playing(text) for text in options.play]
    machine = Machine(
        find_board(options.board, options.attach),
        Image.read(options.elf),
        engine=options.engine,
        capture_layers=False,
        wall_limit_s=options.wall,
    )
    with machine:
        consoles = _attach(machine, options.uart, silent=options.json)
        for uart, script in plays:
            machine.play(script, uart)
        watch = TextWatch(machine, options.uart, options.until) if options.until else None
        halt = machine.run_for(options.seconds)
        if watch is not None and watch.seen and halt.fault is None:
            halt = machine.run_for(options.settle)  # what it said is worth nothing if it then dies
        for console in consoles:
            console.finish()
        result = machine.result()
        if options.json:
            from simgate.result import to_json

            print(to_json(result))
        else:
            sys.stdout.flush()
            _print_end(machine, result, halt.message)
    code = exit_code(result)
    if code == 0 and watch is not None and not watch.seen:
        message = f"'{options.until}' did not come within {options.seconds:g} s of the board's time"
        print(f"simgate: {message}", file=sys.stderr)
        return 1
    return code


class _Parser(argparse.ArgumentParser):
    """Reports what it does not understand as JSON where JSON was asked for."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        if json_wanted():
            raise UsageError(message, hint="See `simgate run --help`.")
        super().error(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="simgate run", description=f"{SUMMARY} {_MORE}", allow_abbrev=False)
    add = parser.add_argument
    add("elf", type=Path, metavar="ELF", help="the firmware")
    add("--board", required=True, help="a board's name (see `simgate boards`), or a .repl's path")
    add("--attach", type=Path, action="append", default=[], metavar="FILE.repl",
        help="what is attached to the board, such as sensors; may be repeated")  # fmt: skip
    add("--play", action="append", default=[], metavar="UART=FILE",
        help="a script of what a sender does on a UART's receive line, from the start on; "
        "may be repeated")  # fmt: skip
    add("--for", type=_positive, default=10.0, dest="seconds", metavar="SECONDS",
        help="seconds of the board's time to run (default: 10)")  # fmt: skip
    add(
        "--until",
        default="",
        metavar="TEXT",
        help="stop when a UART has said this, and has then run on for the settling time",
    )
    add("--settle", type=_positive, default=SETTLING_S, metavar="SECONDS",
        help=f"seconds of the board's time that --until runs on, "
        f"for a fault after success fails (default: {SETTLING_S:g})")  # fmt: skip
    add("--uart", default="", help="show this UART only; without it, all of them")
    add("--engine", default="strict", help="the engine to run on (default: strict)")
    add("--wall", type=_positive, default=60.0, metavar="SECONDS",
        help="seconds of the host's time to run at most (default: 60)")  # fmt: skip
    add("--json", action="store_true", help="print the run's result as JSON instead")
    return parser


def _positive(text: str) -> float:
    """A number of seconds above 0."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds above 0")
    return seconds


def exit_code(result: RunResult) -> int:
    """0 for a run to its end, 1 for a fault, 2 where the host's time ran out."""
    if result.fault is not None:
        return 1
    return 0 if result.passed else 2


class TextWatch:
    """Stops the machine when a text has come over a UART; a line end begins anew.

    Args:
        machine: whose UARTs are heard.
        uart: the only one that counts; empty: any.
        text: what is waited for.
    """

    def __init__(self, machine: Machine, uart: str, text: str) -> None:
        self._machine = machine
        self._text = text.encode()
        self.seen = False
        for name in [uart] if uart else machine.uart_names:
            machine.uart(name).listeners.append(self._listener())

    def _listener(self) -> Callable[[int], None]:
        heard = bytearray()

        def hear(byte: int) -> None:
            heard.append(byte)
            if not self.seen and heard.endswith(self._text):
                self.seen = True
                self._machine.request_stop()
            if byte == 0x0A:
                heard.clear()

        return hear


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


def _attach(machine: Machine, uart: str, *, silent: bool) -> list[UartConsole]:
    if silent:
        if uart:
            machine.uart(uart)  # a name that does not exist is an error all the same
        return []
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
        print(f"simgate: the firmware faulted: {result.fault.message}", file=sys.stderr)
        _print_registers(machine)
    elif not result.passed:
        print(f"simgate: {message}", file=sys.stderr)
    stack = result.stack
    used = "" if stack is None else f", stack {stack.used:,} of {stack.size:,} B"
    print(
        f"simgate: {result.engine} on {result.board}: {format_count(result.instructions)} "
        f"instructions, {result.time_s:.3f} s of the board's time in {result.host_s:.2f} s{used}",
        file=sys.stderr,
    )
    for stub in result.stubs:
        print(f"simgate: the firmware touched a stub: {stub}", file=sys.stderr)
    for remark in result.remarks:
        print(f"simgate: {remark}", file=sys.stderr)


def _print_registers(machine: Machine) -> None:
    values = machine.registers()
    registers = [f"{name:>5} 0x{values[name]:08x}" for name in _SHOWN if name in values]
    for start in range(0, len(registers), 4):
        print("  " + "  ".join(registers[start : start + 4]), file=sys.stderr)
