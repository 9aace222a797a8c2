"""A table of samples: a header with names and units, one sample a line.

::

    time_s,x_g,y_g,z_g
    0.00,0.01,0.02,0.98
    0.01,0.00,0.02,1.01

A column is ``name_unit``, ``name [unit]`` or ``name (unit)``. The column ``time`` (in s, ms, us or
ns) holds the samples' times, ascending; without it the rate is given by the caller or by a line
``# rate_hz: 100`` before the header. Times and a rate together must agree. Other lines that begin
with ``#`` are comments.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from simgate.errors import StreamError
from simgate.sensor.rows import FlatRows
from simgate.sensor.stream import Stream
from simgate.sensor.text_lines import lines_of, number, open_text
from simgate.sensor.timing import LONGEST_NS, NS, ConstantRate, Timestamps, Timing, exact_rate
from simgate.sensor.unit import find_unit, units_of

_MOST_COLUMNS = 256
_RATE_LINE = re.compile(r"#\s*rate_hz\s*[:=]\s*(\S+)\s*$")
_BRACKETS = re.compile(r"^(.*?)\s*[\[(]\s*(.*?)\s*[\])]$")
_TIME = "time"
_NS_OF_UNIT = {"s": NS, "ms": 10**6, "us": 10**3, "ns": 1}
_RATE_TOLERANCE = Fraction(1, 100)
"""Of a period, by which a time may lie beside where the rate puts it: rounding of its digits."""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    unit: str


def csv_stream(
    path: Path, *, rate_hz: float | Fraction | None = None, units: Sequence[str] = ()
) -> Stream:
    """The table as a stream, its time column left out of the channels.

    Args:
        path: the file.
        rate_hz: samples a second, where it has no times.
        units: of the channels, where its header names none; where it does, they must be the same.

    Raises:
        StreamError: it is no such table; the message has the line.
    """
    with open_text(path) as file:
        lines = lines_of(file, path)
        line, header, noted = _header(path, lines)
        where = f"{path}:{line}"
        if noted is not None and rate_hz is not None and exact_rate(rate_hz) != noted:
            raise StreamError(f"{where}: the file says rate_hz {float(noted):g}, not {rate_hz:g}")
        rate = noted if rate_hz is None else exact_rate(rate_hz)
        columns, time_index = _columns(where, header, units)
        if time_index is None and rate is None:
            raise StreamError(
                f"{where}: there is no column of times, and no rate",
                hint="Name a column time_s, or give rate_hz, or write '# rate_hz: 100' above.",
            )
        values = array("d")
        times: array[int] = array("q")
        factor = 0 if time_index is None else _NS_OF_UNIT[columns[time_index].unit]
        for line, text in lines:
            if text.startswith("#"):
                continue
            cells = text.split(",")
            if len(cells) != len(columns):
                raise StreamError(
                    f"{path}:{line}: {len(cells)} values for {len(columns)} columns: {text[:60]}"
                )
            if time_index is not None:
                times.append(_time(cells.pop(time_index), factor, times, f"{path}:{line}"))
                if rate is not None:
                    _agree(times, rate, f"{path}:{line}")
            try:
                row = tuple(map(float, cells))
            except ValueError:
                row = tuple(number(cell.strip(), f"{path}:{line}") for cell in cells)
            values.extend(row)
            if not all(map(_is_finite, row)) or "_" in text:
                for cell in cells:
                    number(cell.strip(), f"{path}:{line}")
    channels = [column for i, column in enumerate(columns) if i != time_index]
    if not values:
        raise StreamError(f"{where}: there are no samples below the header")
    return Stream(
        FlatRows(values, len(channels)),
        _timing(times, rate),
        tuple(column.name for column in channels),
        tuple(column.unit for column in channels),
        origin=where,
    )


def _is_finite(value: float) -> bool:
    return value - value == 0.0


def _header(path: Path, lines: Iterator[tuple[int, str]]) -> tuple[int, str, Fraction | None]:
    rate = None
    for line, text in lines:
        if not text.startswith("#"):
            return line, text, rate
        match = _RATE_LINE.match(text)
        if match:
            value = Fraction(Decimal(str(number(match[1], f"{path}:{line}"))))
            try:
                rate = exact_rate(value)
            except StreamError as error:
                raise StreamError(f"{path}:{line}: {error.message}") from None
    raise StreamError(f"{path}: there is no header", hint="Such as: time_s,x_g,y_g,z_g")


def _columns(
    where: str, header: str, units: Sequence[str]
) -> tuple[tuple[_Column, ...], int | None]:
    titles = [title.strip().strip('"').strip() for title in header.split(",")]
    if len(titles) > _MOST_COLUMNS:
        raise StreamError(f"{where}: {len(titles)} columns")
    try:
        float(titles[0])
    except ValueError:
        pass
    else:
        raise StreamError(
            f"{where}: there is no header, the first line has numbers: {header[:60]}",
            hint="Its first line names columns and units, such as: time_s,x_g,y_g,z_g",
        )
    columns, time_index = [], None
    given = iter(units)
    for index, title in enumerate(titles):
        name, unit = _split(title)
        if name == _TIME:
            if time_index is not None:
                raise StreamError(f"{where}: there are two columns of times")
            if unit not in _NS_OF_UNIT:
                raise StreamError(
                    f"{where}: column '{title}': times are in {', '.join(_NS_OF_UNIT)}"
                )
            time_index = index
        else:
            unit = _agreed(where, title, unit, next(given, None))
        columns.append(_Column(name, unit))
    names = [column.name for column in columns]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise StreamError(f"{where}: there are two columns '{twice}'")
    left = len(list(given))
    channels = len(columns) - (time_index is not None)
    if left or (units and len(units) != channels):
        raise StreamError(f"{where}: {channels} columns, {len(units)} units were given")
    if not channels:
        raise StreamError(f"{where}: there is no column beside the times")
    return tuple(columns), time_index


def _agreed(where: str, title: str, written: str, given: str | None) -> str:
    unit = written or (find_unit(given) if given else None)
    if not unit:
        what = f"'{given}' is no unit" if given else f"column '{title}' has no unit"
        known = ", ".join((*units_of("acceleration"), *units_of("voltage"), "..., raw"))
        raise StreamError(
            f"{where}: {what}", hint=f"Write it behind the name, as in x_g or temp_degC: {known}."
        )
    if given and find_unit(given) != unit:
        raise StreamError(f"{where}: column '{title}' is in {unit}, not in {given}")
    return unit


def _split(title: str) -> tuple[str, str]:
    """Name and unit of a column's title; the unit is empty where there is none."""
    match = _BRACKETS.match(title)
    name, _, unit = (match[1], "", match[2]) if match else title.rpartition("_")
    found = find_unit(unit)
    return (name, found) if name and found else (title, "")


