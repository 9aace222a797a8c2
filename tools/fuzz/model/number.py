"""Floating-point numbers as exact fractions: FPUnpack, FPRound, FPProcessNaNs (A2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

IOC, DZC, OFC, UFC, IXC, IDC = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 7
FZ, DN, AHP = 1 << 24, 1 << 25, 1 << 26
NEAREST, PLUS, MINUS, ZERO, TIE_AWAY = range(5)


@dataclass(frozen=True, slots=True)
class Format:
    """An interchange format of IEEE 754."""

    width: int
    exponent_bits: int

    @property
    def fraction_bits(self) -> int:
        """Without the leading one."""
        return self.width - 1 - self.exponent_bits

    @property
    def bias(self) -> int:
        """Of the exponent."""
        return (1 << self.exponent_bits - 1) - 1

    @property
    def sign_bit(self) -> int:
        """The topmost bit."""
        return 1 << self.width - 1

    @property
    def infinity(self) -> int:
        """Positive."""
        return ((1 << self.exponent_bits) - 1) << self.fraction_bits

    @property
    def default_nan(self) -> int:
        """Positive and quiet, all else zero."""
        return self.infinity | 1 << self.fraction_bits - 1


HALF, SINGLE, DOUBLE = Format(16, 5), Format(32, 8), Format(64, 11)


class Kind(Enum):
    """What FPUnpack tells apart."""

    FINITE = 0
    INFINITY = 1
    QUIET = 2
    SIGNALLING = 3


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A number; ``value`` is 0 for what is not finite, and its sign stands apart."""

    kind: Kind
    negative: bool
    value: Fraction
    bits: int

    @property
    def is_nan(self) -> bool:
        """Quiet or signalling."""
        return self.kind in (Kind.QUIET, Kind.SIGNALLING)

    @property
    def is_zero(self) -> bool:
        """Of either sign."""
        return self.kind is Kind.FINITE and self.value == 0


class Status:
    """FPSCR while one instruction executes."""

    def __init__(self, fpscr: int) -> None:
        self.fpscr = fpscr

    def has(self, bit: int) -> bool:
        """A control bit."""
        return bool(self.fpscr & bit)

    def raise_flag(self, flag: int) -> None:
        """A cumulative exception flag."""
        self.fpscr |= flag

    @property
    def mode(self) -> int:
        """RMode."""
        return self.fpscr >> 22 & 3


def two_to(exponent: int) -> Fraction:
    """A power of two."""
    return Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)


def unpack(bits: int, form: Format, status: Status) -> Unpacked:
    """FPUnpack: subnormal operands are flushed with FZ, but not in half precision."""
    negative = bool(bits & form.sign_bit)
    fraction = bits & (1 << form.fraction_bits) - 1
    exponent = bits >> form.fraction_bits & (1 << form.exponent_bits) - 1
    is_half = form is HALF
    if exponent == (1 << form.exponent_bits) - 1 and not (is_half and status.has(AHP)):
        if fraction == 0:
            return Unpacked(Kind.INFINITY, negative, Fraction(0), bits)
        quiet = fraction >> form.fraction_bits - 1
        return Unpacked(Kind.QUIET if quiet else Kind.SIGNALLING, negative, Fraction(0), bits)
    if exponent == 0:
        if fraction and status.has(FZ) and not is_half:
            status.raise_flag(IDC)
            fraction = 0
        magnitude = fraction * two_to(1 - form.bias - form.fraction_bits)
    else:
        magnitude = (fraction | 1 << form.fraction_bits) * two_to(
            exponent - form.bias - form.fraction_bits
        )
    return Unpacked(Kind.FINITE, negative, -magnitude if negative else magnitude, bits)


def zero(negative: bool, form: Format) -> int:
    """Of this sign."""
    return form.sign_bit if negative else 0


def infinity(negative: bool, form: Format) -> int:
    """Of this sign."""
    return form.infinity | zero(negative, form)


def binary_exponent(magnitude: Fraction) -> int:
    """The e with 2^e <= magnitude < 2^(e+1)."""
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    return exponent if two_to(exponent) <= magnitude else exponent - 1


def rounded_up(rest: Fraction, odd: bool, negative: bool, mode: int) -> bool:
    """Whether a magnitude with this rest (0 <= rest < 1) is rounded away from zero."""
    half = Fraction(1, 2)
    return {
        NEAREST: rest > half or (rest == half and odd),
        TIE_AWAY: rest >= half,
        PLUS: rest > 0 and not negative,
        MINUS: rest > 0 and negative,
        ZERO: False,
    }[mode]


def rounded(value: Fraction, form: Format, status: Status, mode: int | None = None) -> int:
    """FPRound of a number that is not zero; tininess is looked for before rounding."""
    mode = status.mode if mode is None else mode
    negative, magnitude = value < 0, abs(value)
    lowest = 1 - form.bias
    exponent = binary_exponent(magnitude)
    is_half = form is HALF
    if exponent < lowest and status.has(FZ) and not is_half:
        status.raise_flag(UFC)
        return zero(negative, form)
    tiny = exponent < lowest
    exponent = max(exponent, lowest)
    scaled = magnitude * two_to(form.fraction_bits - exponent)
    mantissa = int(scaled)
    rest = scaled - mantissa
    if rest and tiny:
        status.raise_flag(UFC)
    mantissa += rounded_up(rest, bool(mantissa & 1), negative, mode)
    if mantissa == 2 << form.fraction_bits:
        mantissa, exponent = mantissa >> 1, exponent + 1
    biased = exponent + form.bias if mantissa >> form.fraction_bits else 0
    top = (1 << form.exponent_bits) - 1
    if is_half and status.has(AHP):
        if biased > top:
            status.raise_flag(IOC)
            return zero(negative, form) | form.sign_bit - 1
    elif biased >= top:
        status.raise_flag(OFC | IXC)
        away = mode == NEAREST or mode == (MINUS if negative else PLUS)
        return infinity(negative, form) - (0 if away else 1)
    if rest:
        status.raise_flag(IXC)
    fraction = mantissa & (1 << form.fraction_bits) - 1
    return zero(negative, form) | biased << form.fraction_bits | fraction


def process_nan(operand: Unpacked, form: Format, status: Status) -> int:
    """FPProcessNaN."""
    if operand.kind is Kind.SIGNALLING:
        status.raise_flag(IOC)
    if status.has(DN):
        return form.default_nan
    return operand.bits | 1 << form.fraction_bits - 1


def process_nans(operands: tuple[Unpacked, ...], form: Format, status: Status) -> int | None:
    """FPProcessNaNs: the first signalling one, else the first quiet one, else None."""
    for kind in (Kind.SIGNALLING, Kind.QUIET):
        for operand in operands:
            if operand.kind is kind:
                return process_nan(operand, form, status)
    return None


def invalid(form: Format, status: Status) -> int:
    """The default NaN, with IOC."""
    status.raise_flag(IOC)
    return form.default_nan
