"""What goes wrong between the world and a sensor, on top of any stream.

::

    taps = noisy(Stream.from_csv("taps.csv"), 0.02, seed=1)
    taps = stuck(dropped(taps, 0.05, seed=2), from_s=0.5, until_s=0.8)

Each function gives a new stream and leaves the other as it is. The same seed gives the same
disturbance: it depends on the sample's number, so every pass of a looping stream is disturbed
alike. Values are in the stream's units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from simgate.errors import StreamError
from simgate.sensor.chance import gauss, seed_of, uniform
from simgate.sensor.rows import Row, Rows, as_row
from simgate.sensor.stream import Stream
from simgate.sensor.timing import NS, Timing

_LONGEST_GAP = 1000
"""Samples that can be lost in a row: more, and the stream is not asked for any further."""
_MOST_JITTER = Fraction(49, 100)
"""Of a period: samples stay in order."""


def noisy(stream: Stream, deviation: float | Sequence[float], *, seed: int | str = 0) -> Stream:
    """White Gaussian noise of this standard deviation: one for all channels, or one each.

    Raises:
        StreamError: the number of deviations is not that of the channels.
    """
    deviations = _each(stream, deviation)
    number = seed_of(seed)

    def change(index: int, row: Row) -> Row:
        return tuple(
            value + deviations[channel] * gauss(number, index, channel)
            for channel, value in enumerate(row)
        )

    return _by_index(stream, change)


def shifted(stream: Stream, offset: float | Sequence[float]) -> Stream:
    """A constant offset: one for all channels, or one each.

    Raises:
        StreamError: the number of offsets is not that of the channels.
    """
    offsets = _each(stream, offset)
    return stream.mapped(lambda row: tuple(map(float.__add__, map(float, row), offsets)))


def drifting(stream: Stream, per_second: float | Sequence[float]) -> Stream:
    """An offset that grows from the beginning of each pass on: one for all channels, or one each.

    Raises:
        StreamError: the number of drifts is not that of the channels.
    """
    drifts = _each(stream, per_second)
    timing = stream.timing

    def change(index: int, row: Row) -> Row:
        time_s = (index if timing is None else timing.time_ns(index)) / NS
        return tuple(value + drift * time_s for value, drift in zip(row, drifts, strict=True))

    return _by_index(stream, change)


def saturated(stream: Stream, low: float, high: float) -> Stream:
    """Values cannot leave the range.

    Raises:
        StreamError: it is empty.
    """
    if not low < high:
        raise StreamError(f"a range from {low} to {high} is empty")
    return stream.mapped(lambda row: tuple(min(max(value, low), high) for value in row))


def dropped(stream: Stream, probability: float, *, seed: int | str = 0) -> Stream:
    """Samples are lost with this probability: the one before stays in force. The first never is.

    Raises:
        StreamError: it is no probability below 1, or the stream has no samples.
    """
    if not 0 <= probability < 1:
        raise StreamError(f"{probability} is no probability of losing a sample: 0 to below 1")
    number = seed_of(seed)

    def kept(index: int) -> int:
        for candidate in range(index, max(index - _LONGEST_GAP, 0), -1):
            if uniform(number, candidate) >= probability:
                return candidate
        return max(index - _LONGEST_GAP, 0)

    return replace(stream, rows=_OtherRows(_samples_of(stream), kept))


def stuck(stream: Stream, from_s: float, until_s: float) -> Stream:
    """From one time of a pass to another, the value at the first of them stays.

    Raises:
        StreamError: the times are not in order, or the stream has no samples.
    """
    rows, timing = _samples_of(stream), stream.timing
    assert timing is not None
    if not 0 <= from_s < until_s:
        raise StreamError(f"a value cannot be stuck from {from_s} s to {until_s} s")
    first = max(timing.index_at(round(from_s * NS)), 0)
    last = timing.index_at(round(until_s * NS) - 1)
    return replace(
        stream, rows=_OtherRows(rows, lambda index: first if first <= index <= last else index)
    )


def jittered(stream: Stream, deviation_s: float, *, seed: int | str = 0) -> Stream:
    """Samples come earlier or later, by a Gaussian time of this standard deviation.

    None moves by half a period or more, so they stay in order; the first one is in time. The
    stream has no constant rate any more.

    Raises:
        StreamError: the stream has no constant rate, or the time is negative.
    """
    timing = stream.timing
    if timing is None or timing.period_ns is None:
        raise StreamError(f"{stream.origin} has no constant rate that could jitter")
    if deviation_s < 0:
        raise StreamError(f"a jitter of {deviation_s} s")
    return replace(stream, timing=_JitteringTiming(timing, deviation_s * NS, seed_of(seed)))


def _each(stream: Stream, value: float | Sequence[float]) -> tuple[float, ...]:
    if isinstance(value, int | float):
        return (float(value),) * len(stream.names)
    if len(value) != len(stream.names):
        raise StreamError(f"{len(value)} numbers for {len(stream.names)} channels")
    return tuple(map(float, value))


def _samples_of(stream: Stream) -> Rows:
    if stream.timing is None:
        raise StreamError(f"{stream.origin} has no samples, only values at any time")
    return stream.rows


def _by_index(stream: Stream, change: Callable[[int, Row], Row]) -> Stream:
    """Rows changed by their number; of a function of time, the number is its nanosecond."""
    function, width = stream.function, len(stream.names)
    return replace(
        stream,
        rows=_IndexedRows(stream.rows, change),
        function=None
        if function is None
        else lambda time_s: change(round(time_s * NS), as_row(function(time_s), width)),
    )


@dataclass(frozen=True, slots=True)
class _IndexedRows:
    source: Rows
    change: Callable[[int, Row], Row]

    @property
    def count(self) -> int | None:
        return self.source.count

    def row(self, index: int) -> Row:
        return self.change(index, self.source.row(index))


class _OtherRows:
    """Some rows are replaced by earlier ones. The latest is kept: a generator cannot go back."""

    def __init__(self, source: Rows, instead: Callable[[int], int]) -> None:
        self._source, self._instead = source, instead
        self._last: tuple[int, Row] | None = None

    @property
    def count(self) -> int | None:
        return self._source.count

    def row(self, index: int) -> Row:
        count = self._source.count
        if count is not None and index >= count:
            raise IndexError(index)
        chosen = self._instead(index)
        if self._last is None or self._last[0] != chosen:
            self._last = chosen, self._source.row(chosen)
        return self._last[1]


class _JitteringTiming:
    period_ns: Fraction | None = None

    def __init__(self, timing: Timing, deviation_ns: float, seed: int) -> None:
        assert timing.period_ns is not None
        self._timing, self._deviation, self._seed = timing, deviation_ns, seed
        self._most = int(timing.period_ns * _MOST_JITTER)

    def time_ns(self, index: int) -> int:
        wanted = round(self._deviation * gauss(self._seed, index)) if index else 0
        return self._timing.time_ns(index) + min(max(wanted, -self._most), self._most)

    def index_at(self, time_ns: int) -> int:
        index = self._timing.index_at(time_ns)
        if index >= 0 and self.time_ns(index) > time_ns:
            return index - 1
        return index + 1 if self.time_ns(index + 1) <= time_ns else index

    def pass_ns(self, count: int) -> Fraction:
        return self._timing.pass_ns(count)
