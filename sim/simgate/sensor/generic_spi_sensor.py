"""Renode's sensor for any bytes over SPI: each byte exchanged takes the next sample."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from simgate.peripheral.bus.devices import SpiDevice
from simgate.peripheral.host import Host
from simgate.peripheral.model import Samples, command
from simgate.peripheral.registry import peripheral
from simgate.sensor.fault import FaultySensor
from simgate.sensor.feed import Feed


@peripheral("Sensors.GenericSPISensor")
class GenericSpiSensor(FaultySensor, SpiDevice):
    """Samples are numbers from 0 to 255. The last one stays; before the first it is 0."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self.feed_of_bytes = Feed(host, ("value",), "raw", (0.0,))
        self._last = 0

    def reset(self) -> None:
        """Samples that were fed stay."""

    @command("FeedSample")
    def feed_sample(self, sample: int, repeat: int = 1) -> None:
        """One byte."""
        self.feed_of_bytes.push((self.within(sample, 0, 255, "as a byte"),), repeat)

    @command("FeedSamplesFromFile")
    def feed_samples_from_file(self, path: str | Path, repeat: int = 1) -> None:
        """A text with one byte a line, in decimals."""
        self.feed_of_bytes.push_file(Path(path), repeat)

    @command("FeedFromFile")
    def feed_from_file(self, path: str | Path, start_s: float = 0.0, repeat: int = 1) -> None:
        """Bytes from a CSV or RESD file from now on; ``repeat`` -1: for ever."""
        self.feed_of_bytes.play_file(Path(path), start_s, repeat)

    def feed(self, samples: Samples, channel: int = 0) -> None:
        """Bytes from samples whose time begins now."""
        self.feed_of_bytes.play(samples)

    def select(self) -> None:
        """Nothing begins anew."""

    def exchange(self, byte: int) -> int:
        """The next sample, whatever was sent."""
        row = self.disturbed(self.feed_of_bytes.take())
        if row is not None:
            self._last = int(min(max(row[0], 0), 255))
        return self._last

    def deselect(self) -> None:
        """Nothing ends."""
