"""Streams: what is in force when, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.errors import StreamError
from simgate.sensor.stream import Stream

MS = 1_000_000


def ramp(count: int = 4, rate: float = 1000, **playing: object) -> Stream:
    return Stream.from_array(numpy.arange(1, count + 1), rate, units=["V"], **playing)


def test_a_sample_holds_until_the_next_is_due() -> None:
    stream = ramp()
    assert [stream.at_ns(t) for t in (0, MS - 1, MS, 3 * MS)] == [(1.0,), (1.0,), (2.0,), (4.0,)]
    assert stream.at(0.0025) == (3.0,)
    assert (stream.rate_hz, stream.period, stream.end_s) == (1000.0, 0.001, 0.004)


def test_the_last_sample_holds_or_all_is_zero_or_it_begins_again() -> None:
    assert ramp().at(1.0) == (4.0,)
    assert ramp(end="zero").at_ns(4 * MS - 1) == (4.0,)
    assert ramp(end="zero").at_ns(4 * MS) == (0.0,)
    assert ramp(end="loop").at_ns(4 * MS) == (1.0,)
    assert ramp(end="zero", repeat=2).at_ns(5 * MS) == (2.0,)
    assert ramp(end="zero", repeat=2).at_ns(8 * MS) == (0.0,)


def test_start_and_skip() -> None:
    stream = ramp(start_s=0.010, skip_s=0.001, rest=[9])
    assert stream.at_ns(10 * MS - 1) == (9.0,)
    assert stream.at_ns(10 * MS) == (2.0,)
    assert list(stream) == [(10 * MS, (2.0,)), (11 * MS, (3.0,)), (12 * MS, (4.0,))]
    assert stream.end_ns == 13 * MS
    assert stream.over(13 * MS) and not stream.over(13 * MS - 1)


def test_a_rate_that_is_no_whole_period_does_not_drift() -> None:
    stream = ramp(3, 44_100, end="loop")
    times = [time for time, _ in islice(stream, 44_101)]
    assert times[1] == 22_675  # 22675.736961...
    assert times[44_100] == 1_000_000_000


@given(
    st.fractions(min_value=Fraction(1, 7), max_value=10**6, max_denominator=10**6),
    st.integers(1, 5),
    st.integers(1, 3),
    st.integers(0, 10**9),
    st.sampled_from(["hold", "loop"]),
)
def test_at_agrees_with_iteration(
    rate: Fraction, count: int, repeat: int, start_ns: int, end: str
) -> None:
    stream = Stream.from_array(
        numpy.arange(count), rate, start_s=start_ns / 1e9, repeat=repeat, end=end
    )
    samples = list(islice(stream, 20))
    for index, (time_ns, row) in enumerate(samples):
        assert stream.at_ns(time_ns) == row
        if index and time_ns - 1 > samples[index - 1][0]:
            assert stream.at_ns(time_ns - 1) == samples[index - 1][1]


def test_channels_are_chosen_by_name_and_converted() -> None:
    stream = Stream.from_array(
        [[9.80665, 250.0, 20.0]], 1, names=["a", "b", "t"], units=["m/s2", "mg", "degC"]
    )
    assert stream.columns(("b", "a"), "g").at(0) == (0.25, 1.0)
    assert stream.columns(("t",), "K").at(0) == (293.15,)
    with pytest.raises(StreamError, match="column 't': degC is a unit of temperature"):
        stream.columns(("t",), "g")
    with pytest.raises(StreamError, match="no column 'x'"):
        stream.columns(("x",), "g")


def test_scaled_scales_what_is_at_rest_too() -> None:
    stream = Stream.from_array([0.5], 1, units=["FS"], start_s=1).scaled(0.5, 1.65, unit="V")
    assert (stream.at(0), stream.at(1), stream.units) == ((1.65,), (1.9,), ("V",))


def test_a_generator_is_asked_when_its_sample_is_due() -> None:
    asked: list[int] = []

    def count() -> Iterator[int]:
        for value in range(3):
            asked.append(value)
            yield value

    stream = Stream.from_generator(count, 10, units=["V"], end="zero")
    assert not asked
    assert stream.at(0.15) == (1.0,)
    assert asked == [0, 1]
    assert stream.at(0.25) == (2.0,)
    assert stream.at(0.35) == (0.0,)
    assert stream.at(0.05) == (0.0,)  # a function makes the generator anew
    once = Stream.from_generator(iter([1, 2, 3]), 10)
    assert once.at(0.1) == (2.0,)
    with pytest.raises(StreamError, match="cannot give sample 0"):
        once.at(0.0)


def test_a_generator_loops_once_its_end_is_known() -> None:
    stream = Stream.from_generator(lambda: [1, 2], 10, end="loop")
    assert [stream.at(t / 10) for t in range(5)] == [(1.0,), (2.0,), (1.0,), (2.0,), (1.0,)]


def test_a_function_of_time_with_and_without_a_rate() -> None:
    assert Stream.from_function(lambda t: (t, -t), names=["a", "b"]).at(0.25) == (0.25, -0.25)
    stepped = Stream.from_function(lambda t: t, rate_hz=10)
    assert stepped.at(0.25) == (0.2,)
    with pytest.raises(StreamError, match="no rate"):
        list(Stream.from_function(lambda t: t))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ramp(rate=0), "a rate of 0"),
        (lambda: ramp(rate=float("nan")), "not a rate"),
        (lambda: ramp(end="stop"), "hold, zero or loop"),
        (lambda: ramp(repeat=0), "below 0"),
        (lambda: Stream.from_array([1], 1, units=["furlong"]), "no unit 'furlong'"),
        (lambda: Stream.from_array([1], 1, names=["a", "b"]), "1 channels, 2 names"),
        (lambda: Stream.from_array([[[1]]], 1), "shape"),
        (lambda: Stream.from_array(["a"], 1), "no stream of numbers"),
        (lambda: Stream.from_generator(["a"], 1).at(0), "no number"),
        (lambda: Stream.from_generator([(1, 2)], 1).at(0), "2 numbers for 1 channel"),
    ],
)
def test_what_is_no_stream_is_refused(make: object, message: str) -> None:
    with pytest.raises(StreamError, match=message):
        make()  # type: ignore[operator]
