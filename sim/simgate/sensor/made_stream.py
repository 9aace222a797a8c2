"""Streams of what a program made: an array, a generator, a function of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from simgate.sensor.channels import name_channels
from simgate.sensor.rows import ArrayRows, FunctionRows, GeneratorRows
from simgate.sensor.stream import Stream
from simgate.sensor.timing import NS, ConstantRate


def array_stream(
    samples: Any, rate_hz: float | Fraction, names: Sequence[str], units: Sequence[str]
) -> Stream:
    """See `Stream.from_array`."""
    rows = ArrayRows(samples)
    named = name_channels(rows.width, names, units)
    return Stream(rows, ConstantRate(rate_hz), *named, origin="an array")


def generator_stream(
    source: Iterable[object] | Callable[[], Iterable[object]],
    rate_hz: float | Fraction,
    names: Sequence[str],
    units: Sequence[str],
) -> Stream:
    """See `Stream.from_generator`."""
    named = name_channels(max(len(names), len(units), 1), names, units)
    rows = GeneratorRows(source, len(named[0]))
    return Stream(rows, ConstantRate(rate_hz), *named, origin="a generator")


def function_stream(
    function: Callable[[float], object],
    rate_hz: float | Fraction | None,
    names: Sequence[str],
    units: Sequence[str],
) -> Stream:
    """See `Stream.from_function`."""
    named = name_channels(max(len(names), len(units), 1), names, units)
    width, origin = len(named[0]), "a function of time"
    if rate_hz is None:
        rows = FunctionRows(lambda index: (0.0,) * width, width, None)
        return Stream(rows, None, *named, origin=origin, function=function)
    timing = ConstantRate(rate_hz)
    rows = FunctionRows(lambda index: function(timing.time_ns(index) / NS), width, None)
    return Stream(rows, timing, *named, origin=origin)
