"""The loop around the core: deadlines, stop points, resets, faults, and the host's clock."""

from __future__ import annotations

import time
from dataclasses import replace

from simgate.core import Core, Stop, StopKind
from simgate.engine.base import OnFault
from simgate.engine.strict.aftermath import follow
from simgate.engine.strict.chip import Chip
from simgate.engine.strict.clock import Clock
from simgate.engine.strict.crash import post_mortem
from simgate.engine.strict.explain import Scene, explain
from simgate.engine.strict.sampler import Sampler
from simgate.engine.strict.stack_watch import StackWatch
from simgate.engine.strict.stop_points import StopPoints
from simgate.engine.strict.verdicts import fault_of
from simgate.image import Image
from simgate.peripheral.base import PeripheralError
from simgate.peripheral.reset_cause import ResetCause
from simgate.result import Fault, FaultKind, PostMortem, StopReason

_SLICE_TICKS = 2_000_000  # between looks at the host's clock
_SLEEP_TICKS = 20_000_000  # the same while it sleeps; long, for time alone costs the host nothing
_LAST_S = 1e-3  # before a deadline, this much is run in _SAMPLES pieces, to say where it hangs
_SAMPLES = 32
# nothing goes on after these
_FINAL = frozenset({FaultKind.LOCKUP, FaultKind.UNSUPPORTED, FaultKind.PERIPHERAL})
_UNDER_WAY = frozenset({StopKind.DEADLINE, StopKind.SLEEPING, StopKind.WALL})


class Runner:
    """Runs one chip; `fault` is the first, `resets` how often it reset itself.

    Args:
        core, clock, chip, image, points, stack: the parts of the run.
        on_fault: as in `simgate.engine.base.EngineOptions`.
    """

    def __init__(
        self,
        core: Core,
        clock: Clock,
        chip: Chip,
        image: Image,
        points: StopPoints,
        stack: StackWatch,
        on_fault: OnFault = "stop",
    ) -> None:
        self._core = core
        self._clock = clock
        self._chip = chip
        self._image = image
        self._points = points
        self._stack = stack
        self._on_fault = on_fault
        self.sampler = Sampler()
        self.fault: Fault | None = None
        self.post_mortem: PostMortem | None = None
        self.ended = False  # by a fault: there is nothing more to run
        self.resets = 0
        self._bitten: ResetCause | None = None  # a watchdog's reset is still to be done

    def run(self, deadline: int, wall_end_s: float) -> StopReason:
        """Until that tick, a fault, a requested stop, or that time of ``time.perf_counter``.

        How the way is cut into pieces changes nothing for the firmware.
        """
        core, clock = self._core, time.perf_counter
        self.sampler.clear()
        fine = max(self._clock.ticks_of(_LAST_S) // _SAMPLES, 1)
        self.resume()
        while True:
            now = core.ticks
            if now >= deadline:
                return StopReason.TIME
            left = deadline - now
            coarse = left - fine * _SAMPLES
            if coarse <= 0:
                piece = min(fine, left)
            elif core.sleeping:
                piece = min(coarse, _SLEEP_TICKS)  # an interrupt may wake it any time
            else:
                piece = min(coarse, _SLICE_TICKS)
            try:
                stop = core.run(now + piece, max(wall_end_s - clock(), 1e-3))
            except PeripheralError as refusal:
                self._note(self.refused(refusal))
                self.ended = True
                return StopReason.FAULT
            kind = stop.kind
            if kind is StopKind.STOP_POINT:
                self._points.reached(stop.pc)
            elif kind in _UNDER_WAY:
                self.sampler.note(stop.pc, core.sleeping)
            elif kind is StopKind.REQUESTED and self._clock.reset_wanted is not None:
                self.reset(self._clock.reset_wanted)
            elif kind is StopKind.REQUESTED and self._clock.verdicts.is_empty:
                return StopReason.DONE
            elif kind is StopKind.RESET:
                self.reset()
            elif kind is not StopKind.REQUESTED and self._ends(stop):
                return StopReason.FAULT
            verdict = self.convict()
            if verdict is not None and self._convicted(verdict):
                return StopReason.FAULT
            if clock() >= wall_end_s:
                return StopReason.WALL

    def convict(self) -> Fault | None:
        """The engine's own verdict, if there is one, in words."""
        verdict = self._clock.verdicts.take()
        if verdict is None:
            return None
        self._bitten = verdict.reset
        self.resets += verdict.reset is not None
        return fault_of(verdict, self._image, self._core.pc, self._core.instructions)

    def resume(self) -> bool:
        """Before the core runs again: what a watchdog began is done, and whether there was that."""
        if self._bitten is None:
            return False
        cause, self._bitten = self._bitten, None
        self._restart(cause)
        return True

    def _ends(self, stop: Stop) -> bool:
        """A fault: whether the run is over with it."""
        is_first = self.fault is None
        fault = self.explain(stop)
        if is_first:
            if fault.kind is FaultKind.STACK_OVERFLOW:
                self._stack.learn_need(stop)
                fault = self.explain(stop)
            self._note(fault)
        if self._on_fault == "live" and fault.kind not in _FINAL:
            self._core.stop_on_fault = False  # the first one is what the result tells
            return False
        if self._on_fault == "follow" and is_first and fault.exception is not None:
            self._follow()
        self.ended = True
        return True

    def _convicted(self, fault: Fault) -> bool:
        """By the engine itself: whether the run is over with it."""
        self._note(fault)
        if self._on_fault == "live":
            self.resume()
            return False
        self.ended = True
        return True

    def _note(self, fault: Fault) -> None:
        """The first fault is kept, with the processor as it stands."""
        if self.fault is None:
            self.fault = fault
            self.post_mortem = post_mortem(
                self._core, self._chip, self._stack.use(), self._clock.time_s()
            )

    def _follow(self) -> None:
        entry, aftermath = follow(self._core, self._clock, self._image, self._points, self)
        if self.post_mortem is not None:
            self.post_mortem = replace(self.post_mortem, entry=entry, aftermath=aftermath)

    def reset(self, cause: ResetCause = ResetCause.SOFTWARE) -> None:
        """The firmware asked for it, by AIRCR.SYSRESETREQ unless `cause` says otherwise."""
        self.resets += 1
        self._restart(cause)

    def _restart(self, cause: ResetCause) -> None:
        self._clock.reset_wanted = None
        self._stack.note_reset()
        self._chip.system_reset(cause)
        self._core.reset()

    def explain(self, stop: Stop) -> Fault:
        """What the core caught, in words."""
        if stop.fault is None:
            raise RuntimeError(f"the core stopped for no reason that is known: {stop}")
        return explain(stop.fault, self._scene())

    def refused(self, refusal: PeripheralError) -> Fault:
        """What a peripheral would not do, in words."""
        record = self._core.fault
        if record is None or record.kind is not FaultKind.PERIPHERAL:
            raise refusal  # not by an access of the firmware: a defect of a model
        return explain(record, self._scene(refusal.message))

    def _scene(self, refusal: str = "") -> Scene:
        core = self._core
        return Scene(
            image=self._image,
            chip=self._chip,
            lr=core.read_register("lr"),
            instructions=core.instructions,
            stack=self._stack,
            refusal=refusal,
        )
