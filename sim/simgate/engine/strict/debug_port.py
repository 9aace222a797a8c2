"""The chip as a debugger drives it: the core comes back for whatever happens, and may go on."""

from __future__ import annotations

from typing import NamedTuple

from simgate.core import Core, Stop, StopKind
from simgate.engine.strict.chip import Chip
from simgate.engine.strict.runner import Runner
from simgate.engine.strict.stop_points import StopPoints
from simgate.peripheral.base import PeripheralError
from simgate.result import Fault


class DebugStop(NamedTuple):
    """One return of the core; `fault` tells of kind FAULT in words."""

    kind: StopKind
    fault: Fault | None = None


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

    @property
    def resets(self) -> int:
        """How often the firmware or a watchdog reset the chip."""
        return self._runner.resets

    def run(self, until_ticks: int, wall_limit_s: float = 0.0) -> DebugStop:
        """Until that tick, or anything at all; what a reset does has then been done."""
        core = self.core
        self._runner.resume()
        try:
            stop: Stop = core.run(until_ticks, wall_limit_s)
        except PeripheralError as refusal:
            return DebugStop(StopKind.FAULT, self._runner.refused(refusal))
        if stop.kind is StopKind.STOP_POINT:
            self._points.reached(stop.pc)
        elif stop.kind is StopKind.RESET:
            self._runner.reset()
        elif stop.kind is StopKind.FAULT:
            return DebugStop(StopKind.FAULT, self._runner.explain(stop))
        verdict = self._runner.convict()
        return DebugStop(stop.kind) if verdict is None else DebugStop(StopKind.FAULT, verdict)

    def add_breakpoint(self, address: int) -> None:
        """Have `run` come back before the instruction there."""
        self.core.add_stop(address)

    def remove_breakpoint(self, address: int) -> None:
        """No more; what the recorders watch stays."""
        if not self._points.holds(address):
            self.core.remove_stop(address)
