"""Runs that end without a fault and still fail: loops that never end, sleep without waking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simgate.debug.cause.parts import Cause
from simgate.debug.instruction import decode
from simgate.debug.scene import Scene
from simgate.result import Branch, BranchKind, StopReason
from simgate.units import format_count

_LONGEST_PERIOD = 24  # branches in one round
_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Loop:
    """Branches that repeat."""

    low: int  # addresses of the lowest and highest branch, or target, in one round
    high: int
    rounds: int  # seen


def find_loop(branches: Sequence[Branch]) -> Loop | None:
    """The round that the newest branches repeat from the oldest recorded to the last, or None."""
    trail = [branch for branch in branches if branch.kind is BranchKind.BRANCH]
    if len(trail) != len(branches) and len(trail) < 8:
        return None
    for period in range(1, min(_LONGEST_PERIOD, len(trail) // _ROUNDS) + 1):
        if all(trail[i] == trail[i - period] for i in range(period, len(trail))):
            one = trail[-period:]
            ends = [branch.source for branch in one] + [branch.target & ~1 for branch in one]
            return Loop(min(ends), max(ends), len(trail) // period)
    return None


def hang(scene: Scene, what: str) -> Cause:
    """Where it is, and what it was doing lately.

    Args:
        scene: the processor at the end of the run.
        what: why the run fails: "usart2 never said 'PASS'".
    """
    where = scene.program.where(scene.pc)
    before = decode(scene.memory, scene.pc - 2)
    after = f"after {format_count(scene.result.instructions)} instructions"
    loop = find_loop(scene.branches)
    if before is not None and before.mnemonic in ("wfi", "wfe"):
        act = f"{what}: the firmware sleeps ({before.mnemonic.upper()}) at {where}"
        advice: tuple[str, ...] = (
            "No interrupt that is enabled wakes it: see which exceptions were taken.",
        )
        return Cause(act, (), advice)
    if loop is not None:
        start = scene.program.where(loop.low)
        ended = scene.program.where(loop.high)
        extent = f"{start}"
        if loop.high != loop.low:
            extent += f" to {ended if ended.function != start.function else _short(ended.address)}"
        act = f"{what}: endless loop at {extent}, {after}"
        handled = scene.exceptions_handled_at(scene.program.function_start(scene.pc) or -1)
        details = []
        if handled and scene.exception:
            details.append(f"It is the handler of {scene.exception_text(scene.exception)}.")
        return Cause(act, tuple(details))
    end = "the host's time ran out" if scene.result.reason is StopReason.WALL else what
    return Cause(f"{end}: the firmware is at {where}, {after}")


def _short(address: int) -> str:
    return f"0x{address:08x}"
