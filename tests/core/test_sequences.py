"""Straight-line code with IT blocks and short branches, run as blocks, against Unicorn.

What single instructions cannot show: flags that nobody reads and that are therefore not computed,
joined comparisons and branches, IT blocks run as one, and runs that end in the middle of all that.
"""

from __future__ import annotations

import os
import random
import struct

import pytest

from simgate.core import StopKind

pytest.importorskip("unicorn")
import unicorn_pair as one

SEQUENCES = int(os.environ.get("SIMGATE_CASES", "60")) * 20


FREE = [
    item
    for item in one.encodings()
    if item.kind in ("alu", "fp") and item.condition != "noq" and item.name != "add_sp_t2"
]
COMPARING = ("cmp_imm8", "cmp_high", "sub_imm", "add_imm", "sub_reg_t1", "cmp_reg", "tst",
             "lsl_imm", "data_t1")  # fmt: skip
SETTERS = [item for item in FREE if item.name.startswith(COMPARING)]


def instruction(rng: random.Random, choice: list[object]) -> bytes:
    encoding = rng.choice(choice)
    word, _ = one.draw(encoding, rng)
    return one.code_of(encoding, word)  # type: ignore[no-any-return]


def sequence(rng: random.Random) -> bytes:
    code = b""
    while len(code) < rng.randint(20, 120):
        kind = rng.random()
        if kind < 0.2:  # a comparison, and a branch over one instruction
            over = instruction(rng, FREE)
            condition = rng.randrange(14)
            code += instruction(rng, SETTERS)
            code += struct.pack("<H", 0xD000 | condition << 8 | (len(over) // 2 - 1) & 0xFF)
            code += over
        elif kind < 0.45:
            length, first = rng.randint(1, 4), rng.randrange(14)
            mask = 0
            for _ in range(length - 1):
                mask = mask << 1 | rng.choice([first & 1, ~first & 1])
            mask = (mask << 1 | 1) << (4 - length)
            code += struct.pack("<H", 0xBF00 | first << 4 | mask)
            code += b"".join(instruction(rng, FREE) for _ in range(length))
        else:
            code += instruction(rng, FREE)
    return code


def test_sequences() -> None:
    pair = one.Pair()
    rng = random.Random(2)
    encoding = FREE[0]
    for number in range(SEQUENCES):
        code = sequence(rng) + b"\xfe\xe7"  # b .
        end = one.FIRST + len(code) - 2
        pair.place(code)
        state = one.random_state(encoding, {}, rng)
        pair.set(state, one.FIRST)
        pair.uc.emu_start(one.FIRST | 1, end)
        for part in (rng.randint(1, 40), rng.randint(1, 40), 200):
            stop = pair.core.run(pair.core.ticks + part)
            assert stop.kind is StopKind.DEADLINE, (number, stop, code.hex())
        ours, theirs = pair.ours(), pair.theirs()
        theirs["sp"] &= ~3
        assert ours == theirs, f"{one.difference(ours, theirs)}: {number} {code.hex()} {state}"


def kernel(rng: random.Random) -> bytes:
    """Pieces as in kernels of neural networks: LDM, SXTB16, runs of SMLAD with one Rm."""
    low = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14]
    halfwords = []
    if rng.random() < 0.5:
        listed = rng.sample(low, rng.randint(2, 5))
        halfwords += [0xE8BB, sum(1 << register for register in listed)]  # LDM r11!
    m = rng.choice(low)
    if rng.random() < 0.7:
        halfwords += [0xFA2F, 0xF080 | m << 8 | rng.getrandbits(2) << 4 | rng.choice(low)]
    for _ in range(rng.randint(1, 6)):
        a = rng.choice(low)
        d = a if rng.random() < 0.7 else rng.choice(low)
        halfwords += [0xFB20 | rng.choice(low), a << 12 | d << 8 | m]
    return struct.pack(f"<{len(halfwords)}H", *halfwords)


def test_pieces_make_no_difference() -> None:
    """Blocks give, wherever a run ends in them, what single steps give."""
    pair = one.Pair()
    rng = random.Random(5)
    for number in range(SEQUENCES // 8):
        code = b"".join(rng.choice([kernel, sequence])(rng) for _ in range(3))
        code += b"\xfe\xe7"
        pair.place(code)
        state = one.random_state(FREE[0], {}, rng)
        for register in range(13):
            state.core[register] = rng.choice([state.core[register], 0x80008000, 0x7FFF8000])
        state.core[11] = one.RAM
        trace = []
        for length in (1, rng.randint(2, 9), rng.randint(10, 60)):
            pair.set(state, one.FIRST)
            for step in range(length, 150, length):
                stop = pair.core.run(pair.core.ticks + length)
                if stop.kind is StopKind.FAULT:  # r11 was overwritten
                    break
                if length == 1:
                    trace.append(pair.core.registers())
                else:
                    ours = pair.core.registers()
                    assert ours == trace[step - 1], (number, step, length, code.hex(), state)
