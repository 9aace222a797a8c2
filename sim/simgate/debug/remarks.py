"""What else an experienced reader would notice."""

from __future__ import annotations

from simgate.debug.places import PlaceKind
from simgate.debug.scene import Scene
from simgate.debug.unwinder import Origin
from simgate.result import Fault, FaultKind


def find_remarks(scene: Scene, fault: Fault | None) -> tuple[str, ...]:
    """Remarks on the state, a sentence each."""
    remarks = []
    if fault is not None and fault.instruction == 0 and not scene.result.resets:
        remarks.append(_taken_at_reset(scene))
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
    remarks += [f"{remark}." for remark in scene.result.remarks]
    if scene.result.stubs:
        remarks.append(f"Registers without a model were touched: {', '.join(scene.result.stubs)}.")
    if any(frame.how is Origin.SCANNED for frame in scene.backtrace.frames):
        remarks.append(
            "Frames marked 'scanned' were found by searching the stack for return addresses: "
            "they may be left over from earlier calls."
        )
    return tuple(remarks)


def _taken_at_reset(scene: Scene) -> str:
    """Where SP and PC came from, for a run that faults before its first instruction."""
    table = scene.program.image.vector_table
    sp, pc = scene.memory.word(table), scene.memory.word(table + 4)
    if sp is None or pc is None:
        return f"There is no vector table at 0x{table:08x}, from where reset takes SP and PC."
    return (
        f"No instruction was executed: reset took SP 0x{sp:08x} and PC 0x{pc:08x} from the vector "
        f"table at 0x{table:08x}. If these are no stack's top and no function, no table is there."
    )
