"""Single and double precision against exact rationals: every rounding mode, flags included.

The model knows what the manual's FPRound says (DDI 0403, A2.5 and D6): a rational is rounded once
to the format, tininess is looked at before rounding, flush-to-zero makes zeros of subnormal
operands and results. It says nothing of NaNs: test_nan.py does.
"""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import pytest

from simgate.core import Clocks, Core

CODE, RAM = 0x0800_0000, 0x2000_0000
CASES = 400
IOC, DZC, OFC, UFC, IXC, IDC = 1, 2, 4, 8, 16, 128
FZ, DN = 1 << 24, 1 << 25
NEAREST, UP, DOWN, ZERO, AWAY = range(5)  # the first four as in FPSCR


@dataclass(frozen=True)
class Format:
    width: int
    fraction: int

    @property
    def bias(self) -> int:
        return (1 << (self.width - self.fraction - 2)) - 1

    @property
    def infinity(self) -> int:
        return (2 * self.bias + 1) << self.fraction

    def value(self, bits: int) -> Fraction | None:
        """None for infinities and NaNs."""
        exponent = bits >> self.fraction & (2 * self.bias + 1)
        fraction = bits & ((1 << self.fraction) - 1)
        if exponent == 2 * self.bias + 1:
            return None
        significand = fraction | (1 << self.fraction if exponent else 0)
        scaled = Fraction(significand) * Fraction(2) ** (
            max(exponent, 1) - self.bias - self.fraction
        )
        return -scaled if bits >> (self.width - 1) else scaled

    def is_subnormal(self, bits: int) -> bool:
        magnitude = bits & ((1 << (self.width - 1)) - 1)
        return 0 < magnitude < 1 << self.fraction

    def zero(self, negative: bool) -> int:
        return int(negative) << (self.width - 1)


SINGLE, DOUBLE = Format(32, 23), Format(64, 52)


def round_integer(value: Fraction, mode: int) -> int:
    floor = value.numerator // value.denominator
    rest = value - floor
    half = Fraction(1, 2)
    if mode == NEAREST:
        return floor + (rest > half or (rest == half and floor & 1))
    if mode == AWAY:
        return floor + (rest > half or (rest == half and value > 0))
    if mode == ZERO:
        return floor + (rest != 0 and value < 0)
    return floor + (rest != 0 and mode == UP)


def rounded(form: Format, value: Fraction, mode: int, flush: bool) -> tuple[int, int]:
    """Bits and flags of a rational that is not zero."""
    negative, magnitude = value < 0, abs(value)
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    if Fraction(2) ** exponent > magnitude:
        exponent -= 1
    least = 1 - form.bias
    tiny = exponent < least
    if tiny and flush:
        return form.zero(negative), UFC
    unit = Fraction(2) ** (max(exponent, least) - form.fraction)
    directed = {UP: DOWN, DOWN: UP}.get(mode, mode) if negative else mode
    significand = round_integer(magnitude / unit, directed)
    inexact = significand * unit != magnitude
    flags = (IXC | (UFC if tiny else 0)) if inexact else 0
    if significand == 2 << form.fraction:
        significand, exponent = significand // 2, exponent + 1
    if exponent > form.bias:
        infinite = directed in (NEAREST, UP)
        return form.zero(negative) | form.infinity - (not infinite), OFC | IXC
    if significand < 1 << form.fraction:
        return form.zero(negative) | significand, flags
    biased = max(exponent, least) + form.bias
    return form.zero(negative) | (biased - 1 << form.fraction) + significand, flags


