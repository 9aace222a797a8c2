"""What the firmware makes of a fault: the exception is taken, and it runs on for a short time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from simgate.core import StopKind
from simgate.engine.strict.clock import Clock
from simgate.engine.strict.stop_points import StopPoints
from simgate.image import Image
from simgate.peripheral.base import PeripheralError
from simgate.result import Aftermath, ExceptionEntry, Fault, FaultKind
from simgate.units import format_count

if TYPE_CHECKING:
    from simgate.core import Core, Stop

_FOLLOWED_S = 10e-3
_SAMPLES = 64
_SAMPLE_TICKS = 61  # no multiple of the length of a usual loop
_LOOP_BYTES = 64  # code that a waiting loop lies in
_FAULTS = 8  # further ones that are followed


class Interpreter(Protocol):
    """Who makes faults of what stops the core."""

    def explain(self, stop: Stop) -> Fault:
        """A fault of the core, in words."""
        ...

    def refused(self, refusal: PeripheralError) -> Fault:
        """What a peripheral would not do, in words."""
        ...

    def convict(self) -> Fault | None:
        """The engine's own verdict, such as a watchdog's bite, if there is one."""
        ...


class Following(NamedTuple):
    """How the exception was taken, and what came of it."""

    entry: ExceptionEntry | None
    aftermath: Aftermath


def follow(
    core: Core,
    clock: Clock,
    image: Image,
    points: StopPoints,
    interpreter: Interpreter,
) -> Following:
    """From the halt at an architectural fault on."""
    begun = core.instructions
    deadline = core.ticks + clock.ticks_of(_FOLLOWED_S)
    entry: ExceptionEntry | None = None
    second: Fault | None = None
    try:
        entry, stop = _take(core)
        stop, second = _go_on(core, deadline, stop, points, interpreter)
        outcome = _outcome(core, image, stop, second, core.instructions - begun)
    except PeripheralError as refusal:
        second = interpreter.refused(refusal)
        outcome = f"its handling faulted again at {second.where}"
    return Following(
        entry, Aftermath(outcome, core.instructions - begun, image.where(core.pc), second)
    )


def _go_on(
    core: Core, deadline: int, stop: Stop, points: StopPoints, interpreter: Interpreter
) -> tuple[Stop, Fault | None]:
    """Until that tick, a reset or a lockup: the last stop, and the second fault."""
    second: Fault | None = None
    faults = 0
    while True:
        if stop.kind is StopKind.FAULT:
            fault = interpreter.explain(stop)
            second = second if second is not None and fault.kind is not FaultKind.LOCKUP else fault
            faults += 1
            if fault.kind is FaultKind.LOCKUP or faults > _FAULTS:
                return stop, second
        elif stop.kind is StopKind.STOP_POINT:
            points.reached(stop.pc)
        verdict = interpreter.convict()
        if verdict is not None:
            return stop, verdict
        if stop.kind is StopKind.RESET or core.ticks >= deadline:
            return stop, second
        stop = core.run(deadline)


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
    if second is not None and second.kind is FaultKind.WATCHDOG:
        return f"the watchdog reset the chip {after}"
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
