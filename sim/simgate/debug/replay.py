"""Asking a run what it did: it is made again, with somebody watching."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from simgate.debug.timeline.place import (
    Access,
    Limit,
    Points,
    Position,
    Reason,
    Sighting,
    TimelineError,
    Watch,
)
from simgate.debug.timeline.subject import Subject
from simgate.machine import Machine
from simgate.units import format_count

_FAULTS_IN_PLACE = 8


@dataclass(frozen=True, slots=True)
class Write:
    """Who wrote to memory, and when."""

    pc: int  # of the instruction; with "stacking" of the one that was about to execute
    instruction: int  # executed before it since reset
    address: int  # of the first byte written
    width: int  # bytes written at once
    during: str = "instruction"  # or "stacking": the entry of an exception


def last_writer(
    make_machine: Callable[[], Machine],
    address: int,
    size: int,
    before_instruction: int,
    *,
    wall_limit_s: float = 60.0,
) -> Write | None:
    """Who of the program wrote last to some bytes before an instruction; None: nobody did.

    Args:
        make_machine: a machine before its first instruction, with the inputs of the run.
        address: of the first byte.
        size: bytes, at least one.
        before_instruction: instructions executed since reset at which to stop looking.
        wall_limit_s: seconds of the host that it may take.

    Raises:
        TimelineError: the run does not get there, or not in that time.
    """
    points = Points(watches=frozenset({Watch(address, size, Access.WRITE)}))
    limit = Limit(instructions=before_instruction)
    last: Sighting | None = None
    end_s = time.perf_counter() + wall_limit_s
    faulted_at: Position | None = None
    faults = 0
    with make_machine() as machine:
        subject = Subject(machine)
        while True:
            outcome = subject.advance(limit, points)
            here = outcome.position
            if outcome.reason is Reason.WATCHPOINT:
                last = outcome.access
            elif outcome.reason is Reason.ARRIVED:
                break
            elif outcome.reason is Reason.FAULT:
                stuck = faulted_at is not None and faulted_at.ticks == here.ticks
                faults, faulted_at = faults + 1 if stuck else 1, here
            late = time.perf_counter() > end_s
            if late or outcome.reason is Reason.ASLEEP or faults > _FAULTS_IN_PLACE:
                raise TimelineError(
                    f"the run made again came to instruction {format_count(here.instructions)} and "
                    f"not to {format_count(before_instruction)}"
                    + (f" within {wall_limit_s:g} s of the host's time" if late else "")
                )
    if last is None:
        return None
    return Write(last.pc, last.instruction, last.address, last.width, last.during)