class Machine:
    """A Cortex-M7 that executes one instruction at a time, between d0 or s0 and its neighbours."""

    def __init__(self) -> None:
        self.core = Core("cortex-m7", Clocks.of_mips(100))
        self.core.map_memory(CODE, 0x1000, False)
        self.core.map_memory(RAM, 0x1000, True)
        self.core.store(0xE000_ED88, 4, 0xF << 20)
        self.core.store(0xE000_EF34, 4, 0)
        self.core.write_register("control", 4)

    def run(self, word: int, fpscr: int, registers: dict[str, int]) -> int:
        """Returns FPSCR; d0 is written by "d0" and so on."""
        core = self.core
        core.write(CODE, struct.pack("<HH", word >> 16, word & 0xFFFF))
        for name, value in registers.items():
            if name[0] == "d":
                number = 2 * int(name[1:])
                core.write_register(f"s{number}", value & 0xFFFFFFFF)
                core.write_register(f"s{number + 1}", value >> 32)
            else:
                core.write_register(name, value)
        core.write_register("fpscr", fpscr)
        core.write_register("pc", CODE)
        core.run(core.ticks + 1)
        assert core.pc == CODE + 4
        return core.read_register("fpscr")

    def read(self, name: str) -> int:
        if name[0] == "s":
            return self.core.read_register(name)
        low = 2 * int(name[1:])
        return self.core.read_register(f"s{low}") | self.core.read_register(f"s{low + 1}") << 32


@pytest.fixture(scope="module")
def machine() -> Machine:
    return Machine()


def number(form: Format, rng: random.Random) -> int:
    """Finite, and of a kind that makes operations interesting."""
    sign = form.zero(bool(rng.getrandbits(1)))
    fraction = rng.choice([rng.getrandbits(form.fraction), rng.getrandbits(4), 0,
                           (1 << form.fraction) - 1 - rng.getrandbits(2),
                           rng.getrandbits(6) << (form.fraction - 6)])  # fmt: skip
    low = form.bias
    exponent = rng.choice([0, 1, 2, low, low + 1, low - 1, low + rng.randint(-30, 30),
                           low + rng.randint(-30, 30), low // 2 + rng.randint(-2, 2),
                           low + low // 2 + rng.randint(-2, 2), 2 * low, 2 * low - 1,
                           rng.randint(0, 2 * low)])  # fmt: skip
    return sign | exponent << form.fraction | fraction


def operand(form: Format, bits: int, flush: bool) -> tuple[Fraction, int]:
    """Its value, and the flag that flushing it sets."""
    if flush and form.is_subnormal(bits):
        return Fraction(0), IDC
    value = form.value(bits)
    assert value is not None
    return value, 0


def zero_sum(form: Format, negative: list[bool], mode: int) -> int:
    """An exact zero: the common sign of its terms, else that of the rounding mode."""
    if all(negative) or not any(negative):
        return form.zero(negative[0])
    return form.zero(mode == DOWN)


