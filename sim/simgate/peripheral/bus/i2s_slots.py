"""The clock of an I2S bus: slots that follow each other at the sample rate, without drift."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from simgate.peripheral.host import Handle, Host


class I2sSlots:
    """Calls back at the beginning of each frame and at the end of each item that is shifted.

    A frame is one sample of the left and one of the right channel, each of one or two items.

    Args:
        host: time.
        began: a frame begins.
        ended: an item of it ended; called with its number, from 0.
    """

    def __init__(self, host: Host, began: Callable[[], None], ended: Callable[[int], None]) -> None:
        self._host = host
        self._began = began
        self._ended = ended
        self._planned: Handle | None = None

    @property
    def running(self) -> bool:
        """The clock is on."""
        return self._planned is not None

    def start(self, frame_s: Fraction, items: int) -> None:
        """Clock on: frames of `items` items follow each other, the first one from now on."""
        self.stop()
        self._start_tick = self._host.ticks()
        item_ticks = frame_s * self._host.tick_hz / items
        self._over, self._under = item_ticks.numerator, item_ticks.denominator
        self._items = items
        self._done = 0
        self._plan()
        self._began()

    def stop(self) -> None:
        """Clock off."""
        if self._planned is not None:
            self._host.cancel(self._planned)
            self._planned = None

    def _plan(self) -> None:
        end = self._start_tick - -(self._done + 1) * self._over // self._under  # rounded up
        self._planned = self._host.at_tick(end, self._end)

    def _end(self) -> None:
        item = self._done % self._items
        self._done += 1
        self._plan()
        self._ended(item)
        if item == self._items - 1:
            self._began()
