"""Every encoding of the Cortex-M7 against Unicorn's: those of the Cortex-M4F, and FPv5's.

Where Unicorn 2.1.4 is known to be wrong it is not asked: see test_instructions.py, and
test_floating_point.py for VCVT from 32-bit fixed point.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from simgate.core import StopKind

pytest.importorskip("unicorn")
import unicorn.arm_const as arm
import unicorn_pair as one

DOUBLES = [
    0, 1, 0x000FFFFFFFFFFFFF, 0x0010000000000000, 0x0010000000000001, 0x001FFFFFFFFFFFFF,
    0x0020000000000000, 0x3FF0000000000000, 0x3FF0000000000001, 0x3FEFFFFFFFFFFFFF,
    0x3FE0000000000000, 0x3FDFFFFFFFFFFFFF, 0x3FF8000000000000, 0x4000000000000000,
    0x4004000000000000, 0x4330000000000000, 0x4340000000000000, 0x432FFFFFFFFFFFFF,
    0x41DFFFFFFFC00000, 0x41DFFFFFFFE00000, 0x41E0000000000000, 0x41E0000000100000,
    0x41EFFFFFFFE00000, 0x41EFFFFFFFF00000, 0x41F0000000000000, 0x40EFFC0000000000,
    0x40EFFE0000000000, 0x3E60000000000000, 0x3E60000000000001, 0x3F10000000000000,
    0x3810000000000000, 0x380FFFFFFFFFFFFF, 0x36A0000000000000, 0x3690000000000000,
    0x3690000000000001, 0x47EFFFFFE0000000, 0x47EFFFFFF0000000, 0x47EFFFFFEFFFFFFF,
    0x47F0000000000000, 0x7FEFFFFFFFFFFFFF, 0x7FF0000000000000, 0x7FF8000000000000,
    0x7FF8123456789ABC, 0x7FF0000000000001, 0x7FF4000020000000, 0x7FFFFFFFFFFFFFFF,
]  # fmt: skip


def random_double(rng: random.Random) -> int:
    sign = rng.getrandbits(1) << 63
    choice = rng.random()
    if choice < 0.35:
        return sign | rng.choice(DOUBLES)
    if choice < 0.65:  # moderate numbers, that meet each other
        return sign | rng.randint(1010, 1060) << 52 | rng.getrandbits(52)
    if choice < 0.75:  # few bits: exact results
        return sign | rng.randint(1015, 1030) << 52 | rng.getrandbits(6) << 46
    if choice < 0.85:  # what becomes a subnormal or a large single
        return sign | rng.choice([rng.randint(860, 900), 1150, 1151]) << 52 | rng.getrandbits(52)
    return rng.getrandbits(64)


def state_of(encoding: object, fields: dict[str, int], rng: random.Random) -> object:
    """As the Cortex-M4F's, with doubles in half of the D registers."""
    state = one.random_state(encoding, fields, rng)
    for index in range(0, 32, 2):
        if rng.random() < 0.6:
            double = random_double(rng)
            state.fp[index : index + 2] = [double & 0xFFFFFFFF, double >> 32]
    return state


@pytest.fixture(scope="module")
def pair() -> Iterator[object]:
    yield one.Pair("cortex-m7", arm.UC_CPU_ARM_CORTEX_M7)


@pytest.mark.parametrize(
    "encoding", one.encodings("encodings_fpv5.txt"), ids=lambda encoding: encoding.name
)
def test_fpv5(pair: object, encoding: object) -> None:
    one.check(pair, encoding, state_of)


@pytest.mark.parametrize("encoding", one.encodings(), ids=lambda encoding: encoding.name)
def test_common(pair: object, encoding: object) -> None:
    one.check(pair, encoding, cases=one.CASES // 5)


SEQUENCES = int(os.environ.get("SIMGATE_CASES", "60")) * 6


def test_sequences(pair: object) -> None:
    """Straight lines of both kinds as blocks: flags for VSEL alone, IXC that comes on the way."""
    rng = random.Random(11)
    fpv5 = [item for item in one.encodings("encodings_fpv5.txt") if item.kind == "fp"]
    common = [
        item
        for item in one.encodings()
        if item.kind in ("alu", "fp") and item.condition != "noq" and item.name != "add_sp_t2"
    ]
    for number in range(SEQUENCES):
        code = b""
        for _ in range(rng.randint(8, 40)):
            encoding = rng.choice(fpv5 if rng.random() < 0.6 else common)
            code += one.code_of(encoding, one.draw(encoding, rng)[0])
        code += b"\xfe\xe7"  # b .
        pair.place(code)
        state = state_of(fpv5[0], {}, rng)
        pair.set(state, one.FIRST)
        pair.uc.emu_start(one.FIRST | 1, one.FIRST + len(code) - 2)
        for part in (rng.randint(1, 20), 60):
            stop = pair.core.run(pair.core.ticks + part)
            assert stop.kind is StopKind.DEADLINE, (number, stop, code.hex())
        ours, theirs = pair.ours(), pair.theirs()
        theirs["sp"] &= ~3
        assert ours == theirs, f"{one.difference(ours, theirs)}: {number} {code.hex()} {state}"
