"""The moment at which the main stack was deepest, and who had called whom."""

from __future__ import annotations

from simgate.debug.again import Again
from simgate.debug.fault_report import Chain, DeepestPoint
from simgate.debug.scene import Scene
from simgate.debug.unwinder import Backtrace, Unwinder
from simgate.result import DeepestStack, Fault, FaultKind

SHOWN_FRAMES = 24  # at each end of a chain


def shorten(backtrace: Backtrace) -> Chain:
    """Both ends of a long chain."""
    frames = backtrace.frames
    if len(frames) <= 2 * SHOWN_FRAMES:
        return Chain(frames, backtrace.end)
    shown = (*frames[:SHOWN_FRAMES], *frames[-SHOWN_FRAMES:])
    return Chain(shown, backtrace.end, len(frames) - len(shown), SHOWN_FRAMES)


def deepest_point(
    scene: Scene, deepest: DeepestStack | None, fault: Fault | None, again: Again
) -> DeepestPoint | None:
    """The main stack at its deepest; where the run is too long to ask, from what is left of it."""
    use = scene.result.stack
    if fault is not None and fault.kind is FaultKind.STACK_OVERFLOW and use is not None:
        sp = scene.sp if fault.address is None else fault.address
        overflown = scene.places.stack_above(sp)
        if overflown is not None and overflown.limit == use.limit:  # this is the moment
            chain = shorten(scene.backtrace)
            return DeepestPoint(sp, use.top - sp, use.size, fault.instruction, chain)
    if deepest is None:
        return None
    backtrace = scene.backtrace
    if deepest.sp != scene.sp or deepest.pc & ~1 != scene.pc:
        then = again.chain_at(deepest, scene.program)
        left = {"sp": deepest.sp, "pc": deepest.pc, "lr": deepest.lr}
        backtrace = then or Unwinder(scene.program, scene.memory).unwind(left)
    return DeepestPoint(
        sp=deepest.sp,
        used=None if use is None else use.top - deepest.sp,
        size=None if use is None else use.size,
        instruction=deepest.instruction,
        chain=shorten(backtrace),
    )
