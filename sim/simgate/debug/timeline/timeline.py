"""The run as something that one can move along, in both directions.

Runs are deterministic, so a moment is revisited by running to it again: from the nearest of some
snapshots before it, which are processes that wait (`snapshots`), or from the beginning
where the system cannot copy processes.

    with Timeline(lambda: Machine(board, image)) as timeline:
        timeline.run(Points(breakpoints=frozenset({address})))
        timeline.reverse_step()
        print(timeline.position.instructions, timeline.registers()["pc"])

A change of a register or of memory becomes part of the run: it is made again whenever that moment
is passed, and what had been changed later is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Self

from simgate.debug.timeline.passage import Passage
from simgate.debug.timeline.place import (
    Edit,
    Limit,
    Outcome,
    Points,
    Position,
    Reason,
    TimelineError,
)
from simgate.debug.timeline.snapshots import Snapshots
from simgate.debug.timeline.subject import Subject
from simgate.debug.timeline.worker import ForkedWorker, LocalWorker, Worker, can_fork
from simgate.machine import Machine
from simgate.units import format_count

MakeMachine = Callable[[], Machine]
Interrupted = Callable[[], bool]

_NOWHERE = Points()
_FAULTS_IN_PLACE = 8  # without a tick passing: it locked up


def _never() -> bool:
    return False


class Timeline:
    """A run and one who moves along it; make it before any thread is started.

    Args:
        make_machine: a machine before its first instruction, with all its inputs planned; the same
            each time.
        snapshots: how many are kept on the way; 0: none but the beginning.
        fork: keep machines in processes of their own; None: where the system can.

    Raises:
        TimelineError: the machine's engine cannot be moved so.
    """

    def __init__(
        self, make_machine: MakeMachine, *, snapshots: int = 32, fork: bool | None = None
    ) -> None:
        self.machine = make_machine()  # for what does not change: board, image
        subject = Subject(self.machine)
        self.first = subject.where()
        self._root: Worker | None = None
        self._edits: list[tuple[Position, Edit]] = []
        if can_fork() if fork is None else fork:
            self._root = root = ForkedWorker.start(subject)
            beginning: Callable[[], Worker] = root.copy
        else:
            snapshots = 0
            beginning = partial(_start_again, make_machine)
        self._snapshots = Snapshots(beginning, self.first, snapshots)
        self._active = Passage(beginning(), self._edits, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all that was started; twice is once."""
        self._active.close()
        self._snapshots.close()
        if self._root is not None:
            self._root.close()
        self.machine.close()

    @property
    def position(self) -> Position:
        """The moment that is looked at."""
        return self._active.here

    # ---- forward ----

    def step(self, points: Points = _NOWHERE, interrupted: Interrupted = _never) -> Outcome:
        """One instruction, or the entry of one exception; sleep is slept to its end."""
        return self._onward(Limit(single=True), points, interrupted)

    def run(self, points: Points, interrupted: Interrupted = _never) -> Outcome:
        """To the next of the points, a fault, or an interruption."""
        return self._onward(Limit(), points, interrupted)

    def _onward(self, limit: Limit, points: Points, interrupted: Interrupted) -> Outcome:
        active, origin = self._active, self.position
        while True:
            piece = limit
            if not limit.single:
                piece = Limit(instructions=self._snapshots.next_place(active.here))
            outcome = active.advance(piece, points, origin)
            if outcome.reason is Reason.ARRIVED and not limit.single:
                self._snapshots.offer(active.worker, active.here, active.done)
            elif outcome.reason is not Reason.UNDER_WAY:
                return self._explained(outcome)
            if interrupted():
                return Outcome(Reason.INTERRUPTED, active.here)

    def _explained(self, outcome: Outcome) -> Outcome:
        if outcome.reason is not Reason.FAULT:
            return outcome
        return replace(outcome, fault=self._active.worker.fault())

    # ---- to a place ----

    def goto(self, target: Position, interrupted: Interrupted = _never) -> Outcome:
        """To a moment where one has been before.

        Raises:
            TimelineError: the run does not come by there.
        """
        if self.position == target:
            return Outcome(Reason.ARRIVED, target)
        if target < self.position or any(self.position < s <= target for s in self._starts()):
            self._replace_active(self._branch(target))
        return self._reach(self._active, target, interrupted)

    def goto_instruction(self, count: int, interrupted: Interrupted = _never) -> Outcome:
        """To the first moment at which so many instructions have been executed.

        The outcome is ASLEEP or FAULT where the run ends before that.

        Raises:
            TimelineError: the run began later than that.
        """
        if count < self.first.instructions:
            raise TimelineError(
                f"the run begins at instruction {format_count(self.first.instructions)}"
            )
        here = self.position.instructions
        if count <= here or any(here < s.instructions <= count for s in self._starts()):
            self._replace_active(self._branch(count))
        return self._reach(self._active, count, interrupted)

    def restart(self, *, keep_changes: bool = True) -> None:
        """To the beginning; of the changes, at most those made there stay."""
        self.goto(self.first)
        stay = [one for one in self._edits if keep_changes and one[0] == self.first]
        if len(stay) < len(self._edits):
            self._edits[:] = stay
            self._snapshots.forget_from(self.first)
            self._replace_active(self._branch(self.first))

    def _reach(self, passage: Passage, target: Position | int, interrupted: Interrupted) -> Outcome:
        """Move a passage on to a place, leaving snapshots on the way."""
        count = target if isinstance(target, int) else target.instructions
        ticks = None if isinstance(target, int) else target.ticks
        doorstep = self._snapshots.doorstep(passage.here, count)
        faults_at, faults = passage.here.ticks, 0
        while passage.here.instructions < count:
            places = [self._snapshots.next_place(passage.here), count, doorstep]
            nearest = min(p for p in places if p is not None and p > passage.here.instructions)
            outcome = passage.advance(Limit(ticks, nearest), _NOWHERE)
            if outcome.reason is Reason.ARRIVED and passage.here.instructions == nearest:
                if nearest == doorstep:
                    self._snapshots.offer_doorstep(passage.worker, passage.here, passage.done)
                self._snapshots.offer(passage.worker, passage.here, passage.done)
            elif outcome.reason is Reason.ARRIVED:
                break  # the tick has come: less was executed than is thought
            elif outcome.reason is Reason.FAULT:
                faults = faults + 1 if faults_at == passage.here.ticks else 1
                faults_at = passage.here.ticks
                if faults > _FAULTS_IN_PLACE:
                    return self._explained(outcome)
            elif outcome.reason is Reason.ASLEEP:
                return outcome
            if passage.here.instructions < count and interrupted():
                return Outcome(Reason.INTERRUPTED, passage.here)
        if isinstance(target, int):
            return Outcome(Reason.ARRIVED, passage.here)
        while (outcome := passage.travel(target)).reason is Reason.UNDER_WAY:
            if interrupted():
                return Outcome(Reason.INTERRUPTED, passage.here)
        return outcome

    # ---- backward ----

    def reverse_step(self, points: Points = _NOWHERE, interrupted: Interrupted = _never) -> Outcome:
        """To the moment from which `step` came here."""
        if self.position == self.first:
            return Outcome(Reason.BEGINNING, self.first)
        return self._go_before(self.position, points, interrupted)

    def reverse_run(self, points: Points, interrupted: Interrupted = _never) -> Outcome:
        """Back to the last of the points before this moment.

        A breakpoint stops before its instruction, as it does on the way forward; a watchpoint
        before the instruction that makes the access, so that the memory is as it was before.
        """
        end = self.position
        if points == _NOWHERE:
            return self._at_beginning()
        for start in reversed([one for one in self._starts() if one < end]):
            found = self._last_stop(start, end, points, interrupted)
            if found is not None and found.reason is Reason.WATCHPOINT:
                self._go_before(found.position, _NOWHERE, _never)
                return replace(found, position=self.position)
            if found is not None and found.reason is Reason.BREAKPOINT:
                self.goto(found.position)
                return Outcome(found.reason, self.position)
            if found is not None:
                return found
            end = start
        return self._at_beginning()

    def _at_beginning(self) -> Outcome:
        self.goto(self.first)
        return Outcome(Reason.BEGINNING, self.first)

    def _last_stop(
        self, start: Position, end: Position, points: Points, interrupted: Interrupted
    ) -> Outcome | None:
        passage = self._branch(start)
        last: Outcome | None = None
        try:
            first = True
            while True:
                arrived, found = passage.scan(end, points, first)
                last, first = found or last, False
                if arrived:
                    return last
                if interrupted():
                    return Outcome(Reason.INTERRUPTED, self.position)
        finally:
            passage.close()

    def _go_before(self, target: Position, points: Points, interrupted: Interrupted) -> Outcome:
        """To the moment before a moment, as a debugger counts them."""
        count = max(target.instructions - 1, self.first.instructions)
        passage = self._branch(count)
        stay = None
        try:
            outcome = self._reach(passage, count, interrupted)
            if outcome.reason is not Reason.ARRIVED:
                return Outcome(outcome.reason, self.position)
            stay = passage.copy()
            before, last = passage.step_to(target, Points(watches=points.watches))
        finally:
            passage.close()
        if stay is not None:
            self._replace_active(stay)
        if before is None:
            return self._at_beginning()
        outcome = self.goto(before, interrupted)
        if last is not None and last.reason is Reason.WATCHPOINT:
            return replace(last, position=self.position)
        return outcome

    def _starts(self) -> list[Position]:
        return self._snapshots.starts()

    def _branch(self, target: Position | int) -> Passage:
        """A passage at the last start that is not after the target."""
        if isinstance(target, int):
            starts = [start for start in self._starts() if start.instructions <= target]
        else:
            starts = [start for start in self._starts() if start <= target]
        worker, done = self._snapshots.branch(starts[-1])
        return Passage(worker, self._edits, done)

    def _replace_active(self, passage: Passage) -> None:
        self._active.close()
        self._active = passage

    # ---- looking and changing ----

    def registers(self) -> dict[str, int]:
        """All registers of this moment by name."""
        return self._active.worker.registers()

    def read(self, address: int, size: int) -> bytes:
        """Bytes from an address on, as many as there are; devices answer as they answer loads.

        Looking changes nothing: a device is asked in a copy of the machine (without `os.fork`
        there is none, and it notices).
        """
        worker = self._active.worker
        memory = worker.peek(address, size)
        if memory is not None:
            return memory
        copy = worker.copy()
        if copy is None:
            return worker.load(address, size)
        try:
            return copy.load(address, size)
        finally:
            copy.close()

    def write_register(self, name: str, value: int) -> None:
        """Change a register at this moment.

        Raises:
            EngineError: there is none of that name, or it cannot hold the value.
        """
        self._change(Edit(register=name, value=value))

    def write(self, address: int, data: bytes) -> None:
        """Change memory, Flash too, or store to a device at this moment.

        Raises:
            EngineError: nothing there takes the bytes.
        """
        if data:
            self._change(Edit(address=address, data=data))

    def whereabouts(self) -> str:
        """For people: where the program is."""
        return self._active.worker.whereabouts()

    def _change(self, edit: Edit) -> None:
        here = self.position
        self._active.worker.apply(edit)
        self._edits[:] = [one for one in self._edits if one[0] <= here]
        self._edits.append((here, edit))
        self._active.done = len(self._edits)
        self._snapshots.forget_from(here)


def _start_again(make_machine: MakeMachine) -> Worker:
    return LocalWorker(Subject(make_machine()))
