"""FPAdd to FPSqrt, FPCompare, FPMaxNum, FPRoundInt on exact fractions (A2.5, A6)."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from tools.fuzz.model.number import (
    DZC,
    IOC,
    IXC,
    MINUS,
    Format,
    Kind,
    Status,
    Unpacked,
    binary_exponent,
    infinity,
    invalid,
    process_nan,
    process_nans,
    rounded,
    rounded_up,
    two_to,
    unpack,
    zero,
)


def negated(bits: int, form: Format) -> int:
    """FPNeg: NaNs too."""
    return bits ^ form.sign_bit


def _sum(x: Unpacked, y: Unpacked, form: Format, status: Status) -> int:
    """Of two operands that are not NaNs."""
    if x.kind is Kind.INFINITY or y.kind is Kind.INFINITY:
        if x.kind is y.kind and x.negative != y.negative:
            return invalid(form, status)
        return infinity(x.negative if x.kind is Kind.INFINITY else y.negative, form)
    total = x.value + y.value
    if total == 0:
        if x.is_zero and y.is_zero and x.negative == y.negative:
            return zero(x.negative, form)
        return zero(status.mode == MINUS, form)
    return rounded(total, form, status)


def add(a: int, b: int, form: Format, status: Status) -> int:
    """FPAdd."""
    x, y = unpack(a, form, status), unpack(b, form, status)
    nan = process_nans((x, y), form, status)
    return _sum(x, y, form, status) if nan is None else nan


def subtract(a: int, b: int, form: Format, status: Status) -> int:
    """FPSub: a NaN keeps its sign."""
    x, y = unpack(a, form, status), unpack(b, form, status)
    nan = process_nans((x, y), form, status)
    if nan is not None:
        return nan
    return _sum(x, Unpacked(y.kind, not y.negative, -y.value, y.bits), form, status)


def multiply(a: int, b: int, form: Format, status: Status) -> int:
    """FPMul."""
    x, y = unpack(a, form, status), unpack(b, form, status)
    nan = process_nans((x, y), form, status)
    if nan is not None:
        return nan
    negative = x.negative != y.negative
    if Kind.INFINITY in (x.kind, y.kind):
        if x.is_zero or y.is_zero:
            return invalid(form, status)
        return infinity(negative, form)
    if x.is_zero or y.is_zero:
        return zero(negative, form)
    return rounded(x.value * y.value, form, status)


def divide(a: int, b: int, form: Format, status: Status) -> int:
    """FPDiv."""
    x, y = unpack(a, form, status), unpack(b, form, status)
    nan = process_nans((x, y), form, status)
    if nan is not None:
        return nan
    negative = x.negative != y.negative
    infinite = x.kind is Kind.INFINITY, y.kind is Kind.INFINITY
    if all(infinite) or (x.is_zero and y.is_zero):
        return invalid(form, status)
    if infinite[0] or y.is_zero:
        if not infinite[0]:
            status.raise_flag(DZC)
        return infinity(negative, form)
    if x.is_zero or infinite[1]:
        return zero(negative, form)
    return rounded(x.value / y.value, form, status)


def multiply_add(addend: int, a: int, b: int, form: Format, status: Status) -> int:
    """FPMulAdd: rounded once."""
    c, x, y = (unpack(bits, form, status) for bits in (addend, a, b))
    infinite = Kind.INFINITY in (x.kind, y.kind)
    meaningless = infinite and (x.is_zero or y.is_zero)
    nan = process_nans((c, x, y), form, status)
    if nan is not None:
        return invalid(form, status) if c.kind is Kind.QUIET and meaningless else nan
    negative = x.negative != y.negative
    if meaningless:
        return invalid(form, status)
    if infinite:
        product = Unpacked(Kind.INFINITY, negative, Fraction(0), 0)
    else:
        product = Unpacked(Kind.FINITE, negative, x.value * y.value, 0)
    return _sum(c, product, form, status)


def square_root(a: int, form: Format, status: Status) -> int:
    """FPSqrt: the root to more bits than count, and something below them when it goes on."""
    x = unpack(a, form, status)
    if x.is_nan:
        return process_nan(x, form, status)
    if x.is_zero:
        return zero(x.negative, form)
    if x.negative:
        return invalid(form, status)
    if x.kind is Kind.INFINITY:
        return infinity(False, form)
    scale = form.fraction_bits + 4 - binary_exponent(x.value) // 2
    square = x.value * two_to(2 * scale)
    root = Fraction(isqrt(int(square)))
    if root * root != square:
        root += Fraction(1, 2)
    return rounded(root * two_to(-scale), form, status)


def compare(a: int, b: int, form: Format, signals: bool, status: Status) -> int:
    """FPCompare: N, Z, C and V as four bits."""
    x, y = unpack(a, form, status), unpack(b, form, status)
    if x.is_nan or y.is_nan:
        if signals or Kind.SIGNALLING in (x.kind, y.kind):
            status.raise_flag(IOC)
        return 0b0011
    left, right = _ordered(x), _ordered(y)
    return 0b0110 if left == right else 0b1000 if left < right else 0b0010


def _ordered(x: Unpacked) -> tuple[int, Fraction]:
    """Numbers between the infinities."""
    if x.kind is Kind.INFINITY:
        return (-1 if x.negative else 1), Fraction(0)
    return 0, x.value


def extremum(a: int, b: int, form: Format, least: bool, status: Status) -> int:
    """FPMaxNum and FPMinNum: one quiet NaN gives way to a number."""
    x, y = unpack(a, form, status), unpack(b, form, status)
    if x.kind is Kind.QUIET and not y.is_nan:
        x = y
    elif y.kind is Kind.QUIET and not x.is_nan:
        y = x
    nan = process_nans((x, y), form, status)
    if nan is not None:
        return nan
    if x.is_zero and y.is_zero:
        both, one = x.negative and y.negative, x.negative or y.negative
        return zero(one if least else both, form)
    chosen = x if (_ordered(x) < _ordered(y)) == least else y
    if chosen.kind is Kind.INFINITY:
        return infinity(chosen.negative, form)
    if chosen.is_zero:
        return zero(chosen.negative, form)
    return rounded(chosen.value, form, status)


def integer_of(value: Fraction, mode: int) -> tuple[int, bool]:
    """The integer by this rounding, and whether it is another number."""
    magnitude = int(abs(value))
    rest = abs(value) - magnitude
    magnitude += rounded_up(rest, bool(magnitude & 1), value < 0, mode)
    return (-magnitude if value < 0 else magnitude), rest != 0


def round_to_integer(a: int, form: Format, mode: int, exact: bool, status: Status) -> int:
    """FPRoundInt."""
    x = unpack(a, form, status)
    if x.is_nan:
        return process_nan(x, form, status)
    if x.kind is Kind.INFINITY:
        return infinity(x.negative, form)
    integer, changed = integer_of(x.value, mode)
    if changed and exact:
        status.raise_flag(IXC)
    if integer == 0:
        return zero(x.negative, form)
    return rounded(Fraction(integer), form, status)
