"""The sending half of a UART: data register or FIFO, shift register, the wire.

Firmware that polls sends at no cost of virtual time, as on Renode: a character is on the wire when
it is written. Where an interrupt or DMA asks for the next character, each takes its frame's time,
so that the questions come at the rate of the line.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from fractions import Fraction

from simgate.peripheral.host import Handle, Host


class Transmitter:
    """Characters on their way out.

    Args:
        host: time.
        frame_s: seconds of a frame, as the registers have it now.
        send: takes each character when it is on the wire.
        changed: is told when `room` or `complete` changed by themselves.
    """

    def __init__(
        self,
        host: Host,
        frame_s: Callable[[], Fraction],
        send: Callable[[int], None],
        changed: Callable[[], None],
    ) -> None:
        self._host = host
        self._frame_s = frame_s
        self._send = send
        self._changed = changed
        self._waiting: deque[int] = deque()
        self._shifting: int | None = None
        self._end = Fraction(0)  # of the frame that is shifted out, in ticks
        self._planned: Handle | None = None
        self.depth = 1  # characters that wait before the shift register

    def reset(self) -> None:
        """Forget what is on its way."""
        self._waiting.clear()
        self._shifting = None
        if self._planned is not None:
            self._host.cancel(self._planned)
            self._planned = None

    @property
    def room(self) -> int:
        """Characters that can be written."""
        return self.depth - len(self._waiting)

    @property
    def complete(self) -> bool:
        """Whether all that was written is on the wire."""
        return self._shifting is None

    def put(self, value: int, *, paced: bool) -> None:
        """One character; where there is no room for it, it takes the place of the last one."""
        if self._shifting is None:
            if not paced:
                self._send(value)
                return
            self._shift(value, Fraction(self._host.ticks()))
            return
        if not self.room:
            self._waiting.pop()
        self._waiting.append(value)

    def drop(self) -> None:
        """Forget what is not yet in the shift register."""
        self._waiting.clear()

    def _shift(self, value: int, start: Fraction) -> None:
        self._shifting = value
        self._end = start + self._frame_s() * self._host.tick_hz
        self._planned = self._host.at_tick(round(self._end), self._shifted)

    def _shifted(self) -> None:
        value, self._shifting, self._planned = self._shifting, None, None
        if self._waiting:
            self._shift(self._waiting.popleft(), self._end)
        if value is not None:
            self._send(value)
        self._changed()
