"""The lines that a UART sent, with the time of each."""

from __future__ import annotations

from collections.abc import Callable

from simgate.result import UartLine


class UartLog:
    """Hears bytes; a line ends at line feed, a carriage return before it goes."""

    def __init__(self, uart: str, now_s: Callable[[], float]) -> None:
        self._uart = uart
        self._now_s = now_s
        self._unfinished = bytearray()
        self._lines: list[UartLine] = []

    def hear(self, byte: int) -> None:
        """One byte."""
        if byte == 0x0A:
            self._lines.append(self._line())
            self._unfinished.clear()
        else:
            self._unfinished.append(byte)

    def lines(self) -> tuple[UartLine, ...]:
        """All lines; a last one without an end is there with the time of now."""
        if self._unfinished:
            return (*self._lines, self._line())
        return tuple(self._lines)

    def _line(self) -> UartLine:
        text = self._unfinished.removesuffix(b"\r").decode("utf-8", "backslashreplace")
        return UartLine(self._uart, text, self._now_s())
