"""FPToFixed, FixedToFP and conversions between formats (A2.5, A6)."""

from __future__ import annotations

from fractions import Fraction

from tools.fuzz.model.arithmetic import integer_of
from tools.fuzz.model.number import (
    AHP,
    DN,
    HALF,
    IOC,
    IXC,
    Format,
    Kind,
    Status,
    infinity,
    rounded,
    two_to,
    unpack,
    zero,
)
from tools.fuzz.model.saturate import signed_saturated, unsigned_saturated


def to_fixed(
    bits: int, form: Format, width: int, fraction: int, is_signed: bool, mode: int, status: Status
) -> int:
    """FPToFixed: saturates with IOC; a NaN gives 0."""
    x = unpack(bits, form, status)
    if x.is_nan:
        status.raise_flag(IOC)
        return 0
    if x.kind is Kind.INFINITY:
        integer, changed = (-(1 << 80) if x.negative else 1 << 80), False
    else:
        integer, changed = integer_of(x.value * two_to(fraction), mode)
    limited = (signed_saturated if is_signed else unsigned_saturated)(integer, width)
    if limited != integer:
        status.raise_flag(IOC)
    elif changed:
        status.raise_flag(IXC)
    return limited


def from_fixed(number: int, form: Format, fraction: int, mode: int, status: Status) -> int:
    """FixedToFP."""
    if number == 0:
        return 0
    return rounded(Fraction(number) * two_to(-fraction), form, status, mode)


def to_format(bits: int, source: Format, target: Format, status: Status) -> int:
    """FPSingleToDouble, FPDoubleToSingle, FPHalfToSingle and the others."""
    x = unpack(bits, source, status)
    alternative = target is HALF and status.has(AHP)
    if x.is_nan:
        if x.kind is Kind.SIGNALLING or alternative:
            status.raise_flag(IOC)
        if alternative:
            return zero(x.negative, target)
        if status.has(DN):
            return target.default_nan
        payload = bits & (1 << source.fraction_bits - 1) - 1
        shift = target.fraction_bits - source.fraction_bits
        payload = payload << shift if shift > 0 else payload >> -shift
        return zero(x.negative, target) | target.default_nan | payload
    if x.kind is Kind.INFINITY:
        if alternative:
            status.raise_flag(IOC)
            return zero(x.negative, target) | target.sign_bit - 1
        return infinity(x.negative, target)
    if x.is_zero:
        return zero(x.negative, target)
    return rounded(x.value, target, status)
