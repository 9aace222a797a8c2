"""Sensors with an analogue output that lies on a channel of an ADC: ``mic: ... @ adc1 5``.

What they measure is fed sample by sample, one a conversion, or comes from a stream in virtual time.
The output is a bias plus sensitivity times what is measured, with noise, between the rails.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.model import Samples
from simgate.sensor.analog_course import Course
from simgate.sensor.fault import FaultySensor
from simgate.sensor.feed import Feed
from simgate.sensor.stream import Stream

_INTERPOLATIONS = ("hold", "linear")


class AnalogSensor(FaultySensor):
    """Base of the sensors.

    Attributes: ``supply`` is the upper rail in volts (the lower one is ground), ``noise`` the
    standard deviation of the output's noise in volts, ``interpolation`` is "hold" or "linear".
    """

    ATTRIBUTES = FaultySensor.ATTRIBUTES | {"supply", "noise", "interpolation"}
    UNIT: ClassVar[str]  # of what it measures
    QUANTITY: ClassVar[str]  # the name of its only channel

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._supply_v = self._positive("supply", 3.3)
        self._noise_v = self.number("noise", 0.0)
        interpolation = self.text("interpolation", "hold")
        if interpolation not in _INTERPOLATIONS:
            raise EngineError(f"{name}: 'interpolation' is hold or linear, not '{interpolation}'")
        if self._noise_v < 0:
            raise EngineError(f"{name}: 'noise' cannot be below 0 V")
        self._linear = interpolation == "linear"
        self._feed = Feed(host, (self.QUANTITY,), self.UNIT, (0.0,))
        self._gauss = host.random(name).gauss
        self._course: Course | None = None
        self._began_s = 0.0
        self._last = 0.0

    def reset(self) -> None:
        """Nothing: the sensor has a supply of its own."""

    @abstractmethod
    def factor(self) -> float:
        """Volts a unit."""

    @abstractmethod
    def bias_v(self) -> float:
        """The output at rest."""

    def limits(self) -> tuple[float, float]:
        """What it can measure."""
        return -float("inf"), float("inf")

    def bandwidth_hz(self) -> float:
        """Of its low-pass filter; 0: none."""
        return 0.0

    def voltage(self, time_s: float) -> float:
        """The output; fed samples are used up by asking."""
        course = self._course
        if course is not None and not self._faults:
            volts = course.at(time_s - self._began_s)
        else:
            volts = self._disturbed_v(time_s)
        if self._noise_v:
            volts += self._gauss(0.0, self._noise_v)
        if volts < 0.0:
            return 0.0
        return volts if volts < self._supply_v else self._supply_v

    def feed(self, samples: Samples, channel: int = 0) -> None:
        """Samples whose time begins now."""
        if isinstance(samples, Stream):
            self.play(samples)
            return
        self._course = None
        self._feed.play(samples)

    def play(self, stream: Stream, column: str = "") -> None:
        """A stream whose time begins now.

        Raises:
            StreamError: it has no such column, or in a unit of something else.
            EngineError: it has several columns, and none was named.
        """
        if not column:
            if len(stream.names) > 1 and self.QUANTITY not in stream.names:
                raise EngineError(
                    f"{self.name}: {stream.origin} has several columns, and none was named",
                    hint=f"Its columns: {', '.join(stream.names)}.",
                )
            column = stream.names[0] if len(stream.names) == 1 else self.QUANTITY
        low, high = self.limits()
        self._course = Course(
            stream.columns((column,), self.UNIT),
            self.factor(),
            self.bias_v(),
            low=low,
            high=high,
            linear=self._linear,
            bandwidth_hz=self.bandwidth_hz(),
        )
        self._began_s = self.host.time_s()

    # ---- for subclasses ----

    def push(self, value: float | str | Path, repeat: int) -> None:
        """A value, or a file with one a line, one a conversion."""
        self._course = None
        if isinstance(value, str | Path):
            self._feed.push_file(Path(str(value).removeprefix("@")), int(repeat))
        else:
            self._feed.push((float(value),), int(repeat))

    def play_file(self, path: str | Path, column: str, start_s: float, repeat: int) -> None:
        """A file in virtual time; ``repeat`` -1: without end."""
        file = Path(str(path).removeprefix("@"))
        playing = {"end": "loop"} if repeat < 0 else {"repeat": repeat}
        self.play(Stream.from_file(file, start_s=start_s, **playing), column)

    def _positive(self, attribute: str, default: float) -> float:
        value = self.number(attribute, default)
        if value <= 0:
            raise EngineError(f"{self.name}: '{attribute}' must be above 0")
        return value

    def _disturbed_v(self, time_s: float) -> float:
        """The slow way: single samples, faults."""
        factor, bias = self.factor(), self.bias_v()
        if self._course is not None:
            value = (self._course.at(time_s - self._began_s) - bias) / factor
        else:
            low, high = self.limits()
            value = min(max(self._feed.take()[0], low), high)
        row = self.disturbed((value,))
        if row is not None:  # else the sample got lost: the output stays
            self._last = row[0] * factor + bias
        return self._last
