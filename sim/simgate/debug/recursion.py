"""Functions that call each other round and round, seen in a chain of callers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simgate.debug.unwinder import Frame

_LONGEST_CYCLE = 8  # functions
_MANY = 10  # rounds; fewer may be meant


@dataclass(frozen=True, slots=True)
class Recursion:
    """A cycle of calls."""

    functions: tuple[str, ...]  # innermost first
    rounds: int
    text: str


def find_recursion(frames: Sequence[Frame]) -> Recursion | None:
    """The shortest cycle that the innermost frames repeat many times, or None.

    The first frames may still be about to join it (a call within the last round).
    """
    names = [frame.where.function for frame in frames]
    for skip in range(min(_LONGEST_CYCLE, len(names))):
        for length in range(1, _LONGEST_CYCLE + 1):
            cycle = names[skip : skip + length]
            rounds = 0
            position = skip
            while len(cycle) == length and names[position : position + length] == cycle:
                rounds += 1
                position += length
            functions = tuple(name for name in cycle if name is not None)
            if rounds >= _MANY and len(functions) == length:
                return Recursion(functions, rounds, _text(functions, rounds))
    return None


def _text(functions: tuple[str, ...], rounds: int) -> str:
    depth = f"{rounds:,} rounds deep"
    if len(functions) == 1:
        return f"infinite recursion: {functions[0]} calls itself, {depth}"
    circle = " -> ".join([*reversed(functions), functions[-1]])
    return f"infinite recursion: {circle}, {depth}"
