"""Where in one arena each buffer lies: buffers that live at the same time never overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes that are needed from step ``first`` to step ``last``, both included."""

    size_bytes: int
    first: int
    last: int

    def lives_with(self, other: Span) -> bool:
        """Whether there is a step at which bytes of both are needed."""
        return (
            self.first <= other.last
            and other.first <= self.last
            and self.size_bytes > 0
            and other.size_bytes > 0
        )


@dataclass(frozen=True, slots=True)
class Buffer:
    """One place in the arena; how much of it is needed may change from step to step."""

    spans: tuple[Span, ...]

    @property
    def size_bytes(self) -> int:
        """The most that is ever needed."""
        return max(span.size_bytes for span in self.spans)


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
    for index in sorted(range(len(buffers)), key=lambda i: (-buffers[i].size_bytes, i)):
        taken = [taken for i in placed for taken in _taken(buffers[index], buffers[i], offsets[i])]
        candidates = sorted({0, *(-(-end // alignment) * alignment for _, end in taken)})
        offsets[index] = next(
            candidate
            for candidate in candidates
            if not any(start < candidate < end for start, end in taken)
        )
        placed.append(index)
    size = max((o + b.size_bytes for o, b in zip(offsets, buffers, strict=True)), default=0)
    return MemoryPlan(tuple(offsets), -(-size // alignment) * alignment)


def _taken(buffer: Buffer, other: Buffer, offset: int) -> list[tuple[int, int]]:
    """Between which offsets (both excluded) ``buffer`` would overlap ``other`` at ``offset``."""
    return [
        (offset - mine.size_bytes, offset + its.size_bytes)
        for mine in buffer.spans
        for its in other.spans
        if mine.lives_with(its)
    ]
