"""What Unicorn 2.1.4 gets wrong, against models written from the manual in Python's own numbers."""

from __future__ import annotations

import random
import struct
from fractions import Fraction

import pytest

from simgate.core import Clocks, Core

CODE, RAM = 0x0800_0000, 0x2000_0000
Q = 1 << 27
HALVES = [0, 1, 2, 0x7FFF, 0x8000, 0x8001, 0xFFFF, 0x4000]
WORDS = [0, 1, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFF, 0x40000000]


def prepared(encoding: int) -> Core:
    core = Core("cortex-m4f", Clocks.of_mips(100))
    core.map_memory(CODE, 0x1000, False)
    core.map_memory(RAM, 0x1000, True)
    core.store(0xE000_ED88, 4, 0xF << 20)
    core.write(CODE, struct.pack("<HH", encoding >> 16, encoding & 0xFFFF))
    return core


def step(core: Core, **registers: int) -> dict[str, int]:
    for name, value in registers.items():
        core.write_register(name, value)
    core.write_register("pc", CODE)
    core.run(core.ticks + 1)
    return core.registers()


def signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


@pytest.mark.parametrize("exchange", [0, 1])
def test_smlad_sets_q_for_the_exact_sum_only(exchange: int) -> None:
    core = prepared(0xFB210302 | exchange << 4 | 0x0000)  # SMLAD{X} r3, r1, r2, r0
    rng = random.Random(3)
    seen = set()
    for _ in range(3000):
        n = rng.choice(HALVES) << 16 | rng.choice(HALVES)
        m = rng.choice(HALVES) << 16 | rng.choice(HALVES)
        a = rng.choice(WORDS) if rng.random() < 0.7 else rng.getrandbits(32)
        low, high = signed(m & 0xFFFF, 16), signed(m >> 16, 16)
        if exchange:
            low, high = high, low
        total = signed(n & 0xFFFF, 16) * low + signed(n >> 16, 16) * high + signed(a, 32)
        overflow = not -(1 << 31) <= total < 1 << 31
        after = step(core, r0=a, r1=n, r2=m, xpsr=1 << 24)
        assert after["r3"] == total & 0xFFFF_FFFF
        assert bool(after["xpsr"] & Q) == overflow, (hex(n), hex(m), hex(a))
        seen.add(overflow)
    assert seen == {False, True}


def nearest_float(value: Fraction) -> int:
    """The bits of the nearest single, ties to even; `value` is far from both ends of the range."""
    if value == 0:
        return 0
    sign, value = (1, -value) if value < 0 else (0, value)
    exponent = 0
    while value >= 2:
        value, exponent = value / 2, exponent + 1
    while value < 1:
        value, exponent = value * 2, exponent - 1
    significand = round(value * (1 << 23))  # Python rounds halves to even
    if significand == 1 << 24:
        significand, exponent = 1 << 23, exponent + 1
    return sign << 31 | (exponent + 127) << 23 | (significand & 0x7FFFFF)


@pytest.mark.parametrize("is_signed", [0, 1])
def test_from_fixed_point_rounds_to_nearest_in_every_mode(is_signed: int) -> None:
    rng = random.Random(4)
    for fraction in range(1, 33):
        imm5 = 32 - fraction
        word = 0xEEBA0AC0 | (0 if is_signed else 1 << 16) | (imm5 & 1) << 5 | imm5 >> 1
        core = prepared(word)  # VCVT.F32.S32/U32 s0, s0, #fraction
        for _ in range(40):
            bits = rng.choice([rng.getrandbits(32), rng.choice(WORDS), 0x01000001, 0x03FFFFFE])
            value = Fraction(signed(bits, 32) if is_signed else bits, 1 << fraction)
            mode = rng.getrandbits(2) << 22
            after = step(core, s0=bits, control=4, fpscr=mode)
            expected = nearest_float(value)
            assert after["s0"] == expected, (fraction, hex(bits), hex(after["s0"]), hex(expected))
            exact = Fraction(struct.unpack("<f", struct.pack("<I", expected))[0]) == value
            assert after["fpscr"] == mode | (0 if exact else 0x10)
