"""Moving a machine to an instruction, exactly."""

from __future__ import annotations

import time

from simgate.core import StopKind
from simgate.errors import EngineError
from simgate.machine import Machine
from simgate.units import format_count

_PIECE_TICKS = 20_000_000  # between looks at the host's clock
_FAULTS_IN_PLACE = 8  # without an instruction between them: it locked up


def run_to_instruction(machine: Machine, count: int, wall_limit_s: float = 60.0) -> None:
    """Run until `count` instructions have been executed since reset.

    Faults on the way are taken by the firmware, as silicon takes them.

    Raises:
        EngineError: the engine cannot do that; or the run ends, sleeps for ever, or takes more
            than `wall_limit_s` of the host's time before it.
    """
    open_port = getattr(machine.engine, "debug_port", None)
    if open_port is None:
        raise EngineError(
            f"the engine '{machine.engine.name}' cannot stop at an instruction",
            hint="Choose the engine 'strict'.",
        )
    port = open_port()
    core = port.core
    end_s = time.perf_counter() + wall_limit_s
    faults = 0
    while (left := count - core.instructions) > 0:
        now = core.ticks
        if core.sleeping:
            if core.next_tick is None:
                raise _too_early(core.instructions, count, "it sleeps, and nothing will wake it")
            now = max(now, core.next_tick)
        before = core.instructions
        kind = port.run(min(now + left, core.ticks + _PIECE_TICKS), end_s - time.perf_counter())
        faults = faults + 1 if kind is StopKind.FAULT and core.instructions == before else 0
        if faults > _FAULTS_IN_PLACE:
            raise _too_early(core.instructions, count, "it locked up")
        if time.perf_counter() > end_s:
            raise _too_early(core.instructions, count, "the host's time ran out")


def _too_early(reached: int, count: int, why: str) -> EngineError:
    return EngineError(
        f"the run does not come to instruction {format_count(count)}: "
        f"after {format_count(reached)} instructions {why}"
    )
