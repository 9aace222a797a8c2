"""Weights in the order in which the kernels read them (``firmware/nn/nn_dot.h``)."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCK = 4  # taps that one word of weights holds


def pack_pairs(rows: Sequence[Sequence[int]], taps_multiple: int) -> list[int]:
    """Pairs of channels, four taps of the one beside four of the other, filled up with zeros.

    Args:
        rows: the taps of each output channel, all of one length.
        taps_multiple: to which the number of taps is filled up; a multiple of four.
    """
    taps = -(-len(rows[0]) // taps_multiple) * taps_multiple
    padded = [list(row) + [0] * (taps - len(row)) for row in rows]
    if len(padded) % 2:
        padded.append([0] * taps)
    packed: list[int] = []
    for even, odd in zip(padded[::2], padded[1::2], strict=True):
        for start in range(0, taps, _BLOCK):
            packed += even[start : start + _BLOCK]
            packed += odd[start : start + _BLOCK]
    return packed
