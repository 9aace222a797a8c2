"""Typing into a UART, at once or with a delay before each character."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from simgate.engine.base import UartPort


class TerminalWriter:
    """Sends bytes; `char_delay` is in virtual seconds.

    Args:
        uart: the wires.
        after: calls back when so many virtual seconds have passed.
    """

    def __init__(self, uart: UartPort, after: Callable[[float, Callable[[], None]], None]) -> None:
        self.char_delay = 0.0
        self._uart = uart
        self._after = after
        self._delayed: deque[int] = deque()

    def write(self, data: bytes) -> None:
        """Send bytes, after those that still wait for their delay."""
        if not self.char_delay and not self._delayed:
            self._uart.write(data)
            return
        idle = not self._delayed
        self._delayed.extend(data)
        if idle and data:
            self._after(self.char_delay, self._write_next)

    def _write_next(self) -> None:
        self._uart.write(bytes([self._delayed.popleft()]))
        if self._delayed:
            self._after(self.char_delay, self._write_next)
