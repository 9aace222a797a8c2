"""Moments of a run that are kept, so that going back costs little."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simgate.debug.timeline.place import Position
from simgate.debug.timeline.worker import Worker

_FIRST_SPACING = 1 << 20  # instructions: some milliseconds of the host
_DOORSTEP = 1 << 12  # instructions before a place that was gone back to
_DOORSTEPS = 4  # kept at a time


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A worker that waits at some moment; `edits` of the timeline's changes are made in it."""

    position: Position
    worker: Worker
    edits: int


class Snapshots:
    """The beginning, a bounded number of moments on an even grid, and some close to the reader.

    The grid's spacing doubles when there are too many, so that the whole run stays covered, and
    a run of N instructions takes no more of them than about `most` times the logarithm of N.

    Args:
        beginning: how to get a worker at the run's first moment; asked for each visit.
        first: that moment.
        most: snapshots on the grid.
    """

    def __init__(self, beginning: Callable[[], Worker], first: Position, most: int) -> None:
        self._beginning = beginning
        self._first = first
        self._most = most
        self._spacing = _FIRST_SPACING
        self._grid: dict[int, Snapshot] = {}  # by instructions
        self._doorsteps: list[Snapshot] = []

    def __len__(self) -> int:
        return len(self._grid) + len(self._doorsteps)

    def close(self) -> None:
        """Let go of all of them."""
        self.forget_from(self._first)

    # ---- keeping ----

    def next_place(self, position: Position) -> int | None:
        """Instructions at which the next snapshot is wanted; None: not at all."""
        if not self._most:
            return None
        return (position.instructions // self._spacing + 1) * self._spacing

    def offer(self, worker: Worker, position: Position, edits: int) -> None:
        """A worker has just arrived there: keep a copy of it if that is a place of the grid."""
        place = position.instructions
        if not self._most or place % self._spacing or place in self._grid or not place:
            return
        copy = worker.copy()
        if copy is None:
            return
        self._grid[place] = Snapshot(position, copy, edits)
        if len(self._grid) > self._most:
            self._spacing *= 2
            for odd in [one for one in self._grid if one % self._spacing]:
                self._grid.pop(odd).worker.close()

    def doorstep(self, begin: Position, target: int) -> int | None:
        """On the long way from `begin` back to an instruction: where to keep one more."""
        place = target - _DOORSTEP
        return place if self._most and place > begin.instructions + _DOORSTEP else None

    def offer_doorstep(self, worker: Worker, position: Position, edits: int) -> None:
        """A worker has just arrived there: keep a copy for the next steps back."""
        copy = worker.copy()
        if copy is None:
            return
        self._doorsteps.append(Snapshot(position, copy, edits))
        if len(self._doorsteps) > _DOORSTEPS:
            self._doorsteps.pop(0).worker.close()

    def forget_from(self, position: Position) -> None:
        """What lies there or later is no longer so: the run has been changed."""
        for place in [p for p, one in self._grid.items() if one.position >= position]:
            self._grid.pop(place).worker.close()
        stale = [one for one in self._doorsteps if one.position >= position]
        for one in stale:
            self._doorsteps.remove(one)
            one.worker.close()

    # ---- going back ----

    def starts(self) -> list[Position]:
        """All moments that one can start from, earliest first; the beginning is one of them."""
        kept = [one.position for one in (*self._grid.values(), *self._doorsteps)]
        return sorted({self._first, *kept})

    def branch(self, start: Position) -> tuple[Worker, int]:
        """A new worker at one of `starts`, and how many edits are made in it."""
        for one in (*self._grid.values(), *self._doorsteps):
            if one.position == start:
                copy = one.worker.copy()
                if copy is not None:
                    return copy, one.edits
        return self._beginning(), 0
