"""Requantisation: values that can be checked by hand, and exact rationals as the judge."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.model.arithmetic import (
    INT32_MAX,
    INT32_MIN,
    Multiplier,
    activation_range,
    channel_multiplier,
    divide_by_power,
    doubling_high_multiply,
    quantise_multiplier,
    requantise,
    tensor_multiplier,
)

INT32 = st.integers(INT32_MIN, INT32_MAX)
MANTISSA = st.integers(1 << 30, INT32_MAX)


@pytest.mark.parametrize(
    ("real", "mantissa", "shift"),
    [
        (0.0, 0, 0),
        (0.5, 1 << 30, 0),
        (1.0, 1 << 30, 1),
        (0.25, 1 << 30, -1),
        (0.75, 3 << 29, 0),
        (1.0 - 2.0**-40, 1 << 30, 1),  # rounds up to the next power of two
        (2.0**-33, 0, 0),  # too small for any int32 to matter
    ],
)
def test_quantise_multiplier(real, mantissa, shift):
    assert quantise_multiplier(real) == Multiplier(mantissa, shift)


@given(st.floats(min_value=2.0**-31, max_value=2.0**30))
def test_a_multiplier_is_within_half_a_unit(real):
    multiplier = quantise_multiplier(real)

    value = Fraction(multiplier.mantissa, 1 << 31) * Fraction(2) ** multiplier.shift

    assert 1 << 30 <= multiplier.mantissa <= INT32_MAX
    assert abs(value - Fraction(real)) <= Fraction(2) ** multiplier.shift / (1 << 32)


@pytest.mark.parametrize(
    ("x", "exponent", "quotient"),
    [(5, 1, 3), (-5, 1, -3), (4, 1, 2), (6, 2, 2), (-6, 2, -2), (7, 0, 7), (-1, 31, 0)],
)
def test_division_rounds_halves_away_from_zero(x, exponent, quotient):
    assert divide_by_power(x, exponent) == quotient


@given(INT32, st.integers(0, 31))
def test_division_against_rationals(x, exponent):
    exact = Fraction(abs(x), 1 << exponent)
    nearest = int(exact + Fraction(1, 2))  # of a magnitude: a half goes up

    assert divide_by_power(x, exponent) == (nearest if x >= 0 else -nearest)


@given(INT32, INT32)
def test_high_multiply_is_the_nearest_integer(a, b):
    product = doubling_high_multiply(a, b)

    if a == b == INT32_MIN:
        assert product == INT32_MAX
    else:
        assert abs(Fraction(a * b, 1 << 31) - product) <= Fraction(1, 2)


def test_it_rounds_twice():
    # 3 * 0.5 = 1.5 becomes 2 in the multiplication, then 2 / 4 = 0.5 becomes 1;
    # rounded once, 0.375 would be 0.
    assert requantise(3, Multiplier(1 << 30, -2)) == 1


@given(st.integers(-(1 << 29), 1 << 29), MANTISSA, st.integers(-31, 0))
def test_requantisation_is_within_one_of_the_real_product(x, mantissa, shift):
    real = Fraction(x * mantissa, 1 << 31) * Fraction(2) ** shift

    assert abs(requantise(x, Multiplier(mantissa, shift)) - real) <= 1


@given(st.integers(-1000, 1000), MANTISSA, st.integers(1, 20))
def test_a_left_shift_comes_before_the_multiplication(x, mantissa, shift):
    assert requantise(x, Multiplier(mantissa, shift)) == requantise(
        x << shift, Multiplier(mantissa, 0)
    )


def test_one_layer_rounds_its_scales_in_float32():
    # The product of these float32 numbers is not one: the two operators differ in the last bits.
    a, b = float.fromhex("0x1.99999ap-4"), float.fromhex("0x1.333334p-2")

    assert tensor_multiplier(a, b, 1.0) != channel_multiplier(a, b, 1.0)


@pytest.mark.parametrize(
    ("activation", "scale", "zero_point", "limits"),
    [
        ("NONE", 0.1, 5, (-128, 127)),
        ("RELU", 0.1, -128, (-128, 127)),
        ("RELU", 0.1, 5, (5, 127)),
        ("RELU6", 0.5, -10, (-10, 2)),
        ("RELU6", 0.01, 0, (0, 127)),
        ("RELU_N1_TO_1", 0.25, 1, (-3, 5)),
    ],
)
def test_activation_limits(activation, scale, zero_point, limits):
    assert activation_range(activation, scale, zero_point) == limits
