"""Softmax in integers against real exponentials."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.model.arithmetic import INT32_MAX
from simgate.model.softmax_arithmetic import exponential, reciprocal, softmax, softmax_scaling


@given(st.integers(-(1 << 31), 0))
def test_exponential_is_near_the_real_one(x):
    assert exponential(x) / 2**31 == pytest.approx(math.exp(x / 2**26), abs=2e-6)


@given(st.integers(0, INT32_MAX))
def test_reciprocal_is_near_the_real_one(x):
    assert reciprocal(x) / 2**31 == pytest.approx(1 / (1 + x / 2**31), abs=2e-8)


def test_equal_inputs_share_equally():
    scaling = softmax_scaling(1.0, 0.1)
    assert scaling is not None

    assert softmax([7, 7, 7, 7], scaling) == [-64, -64, -64, -64]  # 64/256 each


def test_a_far_larger_input_takes_all():
    scaling = softmax_scaling(1.0, 1.0)
    assert scaling is not None

    assert softmax([100, -100], scaling) == [127, -128]


def test_a_scale_that_is_too_small_is_refused():
    assert softmax_scaling(1.0, 2.0**-27) is None


@given(
    st.lists(st.integers(-128, 127), min_size=1, max_size=40),
    st.floats(min_value=0.001, max_value=2.0),
)
def test_shares_are_near_the_real_ones(row, scale):
    scaling = softmax_scaling(1.0, scale)
    assert scaling is not None

    shares = softmax(row, scaling)

    powers = [math.exp((value - max(row)) * scale) for value in row]
    for share, power in zip(shares, powers, strict=True):
        real = 256 * power / sum(powers)
        assert abs(share + 128 - min(real, 255)) <= 0.51
