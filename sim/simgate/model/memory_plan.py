"""Where in one arena each buffer lies: buffers that live at the same time never overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Buffer:
    """Bytes that are needed from step ``first`` to step ``last``, both included."""

    size_bytes: int
    first: int
    last: int

    def lives_with(self, other: Buffer) -> bool:
        """Whether there is a step at which both are needed."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """The offset of each buffer, in the order given, and the size of the whole."""

    offsets: tuple[int, ...]
    size_bytes: int


def plan_memory(buffers: Sequence[Buffer], alignment: int = 8) -> MemoryPlan:
    """Place ``buffers``: the largest first, each at the lowest offset that is free while it lives.

    Args:
        buffers: in any order; empty ones are allowed.
        alignment: of every offset and of the whole, in bytes.
    """
    offsets = [0] * len(buffers)
    placed: list[int] = []
    end_of_all = 0
    for index in sorted(range(len(buffers)), key=lambda i: (-buffers[i].size_bytes, i)):
        buffer = buffers[index]
        offset = 0
        taken = sorted(
            (offsets[i], offsets[i] + buffers[i].size_bytes)
            for i in placed
            if buffer.lives_with(buffers[i])
        )
        for start, end in taken:
            if offset + buffer.size_bytes <= start:
                break
            offset = max(offset, -(-end // alignment) * alignment)
        offsets[index] = offset
        placed.append(index)
        end_of_all = max(end_of_all, offset + buffer.size_bytes)
    return MemoryPlan(tuple(offsets), -(-end_of_all // alignment) * alignment)
