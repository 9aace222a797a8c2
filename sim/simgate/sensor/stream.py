"""A stream of samples in virtual time: one sensor's world, whatever it comes from.

::

    taps = Stream.from_csv("taps.csv").columns(("x", "y", "z"), "g")
    taps.at(0.25)                               # the row in force at 0.25 s: (0.01, 0.02, 0.98)
    tone = Stream.from_wav("yes.wav", repeat=2)
    for time_ns, row in tone: ...

Samples hold until the next one is due. Times are whole nanoseconds from the beginning of virtual
time; `start_s` says when the first sample is due. Before it, and after the end where
``end="zero"``, a stream is at rest: zero in every channel, unless `rest` says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from simgate.errors import StreamError
from simgate.sensor.channels import conversion
from simgate.sensor.passes import place_at, samples_of
from simgate.sensor.rows import MappedRows, Row, Rows, as_row
from simgate.sensor.stream_sources import StreamSources
from simgate.sensor.timing import NS, Timing
from simgate.sensor.unit import find_unit

_MOST_NS = 1 << 63
End = Literal["hold", "zero", "loop"]


@dataclass(frozen=True, slots=True)
class Stream(StreamSources):
    """Rows of numbers, one a channel, each in force from its time to the next one's.

    Args:
        rows: the values by index.
        timing: when each is due; None: `rows` is a function of time, see `continuous`.
        names: of the channels, such as ``("x", "y", "z")``.
        units: of the channels, such as ``("g", "g", "g")``, see `simgate.sensor.unit`.
        origin: where it comes from, for messages: ``"taps.csv:1"``.
        start_ns: when the first sample is due.
        skip_ns: how much of the beginning is left out.
        end: what follows the last sample: it holds, zero (`rest`), or all again without end.
        repeat: how often the samples come, before `end` applies.
        rest: values before the start and after the end; empty: zeros.
    """

    rows: Rows
    timing: Timing | None
    names: tuple[str, ...]
    units: tuple[str, ...]
    origin: str = "a stream"
    start_ns: int = 0
    skip_ns: int = 0
    end: End = "hold"
    repeat: int = 1
    rest: Row = ()
    function: Callable[[float], object] | None = None

    def __post_init__(self) -> None:
        if len(self.names) != len(self.units) or not self.names:
            raise StreamError(f"{self.origin}: {len(self.names)} names, {len(self.units)} units")
        for unit in self.units:
            if find_unit(unit) is None:
                raise StreamError(f"{self.origin}: there is no unit '{unit}'")
        if self.end not in ("hold", "zero", "loop"):
            raise StreamError(f"{self.origin}: a stream ends by hold, zero or loop, not {self.end}")
        if max(self.start_ns, self.skip_ns) > _MOST_NS:
            raise StreamError(f"{self.origin}: a stream cannot start or skip after centuries")
        if self.repeat < 1 or self.start_ns < 0 or self.skip_ns < 0:
            raise StreamError(f"{self.origin}: a stream cannot repeat, start or skip below 0 times")
        if self.rest and len(self.rest) != len(self.names):
            raise StreamError(f"{self.origin}: {len(self.rest)} values at rest")

    # ---- how it is played ----

    def playing(
        self,
        *,
        start_s: float | None = None,
        skip_s: float | None = None,
        end: End | None = None,
        repeat: int | None = None,
        rest: Sequence[float] | None = None,
    ) -> Stream:
        """The same samples, played differently; what is not given stays.

        Raises:
            StreamError: an end that there is not, or numbers below zero.
        """
        return replace(
            self,
            start_ns=self.start_ns if start_s is None else self._whole_ns(start_s),
            skip_ns=self.skip_ns if skip_s is None else self._whole_ns(skip_s),
            end=self.end if end is None else end,
            repeat=self.repeat if repeat is None else repeat,
            rest=self.rest if rest is None else tuple(map(float, rest)),
        )

    def columns(self, names: Sequence[str], unit: str | Sequence[str]) -> Stream:
        """The channels of these names, in this order, in these units.

        A sensor takes its samples by this: a column that is missing, or in a unit of another
        quantity, is the file's error.

        Raises:
            StreamError: there is no such channel, or its unit measures something else.
        """
        units = (unit,) * len(names) if isinstance(unit, str) else tuple(unit)
        missing = [name for name in names if name not in self.names]
        if missing:
            raise StreamError(
                f"{self.origin}: there is no column '{missing[0]}'",
                hint=f"Its columns: {', '.join(map('{} in {}'.format, self.names, self.units))}.",
            )
        order = [self.names.index(name) for name in names]
        return self._converted(order, tuple(names), units)

    def in_units(self, *units: str) -> Stream:
        """All channels in these units: one for all, or one each.

        Raises:
            StreamError: a unit measures something else.
        """
        every = units * len(self.names) if len(units) == 1 else units
        return self._converted(list(range(len(self.names))), self.names, every)

    def scaled(self, factor: float, offset: float = 0.0, *, unit: str = "") -> Stream:
        """Each value times `factor` plus `offset`, in another unit where that is named.

        A microphone's full scale of 0.5 V around 1.65 V: ``wav.scaled(0.5, 1.65, unit="V")``.
        """
        return self.mapped(
            lambda row: tuple(value * factor + offset for value in row),
            units=(unit,) * len(self.names) if unit else self.units,
        )

    def mapped(
        self, change: Callable[[Row], Row], *, names: Sequence[str] = (), units: Sequence[str] = ()
    ) -> Stream:
        """The stream whose rows are changed by a function, at rest too."""
        function = self.function
        return replace(
            self,
            rows=MappedRows(self.rows, change),
            names=tuple(names) or self.names,
            units=tuple(units) or self.units,
            rest=change(self.rest or (0.0,) * len(self.names)),
            function=None
            if function is None
            else lambda time_s: change(as_row(function(time_s), len(self.names))),
        )

    def _converted(
        self, order: list[int], names: tuple[str, ...], units: tuple[str, ...]
    ) -> Stream:
        change = conversion(self.origin, (self.names, self.units), order, units)
        units = tuple(find_unit(unit) or unit for unit in units)
        if change is None:
            return replace(self, names=names, units=units)
        return self.mapped(change, names=names, units=units)

    # ---- looking ----

    @property
    def rate_hz(self) -> float | None:
        """Samples a second, where that is constant."""
        period_ns = None if self.timing is None else self.timing.period_ns
        return None if period_ns is None else float(NS / period_ns)

    @property
    def period(self) -> float | None:
        """Seconds between samples, where that is constant."""
        period_ns = None if self.timing is None else self.timing.period_ns
        return None if period_ns is None else float(period_ns / NS)

    @property
    def count(self) -> int | None:
        """Samples of one pass; None where nobody knows."""
        return None if self.timing is None else self.rows.count

    @property
    def end_ns(self) -> int | None:
        """When the last sample has held for its period; None: never, or nobody knows."""
        if self.end == "loop" or self.count is None or self.timing is None:
            return None
        last = self.repeat * self.timing.pass_ns(self.count)
        return self.start_ns + max(0, last.__floor__() - self.skip_ns)

    @property
    def end_s(self) -> float | None:
        """`end_ns` in seconds."""
        return None if self.end_ns is None else self.end_ns / NS

    def at(self, time_s: float) -> Row:
        """The row in force at a time in virtual seconds."""
        return self.at_ns(round(time_s * NS))

    def at_ns(self, time_ns: int) -> Row:
        """The row in force at a time in virtual nanoseconds."""
        since = time_ns - self.start_ns
        if since < 0:
            return self.rest or (0.0,) * len(self.names)
        if self.timing is None:
            assert self.function is not None
            return as_row(self.function((since + self.skip_ns) / NS), len(self.names))
        position = self._position(since + self.skip_ns)
        if position is None:
            return self.rest or (0.0,) * len(self.names)
        try:
            return self.rows.row(position)
        except IndexError:  # a generator has just ended
            position = self._position(since + self.skip_ns)
        if position is None:
            return self.rest or (0.0,) * len(self.names)
        return self.rows.row(position)

    def over(self, time_ns: int) -> bool:
        """True once the last sample has been in force for its period."""
        end_ns = self.end_ns
        return end_ns is not None and time_ns >= end_ns

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        """(virtual time in ns, row) of every sample; without end where it loops.

        Raises:
            StreamError: the stream has no samples, only values at any time.
        """
        if self.timing is None:
            raise StreamError(f"{self.origin} has no rate, so it has no samples to go through")
        passes = None if self.end == "loop" else self.repeat
        for due, row in samples_of(self.rows, self.timing, passes):
            if due >= self.skip_ns:
                yield due - self.skip_ns + self.start_ns, row

    def _whole_ns(self, seconds: float) -> int:
        if not math.isfinite(seconds * NS):
            raise StreamError(f"{self.origin}: {seconds} is no number of seconds")
        return round(seconds * NS)

    def _position(self, passed_ns: int) -> int | None:
        """Index of the row in force so long after the first one's beginning; None: at rest."""
        timing, count = self.timing, self.rows.count
        assert timing is not None
        turn, index = place_at(timing, count, passed_ns)
        if count is None or index is None:
            return index
        if self.end != "loop" and turn >= self.repeat:
            return None if self.end == "zero" else count - 1
        return index
