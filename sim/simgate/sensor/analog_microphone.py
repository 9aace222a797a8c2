"""A microphone with an analogue output, electret or MEMS, and the amplifier behind it.

Attributes:
    ``sensitivity``: dBV at 1 Pa, as data sheets give it (-38); ``gain``: of the amplifier, in dB
        (40); ``fullScalePressure``: pascals that a sound file's full scale stands for (1). Or, in
        place of these three, ``voltsPerFullScale``: volts at the output, from rest to its peak.
    ``bias``: the output in silence, in volts (half the supply).
    ``supply``, ``noise``, ``interpolation``: as of every `AnalogSensor`.

::

    mic: Sensors.AnalogMicrophone @ adc1 5
        voltsPerFullScale: 1.5

Monitor commands::

    sysbus.adc1.mic FeedSoundFromFile @yes.wav         # at its own rate, from now on
    sysbus.adc1.mic FeedSoundFromFile @yes.wav 0.5 -1  # from 0.5 s on, again and again
    sysbus.adc1.mic FeedSample 0.25 100                # parts of full scale, one a conversion
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from simgate.peripheral.host import Host
from simgate.peripheral.model import command
from simgate.peripheral.registry import peripheral
from simgate.sensor.analog_sensor import AnalogSensor


@peripheral("Sensors.AnalogMicrophone")
class AnalogMicrophone(AnalogSensor):
    """Sound in parts of full scale."""

    ATTRIBUTES = AnalogSensor.ATTRIBUTES | {
        "sensitivity",
        "gain",
        "fullScalePressure",
        "voltsPerFullScale",
        "bias",
    }
    UNIT, QUANTITY = "FS", "value"

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        decibels = self.number("sensitivity", -38.0) + self.number("gain", 40.0)
        volts = 10 ** (decibels / 20) * self._positive("fullScalePressure", 1.0)
        self._volts_per_full_scale = self._positive("voltsPerFullScale", volts)
        self._bias_v = self.number("bias", self._supply_v / 2)

    def factor(self) -> float:
        """Volts from silence to full scale."""
        return self._volts_per_full_scale

    def bias_v(self) -> float:
        """In silence."""
        return self._bias_v

    @command("FeedSoundFromFile")
    def feed_sound_from_file(
        self, path: str | Path, start_s: float = 0.0, repeat: int = 1, column: str = ""
    ) -> None:
        """A WAV file (or CSV in parts of full scale) in virtual time, from now on.

        Raises:
            StreamError: it cannot be read, or has no such column.
        """
        self.play_file(path, column, start_s, repeat)

    @command("FeedSample")
    def feed_sample(self, value: float | str | Path, repeat: int = 1) -> None:
        """A part of full scale, or a text file of them, for the next conversions."""
        self.push(value, repeat)
