"""Softmax over int8 in integers: its constants, and a reference of the kernel.

A number named q5 has 5 integer and 26 fractional bits; in q0, one is the largest int32.
Source: TFLite's quantised softmax (int8 in and out) over gemmlowp's fixed-point functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simgate.model.arithmetic import (
    INT32_MAX,
    divide_by_power,
    doubling_high_multiply,
    quantise_multiplier,
    saturate32,
    wrap32,
)

_INPUT_INTEGER_BITS = 5
_SUM_INTEGER_BITS = 12
_QUARTER = 1 << 24  # in q5
_EXP_MINUS_EIGHTH = 1895147668
_THIRD = 715827883
# exp(-1/4), exp(-1/2), exp(-1), ... exp(-16) in q0
_EXP_OF_POWER = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)


@dataclass(frozen=True, slots=True)
class SoftmaxScaling:
    """How a difference of two int8 inputs becomes q5."""

    multiplier: int
    left_shift: int
    least_difference: int  # below it, an input's share is nothing


def softmax_scaling(beta: float, input_scale: float) -> SoftmaxScaling | None:
    """Constants for inputs of ``input_scale``; None where the scale is too small to represent."""
    real = min(beta * input_scale * (1 << (31 - _INPUT_INTEGER_BITS)), INT32_MAX * 1.0)
    if real <= 1.0:
        return None
    multiplier = quantise_multiplier(real)
    largest = ((1 << _INPUT_INTEGER_BITS) - 1) << (31 - _INPUT_INTEGER_BITS)
    return SoftmaxScaling(multiplier.mantissa, multiplier.shift, -(largest >> multiplier.shift))


def _exponential_of_quarter(x: int) -> int:
    d = x + (1 << 28)
    d2 = doubling_high_multiply(d, d)
    d3 = doubling_high_multiply(d2, d)
    d4_over_4 = divide_by_power(doubling_high_multiply(d2, d2), 2)
    rest = divide_by_power(doubling_high_multiply(d4_over_4 + d3, _THIRD) + d2, 1)
    return _EXP_MINUS_EIGHTH + doubling_high_multiply(_EXP_MINUS_EIGHTH, d + rest)


def exponential(x: int) -> int:
    """exp(x) in q0 for ``x`` <= 0 in q5."""
    if x == 0:
        return INT32_MAX
    within = (x & (_QUARTER - 1)) - _QUARTER
    quarters = (within - x) // _QUARTER
    result = _exponential_of_quarter(within * 32)
    for i, factor in enumerate(_EXP_OF_POWER):
        if (quarters >> i) & 1:
            result = doubling_high_multiply(result, factor)
    return result


def reciprocal(x: int) -> int:
    """1 / (1 + x) in q0 for ``x`` in q0 from 0 to 1, by Newton's method in q2."""
    half = (x + INT32_MAX + 1) // 2
    y = 1515870810 + doubling_high_multiply(half, -1010580540)
    for _ in range(3):
        error = (1 << 29) - doubling_high_multiply(half, y)
        y += saturate32(doubling_high_multiply(y, error) * 4)
    return saturate32(y * 2)


def softmax(row: Sequence[int], scaling: SoftmaxScaling) -> list[int]:
    """Softmax of one row of int8 values; outputs have scale 1/256 and zero point -128."""
    largest = max(row)

    def share(value: int) -> int | None:
        difference = value - largest
        if difference < scaling.least_difference:
            return None
        raised = wrap32(difference << scaling.left_shift)
        return exponential(doubling_high_multiply(raised, scaling.multiplier))

    shares = [share(value) for value in row]
    total = sum(divide_by_power(s, _SUM_INTEGER_BITS) for s in shares if s is not None)
    zeros = 32 - total.bit_length()
    scale = reciprocal((total << zeros) - (1 << 31))
    exponent = _SUM_INTEGER_BITS - zeros + 31 - 8
    values = [
        0 if s is None else divide_by_power(doubling_high_multiply(scale, s), exponent)
        for s in shares
    ]
    return [min(value, 255) - 128 for value in values]
