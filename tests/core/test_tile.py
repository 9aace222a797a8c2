"""Steps of a matrix product done together, against the same instructions one by one."""

from __future__ import annotations

import os
import random
import struct

import pytest

from simgate.core import StopKind

pytest.importorskip("unicorn")
import unicorn_pair as one

CASES = int(os.environ.get("SIMGATE_CASES", "60")) * 2
STEP = 19
USABLE = [*range(13), 14]


def roles(rng: random.Random) -> list[int]:
    """First registers of the two triples of sums and of the columns, then five single ones."""
    while True:
        triples = [rng.randrange(11) for _ in range(3)]
        taken = {start + i for start in triples for i in range(3)}
        if len(taken) == 9:
            return triples + rng.sample([r for r in USABLE if r not in taken], 5)


def step(use: list[int]) -> list[int]:
    """One step's halfwords."""
    first, second, column, weights, columns, wide, word_0, word_1 = use

    def widen(rd: int, rm: int, rotation: int) -> list[int]:
        return [0xFA2F, 0xF080 | rd << 8 | rotation << 4 | rm]

    def accumulate(total: int, by: int) -> list[int]:
        return [
            half
            for i in range(3)
            for half in (0xFB20 | column + i, total + i << 12 | total + i << 8 | by)
        ]

    load = [0xE8B0 | columns, 7 << column]
    return [
        0xE8F0 | weights, word_0 << 12 | word_1 << 8 | 2, *load,
        *widen(wide, word_0, 0), *accumulate(first, wide),
        *widen(wide, word_1, 0), *accumulate(second, wide), *load,
        *widen(word_0, word_0, 1), *accumulate(first, word_0),
        *widen(word_1, word_1, 1), *accumulate(second, word_1),
    ]  # fmt: skip


def mutate(halfwords: list[int], rng: random.Random) -> None:
    """Another register somewhere: nearly a step, and not to be taken for one."""
    at = rng.randrange(4, len(halfwords), 2)
    if halfwords[at] >> 4 == 0xFB2:
        register = rng.choice([r for r in USABLE if r != halfwords[at] & 0xF])
        halfwords[at] = 0xFB20 | register


@pytest.mark.parametrize("seed", range(3))
def test_steps_together_and_one_by_one(seed: int) -> None:
    pair = one.Pair()
    rng = random.Random(seed)
    for number in range(CASES):
        use, steps = roles(rng), rng.randint(1, 10)
        halfwords = [half for _ in range(steps) for half in step(use)]
        if rng.random() < 0.2:
            mutate(halfwords, rng)
        code = struct.pack(f"<{len(halfwords)}H", *halfwords) + b"\xfe\xe7"
        pair.place(code)
        state = one.random_state(one_encoding(), {}, rng)
        size = one.RAM_SIZE
        for register in range(use[0], use[0] + 3):
            state.core[register] = rng.choice([rng.getrandbits(32), rng.getrandbits(24)])
        for register in range(use[1], use[1] + 3):
            state.core[register] = rng.choice(
                [rng.getrandbits(28), -rng.getrandbits(26) & 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000]
            ) if rng.random() < 0.3 else rng.getrandbits(20)  # fmt: skip
        for register in (use[3], use[4]):
            state.core[register] = one.RAM + rng.choice(
                [4 * rng.randrange(size // 8), size - 4 * rng.randint(1, 60),
                 0xFC0 + 4 * rng.randrange(16), 4 * rng.randrange(99) + rng.randrange(4)]
            )  # fmt: skip
        pair.set(state, one.FIRST)
        memory = random.Random(number).randbytes(size)
        pair.core.write(one.RAM, memory)
        trace = [pair.core.registers()]
        for _ in range(STEP * steps):
            if pair.core.run(pair.core.ticks + 1).kind is not StopKind.DEADLINE:
                break
            trace.append(pair.core.registers())
        faulted = len(trace) <= STEP * steps
        # a block runs as one only where the budget pays all of it, with the branch at its end
        for cut in (0, STEP * rng.randrange(steps), rng.randrange(STEP * steps)):
            pair.set(state, one.FIRST)
            for part in (cut, STEP * steps - cut + rng.randint(1, 5)):
                if pair.core.run(pair.core.ticks + part).kind is not StopKind.DEADLINE:
                    assert faulted, (number, cut, code.hex())
                    break
            else:
                assert not faulted, (number, cut, code.hex())
            assert pair.core.registers() == trace[-1], (number, cut, code.hex(), state)


def one_encoding() -> object:
    """Any encoding: it only names the kind of state that is drawn."""
    return next(item for item in one.encodings() if item.kind == "alu")
