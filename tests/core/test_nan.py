"""NaNs, infinities and zeros: what comes of them, and IOC (DDI 0403, A2.5.3 to A2.5.6)."""

from __future__ import annotations

import struct

import pytest

from simgate.core import Clocks, Core

CODE = 0x0800_0000
DEFAULT_NAN, AHP = 1 << 25, 1 << 26
IOC, DZC, OFC, IXC = 1, 2, 4, 16

# Single-precision bits; the double of each is derived.
ONE, TWO, INF, ZERO, QNAN, QNAN2, SNAN = (
    0x3F800000, 0x40000000, 0x7F800000, 0, 0x7FC00123, 0xFFC00456, 0x7F800789,
)  # fmt: skip
MINUS = 1 << 31
QUIET, NAN = 1 << 22, 0x7FC00000

VADD, VSUB, VMUL, VDIV, VSQRT = 0xEE310A02, 0xEE310A42, 0xEE210A02, 0xEE810A02, 0xEEB10AC2
VFMA, VMAXNM, VMINNM = 0xEEA10A02, 0xFE810A02, 0xFE810A42
VCMP, VCMPE = 0xEEB40A41, 0xEEB40AC1  # d with n, as the rest of this file has m


def widen(single: int) -> int:
    """The same value, or NaN with the same fraction bits at the top, as a double."""
    exponent, fraction = single >> 23 & 0xFF, single & 0x7FFFFF
    wide = {0: 0, 255: 0x7FF}.get(exponent, exponent + 896)
    return (single >> 31) << 63 | wide << 52 | fraction << 29


class Machine:
    def __init__(self) -> None:
        self.core = Core("cortex-m7", Clocks.of_mips(100))
        self.core.map_memory(CODE, 0x100, False)
        self.core.store(0xE000_ED88, 4, 0xF << 20)
        self.core.store(0xE000_EF34, 4, 0)
        self.core.write_register("control", 4)

    def run(self, word: int, fpscr: int, singles: dict[int, int]) -> int:
        self.core.write(CODE, struct.pack("<HH", word >> 16, word & 0xFFFF))
        for number, bits in singles.items():
            self.core.write_register(f"s{number}", bits)
        self.core.write_register("fpscr", fpscr)
        self.core.write_register("pc", CODE)
        self.core.run(self.core.ticks + 1)
        assert self.core.pc == CODE + 4
        return self.core.read_register("fpscr")

    def single(self, word: int, d: int, n: int, m: int, fpscr: int) -> tuple[int, int]:
        after = self.run(word, fpscr, {0: d, 2: n, 4: m})
        return self.core.read_register("s0"), after & ~fpscr

    def double(self, word: int, d: int, n: int, m: int, fpscr: int) -> tuple[int, int]:
        singles = {}
        for number, bits in enumerate(map(widen, (d, n, m))):
            singles[2 * number], singles[2 * number + 1] = bits & 0xFFFFFFFF, bits >> 32
        after = self.run(word | 0x100, fpscr, singles)
        low, high = self.core.read_register("s0"), self.core.read_register("s1")
        return high << 32 | low, after & ~fpscr


@pytest.fixture(scope="module")
def machine() -> Machine:
    return Machine()


CASES = [
    # operation, d, n, m, result, flags
    (VADD, ZERO, QNAN, ONE, QNAN, 0),
    (VADD, ZERO, ONE, QNAN2, QNAN2, 0),
    (VADD, ZERO, QNAN2, QNAN, QNAN2, 0),  # the first
    (VADD, ZERO, QNAN, SNAN, SNAN | QUIET, IOC),  # a signalling one goes before
    (VADD, ZERO, INF, INF | MINUS, NAN, IOC),
    (VSUB, ZERO, INF, INF | MINUS, INF, 0),
    (VSUB, ZERO, ONE, QNAN, QNAN, 0),  # a NaN's sign is left alone
    (VMUL, ZERO, INF, ZERO, NAN, IOC),
    (VMUL, ZERO, INF, ONE | MINUS, INF | MINUS, 0),
    (VDIV, ZERO, ZERO, ZERO, NAN, IOC),
    (VDIV, ZERO, INF, INF, NAN, IOC),
    (VDIV, ZERO, ONE | MINUS, ZERO, INF | MINUS, DZC),
    (VDIV, ZERO, INF, ZERO, INF, 0),
    (VSQRT, ZERO, ZERO, ONE | MINUS, NAN, IOC),
    (VSQRT, ZERO, ZERO, ZERO | MINUS, ZERO | MINUS, 0),
    (VFMA, QNAN, ONE, TWO, QNAN, 0),
    (VFMA, QNAN, INF, ZERO, NAN, IOC),
    (VFMA, SNAN, INF, ZERO, SNAN | QUIET, IOC),
    (VFMA, INF | MINUS, INF, ONE, NAN, IOC),
    (VFMA, QNAN, QNAN2, SNAN, SNAN | QUIET, IOC),
    (VMAXNM, ZERO, QNAN, ONE, ONE, 0),
    (VMAXNM, ZERO, ONE | MINUS, QNAN, ONE | MINUS, 0),
    (VMAXNM, ZERO, QNAN, QNAN2, QNAN, 0),
    (VMAXNM, ZERO, ONE, SNAN, SNAN | QUIET, IOC),
    (VMAXNM, ZERO, ZERO | MINUS, ZERO, ZERO, 0),
    (VMINNM, ZERO, ZERO, ZERO | MINUS, ZERO | MINUS, 0),
    (VMINNM, ZERO, INF | MINUS, ONE, INF | MINUS, 0),
    (VMAXNM, ZERO, TWO, INF, INF, 0),
]


