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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from simgate.errors import StreamError
from simgate.sensor.rows import ArrayRows, FunctionRows, GeneratorRows, Row, Rows, as_row
from simgate.sensor.timing import NS, ConstantRate, Timing
from simgate.sensor.unit import converter, find_unit

_MOST_NS = 1 << 63
End = Literal["hold", "zero", "loop"]


@dataclass(frozen=True, slots=True)
class Stream:
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

    # ---- where streams come from ----

    @classmethod
    def from_file(cls, path: Path | str, **options: Any) -> Stream:
        """By the file's suffix: .wav, .csv, .resd; anything else is Renode's text of samples.

        Raises:
            StreamError: see the readers of the formats.
        """
        suffix = Path(path).suffix.lower()
        if suffix == ".wav":
            return cls.from_wav(path, **options)
        if suffix == ".csv":
            return cls.from_csv(path, **options)
        if suffix == ".resd":
            return cls.from_resd(path, **options)
        return cls.from_text(path, **options)

    @classmethod
    def from_wav(cls, path: Path | str, **playing: Any) -> Stream:
        """A sound file: parts of full scale (unit FS, -1 to 1), one channel or several.

        Raises:
            StreamError: it is not a WAV file of 8, 16, 24 or 32 bits or floats.
        """
        from simgate.sensor.wav_stream import wav_stream

        return wav_stream(Path(path)).playing(**playing)

    @classmethod
    def from_csv(
        cls,
        path: Path | str,
        *,
        rate_hz: float | Fraction | None = None,
        units: Sequence[str] = (),
        **playing: Any,
    ) -> Stream:
        """A table with a header such as ``time_s,x_g,y_g,z_g``, see `simgate.sensor.csv_stream`.

        Raises:
            StreamError: a column, a rate, a unit or a number is wrong; it names file and line.
        """
        from simgate.sensor.csv_stream import csv_stream

        return csv_stream(Path(path), rate_hz=rate_hz, units=units).playing(**playing)

    @classmethod
    def from_text(
        cls,
        path: Path | str,
        *,
        names: Sequence[str] = (),
        units: Sequence[str] = (),
        rate_hz: float | Fraction | None = None,
        **playing: Any,
    ) -> Stream:
        """Renode's text of samples: one a line, its values separated by spaces.

        Raises:
            StreamError: a line is wrong, or no rate was given; it names file and line.
        """
        from simgate.sensor.text_stream import text_stream

        return text_stream(Path(path), names, units, rate_hz).playing(**playing)

    @classmethod
    def from_resd(
        cls, path: Path | str, kind: str | int | None = None, channel: int = 0, **playing: Any
    ) -> Stream:
        """One kind of samples and channel of a RESD file, see `simgate.sensor.resd_stream`.

        Raises:
            StreamError: the file is damaged, or has no such block.
        """
        from simgate.sensor.resd_stream import resd_stream

        return resd_stream(Path(path), kind, channel).playing(**playing)

    @classmethod
    def from_array(
        cls,
        samples: Any,
        rate_hz: float | Fraction,
        *,
        names: Sequence[str] = (),
        units: Sequence[str] = (),
        **playing: Any,
    ) -> Stream:
        """A NumPy array (or nested list) of shape (samples,) or (samples, channels).

        Raises:
            StreamError: its shape, its type, or the names do not fit.
        """
        rows = ArrayRows(samples)
        return cls(
            rows, ConstantRate(rate_hz), *name_channels(rows.width, names, units), origin="an array"
        ).playing(**playing)

    @classmethod
    def from_generator(
        cls,
        source: Iterable[object] | Callable[[], Iterable[object]],
        rate_hz: float | Fraction,
        *,
        names: Sequence[str] = (),
        units: Sequence[str] = (),
        **playing: Any,
    ) -> Stream:
        """What an iterator yields, or what the iterator that a function makes yields.

        Rows are taken when they are due and not kept: time must not go back, and such a stream
        loops only where `source` is a function.

        Raises:
            StreamError: names, units and rate do not fit together.
        """
        named = name_channels(max(len(names), len(units), 1), names, units)
        rows = GeneratorRows(source, len(named[0]))
        return cls(rows, ConstantRate(rate_hz), *named, origin="a generator").playing(**playing)

    @classmethod
    def from_function(
        cls,
        function: Callable[[float], object],
        *,
        rate_hz: float | Fraction | None = None,
        names: Sequence[str] = (),
        units: Sequence[str] = (),
        **playing: Any,
    ) -> Stream:
        """A function of the time in seconds since the stream's start.

        With a rate it is asked at the sample times and holds between them; without one it is
        asked for each instant, and has no samples to go through.

        Raises:
            StreamError: names, units and rate do not fit together.
        """
        named = name_channels(max(len(names), len(units), 1), names, units)
        width, origin = len(named[0]), "a function of time"
        if rate_hz is None:
            rows = FunctionRows(lambda index: (0.0,) * width, width, None)
            return cls(rows, None, *named, origin=origin, function=function).playing(**playing)
        timing = ConstantRate(rate_hz)
        rows = FunctionRows(lambda index: function(timing.time_ns(index) / NS), width, None)
        return cls(rows, timing, *named, origin=origin).playing(**playing)

    # ---- how it is played ----

    def _whole_ns(self, seconds: float) -> int:
        if not math.isfinite(seconds * NS):
            raise StreamError(f"{self.origin}: {seconds} is no number of seconds")
        return round(seconds * NS)

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
            rows=_MappedRows(self.rows, change),
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
        functions = []
        for index, unit in zip(order, units, strict=True):
            try:
                functions.append(converter(self.units[index], unit))
            except StreamError as error:
                raise StreamError(
                    f"{self.origin}: column '{self.names[index]}': {error.message}", hint=error.hint
                ) from None
        units = tuple(find_unit(unit) or unit for unit in units)
        if order == list(range(len(self.names))) and not any(functions):
            return replace(self, names=names, units=units)
        plan = tuple(zip(order, functions, strict=True))

        def change(row: Row) -> Row:
            return tuple(row[i] if function is None else function(row[i]) for i, function in plan)

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
        timing = self.timing
        if timing is None:
            raise StreamError(f"{self.origin} has no rate, so it has no samples to go through")
        index, turn, before, begin = 0, 0, 0, Fraction(0)
        even = isinstance(timing, ConstantRate) and not timing.start_ns
        while self.end == "loop" or turn < self.repeat:
            try:
                row = self.rows.row(index)
            except IndexError:
                if not index:
                    return
                begin += timing.pass_ns(index)
                before += index
                index, turn = 0, turn + 1
                continue
            due = timing.time_ns(before + index) if even else self._due(timing, begin, index)
            if due >= self.skip_ns:
                yield due - self.skip_ns + self.start_ns, row
            index += 1

    def _position(self, passed_ns: int) -> int | None:
        """Index of the row in force so long after the first one's beginning; None: at rest."""
        timing, count = self.timing, self.rows.count
        assert timing is not None
        index = timing.index_at(passed_ns)
        if count is None or index < count - 1:  # the first pass
            return index if index >= 0 else None
        if not count:
            return None
        if isinstance(timing, ConstantRate) and not timing.start_ns:
            turn, index = divmod(index, count)
        else:
            whole = timing.pass_ns(count)
            # the first instant of pass n is its beginning rounded down, as that of every sample
            turn = ((passed_ns + 1) * whole.denominator - 1) // whole.numerator
            if turn:
                index = timing.index_at(passed_ns - (turn * whole).__floor__())
        if self.end != "loop" and turn >= self.repeat:
            return None if self.end == "zero" else count - 1
        # what is before the first sample of a later pass is the last one of the pass before
        return min(index, count - 1) if index >= 0 else count - 1

    @staticmethod
    def _due(timing: Timing, begin: Fraction, index: int) -> int:
        if isinstance(timing, ConstantRate) and timing.period_ns is not None:
            return (begin + timing.start_ns + index * timing.period_ns).__floor__()
        return begin.__floor__() + timing.time_ns(index)


@dataclass(frozen=True, slots=True)
class _MappedRows:
    source: Rows
    change: Callable[[Row], Row]

    @property
    def count(self) -> int | None:
        return self.source.count

    def row(self, index: int) -> Row:
        return self.change(self.source.row(index))


def name_channels(
    width: int, names: Sequence[str], units: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names and units, those that were not given filled in.

    Raises:
        StreamError: they are not `width`.
    """
    if not names:
        axes = ("x", "y", "z")
        names = ("value",) if width == 1 else [*axes, *map("c{}".format, range(3, width))][:width]
    if len(units) == 1:
        units = tuple(units) * width
    units = tuple(units) or ("raw",) * width
    if len(names) != width or len(units) != width:
        raise StreamError(f"{width} channels, {len(names)} names and {len(units)} units")
    return tuple(names), tuple(find_unit(unit) or unit for unit in units)
