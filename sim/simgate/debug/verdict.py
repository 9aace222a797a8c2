"""Whether a run failed, and why, in one clause."""

from __future__ import annotations

from simgate.machine import Machine
from simgate.result import StopReason


def why_failed(machine: Machine, until: str = "", *, found: bool = True) -> str | None:
    """Why the run failed: its fault, what never came, the host's time; None where it passed.

    Args:
        machine: after its run.
        until: a text that a UART had to say.
        found: whether it did.
    """
    result = machine.result()
    if result.fault is not None:
        return result.fault.message
    if result.reason is StopReason.WALL:
        return "the host's time ran out"
    if until and not found:
        return f"no UART said '{until}'"
    return None
