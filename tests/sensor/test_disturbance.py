"""Disturbances of streams: by hand where possible, by statistics where chance has its part."""

from __future__ import annotations

from itertools import pairwise

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.errors import StreamError
from simgate.sensor.chance import gauss, uniform
from simgate.sensor.disturbance import (
    drifting,
    dropped,
    jittered,
    noisy,
    saturated,
    shifted,
    stuck,
)
from simgate.sensor.stream import Stream


def ramp(count: int = 1000, rate: int = 1000) -> Stream:
    return Stream.from_array(numpy.arange(count), rate, units=["V"])


def values(stream: Stream) -> list[float]:
    return [row[0] for _, row in stream]


def test_chance_is_even_and_normal() -> None:
    even = [uniform(1, index) for index in range(5000)]
    assert numpy.mean(even) == pytest.approx(0.5, abs=0.02)
    assert numpy.std(even) == pytest.approx(12**-0.5, abs=0.01)
    normal = [gauss(1, index) for index in range(5000)]
    assert numpy.mean(normal) == pytest.approx(0, abs=0.05)
    assert numpy.std(normal) == pytest.approx(1, abs=0.05)
    assert abs(numpy.corrcoef(normal[:-1], normal[1:])[0, 1]) < 0.05


def test_noise_is_the_same_in_whatever_order_it_is_asked_for() -> None:
    stream = noisy(ramp(), 0.5, seed=3)
    forward = values(stream)
    assert [stream.at(i / 1000)[0] for i in reversed(range(1000))] == forward[::-1]
    assert numpy.std(numpy.array(forward) - numpy.arange(1000)) == pytest.approx(0.5, abs=0.05)
    assert values(noisy(ramp(), 0.5, seed=4)) != forward


def test_offset_drift_and_saturation() -> None:
    assert values(shifted(ramp(3), 0.5)) == [0.5, 1.5, 2.5]
    assert values(drifting(ramp(3), 100.0)) == pytest.approx([0, 1.1, 2.2])
    assert values(saturated(ramp(4), 1, 2)) == [1, 1, 2, 2]
    still = Stream.from_function(lambda t: 1.0)
    assert drifting(still, 2.0).at(0.5) == (2.0,)


def test_lost_samples_leave_the_one_before_in_force() -> None:
    seen = values(dropped(ramp(), 0.3, seed=1))
    lost = sum(now != index for index, now in enumerate(seen))
    assert seen[0] == 0
    assert all(now in (index, before) for index, (before, now) in enumerate(pairwise(seen), 1))
    assert 250 < lost < 350


def test_a_generator_can_be_disturbed() -> None:
    stream = dropped(Stream.from_generator(iter(range(100)), 1000), 0.5, seed=1)
    assert values(stream) == values(dropped(ramp(100), 0.5, seed=1))


def test_a_stuck_value() -> None:
    assert values(stuck(ramp(6), 0.002, 0.004)) == [0, 1, 2, 2, 4, 5]


@given(st.floats(0, 0.01), st.integers(0, 1000))
def test_jitter_keeps_the_order_and_at_agrees_with_iteration(deviation: float, seed: int) -> None:
    stream = jittered(ramp(50), deviation, seed=seed)
    samples = list(stream)
    assert [row for _, row in samples] == [row for _, row in ramp(50)]
    for (before, row), (now, _) in pairwise(samples):
        assert before < now
        assert stream.at_ns(before) == stream.at_ns(now - 1) == row
    assert stream.rate_hz is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: noisy(ramp(), [1, 2]), "2 numbers for 1 channels"),
        (lambda: dropped(ramp(), 1), "no probability"),
        (lambda: saturated(ramp(), 1, 1), "empty"),
        (lambda: stuck(ramp(), 2, 1), "cannot be stuck"),
        (lambda: jittered(Stream.from_function(abs), 1), "no constant rate"),
        (lambda: jittered(ramp(), -1), "a jitter of -1"),
        (lambda: dropped(Stream.from_function(abs), 0.5), "no samples"),
    ],
)
def test_disturbances_that_make_no_sense(make: object, message: str) -> None:
    with pytest.raises(StreamError, match=message):
        make()  # type: ignore[operator]
