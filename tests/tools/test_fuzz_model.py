"""The Python model of the manual, on values that a person can check by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tools.fuzz.model import arithmetic, convert
from tools.fuzz.model.alu import add_with_carry
from tools.fuzz.model.execute import OPERATIONS, execute
from tools.fuzz.model.machine import Machine, Memory, OutsideMemory
from tools.fuzz.model.number import (
    AHP,
    DN,
    DOUBLE,
    DZC,
    FZ,
    HALF,
    IDC,
    IOC,
    IXC,
    MINUS,
    NEAREST,
    OFC,
    PLUS,
    SINGLE,
    TIE_AWAY,
    UFC,
    ZERO,
    Status,
    rounded,
)
from tools.fuzz.model.shifts import ASR, LSL, LSR, ROR, RRX, shift_with_carry
from tools.fuzz.sequence import Item, Sequence
from tools.fuzz.tables import by_name

RAM = 0x2000_0000
ONE, TWO, INFINITY, NAN = 0x3F800000, 0x40000000, 0x7F800000, 0x7FC00000
LARGEST, SMALLEST_NORMAL = 0x7F7FFFFF, 0x00800000


def machine(**registers: int) -> Machine:
    """r1=..., s0=...; other attributes by name."""
    made = Machine((Memory(RAM, bytearray(64), True),))
    for name, value in registers.items():
        if name[0] in "rs" and name[1:].isdigit():
            getattr(made, name[0])[int(name[1:])] = value
        else:
            setattr(made, name, value)
    return made


def step(made: Machine, name: str, **fields: int) -> Machine:
    """One instruction."""
    form = by_name()[name]
    OPERATIONS[form.op](made, fields, {**form.options, "wide": str(int(form.width == 4))})
    return made


# ---- integers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "amount", "result", "carry"),
    [
        (LSL, 1, 0x0000_0002, True),
        (LSL, 32, 0, True),
        (LSL, 33, 0, False),
        (LSR, 1, 0x4000_0000, True),
        (LSR, 32, 0, True),
        (ASR, 4, 0xF800_0000, False),
        (ASR, 40, 0xFFFF_FFFF, True),
        (ROR, 1, 0xC000_0000, True),
        (ROR, 32, 0x8000_0001, True),
        (RRX, 1, 0x4000_0000, True),
        (LSL, 0, 0x8000_0001, False),
    ],
)
def test_shifts_of_0x80000001(kind: int, amount: int, result: int, carry: bool) -> None:
    assert shift_with_carry(0x8000_0001, kind, amount, False) == (result, carry)


def test_addition_and_its_flags() -> None:
    assert add_with_carry(0x7FFF_FFFF, 1, False) == (0x8000_0000, False, True)
    assert add_with_carry(0xFFFF_FFFF, 0, True) == (0, True, False)
    assert add_with_carry(5, ~5 & 0xFFFF_FFFF, True) == (0, True, False)  # 5 - 5


def test_flags_inside_and_outside_an_it_block() -> None:
    after = step(machine(r1=0, r2=0), "add_reg_16", d=0, n=1, m=2)
    assert after.z
    after = step(machine(r1=0, r2=0, in_it=True), "add_reg_16", d=0, n=1, m=2)
    assert not after.z


def test_q_of_dual_products() -> None:
    fields = {"n": 1, "m": 2, "a": 3, "d": 0, "x": 0}
    after = step(machine(r1=0x80008000, r2=0x80008000, r3=0x80000000), "smlad", **fields)
    assert (after.r[0], after.q) == (0, False)
    after = step(machine(r1=0x80008000, r2=0x80008000, r3=0), "smlad", **fields)
    assert (after.r[0], after.q) == (0x80000000, True)


def test_saturation() -> None:
    after = step(machine(r1=0x7FFF_FFFF, r2=1), "qadd", d=0, m=1, n=2)
    assert (after.r[0], after.q) == (0x7FFF_FFFF, True)
    after = step(machine(r1=0, r2=0x4000_0000), "qdsub", d=0, m=1, n=2)
    assert (after.r[0], after.q) == (0x8000_0001, True)  # doubling saturates to 2^31 - 1
    after = step(machine(r1=0xFFFF_FFFF), "usat_lsl", d=0, n=1, i=0, j=5)
    assert (after.r[0], after.q) == (0, True)
    after = step(machine(r1=200), "ssat_lsl", d=0, n=1, i=0, j=7)
    assert (after.r[0], after.q) == (127, True)


def test_parallel_lanes_and_ge() -> None:
    # halves 1 and 2 against 3 and 4: the lower subtracts the other's upper
    after = step(machine(r1=0x0002_0001, r2=0x0004_0003), "sasx", d=0, n=1, m=2)
    assert (after.r[0], after.ge) == (0x0005_FFFD, 0b1100)
    after = step(machine(r1=0xFF01_0280, r2=0x01FF_0180), "uadd8", d=0, n=1, m=2)
    assert (after.r[0], after.ge) == (0x0000_0300, 0b1101)
    after = step(machine(r1=0x8000_0001, r2=0x0001_7FFF), "shsub16", d=0, n=1, m=2)
    assert after.r[0] == 0xBFFF_C001  # (-32769) >> 1, (-32766) >> 1
    after = step(machine(r1=0x11223344, r2=0xAABBCCDD, ge=0b0101), "sel", d=0, n=1, m=2)
    assert after.r[0] == 0xAA22CC44


def test_fields_and_extends() -> None:
    after = step(machine(r0=0xFFFF_FFFF, r1=0x5), "bfi", d=0, n=1, i=4, j=7)
    assert after.r[0] == 0xFFFF_FF5F
    assert step(machine(r1=0x0000_8000), "sbfx", d=0, n=1, i=12, j=3).r[0] == 0xFFFF_FFF8
    assert step(machine(r1=0x00F0_0081), "sxtb16", d=0, m=1, i=0).r[0] == 0xFFF0_FF81
    assert step(machine(r1=0x1234_5678), "revsh", d=0, m=1).r[0] == 0x7856
    assert step(machine(r1=1), "rbit", d=0, m=1).r[0] == 0x8000_0000


def test_products_and_quotients() -> None:
    after = step(machine(r1=0xFFFF_FFFF, r2=0xFFFF_FFFF, r3=0xFFFF_FFFF, r4=0xFFFF_FFFF),
                 "umaal", n=1, m=2, l=3, h=4)  # fmt: skip
    assert (after.r[3], after.r[4]) == (0xFFFF_FFFF, 0xFFFF_FFFF)  # the largest there can be
    assert step(machine(r1=0x8000_0000, r2=0xFFFF_FFFF), "sdiv", d=0, n=1, m=2).r[0] == 0x8000_0000
    assert step(machine(r1=-7 & 0xFFFF_FFFF, r2=2), "sdiv", d=0, n=1, m=2).r[0] == 0xFFFF_FFFD
    assert step(machine(r1=7, r2=0), "udiv", d=0, n=1, m=2).r[0] == 0


def test_exclusive_pairs() -> None:
    made = machine(r1=RAM, r2=77)
    step(made, "strex", d=3, t=2, n=1, i=0)
    assert (made.r[3], made.load(RAM, 4)) == (1, 0)
    step(made, "ldrex", t=4, n=1, i=0)
    step(made, "strex", d=3, t=2, n=1, i=0)
    assert (made.r[3], made.load(RAM, 4)) == (0, 77)


def test_unaligned_access() -> None:
    made = machine(r1=RAM + 1, r2=0x11223344)
    step(made, "str_12", t=2, n=1, i=2)
    assert made.memories[0].content[3:7].hex() == "44332211"
    with pytest.raises(OutsideMemory):
        step(made, "ldrd_off", t=3, u=4, n=1, U=1, i=0)


def test_it_and_branches() -> None:
    names = by_name()
    increment = {
        register: Item(names["add_imm8"], {"d": register, "i": 1}) for register in range(4)
    }
    items = (
        Item(names["it"], {"c": 0, "j": 0b1100}),  # eq, else
        increment[0],
        increment[1],
        Item(names["cbz"], {"n": 1}, (5,)),
        increment[2],
        increment[3],
    )
    made = machine(z=True)
    execute(made, Sequence(0, items, ()), 0x1000)
    assert made.r[:4] == [1, 0, 0, 1]


# ---- floating point ----------------------------------------------------------------------------


def flags(fpscr: int) -> Status:
    return Status(fpscr)


@pytest.mark.parametrize(
    ("mode", "thirds"),
    [(NEAREST, 0x3EAAAAAB), (PLUS, 0x3EAAAAAB), (MINUS, 0x3EAAAAAA), (ZERO, 0x3EAAAAAA)],
)
def test_one_third_in_every_rounding_mode(mode: int, thirds: int) -> None:
    status = flags(mode << 22)
    assert arithmetic.divide(ONE, 0x40400000, SINGLE, status) == thirds
    assert status.fpscr == mode << 22 | IXC


def test_overflow_and_division_by_zero() -> None:
    status = flags(0)
    assert arithmetic.add(LARGEST, LARGEST, SINGLE, status) == INFINITY
    assert status.fpscr == OFC | IXC
    status = flags(ZERO << 22)
    assert arithmetic.add(LARGEST, LARGEST, SINGLE, status) == LARGEST
    status = flags(0)
    assert arithmetic.divide(ONE, 0x80000000, SINGLE, status) == INFINITY | 1 << 31
    assert status.fpscr == DZC


def test_subnormals_and_flushing() -> None:
    status = flags(0)
    assert arithmetic.multiply(SMALLEST_NORMAL, 0x3F000000, SINGLE, status) == 0x00400000
    assert status.fpscr == 0  # exact: no underflow
    status = flags(FZ)
    assert arithmetic.multiply(SMALLEST_NORMAL, 0x3F000000, SINGLE, status) == 0
    assert status.fpscr == FZ | UFC
    status = flags(FZ)
    assert arithmetic.add(0x00000001, 0, SINGLE, status) == 0
    assert status.fpscr == FZ | IDC


def test_nans() -> None:
    status = flags(0)
    assert arithmetic.add(0x7FC00001, 0xFF800002, SINGLE, status) == 0xFFC00002
    assert status.fpscr == IOC  # the signalling one comes first, quieted
    status = flags(DN)
    assert arithmetic.add(0x7FC00001, ONE, SINGLE, status) == NAN
    status = flags(0)
    assert arithmetic.subtract(INFINITY, INFINITY, SINGLE, status) == NAN
    assert status.fpscr == IOC
    status = flags(0)
    assert arithmetic.multiply_add(0x7FC00005, 0, INFINITY, SINGLE, status) == NAN
    assert status.fpscr == IOC


def test_fused_rounds_once() -> None:
    # (1 + 2^-23)^2 = 1 + 2^-22 + 2^-46: minus 1 + 2^-22 leaves 2^-46
    near = 0x3F800001
    assert arithmetic.multiply_add(0xBF800002, near, near, SINGLE, flags(0)) == (127 - 46) << 23
    made = machine(s0=0xBF800002, s1=near, s2=near)
    step(made, "vmla", v=0, w=16, x=1)
    assert made.s[0] == 0  # the product was rounded before


def test_signs_of_zero() -> None:
    assert arithmetic.subtract(ONE, ONE, SINGLE, flags(0)) == 0
    assert arithmetic.subtract(ONE, ONE, SINGLE, flags(MINUS << 22)) == 1 << 31
    assert arithmetic.extremum(0, 1 << 31, SINGLE, True, flags(0)) == 1 << 31
    assert arithmetic.extremum(1 << 31, 0, SINGLE, False, flags(0)) == 0


def test_square_roots() -> None:
    assert arithmetic.square_root(0x40800000, SINGLE, flags(0)) == TWO
    status = flags(0)
    assert arithmetic.square_root(TWO, SINGLE, status) == 0x3FB504F3
    assert status.fpscr == IXC
    assert arithmetic.square_root(0x4000000000000000, DOUBLE, flags(0)) == 0x3FF6A09E667F3BCD
    assert arithmetic.square_root(0x80000000, SINGLE, flags(0)) == 0x80000000
    assert arithmetic.square_root(0xBF800000, SINGLE, flags(0)) == NAN


def test_comparisons() -> None:
    assert arithmetic.compare(ONE, TWO, SINGLE, False, flags(0)) == 0b1000
    assert arithmetic.compare(0, 1 << 31, SINGLE, False, flags(0)) == 0b0110
    status = flags(0)
    assert arithmetic.compare(NAN, ONE, SINGLE, False, status) == 0b0011
    assert status.fpscr == 0
    assert arithmetic.compare(NAN, ONE, SINGLE, True, status) == 0b0011
    assert status.fpscr == IOC


@pytest.mark.parametrize(
    ("mode", "integer"), [(NEAREST, 2), (TIE_AWAY, 3), (PLUS, 3), (MINUS, 2), (ZERO, 2)]
)
def test_two_and_a_half_as_an_integer(mode: int, integer: int) -> None:
    status = flags(0)
    assert convert.to_fixed(0x40200000, SINGLE, 32, 0, True, mode, status) == integer
    assert status.fpscr == IXC


def test_conversions_saturate() -> None:
    status = flags(0)
    assert convert.to_fixed(0x4F000000, SINGLE, 32, 0, True, ZERO, status) == 0x7FFF_FFFF
    assert status.fpscr == IOC
    assert convert.to_fixed(0xBF800000, SINGLE, 32, 0, False, ZERO, flags(0)) == 0
    assert convert.to_fixed(NAN, SINGLE, 32, 0, True, ZERO, flags(0)) == 0
    assert convert.to_fixed(0x3F000000, SINGLE, 16, 15, True, ZERO, flags(0)) == 0x4000


def test_formats() -> None:
    assert convert.to_format(0x3C00, HALF, SINGLE, flags(0)) == ONE
    assert convert.to_format(0x0001, HALF, SINGLE, flags(FZ)) == 0x33800000  # 2^-24, not flushed
    assert convert.to_format(0x7C00, HALF, SINGLE, flags(AHP)) == 0x47800000  # 65536
    status = flags(AHP)
    assert convert.to_format(INFINITY, SINGLE, HALF, status) == 0x7FFF
    assert status.fpscr == AHP | IOC
    status = flags(0)
    assert convert.to_format(0x477FF000, SINGLE, HALF, status) == 0x7C00  # 65520 overflows
    assert status.fpscr == OFC | IXC
    assert convert.to_format(0x7FF0000000000001, DOUBLE, SINGLE, flags(0)) == NAN


def test_rounding_into_the_smallest_normal_number() -> None:
    # just below 2^-126: tiny before rounding, so it underflows though the result is normal
    value = Fraction(2**25 - 1, 2**25) / 2**126
    status = flags(0)
    assert rounded(value, SINGLE, status) == SMALLEST_NORMAL
    assert status.fpscr == UFC | IXC