@pytest.mark.parametrize("quick", [0, IXC], ids=["careful", "quick"])
@pytest.mark.parametrize(("word", "d", "n", "m", "result", "flags"), CASES)
def test_result(
    machine: Machine, word: int, d: int, n: int, m: int, result: int, flags: int, quick: int
) -> None:
    assert machine.single(word, d, n, m, quick) == (result, flags)
    assert machine.double(word, d, n, m, quick) == (widen(result), flags)
    if result & 0x7FFFFFFF > INF:  # with DN set every NaN is the default one
        assert machine.single(word, d, n, m, quick | DEFAULT_NAN) == (NAN, flags)
        assert machine.double(word, d, n, m, quick | DEFAULT_NAN) == (widen(NAN), flags)


@pytest.mark.parametrize(
    ("left", "right", "nzcv", "quiet_flags", "signalling_flags"),
    [
        (ONE, TWO, 8, 0, 0),
        (TWO, TWO, 6, 0, 0),
        (TWO, ONE, 2, 0, 0),
        (ZERO, ZERO | MINUS, 6, 0, 0),
        (INF | MINUS, INF, 8, 0, 0),
        (ONE, QNAN, 3, 0, IOC),
        (SNAN, ONE, 3, IOC, IOC),
    ],
)
def test_comparison(
    machine: Machine, left: int, right: int, nzcv: int, quiet_flags: int, signalling_flags: int
) -> None:
    for word, flags in ((VCMP, quiet_flags), (VCMPE, signalling_flags)):
        for of in (machine.single, machine.double):
            _, after = of(word, left, right, ZERO, 0)
            assert after == nzcv << 28 | flags


def test_nans_between_formats(machine: Machine) -> None:
    """The top of the fraction survives; a signalling NaN becomes quiet and is told."""
    assert machine.run(0xEEB70AC1, 0, {2: SNAN}) == IOC  # VCVT.F64.F32 d0, s2
    assert machine.core.read_register("s1") == widen(SNAN | QUIET) >> 32
    nan = widen(QNAN2)
    assert machine.run(0xEEB70BC1, 0, {2: nan & 0xFFFFFFFF, 3: nan >> 32}) == 0  # VCVT.F32.F64
    assert machine.core.read_register("s0") == QNAN2
    assert machine.run(0xEEB20A41, 0, {2: 0x7D01}) == IOC  # VCVTB.F32.F16 s0, s2
    assert machine.core.read_register("s0") == 0x7FE02000
    assert machine.run(0xEEB20A41, DEFAULT_NAN, {2: 0xFE01}) == DEFAULT_NAN
    assert machine.core.read_register("s0") == NAN


@pytest.mark.parametrize(
    ("single", "half", "flags"),
    [
        (ONE, 0x3C00, 0),
        (0x47FFE000, 0x7FFF, 0),  # 131008, the largest of the alternative format
        (0x48000000, 0x7FFF, IOC),  # 131072
        (INF | MINUS, 0xFFFF, IOC),
        (QNAN2, 0x8000, IOC),
        (0x33800000, 0x0001, 0),  # 2^-24
    ],
)
def test_alternative_half(machine: Machine, single: int, half: int, flags: int) -> None:
    """Without infinities and NaNs; its highest exponent is one of numbers (A2.5.2)."""
    for number, word, bits in ((2, 0xEEB30A41, single), (2, 0xEEB30B41, widen(single))):
        singles = {0: 0, number: bits & 0xFFFFFFFF, number + 1: bits >> 32}
        assert machine.run(word, AHP, singles) == AHP | flags
        assert machine.core.read_register("s0") == half


def test_alternative_half_has_no_infinity(machine: Machine) -> None:
    assert machine.run(0xEEB20A41, AHP, {2: 0x7C00}) == AHP
    assert machine.core.read_register("s0") == 0x47800000  # 65536


def test_overflow_rounds_as_the_mode_says(machine: Machine) -> None:
    largest = 0x7F7FFFFF
    for mode, result in enumerate((INF, INF, largest, largest)):  # nearest, up, down, zero
        assert machine.single(VADD, ZERO, largest, largest, mode << 22) == (result, OFC | IXC)
