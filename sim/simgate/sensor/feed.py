"""What a sensor on a board measures: samples that were fed, a stream in virtual time, or defaults.

Samples that were fed one by one come first: each conversion takes one, and the last one stays (as
on Renode). Then a stream, by its time. Where neither was given, the default values.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.model import Samples
from simgate.sensor.rows import Row
from simgate.sensor.stream import Stream
from simgate.sensor.text_stream import read_samples
from simgate.sensor.timing import NS

OFFSETS = ("Specified", "CurrentVirtualTime")
_FOR_EVER = -1


class Feed:
    """The world of one sensor.

    Args:
        host: its clock.
        names: of the channels, as files name them.
        unit: of the channels.
        default: values while nothing was fed.
    """

    def __init__(self, host: Host, names: Sequence[str], unit: str, default: Row) -> None:
        self.names, self.unit = tuple(names), unit
        self.default = default
        self._host = host
        self._queue: deque[tuple[Sequence[Row], int]] = deque()  # rows, and how often they come
        self._position = 0  # in the first rows of the queue
        self._last: Row | None = None
        self._stream: Samples | None = None
        self._begin, self._offset_ns = 0, 0  # of the stream's time: a tick, and what it is then
        self._not_before = 0  # tick

    def push(self, row: Sequence[float], repeat: int = 1) -> None:
        """One more sample; it is taken `repeat` times, without end where that is below 0.

        Raises:
            EngineError: it has not as many values as the sensor measures.
        """
        if len(row) != len(self.names):
            raise EngineError(f"{len(row)} values for {', '.join(self.names)}")
        self._enqueue([tuple(map(float, row))], repeat)

    def push_file(self, path: Path, repeat: int = 1) -> None:
        """All samples of Renode's text file: one a line, separated by spaces, in the feed's unit.

        Raises:
            StreamError: it cannot be read, or a line has not as many values.
        """
        values, width = read_samples(path, len(self.names))
        self._enqueue([tuple(values[i : i + width]) for i in range(0, len(values), width)], repeat)

    def play_resd(
        self, path: Path, kind: str, channel: int, start_ns: int, offset: str, offset_ns: int
    ) -> None:
        """A RESD file in virtual time, as Renode's commands have it.

        Args:
            path: the file.
            kind: of sample, such as ``"acceleration"``.
            channel: in the file.
            start_ns: so long the default values stay.
            offset: ``Specified``: the file's time is virtual time plus `offset_ns`;
                ``CurrentVirtualTime``: it begins now at `offset_ns`.
            offset_ns: nanoseconds.

        Raises:
            StreamError: the file is damaged, or has no such samples.
            EngineError: `offset` is neither of the two.
        """
        if offset not in OFFSETS:
            raise EngineError(f"'{offset}' is not {' or '.join(OFFSETS)}")
        stream = Stream.from_resd(path, kind, channel).in_units(self.unit)
        begin = self._host.ticks() if offset == OFFSETS[1] else 0
        self._play(stream.playing(rest=self.default), begin, offset_ns)
        self._not_before = self._host.ticks() + start_ns * self._host.tick_hz // NS

    def play_file(self, path: Path, start_s: float = 0.0, repeat: int = 1) -> None:
        """A CSV, RESD or WAV file in virtual time, from now on; ``repeat`` -1: without end.

        Raises:
            StreamError: it cannot be read, or has not the sensor's channels in units of theirs.
        """
        if repeat < 0:
            self.play(Stream.from_file(path, start_s=start_s, end="loop"))
        else:
            self.play(Stream.from_file(path, start_s=start_s, repeat=repeat))

    def play(self, samples: Samples) -> None:
        """Samples whose time begins now; a `Stream` is checked for its channels and units.

        Raises:
            StreamError: it has not the sensor's channels, or in other units.
        """
        if isinstance(samples, Stream):
            if len(samples.names) == len(self.names) and not set(self.names) <= set(samples.names):
                samples = samples.in_units(self.unit)
            else:
                samples = samples.columns(self.names, self.unit)
            if not samples.rest:
                samples = samples.playing(rest=self.default)
        self._play(samples, self._host.ticks(), 0)

    def take(self) -> Row:
        """The values of one conversion."""
        if not self._queue:
            return self.look()
        rows, repeat = self._queue[0]
        self._last = rows[self._position]
        self._position += 1
        if self._position == len(rows):
            self._position = 0
            if repeat == 1:
                self._queue.popleft()
            elif repeat > 1:
                self._queue[0] = rows, repeat - 1
        return self._last

    def look(self) -> Row:
        """The values of now, without taking a sample."""
        if self._queue:
            return self._queue[0][0][self._position]
        if self._stream is not None:
            return self._at(self._stream)
        return self.default if self._last is None else self._last

    def set_default(self, index: int, value: float) -> None:
        """Change one of the default values."""
        self.default = (*self.default[:index], float(value), *self.default[index + 1 :])

    def _at(self, samples: Samples) -> Row:
        """The stream's values at the end of this tick's middle: what is due at it has come."""
        ticks = 2 * (self._host.ticks() - self._begin) + 1
        time_ns = ticks * NS // (2 * self._host.tick_hz) + self._offset_ns
        if time_ns < 0 or self._host.ticks() < self._not_before:
            return self.default
        if isinstance(samples, Stream):
            return samples.at_ns(time_ns)
        return tuple(samples.at(time_ns / NS))

    def _play(self, samples: Samples, begin: int, offset_ns: int) -> None:
        self._stream, self._begin, self._offset_ns = samples, begin, offset_ns
        self._queue.clear()
        self._position, self._last, self._not_before = 0, None, 0

    def _enqueue(self, rows: Sequence[Row], repeat: int) -> None:
        if repeat:
            self._queue.append((rows, max(repeat, _FOR_EVER)))
