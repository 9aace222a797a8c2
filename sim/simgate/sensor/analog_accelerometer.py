"""A wide-band accelerometer of one axis with an analogue output, for vibration up to 20 kHz.

The defaults are those of parts like ADXL1005 at 3.3 V, ratiometric to their supply.

Attributes:
    ``sensitivity``: millivolts a g (13.2); ``offset``: the output at 0 g in volts (half the
        supply); ``range``: g, of either sign (100).
    ``bandwidth``: of its low-pass filter of the first order, in hertz (23000); 0: none.
    ``noiseDensity``: micro-g a root hertz; it and the bandwidth make ``noise`` where that is not
        given (x sqrt(pi / 2), the noise bandwidth of the filter).
    ``axis``: the column of a file with several (x).
    ``supply``, ``noise``, ``interpolation``: as of every `AnalogSensor`.

Monitor commands::

    sysbus.adc1.acc FeedAccelerationFromFile @bearing.csv     # at its own rate, from now on
    sysbus.adc1.acc FeedAccelerationFromFile @bearing.resd 0 -1 z
    sysbus.adc1.acc FeedAccelerationSample 1.5 10              # g, one a conversion
    sysbus.adc1.acc DefaultAcceleration 1.0                    # at rest (a property)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.model import command
from simgate.peripheral.registry import peripheral
from simgate.sensor.analog_sensor import AnalogSensor
from simgate.sensor.stream import Stream


@peripheral("Sensors.AnalogAccelerometer")
class AnalogAccelerometer(AnalogSensor):
    """Acceleration in g."""

    ATTRIBUTES = AnalogSensor.ATTRIBUTES | {
        "sensitivity",
        "offset",
        "range",
        "bandwidth",
        "noiseDensity",
        "axis",
    }
    PROPERTIES: ClassVar[Mapping[str, str]] = {
        **AnalogSensor.PROPERTIES,
        "DefaultAcceleration": "default_g",
    }
    UNIT, QUANTITY = "g", "value"

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._volts_per_g = self._positive("sensitivity", 13.2) / 1e3
        self._offset_v = self.number("offset", self._supply_v / 2)
        self._range_g = self._positive("range", 100.0)
        self._bandwidth_hz = self.number("bandwidth", 23_000.0)
        density = self.number("noiseDensity", 0.0)
        if self._bandwidth_hz < 0 or density < 0:
            raise EngineError(f"{name}: 'bandwidth' and 'noiseDensity' cannot be below 0")
        if density and "noise" not in attributes:
            noise_g = density * 1e-6 * math.sqrt(self._bandwidth_hz * math.pi / 2)
            self._noise_v = noise_g * self._volts_per_g
        self._axis = self.text("axis", "x")

    @property
    def default_g(self) -> float:
        """While nothing was fed."""
        return self._feed.default[0]

    @default_g.setter
    def default_g(self, value: float) -> None:
        self._feed.set_default(0, self.within(value, -self._range_g, self._range_g, "g"))

    def factor(self) -> float:
        """Volts a g."""
        return self._volts_per_g

    def bias_v(self) -> float:
        """At 0 g."""
        return self._offset_v

    def limits(self) -> tuple[float, float]:
        """The range."""
        return -self._range_g, self._range_g

    def bandwidth_hz(self) -> float:
        """Of the filter."""
        return self._bandwidth_hz

    def play(self, stream: Stream, column: str = "") -> None:
        """A stream whose time begins now; of several columns the axis is taken."""
        if not column and len(stream.names) > 1 and self._axis in stream.names:
            column = self._axis
        super().play(stream, column)

    @command("FeedAccelerationFromFile")
    def feed_acceleration_from_file(
        self, path: str | Path, start_s: float = 0.0, repeat: int = 1, column: str = ""
    ) -> None:
        """A CSV, RESD or WAV file in virtual time, from now on.

        Raises:
            StreamError: it cannot be read, has no such column, or in another quantity's unit.
        """
        self.play_file(path, column, start_s, repeat)

    @command("FeedAccelerationSample")
    def feed_acceleration_sample(self, value: float | str | Path, repeat: int = 1) -> None:
        """Some g, or a text file of them, for the next conversions."""
        self.push(value, repeat)
