"""Places on the timeline of a run, and what may stop somebody who moves along it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from simgate.errors import SimgateError
from simgate.result import Fault


class TimelineError(SimgateError):
    """A place of a run that cannot be reached."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """One moment of a run, between two instructions; ordered as they follow each other.

    Virtual time alone does not tell moments apart: entering an exception, being reset and halting
    at a fault take none. So these are counted beside it. The first moment of a tick is the one
    before anything that is due at that tick.
    """

    ticks: int  # virtual time: instructions, and ticks slept
    events: int  # exceptions entered, resets, halts at a fault; since the run began
    instructions: int = field(compare=False)  # executed since the run began; follows from the rest


class Access(StrEnum):
    """What a watchpoint watches for."""

    READ = "read"
    WRITE = "write"
    ANY = "access"


@dataclass(frozen=True, slots=True)
class Watch:
    """Bytes of memory whose accesses stop a run."""

    address: int
    size: int
    access: Access

    def sees(self, address: int, width: int, is_store: bool) -> bool:
        """Whether an access of the program is one of those watched for."""
        if self.access is not Access.ANY and is_store != (self.access is Access.WRITE):
            return False
        return address < self.address + self.size and self.address < address + width


@dataclass(frozen=True, slots=True)
class Points:
    """Where to stop."""

    breakpoints: frozenset[int] = frozenset()  # before the instruction there
    watches: frozenset[Watch] = frozenset()  # after the instruction that made the access


@dataclass(frozen=True, slots=True)
class Sighting:
    """An access that a watchpoint saw."""

    pc: int  # of the instruction; with "stacking" of the one that was about to execute
    instruction: int  # executed before it
    address: int
    width: int  # bytes
    during: str = "instruction"  # or "stacking": the entry of an exception


class Reason(StrEnum):
    """Why a movement ended."""

    UNDER_WAY = "under way"  # a piece of it is done
    ARRIVED = "arrived"
    BREAKPOINT = "breakpoint"
    WATCHPOINT = "watchpoint"
    FAULT = "fault"
    ASLEEP = "asleep"  # and nothing will ever wake it
    INTERRUPTED = "interrupted"
    BEGINNING = "beginning"  # of the run: nothing lies before it


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a movement ended, and why."""

    reason: Reason
    position: Position
    watch: Watch | None = None  # with WATCHPOINT
    access: Sighting | None = None  # with WATCHPOINT: what it saw
    fault: Fault | None = None  # with FAULT


@dataclass(frozen=True, slots=True)
class Limit:
    """How far to go; whatever comes first."""

    ticks: int | None = None
    instructions: int | None = None
    single: bool = False  # one instruction or one event

    def is_reached(self, first: Position, here: Position) -> bool:
        """Whether somebody who began at `first` has to stop here."""
        if self.ticks is not None and here.ticks >= self.ticks:
            return True
        if self.instructions is not None and here.instructions >= self.instructions:
            return True
        moved = here.instructions != first.instructions or here.events != first.events
        return self.single and moved


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that a debugger made: to a register, or to memory or a device."""

    register: str = ""
    value: int = 0
    address: int = 0
    data: bytes = b""
