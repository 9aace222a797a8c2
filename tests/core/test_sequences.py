"""Straight-line code with IT blocks and short branches, run as blocks, against Unicorn.

What single instructions cannot show: flags that nobody reads and that are therefore not computed,
joined comparisons and branches, IT blocks run as one, and runs that end in the middle of all that.
"""

from __future__ import annotations

import importlib.util
import os
import random
import struct
import sys
from pathlib import Path
from types import ModuleType

import pytest

from simgate.core import StopKind

pytest.importorskip("unicorn")

SEQUENCES = int(os.environ.get("SIMGATE_CASES", "60")) * 20


def sibling(name: str) -> ModuleType:
    """A test module of this folder (importmode=importlib has no packages)."""
    full = f"_core_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]


one = sibling("test_instructions")
FREE = [
    item
    for item in one.encodings()
    if item.kind in ("alu", "fp") and item.condition != "noq" and item.name != "add_sp_t2"
]
SETTERS = [item for item in FREE if item.name.startswith(("cmp_imm8", "cmp_high", "sub_imm", "add_imm",
           "sub_reg_t1", "cmp_reg", "tst", "lsl_imm", "data_t1"))]  # fmt: skip
UNFIT_FOR_IT = ("nop_t1",)


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
