"""Virtual time: ticks of the core over ticks a second; callbacks of peripherals in seconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simgate.engine.strict.verdicts import Verdict, Verdicts
from simgate.result import FaultKind

if TYPE_CHECKING:
    from simgate.core import Core


class Clock:
    """A `simgate.peripheral.base.Host`: it also collects what is touched and not modelled."""

    def __init__(self, core: Core, tick_hz: int) -> None:
        self._core = core
        self.tick_hz = tick_hz
        self.stubs: dict[str, None] = {}  # in order of first touch
        self.verdicts = Verdicts()

    def time_s(self) -> float:
        """Virtual seconds since creation."""
        return self._core.ticks / self.tick_hz

    def ticks_of(self, seconds: float) -> int:
        """The whole number of ticks nearest to a time, at least one for any time above zero."""
        return max(round(seconds * self.tick_hz), 1 if seconds > 0 else 0)

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back when that much time has passed."""
        self._core.schedule(self._core.ticks + self.ticks_of(seconds), callback)

    def touched(self, what: str) -> None:
        """Note it once."""
        self.stubs.setdefault(what)

    def reset(self, cause: str) -> None:
        """Have the run come back with a watchdog's verdict; the reset comes when it goes on."""
        self.verdicts.give(Verdict(FaultKind.WATCHDOG, cause))
        self._core.request_stop()
