"""Virtual time: ticks of the core over ticks a second, and calls planned in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simgate.engine.strict.verdicts import Verdicts
from simgate.errors import EngineError
from simgate.peripheral.reset_cause import ResetCause

if TYPE_CHECKING:
    from simgate.core import Core


class Clock:
    """The chip's time; it also holds the verdicts that the engine itself gives."""

    def __init__(self, core: Core, tick_hz: int) -> None:
        self._core = core
        self.tick_hz = tick_hz
        self.verdicts = Verdicts()
        self.reset_wanted: ResetCause | None = None  # by a peripheral, for the firmware

    def ticks(self) -> int:
        """Ticks since creation."""
        return self._core.ticks

    def time_s(self) -> float:
        """Virtual seconds since creation."""
        return self._core.ticks / self.tick_hz

    def ticks_of(self, seconds: float) -> int:
        """The whole number of ticks nearest to a time, at least one for any time above zero."""
        return max(round(seconds * self.tick_hz), 1 if seconds > 0 else 0)

    def at_tick(self, tick: int, callback: Callable[[], None]) -> int:
        """Call back when that tick has come."""
        return self._core.schedule(max(tick, self._core.ticks), callback)

    def after(self, seconds: float, callback: Callable[[], None]) -> int:
        """Call back when that much time has passed.

        Raises:
            EngineError: it never passes: a run has 2**64 ticks.
        """
        try:
            return self._core.schedule(self._core.ticks + self.ticks_of(seconds), callback)
        except (ValueError, OverflowError):
            raise EngineError(f"no run lasts for {seconds:g} s") from None

    def cancel(self, handle: int) -> bool:
        """Forget a planned call; whether it was still planned."""
        return self._core.cancel(handle)

    def request_reset(self, cause: ResetCause) -> None:
        """Have the run come back after the current instruction, and reset the chip."""
        self.reset_wanted = cause
        self._core.request_stop()

    def request_stop(self) -> None:
        """Have the run come back after the current instruction."""
        self._core.request_stop()
