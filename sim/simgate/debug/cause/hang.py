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
    """The round that the newest branches repeat, what interrupts it left out; or None.

    Where only interrupts are recorded, the program stands still between them.
    """
    trail = _without_interrupts(branches)
    for period in range(1, min(_LONGEST_PERIOD, len(trail) // _ROUNDS) + 1):
        if all(trail[i] == trail[i - period] for i in range(period, len(trail))):
            one = trail[-period:]
            ends = [branch.source for branch in one] + [branch.target & ~1 for branch in one]
            return Loop(min(ends), max(ends), len(trail) // period)
    return None


def _without_interrupts(branches: Sequence[Branch]) -> list[Branch]:
    """The branches of the program itself: not those from an exception's entry to its return."""
    found: list[Branch] = []
    depth = 0
    for branch in branches:
        if branch.kind is BranchKind.EXCEPTION_ENTRY:
            depth += 1
        elif branch.kind is BranchKind.EXCEPTION_RETURN:
            if depth == 0:
                found.clear()  # the trail began within a handler
            depth = max(depth - 1, 0)
        elif depth == 0:
            found.append(branch)
    return found


def hang(scene: Scene, what: str) -> Cause:
    """Where it is, and what it was doing lately.

    Args:
        scene: the processor at the end of the run.
        what: why the run fails: "usart2 never said 'PASS'".
    """
    where = scene.program.where(scene.pc)
    after = f"after {format_count(scene.result.instructions)} instructions"
    details = []
    if scene.exception:
        details.append(f"It is the handler of {scene.exception_text(scene.exception)} that runs.")
    before = decode(scene.memory, scene.pc - 2)
    if before is not None and before.mnemonic in ("wfi", "wfe"):
        act = f"{what}: the firmware sleeps ({before.mnemonic.upper()}) at {where}"
        advice = ("Nothing that wakes it does what it waits for: see the exceptions taken.",)
        return Cause(act, tuple(details), advice)
    here = scene.instruction
    if here is not None and here.name == "B" and here.operands == f"#0x{scene.pc:x}":
        act = f"{what}: endless loop, a branch to itself, at {where}, {after}"
        return Cause(act, tuple(details))
    loop = find_loop(scene.branches)
    if loop is not None:
        extent = str(scene.program.where(loop.low))
        if loop.high != loop.low:
            extent += f" to 0x{loop.high:08x}"
        return Cause(f"{what}: endless loop at {extent}, {after}", tuple(details))
    end = "the host's time ran out" if scene.result.reason is StopReason.WALL else what
    return Cause(f"{end}: the firmware is at {where}, {after}", tuple(details))
