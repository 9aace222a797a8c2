"""Random initial states: numbers at which arithmetic goes wrong, and ordinary ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.fuzz import layout

Words = NDArray[np.uint32]
Bytes = NDArray[np.uint8]

CHUNK = layout.MOST

_WORDS = np.array(
    [0, 1, 2, 3, 4, 0x1F, 0x20, 0x21, 0x7F, 0x80, 0x81, 0xFF, 0x100, 0x7FFF, 0x8000, 0x8001,
     0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFF8000, 0xFFFFFFFE, 0xFFFFFFFF,
     0x80008000, 0x7FFF7FFF, 0x7FFF8000, 0x80007FFF, 0x7F807F80, 0x55555555, 0xAAAAAAAA,
     0x40000000, 0xC0000000, 0x3FFFFFFF, 0xFFFFFF80, 0x00FF00FF, 0x80808080, 0x7F7F7F7F],
    np.uint32,
)  # fmt: skip
_HALVES = np.array([0, 1, 0x7F, 0x80, 0x7FFF, 0x8000, 0x8001, 0xFFFF, 0xFFFE, 0x4000, 0xC000, 0xFF],
                   np.uint32)  # fmt: skip
_FLOATS = np.array(
    [0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007FFFFF, 0x807FFFFF, 0x00800000,
     0x80800000, 0x00800001, 0x00FFFFFF, 0x01000000, 0x3F800000, 0xBF800000, 0x3F800001,
     0x3F7FFFFF, 0x40000000, 0x3F000000, 0x3EFFFFFF, 0xBF000000, 0x3FC00000, 0x40200000,
     0x40600000, 0xC0200000, 0x3F000001, 0x4AFFFFFF, 0x4B000000, 0x4B000001, 0x4B800000,
     0x4EFFFFFF, 0x4F000000, 0xCF000000, 0xCF000001, 0x4F7FFFFF, 0x4F800000, 0x46FFFE00,
     0x47000000, 0xC7000100, 0x477FE000, 0x477FEFFF, 0x477FF000, 0x477FFF00, 0x47800000,
     0x33000000, 0x33000001, 0x33800000, 0x38800000, 0x387FFFFF, 0x387FE000, 0x387FF000,
     0x7F7FFFFF, 0xFF7FFFFF, 0x7F000000, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC01234,
     0x7F800001, 0xFFA00000, 0x7FBFFFFF, 0x7FFFFFFF, 0x1F800000, 0x20000000, 0x1FB504F3,
     0x5F3504F3, 0x00400000, 0x00000400, 0x34000000],
    np.uint32,
)  # fmt: skip
_DOUBLES = np.array(
    [0, 1 << 63, 1, (1 << 63) | 1, 0x000FFFFFFFFFFFFF, 0x0010000000000000, 0x8010000000000000,
     0x3FF0000000000000, 0xBFF0000000000000, 0x3FF0000000000001, 0x3FEFFFFFFFFFFFFF,
     0x4000000000000000, 0x3FE0000000000000, 0x3FDFFFFFFFFFFFFF, 0x3FF8000000000000,
     0x4004000000000000, 0xC004000000000000, 0x41DFFFFFFFC00000, 0x41DFFFFFFFE00000,
     0x41E0000000000000, 0xC1E0000000000000, 0xC1E0000000200000, 0x41EFFFFFFFE00000,
     0x41EFFFFFFFF00000, 0x41F0000000000000, 0x4330000000000000, 0x4340000000000000,
     0x4330000000000001, 0x7FEFFFFFFFFFFFFF, 0xFFEFFFFFFFFFFFFF, 0x7FF0000000000000,
     0xFFF0000000000000, 0x7FF8000000000000, 0xFFF8000012345678, 0x7FF0000000000001,
     0xFFF4000000000000, 0x7FF7FFFFFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0x47EFFFFFE0000000,
     0x47EFFFFFEFFFFFFF, 0x47EFFFFFF0000000, 0x3810000000000000, 0x380FFFFFE0000000,
     0x380FFFFFFFFFFFFF, 0x36A0000000000000, 0x3690000000000000, 0x3690000000000001,
     0x40EFFC0000000000, 0x40EFFE0000000000, 0x3F10000000000000, 0x3F0FFC0000000000,
     0x3E60000000000000, 0x3E70000000000000, 0x1FF0000000000000, 0x2000000000000000,
     0x3CA0000000000000, 0x3CB0000000000000, 0x0008000000000000],
    np.uint64,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class States:
    """Initial states, a row each: ``core`` [n, 14] is r0 to r12 and lr, ``fp`` [n, 32] the S
    registers, ``memory`` [n, AFTER] the bytes from the initial SP on."""

    core: Words
    apsr: Words
    fpscr: Words
    fp: Words
    memory: Bytes

    def rows(self, chosen: NDArray[np.intp]) -> States:
        """Some of them, in this order."""
        return States(
            self.core[chosen],
            self.apsr[chosen],
            self.fpscr[chosen],
            self.fp[chosen],
            self.memory[chosen],
        )


def _mixed(draw: np.random.Generator, shape: tuple[int, ...], *kinds: tuple[float, Words]) -> Words:
    """Elementwise choice between arrays by their probabilities; the last takes the rest."""
    result = kinds[-1][1].copy()
    chance = draw.random(shape)
    bound = 0.0
    for probability, values in kinds[:-1]:
        mask = (chance >= bound) & (chance < bound + probability)
        result[mask] = values[mask]
        bound += probability
    return result


def _random(draw: np.random.Generator, shape: tuple[int, ...]) -> Words:
    return draw.integers(0, 1 << 32, shape, dtype=np.uint32)


def core_words(draw: np.random.Generator, shape: tuple[int, ...]) -> Words:
    """Integers: edges, pairs of halfwords at edges, small ones, any."""
    halves = draw.choice(_HALVES, shape) << np.uint32(16) | draw.choice(_HALVES, shape)
    small = draw.integers(0, 70, shape, dtype=np.uint32)
    return _mixed(
        draw, shape, (0.35, draw.choice(_WORDS, shape)), (0.2, halves), (0.1, small),
        (0.0, _random(draw, shape)),
    )  # fmt: skip


def floats(draw: np.random.Generator, shape: tuple[int, ...]) -> Words:
    """Single-precision patterns: edges, moderate numbers, subnormals, small integers, any."""
    sign = draw.integers(0, 2, shape, dtype=np.uint32) << np.uint32(31)
    fraction = draw.integers(0, 1 << 23, shape, dtype=np.uint32)
    moderate = sign | draw.integers(100, 160, shape, dtype=np.uint32) << np.uint32(23) | fraction
    near = sign | draw.integers(125, 130, shape, dtype=np.uint32) << np.uint32(23) | fraction
    tiny = sign | draw.integers(0, 30, shape, dtype=np.uint32) << np.uint32(23) | fraction
    whole = (draw.integers(-600, 600, shape) / 8).astype(np.float32).view(np.uint32)
    return _mixed(
        draw, shape, (0.35, draw.choice(_FLOATS, shape)), (0.15, moderate), (0.12, near),
        (0.12, tiny), (0.1, whole), (0.05, sign | fraction), (0.0, _random(draw, shape)),
    )  # fmt: skip


def doubles(draw: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.uint64]:
    """Double-precision patterns, of the same kinds."""
    sign = draw.integers(0, 2, shape, dtype=np.uint64) << np.uint64(63)
    fraction = draw.integers(0, 1 << 52, shape, dtype=np.uint64)
    shift = np.uint64(52)

    def exponents(low: int, high: int) -> NDArray[np.uint64]:
        return draw.integers(low, high, shape, dtype=np.uint64) << shift

    result = sign | fraction | exponents(0, 2048)
    chance = draw.random(shape)
    for low, high, values in (
        (0.0, 0.35, draw.choice(_DOUBLES, shape)),
        (0.35, 0.5, sign | exponents(1000, 1060) | fraction),
        (0.5, 0.6, sign | exponents(1021, 1026) | fraction),
        (0.6, 0.68, sign | exponents(0, 60) | fraction),
        (0.68, 0.78, (draw.integers(-600, 600, shape) / 8).astype(np.float64).view(np.uint64)),
        (0.78, 0.86, sign | exponents(870, 910) | fraction),  # where singles underflow
        (0.86, 0.92, floats(draw, shape).view(np.float32).astype(np.float64).view(np.uint64)),
    ):
        mask = (chance >= low) & (chance < high)
        result[mask] = values[mask]
    return result


def _from_few(draw: np.random.Generator, rows: Words) -> Words:
    """Some rows with but three different words each: equal operands, cancellation."""
    count, width = rows.shape
    few = np.take_along_axis(rows, draw.integers(0, 3, (count, width)), axis=1)
    return np.where(draw.random((count, 1)) < 0.15, few, rows)


def states(seed: int, chunk: int, *, with_doubles: bool) -> States:
    """The initial states of a chunk of CHUNK sequences."""
    draw = np.random.default_rng([seed, chunk, int(with_doubles)])
    count = CHUNK
    fp = floats(draw, (count, 32))
    if with_doubles:
        with np.errstate(all="ignore"):
            pairs = doubles(draw, (count, 16)).view(np.uint32)
        as_doubles = draw.random((count, 16)).repeat(2, axis=1) < 0.7
        fp = np.where(as_doubles, pairs, fp)
        # few different doubles: whole pairs are repeated
        wide = np.ascontiguousarray(fp, np.uint32).view(np.uint64)
        chosen = np.take_along_axis(wide, draw.integers(0, 3, (count, 16)), axis=1)
        fp = np.where(draw.random((count, 1)) < 0.15, chosen, wide).view(np.uint32)
    else:
        fp = _from_few(draw, fp)
    bits = draw.random((5, count))
    fpscr = _random(draw, (count,)) & np.uint32(0xF << 28)
    fpscr |= np.where(bits[0] < 0.5, draw.integers(0, 4, count, dtype=np.uint32) << 22, 0).astype(
        np.uint32
    )
    for row, (probability, bit) in enumerate(((0.2, 24), (0.2, 25), (0.1, 26)), 1):
        fpscr |= np.where(bits[row] < probability, 1 << bit, 0).astype(np.uint32)
    flags = _random(draw, (count,)) & np.uint32(0x9F)
    fpscr |= np.where(bits[4] < 0.1, flags, 0).astype(np.uint32)
    memory = core_words(draw, (count, layout.AFTER // 4))
    as_floats = draw.random(memory.shape) < 0.3
    memory = np.where(as_floats, floats(draw, memory.shape), memory)
    return States(
        core=_from_few(draw, core_words(draw, (count, 14))),
        apsr=_random(draw, (count,)) & np.uint32(layout.APSR_MASK),
        fpscr=fpscr,
        fp=np.ascontiguousarray(fp, np.uint32),
        memory=np.ascontiguousarray(memory, np.uint32).view(np.uint8).reshape(count, -1),
    )
