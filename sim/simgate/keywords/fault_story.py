"""A fault of the firmware as robot output tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simgate.machine import Machine

_CALLERS = 8  # that a message names


def tell(machine: Machine) -> str:
    """What a keyword's message says of the machine's fault; the whole report goes to the log.

    Robot Framework keeps 40 lines of a keyword's message and cuts out its middle.
    """
    from robot.api import logger

    from simgate.debug import examine
    from simgate.report.fault_text import plain

    report = examine(machine)
    logger.info(plain(report))
    lines = [f"The firmware faulted: {report.cause.sentence}", *report.cause.details]
    if report.blame is not None:
        lines.append(f"  at {report.blame}")
    callers = [str(frame.where) for frame in report.backtrace.frames[1 : _CALLERS + 1]]
    lines += [f"  called from {caller}" for caller in callers]
    lines.append(f"  replay: {report.replay}")
    return "\n".join([*lines, "The log holds the whole report."])


def tell_all(machine: Machine) -> str:
    """The whole report."""
    from simgate.debug import examine
    from simgate.report.fault_text import plain

    return plain(examine(machine))
