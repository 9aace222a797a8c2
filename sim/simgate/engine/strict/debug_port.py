"""The chip as a debugger drives it: the core comes back for whatever happens, and may go on."""

from __future__ import annotations

from simgate.core import Core, Stop, StopKind
from simgate.engine.strict.chip import Chip
from simgate.engine.strict.crash import branches, deepest
from simgate.engine.strict.runner import Runner
from simgate.engine.strict.stop_points import StopPoints
from simgate.peripheral.base import PeripheralError
from simgate.result import Branch, DeepestStack, Fault

FOR_EVER = (1 << 64) - 1  # ticks or instructions


class DebugPort:
    """A chip under a debugger: a fault ends nothing, the next run takes its exception.

    Resets and the recorders of layers and spans are served as in any run, so the firmware sees the
    same chip. Runs of the engine itself must not be mixed with these.
    """

    def __init__(self, core: Core, chip: Chip, runner: Runner, points: StopPoints) -> None:
        self.core = core
        self.chip = chip
        self._runner = runner
        self._points = points
        self._stop: Stop | None = None  # the last one
        self._refusal: PeripheralError | None = None  # that ended the last run
        self._verdict: Fault | None = None  # that ended the last run
        self.restarts = 0  # by the firmware or a watchdog

    def branches(self) -> tuple[Branch, ...]:
        """The last ones, newest last."""
        return branches(self.core)

    def deepest(self) -> DeepestStack | None:
        """The moment at which the main SP was lowest since reset."""
        return deepest(self.core)

    @property
    def at_stop_point(self) -> bool:
        """Whether the last run ended at one, whatever else it ended for."""
        return self._stop is not None and self._stop.kind is StopKind.STOP_POINT

    def run(
        self,
        until_ticks: int,
        wall_limit_s: float = 0.0,
        until_instructions: int = FOR_EVER,
    ) -> StopKind:
        """Until that tick, that many instructions since the run began, or anything at all.

        After RESET the reset is done. A watchdog's bite is a fault first, a reset in the next run.
        """
        self._stop = self._refusal = self._verdict = None
        if self._runner.resume():
            self.restarts += 1
            return StopKind.RESET
        try:
            stop = self._stop = self.core.run(until_ticks, wall_limit_s, until_instructions)
        except PeripheralError as refusal:
            self._refusal = refusal
            return StopKind.FAULT
        if stop.kind is StopKind.STOP_POINT:
            self._points.reached(stop.pc)
        elif stop.kind is StopKind.RESET:
            self._runner.reset()
            self.restarts += 1
        elif stop.kind is StopKind.FAULT:
            return stop.kind
        self._verdict = self._runner.convict()
        return stop.kind if self._verdict is None else StopKind.FAULT

    def fault(self) -> Fault | None:
        """What ended the last run, in words, where that was a fault."""
        if self._refusal is not None:
            return self._runner.refused(self._refusal)
        if self._stop is None or self._stop.kind is not StopKind.FAULT:
            return self._verdict
        return self._runner.explain(self._stop)

    def add_breakpoint(self, address: int) -> None:
        """Have `run` come back before the instruction there."""
        self.core.add_stop(address)

    def remove_breakpoint(self, address: int) -> None:
        """No more; what the recorders watch stays."""
        if not self._points.holds(address):
            self.core.remove_stop(address)