def _time(text: str, factor: int, times: array[int], where: str) -> int:
    value = text.strip()
    number(value, where)
    time_ns = Decimal(value) * factor
    if not 0 <= time_ns <= LONGEST_NS:
        raise StreamError(f"{where}: a time of {value[:40]}")
    rounded = int(time_ns.to_integral_value())
    if times and rounded <= times[-1]:
        raise StreamError(f"{where}: the time {value} does not come after that of the line before")
    return rounded


def _agree(times: array[int], rate: Fraction, where: str) -> None:
    period = NS / rate
    expected = times[0] + (len(times) - 1) * period
    if abs(times[-1] - expected) > max(period * _RATE_TOLERANCE, Fraction(1)):
        raise StreamError(
            f"{where}: at {float(rate):g} samples a second this one is due at "
            f"{float(expected / NS):.9g} s, and its time is {times[-1] / NS:.9g} s",
            hint="Leave out the rate or the column of times, or correct one of them.",
        )


def _timing(times: array[int], rate: Fraction | None) -> Timing:
    if not times:
        assert rate is not None
        return ConstantRate(rate)
    if rate is not None:
        return ConstantRate(rate, times[0])
    step = times[1] - times[0] if len(times) > 1 else 0
    if step and all(time == times[0] + i * step for i, time in enumerate(times)):
        return ConstantRate.of_period(step, times[0])
    return Timestamps(times)
