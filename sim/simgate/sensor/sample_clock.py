"""A sensor's own oscillator: conversions at an output data rate, exact in ticks, without drift."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from simgate.peripheral.host import Handle
from simgate.sensor.fault import FaultySensor


class SampleClock:
    """Calls `convert` at n / rate after `start`, for n = 1, 2, ...

    Faults of the sensor's clock (`InjectFault clock`, `jitter`) act here: another speed from the
    next start on, jitter at once.
    """

    def __init__(self, sensor: FaultySensor, convert: Callable[[], None]) -> None:
        self._sensor, self._convert = sensor, convert
        self._handle: Handle | None = None
        self._period = Fraction(0)  # ticks
        self._begin = 0
        self._index = 0

    @property
    def running(self) -> bool:
        """Whether conversions come."""
        return self._handle is not None

    def start(self, rate_hz: Fraction | int) -> None:
        """Begin anew; the first conversion is complete after one period."""
        self.stop()
        host = self._sensor.host
        factor = Fraction(repr(self._sensor.clock_factor()))
        self._period = Fraction(host.tick_hz) / (rate_hz * factor)
        self._begin, self._index = host.ticks(), 0
        self._plan()

    def stop(self) -> None:
        """No further conversions."""
        if self._handle is not None:
            self._sensor.host.cancel(self._handle)
            self._handle = None

    def _plan(self) -> None:
        self._index += 1
        late = Fraction(self._sensor.clock_jitter(self._index))
        due = self._begin + round((self._index + late) * self._period)
        self._handle = self._sensor.host.at_tick(due, self._tick)

    def _tick(self) -> None:
        self._plan()
        self._convert()
