"""Why a core stopped."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simgate.core.fault import FaultRecord


class StopKind(StrEnum):
    """Why `Core.run` came back."""

    DEADLINE = "deadline"  # the time that was asked for has come
    STOP_POINT = "stop_point"  # PC is at a stop point, whose instruction has not executed
    FAULT = "fault"  # PC is at the instruction that did something illegal (or at its target)
    REQUESTED = "requested"  # request_stop()
    SLEEPING = "sleeping"  # the time has come, and the core sleeps
    RESET = "reset"  # the firmware asked for a system reset
    ENTRY = "entry"  # with stop_on_entry: an exception was entered, PC is at its handler
    WATCHPOINT = "watchpoint"  # PC is after the instruction that touched what is watched
    WALL = "wall"  # the host's clock ran out first


@dataclass(frozen=True, slots=True)
class Stop:
    """One return of `Core.run`."""

    kind: StopKind
    pc: int  # of the next instruction
    instructions: int  # executed since the core was made
    ticks: int  # virtual time: instructions, and ticks slept
    fault: FaultRecord | None = None  # with kind FAULT
