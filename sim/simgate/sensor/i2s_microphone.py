"""A MEMS microphone with an I2S output, of the class of TDK's ICS-43434.

After the data sheet ICS-43434 (DS-000069), sections "Data output mode", "I2S data interface" and
"Electrical characteristics": 24 bits in two's complement, most significant first, in a slot of 32
of the bus; the slot that its L/R pin does not choose stays open, which reads as 0 here. Full scale
of a stream is full scale of the output; pascals are taken by the sensitivity, in dB of full scale
at 94 dB SPL (1 Pa). Its start-up time and its frequency response are not modelled.

Attributes: ``channel`` "left" (L/R low), "right" or "both" (two microphones, of one stereo file),
``sensitivity`` (-26).

Monitor commands::

    sysbus.spi2.mic FeedSoundFromFile @yes.wav         # at its own rate, from now on
    sysbus.spi2.mic FeedSoundFromFile @yes.wav 0.5 -1  # from 0.5 s on, again and again
    sysbus.spi2.mic FeedSample 0.25 100                # parts of full scale, one a frame
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.model import Samples, command
from simgate.peripheral.registry import peripheral
from simgate.sensor.fault import FaultySensor
from simgate.sensor.feed import Feed
from simgate.sensor.stream import Stream
from simgate.sensor.unit import quantity

_TOP = 1 << 23
_CHANNELS = ("left", "right", "both")


@peripheral("Sensors.I2sMicrophone")
class I2sMicrophone(FaultySensor):
    """Sound in parts of full scale."""

    ATTRIBUTES = FaultySensor.ATTRIBUTES | {"channel", "sensitivity"}

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._channel = self.text("channel", "left")
        if self._channel not in _CHANNELS:
            raise EngineError(f"{name}: 'channel' is {', '.join(_CHANNELS)}, not '{self._channel}'")
        self._full_scale_pa = 10 ** (-self.number("sensitivity", -26.0) / 20)
        self._names = ("left", "right") if self._channel == "both" else ("value",)
        self.MEASURES = len(self._names)
        self.feed_of_sound = Feed(host, self._names, "FS", (0.0,) * len(self._names))
        self._last = (0.0,) * len(self._names)

    def reset(self) -> None:
        """It hears on."""

    @command("FeedSample")
    def feed_sample(self, value: float | str | Path, repeat: int = 1) -> None:
        """A part of full scale (both channels alike), or a text file with one frame a line."""
        if isinstance(value, str | Path):
            self.feed_of_sound.push_file(Path(value), int(repeat))
        else:
            part = self.within(value, -1, 1, "of full scale")
            self.feed_of_sound.push((part,) * len(self._names), repeat)

    @command("FeedSoundFromFile")
    def feed_sound_from_file(
        self, path: str | Path, start_s: float = 0.0, repeat: int = 1, column: str = ""
    ) -> None:
        """A sound file, or a table in FS or Pa; ``repeat`` -1: without end.

        Raises:
            StreamError: it cannot be read, has no such column, or in a unit of something else.
            EngineError: it has several columns, and none was named.
        """
        stream = Stream.from_file(
            Path(path), start_s=start_s, **({"end": "loop"} if repeat < 0 else {"repeat": repeat})
        )
        self._play(stream, column)

    def feed(self, samples: Samples, channel: int = 0) -> None:
        """Sound from samples whose time begins now."""
        if isinstance(samples, Stream):
            self._play(samples, "")
        else:
            self.feed_of_sound.play(samples)

    def frame(self, time_s: float) -> tuple[int, int]:
        """Left and right, the sample in the upper 24 of 32 bits."""
        row = self.disturbed(self.feed_of_sound.take())
        if row is not None:
            self._last = row
        words = [self._word(value) for value in self._last]
        if self._channel == "both":
            return words[0], words[1]
        return (words[0], 0) if self._channel == "left" else (0, words[0])

    def _play(self, stream: Stream, column: str) -> None:
        if column:
            stream = stream.columns((column,), stream.units[stream.names.index(column)])
        if len(stream.names) != len(self._names):
            raise EngineError(
                f"{self.name}: {stream.origin} has {len(stream.names)} channels, of which it "
                f"takes {len(self._names)}",
                hint=f'Name one: {", ".join(stream.names)}; or channel: "both".',
            )
        if all(quantity(unit) == "pressure" for unit in stream.units):
            stream = stream.in_units("Pa").scaled(1 / self._full_scale_pa, unit="FS")
        self.feed_of_sound.play(stream.mapped(lambda row: row, names=self._names))

    @staticmethod
    def _word(value: float) -> int:
        step = round(max(-_TOP, min(_TOP - 1, value * _TOP)))
        return (step & 0xFF_FFFF) << 8
