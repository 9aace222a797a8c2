"""The integer arithmetic of quantised networks, as TFLite Micro rounds it.

The reference of the C kernels (``firmware/nn/nn_requantise``, ``nn_softmax``) and what the compiler
computes constants with. Rounding happens twice in a requantisation: once in the doubling high
multiply, once in the division by a power of two.
Source: TFLite 8-bit quantisation specification; gemmlowp's document "low-precision", section on
the output pipeline.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

INT32_MIN = -(1 << 31)
INT32_MAX = (1 << 31) - 1
INT8_MIN = -128
INT8_MAX = 127


@dataclass(frozen=True, slots=True)
class Multiplier:
    """A positive real number as mantissa / 2^31 * 2^shift."""

    mantissa: int  # 0, or 2^30 .. 2^31 - 1
    shift: int  # -31 .. 31; positive is to the left


def saturate32(x: int) -> int:
    """``x`` limited to the range of int32."""
    return max(INT32_MIN, min(INT32_MAX, x))


def wrap32(x: int) -> int:
    """``x`` modulo 2^32, as int32."""
    return (x + (1 << 31)) % (1 << 32) - (1 << 31)


def float32(x: float) -> float:
    """``x`` rounded to the nearest float32."""
    return float(struct.unpack("<f", struct.pack("<f", x))[0])


def round_half_away(x: float) -> int:
    """``x`` rounded to the nearest integer, halves away from zero (C's ``round``)."""
    whole = math.floor(abs(x))
    nearest = whole + 1 if abs(x) - whole >= 0.5 else whole
    return nearest if x >= 0 else -nearest


def quantise_multiplier(real: float) -> Multiplier:
    """The nearest ``Multiplier`` to ``real`` (finite, not negative); 0 below 2^-32."""
    if real == 0.0:
        return Multiplier(0, 0)
    fraction, shift = math.frexp(real)
    mantissa = round_half_away(fraction * (1 << 31))
    if mantissa == 1 << 31:
        mantissa //= 2
        shift += 1
    if shift < -31:
        return Multiplier(0, 0)
    return Multiplier(mantissa, shift)


def doubling_high_multiply(a: int, b: int) -> int:
    """a * b / 2^31 for int32 values, rounded to nearest (halves upwards), saturated."""
    return saturate32((a * b + (1 << 30)) >> 31)


def divide_by_power(x: int, exponent: int) -> int:
    """x / 2^exponent rounded to nearest, halves away from zero; exponent 0..31."""
    if exponent == 0:
        return x
    return (x - (x < 0) + (1 << (exponent - 1))) >> exponent


def requantise(accumulator: int, multiplier: Multiplier) -> int:
    """``accumulator`` (int32) times ``multiplier``, rounded twice."""
    left = max(multiplier.shift, 0)
    right = max(-multiplier.shift, 0)
    high = doubling_high_multiply(wrap32(accumulator << left), multiplier.mantissa)
    return divide_by_power(high, right)


def channel_multiplier(input_scale: float, weight_scale: float, output_scale: float) -> Multiplier:
    """The requantisation of one channel of a convolution (scales are float32 values)."""
    return quantise_multiplier(input_scale * weight_scale / output_scale)


def tensor_multiplier(input_scale: float, weight_scale: float, output_scale: float) -> Multiplier:
    """The requantisation of a fully connected layer with one weight scale.

    TFLite multiplies the two scales in float32 here, and only here.
    """
    return quantise_multiplier(float32(input_scale * weight_scale) / output_scale)


def activation_range(activation: str, scale: float, zero_point: int) -> tuple[int, int]:
    """Least and greatest int8 output that a fused activation lets through.

    Args:
        activation: "NONE", "RELU", "RELU6" or "RELU_N1_TO_1".
        scale: of the output, a float32 value above zero.
        zero_point: of the output.
    """

    def quantise(real: float) -> int:
        return zero_point + round_half_away(float32(real / scale))

    low, high = INT8_MIN, INT8_MAX
    if activation == "RELU":
        low = max(low, quantise(0.0))
    elif activation == "RELU6":
        low, high = max(low, quantise(0.0)), min(high, quantise(6.0))
    elif activation == "RELU_N1_TO_1":
        low, high = max(low, quantise(-1.0)), min(high, quantise(1.0))
    return low, high
