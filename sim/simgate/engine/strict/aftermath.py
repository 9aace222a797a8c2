"""What the firmware makes of a fault: the exception is taken, and it runs on for a short time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from simgate.core import StopKind
from simgate.engine.strict.clock import Clock
from simgate.engine.strict.stop_points import StopPoints
from simgate.image import Image
from simgate.result import Aftermath, ExceptionEntry, Fault, FaultKind
from simgate.units import format_count

if TYPE_CHECKING:
    from simgate.core import Core, Stop

_FOLLOWED_S = 10e-3
_SAMPLES = 64
_SAMPLE_TICKS = 61  # no multiple of the length of a usual loop
_LOOP_BYTES = 64  # code that a waiting loop lies in
_FAULTS = 8  # further ones that are followed


class Following(NamedTuple):
    """How the exception was taken, and what came of it."""

    entry: ExceptionEntry | None
    aftermath: Aftermath


def follow(
    core: Core,
    clock: Clock,
    image: Image,
    points: StopPoints,
    explain: Callable[[Stop], Fault],
) -> Following:
    """From the halt at an architectural fault on; `explain` makes a fault of a stop."""
    begun = core.instructions
    entry, stop = _take(core)
    second: Fault | None = None
    deadline = core.ticks + clock.ticks_of(_FOLLOWED_S)
    faults = 0
    while True:
        if stop.kind is StopKind.FAULT:
            fault = explain(stop)
            second = second if second is not None and fault.kind is not FaultKind.LOCKUP else fault
            faults += 1
            if fault.kind is FaultKind.LOCKUP or faults > _FAULTS:
                break
        elif stop.kind is StopKind.STOP_POINT:
            points.reached(stop.pc)
        elif stop.kind is StopKind.RESET or core.ticks >= deadline:
            break
        stop = core.run(deadline)
    outcome = _outcome(core, image, stop, second, core.instructions - begun)
    return Following(
        entry, Aftermath(outcome, core.instructions - begun, image.where(core.pc), second)
    )


def _take(core: Core) -> tuple[ExceptionEntry | None, Stop]:
    """The exception is entered; None where it is not (the processor locks up)."""
    core.stop_on_entry = True
    try:
        stop = core.run(core.ticks + 1)
    finally:
        core.stop_on_entry = False
    if stop.kind is not StopKind.ENTRY:
        return None, stop
    exc_return = core.read_register("lr")
    frame = core.read_register("psp" if exc_return & 4 else "msp")
    return ExceptionEntry(core.ipsr, core.pc, frame, exc_return), stop


def _outcome(core: Core, image: Image, stop: Stop, second: Fault | None, count: int) -> str:
    after = f"after {format_count(count)} more instructions"
    if second is not None and second.kind is FaultKind.LOCKUP:
        return f"the processor locked up {after}"
    if stop.kind is StopKind.RESET:
        return f"the firmware reset the chip {after}"
    if second is not None:
        return f"its handling faulted again at {second.where}"
    loop = _loop(core)
    if core.sleeping:
        return f"it sleeps at {image.where(core.pc)}"
    handler = f"exception {core.ipsr} is still active" if core.ipsr else "the handler returned"
    if loop is not None:
        return f"it stays in a loop at {image.where(loop)}; {handler}"
    return f"it runs on at {image.where(core.pc)}; {handler}"


def _loop(core: Core) -> int | None:
    """Lowest address of the few bytes of code in which it stays, or None."""
    seen = set()
    for _ in range(_SAMPLES):
        if core.run(core.ticks + _SAMPLE_TICKS).kind is not StopKind.DEADLINE:
            return None
        seen.add(core.pc)
    return min(seen) if max(seen) - min(seen) < _LOOP_BYTES else None
