"""Numbers by chance that depend on a seed and a place only, not on the order of asking.

Sample 17 of a noisy stream is the same whether it is asked for first, last or twice: that is what
makes a disturbed run come again exactly.
"""

from __future__ import annotations

import math
import zlib

_MASK = (1 << 64) - 1


def seed_of(seed: int | str) -> int:
    """A seed as a number."""
    return seed & _MASK if isinstance(seed, int) else zlib.crc32(seed.encode())


def uniform(seed: int, index: int, channel: int = 0) -> float:
    """From 0 to just under 1.

    The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
    generators, OOPSLA 2014, figure 16) over the three numbers.
    """
    state = seed & _MASK
    for part in (index, channel):
        state = (state + 0x9E37_79B9_7F4A_7C15 * (part * 2 + 1)) & _MASK
        state = ((state ^ state >> 30) * 0xBF58_476D_1CE4_E5B9) & _MASK
        state = ((state ^ state >> 27) * 0x94D0_49BB_1331_11EB) & _MASK
        state ^= state >> 31
    return (state >> 11) / (1 << 53)


def gauss(seed: int, index: int, channel: int = 0) -> float:
    """Normally distributed around 0 with a standard deviation of 1 (Box and Muller, 1958)."""
    radius = math.sqrt(-2.0 * math.log(1.0 - uniform(seed, index, 2 * channel)))
    return radius * math.cos(2.0 * math.pi * uniform(seed, index, 2 * channel + 1))