def root(value: Fraction, form: Format) -> Fraction:
    """A rational that rounds as the square root does: with a sticky bit far below."""
    shift = 2 * (form.width + 1100)
    scaled = value * 4 ** (shift // 2)
    whole = scaled.numerator // scaled.denominator
    low = isqrt(whole)
    exact = low * low == scaled
    return (Fraction(low) + (0 if exact else Fraction(1, 2))) / 2 ** (shift // 2)


ARITHMETIC = {  # three-register encodings of s0, s2, s4 / d0, d1, d2
    "vadd": 0xEE310A02, "vsub": 0xEE310A42, "vmul": 0xEE210A02, "vnmul": 0xEE210A42,
    "vdiv": 0xEE810A02, "vmla": 0xEE010A02, "vmls": 0xEE010A42, "vnmls": 0xEE110A02,
    "vnmla": 0xEE110A42, "vfma": 0xEEA10A02, "vfms": 0xEEA10A42, "vfnms": 0xEE910A02,
    "vfnma": 0xEE910A42, "vsqrt": 0xEEB10AC2,
}  # fmt: skip


def expected(
    name: str, form: Format, d: int, n: int, m: int, mode: int, flush: bool
) -> tuple[int, int]:
    """Bits of the result and flags, by the manual's definition of each instruction."""
    top = form.zero(True)
    flags = 0

    def read(bits: int) -> tuple[Fraction, bool]:
        nonlocal flags
        value, flag = operand(form, bits, flush)
        flags |= flag
        return value, bool(bits & top)

    def finish(value: Fraction, when_zero: int) -> int:
        nonlocal flags
        if value == 0:
            return when_zero
        bits, more = rounded(form, value, mode, flush)
        flags |= more
        return bits

    def add(x: int, y: int) -> int:
        (a, minus_a), (b, minus_b) = read(x), read(y)
        return finish(a + b, zero_sum(form, [minus_a, minus_b], mode))

    def multiply(x: int, y: int) -> int:
        (a, minus_a), (b, minus_b) = read(x), read(y)
        return finish(a * b, form.zero(minus_a != minus_b))

    if name in ("vadd", "vsub"):
        return add(n, m ^ (top if name == "vsub" else 0)), flags
    if name in ("vmul", "vnmul"):
        return multiply(n, m) ^ (top if name == "vnmul" else 0), flags
    if name == "vdiv":
        (a, minus_a), (b, minus_b) = read(n), read(m)
        if b == 0:
            return form.zero(minus_a != minus_b) | form.infinity, flags | DZC
        return finish(a / b, form.zero(minus_a != minus_b)), flags
    if name == "vsqrt":
        value, negative = read(m)
        return finish(root(value, form), form.zero(negative)), flags
    addend = d ^ (top if name in ("vnmla", "vnmls", "vfnma", "vfnms") else 0)
    change = top if name in ("vmls", "vnmla", "vfms", "vfnma") else 0
    if name.startswith("vf"):
        (c, minus_c), (a, minus_a), (b, minus_b) = read(addend), read(n ^ change), read(m)
        signs = [minus_c, minus_a != minus_b]
        return finish(c + a * b, zero_sum(form, signs, mode)), flags
    product = multiply(n, m) ^ change
    if form.value(product) is None:  # it overflowed
        read(addend)
        return product, flags
    return add(addend, product), flags


@pytest.mark.parametrize("form", [SINGLE, DOUBLE], ids=["single", "double"])
@pytest.mark.parametrize("name", ARITHMETIC)
def test_arithmetic(machine: Machine, name: str, form: Format) -> None:
    rng = random.Random(f"{name}{form.width}")
    names = ("s0", "s2", "s4") if form is SINGLE else ("d0", "d1", "d2")
    word = ARITHMETIC[name] | (0x100 if form is DOUBLE else 0)
    for _ in range(CASES):
        d, n, m = (number(form, rng) for _ in range(3))
        if rng.random() < 0.2:
            m = n ^ form.zero(bool(rng.getrandbits(1)))
        mode, flush = rng.randrange(4), rng.random() < 0.3
        if name == "vsqrt":
            m &= ~form.zero(True)
        if name == "vdiv" and operand(form, n, flush)[0] == operand(form, m, flush)[0] == 0:
            continue  # invalid
        quick = rng.random() < 0.5
        fpscr = IXC if quick else mode << 22 | (FZ if flush else 0)
        if quick:
            mode, flush = NEAREST, False
        bits, flags = expected(name, form, d, n, m, mode, flush)
        after = machine.run(word, fpscr, dict(zip(names, (d, n, m), strict=True)))
        got = machine.read(names[0])
        what = f"{d:#x} {n:#x} {m:#x} mode {mode} flush {flush}"
        assert got == bits, f"{got:#x}, not {bits:#x}: {what}"
        assert after == fpscr | flags, f"{after:#x}, not {fpscr | flags:#x}: {what}"


@pytest.mark.parametrize("form", [SINGLE, DOUBLE], ids=["single", "double"])
@pytest.mark.parametrize("kind", ["a", "n", "p", "m", "r", "z", "x"])
def test_to_integral(machine: Machine, kind: str, form: Format) -> None:
    """VRINT: of these only VRINTX tells that its result is inexact."""
    rng = random.Random(f"vrint{kind}{form.width}")
    words = {"a": 0xFEB80A41, "n": 0xFEB90A41, "p": 0xFEBA0A41, "m": 0xFEBB0A41,
             "r": 0xEEB60A41, "z": 0xEEB60AC1, "x": 0xEEB70A41}  # fmt: skip
    fixed = {"a": AWAY, "n": NEAREST, "p": UP, "m": DOWN, "z": ZERO}
    names = ("s0", "s2") if form is SINGLE else ("d0", "d1")
    for _ in range(CASES):
        m = number(form, rng)
        if rng.random() < 0.5:
            half = Fraction(rng.randint(-9, 9), 2)
            m = rounded(form, half, NEAREST, False)[0] if half else 0
        mode, flush = rng.randrange(4), rng.random() < 0.3
        fpscr = mode << 22 | (FZ if flush else 0)
        value, flags = operand(form, m, flush)
        integer = round_integer(value, fixed.get(kind, mode))
        bits = rounded(form, Fraction(integer), NEAREST, False)[0] if integer else 0
        bits |= m & form.zero(True)
        flags |= IXC if kind == "x" and integer != value else 0
        after = machine.run(words[kind] | (0x100 if form is DOUBLE else 0), fpscr, {names[1]: m})
        assert (machine.read(names[0]), after) == (bits, fpscr | flags), f"{m:#x} mode {mode}"


def saturated(value: Fraction, mode: int, low: int, high: int) -> tuple[int, int]:
    integer = round_integer(value, mode)
    if not low <= integer <= high:
        return max(low, min(high, integer)), IOC
    return integer, IXC if integer != value else 0


@pytest.mark.parametrize("form", [SINGLE, DOUBLE], ids=["single", "double"])
@pytest.mark.parametrize("is_signed", [0, 1], ids=["unsigned", "signed"])
@pytest.mark.parametrize("kind", ["a", "n", "p", "m", "r", "z"])
def test_to_integer(machine: Machine, kind: str, is_signed: int, form: Format) -> None:
    rng = random.Random(f"vcvt{kind}{is_signed}{form.width}")
    words = {"a": 0xFEBC0A41, "n": 0xFEBD0A41, "p": 0xFEBE0A41, "m": 0xFEBF0A41}
    fixed = {"a": AWAY, "n": NEAREST, "p": UP, "m": DOWN, "z": ZERO}
    word = words.get(kind, 0xEEBC0A41 | (0x80 if kind == "z" else 0))
    word |= is_signed << (7 if kind in words else 16) | (0x100 if form is DOUBLE else 0)
    low, high = (-(1 << 31), (1 << 31) - 1) if is_signed else (0, (1 << 32) - 1)
    name = "s2" if form is SINGLE else "d1"
    for _ in range(CASES):
        m = number(form, rng)
        if rng.random() < 0.6:
            edge = rng.choice([0, 1 << 31, (1 << 31) - 1, 1 << 32, (1 << 32) - 1, 5, -(1 << 31)])
            near = edge + Fraction(rng.randint(-6, 6), 4)
            m = rounded(form, near, NEAREST, False)[0] if near else 0
        mode, flush = rng.randrange(4), rng.random() < 0.3
        fpscr = mode << 22 | (FZ if flush else 0) | rng.choice([0, IXC])
        value, flags = operand(form, m, flush)
        integer, more = saturated(value, fixed.get(kind, mode), low, high)
        after = machine.run(word, fpscr, {name: m})
        assert machine.read("s0") == integer & 0xFFFFFFFF, f"{m:#x} mode {mode}"
        assert after == fpscr | flags | more, f"{m:#x} mode {mode}"


@pytest.mark.parametrize("form", [SINGLE, DOUBLE], ids=["single", "double"])
@pytest.mark.parametrize("size", [16, 32])
@pytest.mark.parametrize("is_signed", [0, 1], ids=["unsigned", "signed"])
def test_fixed_point(machine: Machine, is_signed: int, size: int, form: Format) -> None:
    """To fixed point towards zero, from it to nearest, whatever FPSCR says."""
    rng = random.Random(f"fixed{is_signed}{size}{form.width}")
    name = "s0" if form is SINGLE else "d0"
    low, high = (-(1 << size - 1), (1 << size - 1) - 1) if is_signed else (0, (1 << size) - 1)
    for _ in range(CASES):
        fraction = rng.randint(size == 32, size)
        imm5 = size - fraction
        word = 0xEEBA0A40 | (size == 32) << 7 | (not is_signed) << 16
        word |= (imm5 & 1) << 5 | imm5 >> 1 | (0x100 if form is DOUBLE else 0)
        fpscr = rng.randrange(4) << 22
        pattern = rng.choice([rng.getrandbits(size), 0, 1, 1 << size - 1, (1 << size) - 1])
        integer = pattern - (1 << size) if is_signed and pattern >> size - 1 else pattern
        above = rng.getrandbits(form.width - size) << size if form.width > size else 0
        after = machine.run(word, fpscr, {name: pattern | above})
        exact = Fraction(integer, 1 << fraction)
        bits, flags = rounded(form, exact, NEAREST, False) if integer else (0, 0)
        assert (machine.read(name), after) == (bits, fpscr | flags), f"{pattern:#x} / 2^{fraction}"

        m = number(form, rng) if rng.random() < 0.3 else bits
        value = form.value(m)
        assert value is not None
        integer, flags = saturated(value * (1 << fraction), ZERO, low, high)
        after = machine.run(word | 1 << 18, fpscr, {name: m})
        wide = integer & ((1 << form.width) - 1)
        assert (machine.read(name), after) == (wide, fpscr | flags), f"{m:#x} * 2^{fraction}"


HALF = Format(16, 10)


@pytest.mark.parametrize("mode", range(4), ids=["nearest", "up", "down", "zero"])
def test_between_formats(machine: Machine, mode: int) -> None:
    """Double to single and back, and both to halves: rounded once."""
    rng = random.Random(f"formats{mode}")
    for _ in range(2 * CASES):
        flush = rng.random() < 0.3
        fpscr = mode << 22 | (FZ if flush else 0)
        exponent = rng.choice([rng.randint(1023 - 160, 1023 + 130), rng.randint(995, 1045)])
        kept = rng.choice(
            [rng.getrandbits(52), rng.getrandbits(14) << 38, rng.getrandbits(25) << 27]
        )
        double = rng.getrandbits(1) << 63 | exponent << 52 | kept
        value = DOUBLE.value(double)
        assert value is not None
        bits, flags = rounded(SINGLE, value, mode, flush)
        after = machine.run(0xEEB70BC1, fpscr, {"d1": double})  # VCVT.F32.F64 s0, d1
        assert (machine.read("s0"), after) == (bits, fpscr | flags), f"{double:#x}"

        half, flags = rounded(HALF, value, mode, False)
        after = machine.run(0xEEF30BC1, fpscr, {"d1": double, "s1": 0})  # VCVTT.F16.F64 s1, d1
        assert (machine.read("s1"), after) == (half << 16, fpscr | flags), f"{double:#x}"

        single = number(SINGLE, rng)
        value, flags = operand(SINGLE, single, flush)
        bits = rounded(DOUBLE, value, mode, False)[0] if value else DOUBLE.zero(single >> 31 == 1)
        after = machine.run(0xEEB70AC1, fpscr, {"s2": single})  # VCVT.F64.F32 d0, s2
        assert (machine.read("d0"), after) == (bits, fpscr | flags), f"{single:#x}"


def test_every_half(machine: Machine) -> None:
    """VCVTB.F64.F16 and back give each of the 63,488 finite halves again; a sample of them here."""
    for half in [*range(0, 0x7C00, 17), 1, 0x3FF, 0x400, 0x7BFF, 0x8001, 0xFBFF]:
        value = HALF.value(half)
        assert value is not None
        machine.run(0xEEB20B41, 0, {"s2": 0xABCD0000 | half})  # VCVTB.F64.F16 d0, s2
        assert DOUBLE.value(machine.read("d0")) == value
        after = machine.run(0xEEB30B40, 0, {"s0": machine.read("d0") & 0xFFFFFFFF})
        assert machine.read("s0") & 0xFFFF == half  # VCVTB.F16.F64 s0, d0
        assert after == 0
