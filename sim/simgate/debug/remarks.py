"""What else an experienced reader would notice."""

from __future__ import annotations

from simgate.debug.exceptions import BUS_FAULT, HARD_FAULT, MEM_MANAGE, NMI, USAGE_FAULT
from simgate.debug.exceptions import exception_name
from simgate.debug.places import PlaceKind
from simgate.debug.scene import Scene
from simgate.debug.unwinder import Origin
from simgate.machine import Machine
from simgate.result import Fault, FaultKind

_FAULT_HANDLERS = range(HARD_FAULT, USAGE_FAULT + 1)


def find_remarks(
    scene: Scene, fault: Fault | None, machine: Machine
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Remarks on the state, and details that belong to the cause itself."""
    remarks, details = [], []
    called = _handler_that_was_called(scene)
    if called:
        details.append(called)
    smashed = _smashed_return_address(scene)
    if smashed:
        details.append(smashed)
    if fault is not None and scene.exception in (NMI, HARD_FAULT, MEM_MANAGE, BUS_FAULT,
                                                 USAGE_FAULT):  # fmt: skip
        details.append(
            f"It happened in the handler of {exception_name(scene.exception)}: "
            "a second fault in the handler of a first one."
        )
    elif scene.exception and fault is not None:
        remarks.append(f"{scene.exception_text(scene.exception)} was running.")
    place = scene.places.at(scene.sp)
    if place.kind not in (PlaceKind.STACK, PlaceKind.MEMORY) and scene.places.stacks:
        stack_like = fault is None or fault.kind is not FaultKind.STACK_OVERFLOW
        if stack_like and scene.sp not in {stack.top for stack in scene.places.stacks}:
            remarks.append(f"SP is 0x{scene.sp:08x}, which is in no stack: {place.text}.")
    if scene.result.resets:
        times = "once" if scene.result.resets == 1 else f"{scene.result.resets} times"
        remarks.append(f"The firmware was reset {times} before.")
    if scene.result.stubs:
        remarks.append(f"Registers without a model were touched: {', '.join(scene.result.stubs)}.")
    if any(frame.how is Origin.SCANNED for frame in scene.backtrace.frames):
        remarks.append(
            "Frames marked 'scanned' were found by searching the stack for return addresses: "
            "they may be left over from earlier calls."
        )
    return tuple(remarks), tuple(details)


def _handler_that_was_called(scene: Scene) -> str:
    """A fault handler that runs with IPSR = 0 was jumped to."""
    if scene.exception:
        return ""
    for frame in scene.backtrace.frames:
        start = scene.program.function_start(frame.where.address)
        if frame.how is Origin.EXCEPTION:
            break
        handled = () if start is None else scene.exceptions_handled_at(start)
        faults = [number for number in handled if number in _FAULT_HANDLERS]
        if faults:
            names = exception_name(faults[0])
            return (
                f"{frame.where.function or f'0x{start:08x}'}, the handler of {names}, runs with "
                "IPSR = 0: it was jumped to, not taken: memory corruption (a stack that overran "
                "its neighbours, or a code pointer that was overwritten)."
            )
        if frame.how is Origin.PC and not scene.program.is_code(frame.where.address):
            break
    return ""


def _smashed_return_address(scene: Scene) -> str:
    broken = scene.backtrace.broken
    if broken is None:
        return ""
    name = broken.function.function or f"0x{broken.function.address:08x}"
    return (
        f"The return address of {name}, at 0x{broken.slot:08x} "
        f"({scene.places.at(broken.slot).text}), holds 0x{broken.value:08x}, "
        f"which is no place behind a call ({scene.places.at(broken.value & ~1).text})."
    )
