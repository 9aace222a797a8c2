"""Short sequences that the core does in one handler, against the same instructions one by one."""

from __future__ import annotations

import os
import random
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from simgate.core import StopKind

pytest.importorskip("unicorn")
import unicorn_pair as one

CASES = int(os.environ.get("SIMGATE_CASES", "60")) * 4
DATA = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12]
PAIRS, HALVES, WORDS, STACK = 9, 10, 11, 13  # base registers
NATIVE = Path(__file__).parents[2] / "sim" / "simgate" / "core" / "native"


Encode = Callable[[random.Random, Callable[[], int]], list[int]]


def amount(rng: random.Random, likely: float = 1.0) -> int:
    """imm3:imm2 of a shift, placed; 0 only where it is less than certain."""
    n = rng.randint(1, 31) if rng.random() < likely else 0
    return (n >> 2) << 12 | (n & 3) << 6


def access(first: int) -> Encode:
    """LDR, STR, STRB with a positive offset."""

    def encode(rng: random.Random, any_: Callable[[], int]) -> list[int]:
        base = rng.choice([WORDS, STACK])
        return [first | base, any_() << 12 | rng.choice([4 * rng.randrange(64), rng.randrange(99)])]

    return encode


def different(rng: random.Random) -> tuple[int, int]:
    first, second = rng.sample(DATA, 2)
    return first, second


def load_pair(rng: random.Random, any_: Callable[[], int]) -> list[int]:
    first, second = different(rng)
    return [0xE8F0 | PAIRS, first << 12 | second << 8 | rng.randint(1, 2)]


LETTERS: dict[str, Encode] = {
    "L": access(0xF8D0),
    "S": access(0xF8C0),
    "B": access(0xF880),
    "N": lambda rng, any_: [0xF820 | HALVES, any_() << 12 | 0xF00 | rng.randrange(6)],
    "D": load_pair,
    "M": lambda rng, any_: [0xFB20 | any_(), any_() << 12 | any_() << 8 | any_()],
    "T": lambda rng, any_: [0xFB10 | any_(), any_() << 12 | any_() << 8 | 0x20 | any_()],
    "R": lambda rng, any_: [0xFB50 | any_(), 0xF010 | any_() << 8 | any_()],
    "Q": lambda rng, any_: [
        0xF300 | any_(), amount(rng, 0.5) | any_() << 8 | rng.randrange(32)
    ],
    "X": lambda rng, any_: [0xFA20 | any_(), 0xF080 | any_() << 8 | rng.randrange(4) << 4 | any_()],
    "P": lambda rng, any_: [0xEB00 | any_(), any_() << 8 | any_()],
    "A": lambda rng, any_: [
        0xEB00 | any_(), amount(rng, 0.8) | any_() << 8 | 0x20 | any_()
    ],
    "W": lambda rng, any_: [0xEA4F, amount(rng) | any_() << 8 | any_()],
    "F": lambda rng, any_: [0xEA5F, amount(rng) | any_() << 8 | any_()],
    "H": lambda rng, any_: [0xFA40 | any_(), 0xF000 | any_() << 8 | any_()],
}  # fmt: skip


def requantisation(rng: random.Random, x: int, other: int) -> list[int]:
    """WRAPHQ or FRAPHQ on one register, now and then on nothing else."""
    by, plus, right = (x if rng.random() < 0.1 else other for _ in range(3))
    halfwords = [0xEA4F | rng.getrandbits(1) << 4, amount(rng) | x << 8 | x]
    halfwords += [0xFB50 | x, 0xF010 | x << 8 | by, 0xEB00 | x, amount(rng) | x << 8 | 0x20 | x]
    halfwords += [0xEB00 | x, x << 8 | plus, 0xFA40 | x, 0xF000 | x << 8 | right]
    return [*halfwords, 0xF300 | x, amount(rng, 0.3) | x << 8 | rng.randrange(32)]


def words() -> list[str]:
    """What the core does together, from its source."""
    text = (NATIVE / "execute_sequence.c").read_text(encoding="utf-8")
    start = text.index("#define FOR_EACH_SEQUENCE")
    rows = re.findall(
        r"(?:THREE|FOUR|SIX|SEVEN)\(([A-Z, ]+)\)", text[start : text.index("\n\n", start)]
    )
    return [row.replace(", ", "") for row in rows if len(row) > 4 and "THREE" not in row]


def test_the_words_are_found() -> None:
    assert len(words()) > 8
    assert set("".join(words())) <= set(LETTERS)


@pytest.mark.parametrize("seed", range(4))
def test_together_and_one_by_one(seed: int) -> None:
    pair = one.Pair()
    rng = random.Random(seed)
    encoding = next(item for item in one.encodings() if item.kind == "alu")
    known = words()
    for number in range(CASES):
        few = rng.sample(DATA, rng.randint(3, 10))  # so that results are used

        def any_(few: list[int] = few) -> int:
            return rng.choice(few)

        letters = "".join(
            rng.choice(known) if rng.random() < 0.8 else rng.choice(list(LETTERS))
            for _ in range(rng.randint(1, 5))
        )
        halfwords = [half for letter in letters for half in LETTERS[letter](rng, any_)]
        if rng.random() < 0.3:
            halfwords += requantisation(rng, *rng.sample(DATA, 2))
            letters += "WRAPHQ"
        code = struct.pack(f"<{len(halfwords)}H", *halfwords) + b"\xfe\xe7"
        pair.place(code)
        state = one.random_state(encoding, {}, rng)
        for register in DATA:
            state.core[register] = rng.choice(
                [rng.getrandbits(32), rng.getrandbits(5), 0x8000_8000, 0x7FFF_FFFF, 0x8000_0000]
            )
        for register in (PAIRS, HALVES, WORDS, STACK):
            far = rng.random() < 0.1 and register != STACK
            start = one.RAM_SIZE - 4 * rng.randint(0, 30) if far else 4 * rng.randrange(2000)
            state.core[register] = one.RAM + start + (rng.random() < 0.1 and register != STACK)
        memory = rng.randbytes(one.RAM_SIZE)
        pair.set(state, one.FIRST)
        pair.core.write(one.RAM, memory)
        trace = [pair.core.registers()]
        for _ in letters:
            if pair.core.run(pair.core.ticks + 1).kind is not StopKind.DEADLINE:
                break
            trace.append(pair.core.registers())
        faulted = len(trace) <= len(letters)
        left = pair.core.read(one.RAM, one.RAM_SIZE)
        # a block runs as one only where the budget pays all of it, with the branch at its end
        for cut in (0, rng.randint(0, len(letters) - 1)):
            pair.set(state, one.FIRST)
            pair.core.write(one.RAM, memory)
            for part in (cut, len(letters) - cut + rng.randint(1, 5)):
                if pair.core.run(pair.core.ticks + part).kind is not StopKind.DEADLINE:
                    assert faulted, (number, letters, cut)
                    break
            else:
                assert not faulted, (number, letters, cut)
            assert pair.core.registers() == trace[-1], (number, letters, cut, code.hex(), state)
            assert pair.core.read(one.RAM, one.RAM_SIZE) == left, (number, letters, code.hex())
