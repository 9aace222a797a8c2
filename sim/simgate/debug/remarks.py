"""What else an experienced reader would notice."""

from __future__ import annotations

from simgate.debug.places import PlaceKind
from simgate.debug.scene import Scene
from simgate.debug.unwinder import Origin
from simgate.result import Fault, FaultKind


def find_remarks(scene: Scene, fault: Fault | None) -> tuple[str, ...]:
    """Remarks on the state, a sentence each."""
    remarks = []
    if scene.exception:
        remarks.append(f"{scene.exception_text(scene.exception)} was running.")
    if fault is None or fault.kind is not FaultKind.STACK_OVERFLOW:
        place = scene.places.at(scene.sp)
        tops = {stack.top for stack in scene.places.stacks}
        usual = (PlaceKind.STACK, PlaceKind.MEMORY)
        if place.kind not in usual and tops and scene.sp not in tops:
            remarks.append(f"SP is 0x{scene.sp:08x}, which is in no known stack: {place.text}.")
    if scene.result.resets:
        times = "once" if scene.result.resets == 1 else f"{scene.result.resets} times"
        remarks.append(f"The chip was reset {times} before.")
    if scene.result.stubs:
        remarks.append(f"Registers without a model were touched: {', '.join(scene.result.stubs)}.")
    if any(frame.how is Origin.SCANNED for frame in scene.backtrace.frames):
        remarks.append(
            "Frames marked 'scanned' were found by searching the stack for return addresses: "
            "they may be left over from earlier calls."
        )
    return tuple(remarks)
