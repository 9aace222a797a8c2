"""A worker on its way through a run that a debugger has changed: the changes happen again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from simgate.debug.timeline.place import Edit, Limit, Outcome, Points, Position, Reason
from simgate.debug.timeline.worker import Worker


class Passage:
    """Moves one worker; each change is made when its moment has come.

    Args:
        worker: who moves.
        edits: the changes, in the order of their moments; they may grow at the end.
        done: how many of them are made in this worker.
    """

    def __init__(self, worker: Worker, edits: Sequence[tuple[Position, Edit]], done: int) -> None:
        self.worker = worker
        self._edits = edits
        self.done = done
        self.here = worker.where()

    def copy(self) -> Passage | None:
        """Another one at the same moment; None where that cannot be."""
        worker = self.worker.copy()
        return None if worker is None else Passage(worker, self._edits, self.done)

    def close(self) -> None:
        """Let the worker go."""
        self.worker.close()

    def advance(self, limit: Limit, points: Points, origin: Position | None = None) -> Outcome:
        """As `Subject.advance`."""
        edit = self._make_due()
        if edit is None:
            return self._noted(self.worker.advance(limit, points, origin))
        if self.here.ticks >= edit.ticks:
            return self._under_way(self.worker.travel(edit))
        ticks = edit.ticks if limit.ticks is None else min(limit.ticks, edit.ticks)
        first = self.here
        outcome = self._noted(self.worker.advance(replace(limit, ticks=ticks), points, origin))
        if outcome.reason is Reason.ARRIVED and not limit.is_reached(first, outcome.position):
            return self._under_way(outcome)
        return outcome

    def travel(self, target: Position) -> Outcome:
        """As `Subject.travel`; what is changed at the target is changed on arrival."""
        edit = self._make_due()
        if edit is None or edit > target:
            return self._noted(self.worker.travel(target))
        outcome = self._noted(self.worker.travel(edit))
        there = outcome.reason is Reason.ARRIVED and edit == target
        return outcome if there else self._under_way(outcome)

    def scan(self, end: Position, points: Points, first: bool) -> tuple[bool, Outcome | None]:
        """As `Subject.scan`."""
        edit = self._make_due()
        stage = end if edit is None or edit > end else edit
        arrived, found = self.worker.scan(stage, points, first)
        self.here = self.worker.where()
        return arrived and stage == end, found

    def step_to(self, target: Position, points: Points) -> tuple[Position | None, Outcome | None]:
        """Go on to `target` one by one: the moment before it, as a debugger counts them.

        None where that one lies before the moment from which this began. The second is the last
        step, which led to the target.
        """
        trail = [self.here]
        last: Outcome | None = None
        while self.here < target:
            outcome = self.advance(Limit(single=True), points)
            if outcome.reason is Reason.UNDER_WAY:
                continue
            last = outcome
            if outcome.reason is Reason.FAULT and outcome.position == target:
                if trail[-1].instructions == target.instructions:
                    trail.pop()  # the instruction stands where it stood before it was tried
            elif outcome.position < target:
                trail.append(outcome.position)
        return (trail[-1] if trail else None), last

    def _make_due(self) -> Position | None:
        """Make the changes of this moment: the moment of the next one, if there is one."""
        while self.done < len(self._edits):
            position, edit = self._edits[self.done]
            if position > self.here:
                return position
            self.worker.apply(edit)
            self.done += 1
        return None

    def _noted(self, outcome: Outcome) -> Outcome:
        self.here = outcome.position
        self._make_due()
        return outcome

    def _under_way(self, outcome: Outcome) -> Outcome:
        return self._noted(Outcome(Reason.UNDER_WAY, outcome.position))
