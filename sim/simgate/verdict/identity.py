"""Tensors of two runs, byte by byte."""

from __future__ import annotations

from collections.abc import Sequence

Tensors = Sequence[tuple[int, str, bytes]]
"""In order of execution: the inference, the layer for people, its output as in memory."""


def first_difference(expected: Tensors, found: Tensors) -> str:
    """What differs first, for people; empty where nothing does."""
    if len(expected) != len(found):
        return f"{len(found)} tensors instead of {len(expected)}"
    for (inference, layer, one), (_, other_layer, other) in zip(expected, found, strict=True):
        where = f"inference {inference}, {layer}"
        if layer != other_layer or len(one) != len(other):
            return f"{where} of {len(one)} bytes, against {other_layer} of {len(other)} bytes there"
        if one != other:
            at = next(
                index
                for index, pair in enumerate(zip(one, other, strict=True))
                if pair[0] != pair[1]
            )
            return f"{where}: byte {at} is 0x{other[at]:02x} instead of 0x{one[at]:02x}"
    return ""
