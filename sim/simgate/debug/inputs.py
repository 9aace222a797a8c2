"""What a run receives from outside: planned before it begins, so that it comes again the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from simgate.errors import EngineError
from simgate.machine import Machine
from simgate.result import Input

_DELAY_S = 1e-3  # after a line's end, until the firmware listens
_MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Sending:
    """Bytes for one UART.

    Without a time they are written one millisecond after the UART's next line: the first sending of
    a UART after its first line, the second after its second.
    """

    uart: str
    data: bytes
    at_s: float | None = None


def plan_sendings(machine: Machine, sendings: Sequence[Sending]) -> None:
    """Have a machine that has not begun receive them.

    Raises:
        UartError: there is no such UART.
    """
    waiting: dict[str, list[bytes]] = {}
    for one in sendings:
        port = machine.uart(one.uart)
        if one.at_s is not None:
            machine.after(one.at_s, partial(port.write, one.data))
        else:
            waiting.setdefault(port.name, []).append(one.data)
    for name, queue in waiting.items():
        machine.uart(name).listeners.append(_LineCounter(machine, name, queue).hear)


class _LineCounter:
    """Writes the next of the waiting bytes after each line."""

    def __init__(self, machine: Machine, uart: str, queue: list[bytes]) -> None:
        self._machine = machine
        self._port = machine.uart(uart)
        self._queue = queue

    def hear(self, byte: int) -> None:
        """One byte that the firmware sent."""
        if byte == 0x0A and self._queue:
            data = self._queue.pop(0)
            self._machine.after(_DELAY_S, lambda: self._port.write(data))


def read_inputs(path: Path) -> tuple[Input, ...]:
    """The inputs that a report or a result holds, as JSON in a file.

    Raises:
        EngineError: it cannot be read, or holds none.
    """
    hint = "Give a file that `simgate debug --json` or `simgate run --json` wrote."
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise EngineError(f"{path}: too large for a report", hint=hint)
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise EngineError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise EngineError(f"{path}: no JSON", hint=hint) from None
    if not isinstance(content, dict) or "inputs" not in content:
        raise EngineError(f"{path}: it holds no inputs", hint=hint)
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(tuple[Input, ...]).validate_python(content["inputs"])
    except ValidationError:
        raise EngineError(f"{path}: its inputs cannot be understood", hint=hint) from None
