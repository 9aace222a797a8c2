"""What feeds the three axes of inertial sensors from outside: Monitor commands, files, streams."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.model import command
from simgate.sensor.fault import FaultySensor
from simgate.sensor.feed import Feed

_AXES = ("x", "y", "z")
_AT_REST = (0.0, 0.0, 0.0)
MOST_G, MOST_DPS = 16.0, 2000.0


class AccelerationFeed(FaultySensor):
    """A sensor that measures acceleration in g."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self.feed_of_acceleration = Feed(host, _AXES, "g", _AT_REST)

    @command("FeedAccelerationSample")
    def feed_acceleration_sample(
        self, x: float | str | Path, y: float = 0.0, z: float = 0.0, repeat: int = 1
    ) -> None:
        """One sample in g, or a file of them: ``FeedAccelerationSample @taps.txt [repeat]``.

        Raises:
            StreamError: the file cannot be read, or a line of it has no three numbers.
        """
        _push(self, self.feed_of_acceleration, MOST_G, x, y, z, repeat)

    @command("FeedAccelerationSamplesFromRESD")
    def feed_acceleration_samples_from_resd(
        self,
        path: str | Path,
        channel: int = 0,
        start_ns: int = 0,
        offset_type: str = "Specified",
        offset_ns: int = 0,
        resd_type: str = "Normal",
    ) -> None:
        """A RESD file in virtual time.

        Raises:
            StreamError: the file is damaged or has no acceleration in that channel.
            EngineError: the multi-frequency form, which is not known here.
        """
        if resd_type != "Normal":
            raise EngineError(f"{self.name}: RESD of the type '{resd_type}' is not supported")
        self.feed_of_acceleration.play_resd(
            Path(path), "acceleration", channel, start_ns, offset_type, offset_ns
        )

    @command("FeedAccelerationFromFile")
    def feed_acceleration_from_file(
        self, path: str | Path, start_s: float = 0.0, repeat: int = 1
    ) -> None:
        """Acceleration from a CSV or RESD file from now on; ``repeat`` -1: for ever."""
        self.feed_of_acceleration.play_file(Path(path), start_s, repeat)


class AngularRateFeed(FaultySensor):
    """A sensor that measures angular rate in deg/s."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self.feed_of_rate = Feed(host, _AXES, "deg/s", _AT_REST)

    @command("FeedAngularRateSample")
    def feed_angular_rate_sample(
        self, x: float | str | Path, y: float = 0.0, z: float = 0.0, repeat: int = 1
    ) -> None:
        """One sample in deg/s, or a file of them."""
        _push(self, self.feed_of_rate, MOST_DPS, x, y, z, repeat)

    @command("FeedAngularRateSamplesFromRESD")
    def feed_angular_rate_samples_from_resd(
        self,
        path: str | Path,
        channel: int = 0,
        start_ns: int = 0,
        offset_type: str = "Specified",
        offset_ns: int = 0,
    ) -> None:
        """A RESD file in virtual time."""
        self.feed_of_rate.play_resd(
            Path(path), "angular_rate", channel, start_ns, offset_type, offset_ns
        )

    @command("FeedAngularRateFromFile")
    def feed_angular_rate_from_file(
        self, path: str | Path, start_s: float = 0.0, repeat: int = 1
    ) -> None:
        """Angular rate from a CSV or RESD file from now on; ``repeat`` -1: for ever."""
        self.feed_of_rate.play_file(Path(path), start_s, repeat)


def _push(
    sensor: FaultySensor,
    feed: Feed,
    most: float,
    x: float | str | Path,
    y: float,
    z: float,
    repeat: int,
) -> None:
    if isinstance(x, str | Path):
        feed.push_file(Path(x), int(y) if y else 1)
    else:
        feed.push([sensor.within(value, -most, most, feed.unit) for value in (x, y, z)], repeat)
