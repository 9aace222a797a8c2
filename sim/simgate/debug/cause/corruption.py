"""Corruption that lies behind what happened: handlers jumped to, smashed stacks, heaps."""

from __future__ import annotations

from dataclasses import replace

from simgate.debug.again import Again
from simgate.debug.cause.heap import heap_into_stack
from simgate.debug.cause.lost import Way, find_arrival
from simgate.debug.cause.parts import Cause
from simgate.debug.exceptions import HARD_FAULT, NMI, USAGE_FAULT, exception_name
from simgate.debug.instruction import decode
from simgate.debug.scene import Scene
from simgate.debug.unwinder import Origin
from simgate.result import Fault, FaultKind
from simgate.units import format_count

_FAULT_HANDLERS = range(HARD_FAULT, USAGE_FAULT + 1)
_SETTLED = frozenset({FaultKind.STACK_OVERFLOW, FaultKind.HEAP_OVERFLOW})


def deepen(cause: Cause, scene: Scene, fault: Fault | None, again: Again) -> Cause:
    """The cause with the corruption that led to it, where there are signs of one.

    Args:
        cause: what the fault itself shows.
        scene: the moment of the fault.
        fault: None where the run ended without one.
        again: the run, to ask who wrote over a return address.
    """
    details = list(cause.details)
    sentence, advice = cause.sentence, cause.advice
    jumped = handler_that_was_jumped_to(scene)
    if jumped:
        if fault is None or fault.kind is not FaultKind.FALSE_HANDLER:
            details.insert(0, f"How the run ended: {sentence}.")
        sentence = jumped
    heap = None if fault is not None and fault.kind in _SETTLED else heap_into_stack(scene)
    if heap is not None and fault is not None:
        details = [f"It came to light here: {sentence}.", *heap.details, *details]
        sentence, advice = heap.sentence, heap.advice
    smashed = _smashed_return_address(scene)
    if smashed:
        details.append(smashed)
    slot = _overwritten_slot(scene)
    if slot is not None:
        details.extend(_writer(scene, slot, fault, again))
    if scene.departure is not None and scene.program.is_code(scene.pc):
        branch, _ = scene.departure
        details.append(
            f"Among the last branches one left the program's code: from "
            f"{scene.program.where(branch.source)} to 0x{branch.target:08x} "
            f"({scene.places.at(branch.target & ~1).text})."
        )
    second = _second_fault(scene)
    if second:
        sentence += f"; {second}"
    if fault is not None and NMI <= scene.exception <= USAGE_FAULT:
        details.append(
            f"It happened in the handler of {exception_name(scene.exception)}: a second fault in "
            "the handler of a first one."
        )
    return replace(cause, sentence=sentence, details=tuple(details), advice=advice)


def _second_fault(scene: Scene) -> str:
    """What the handling of the fault ended in, where that was another fault."""
    after = None if scene.post_mortem is None else scene.post_mortem.aftermath
    if after is None or after.fault is None:
        return ""
    second = after.fault
    locked = second.kind is FaultKind.LOCKUP
    entry = scene.post_mortem.entry if scene.post_mortem is not None else None
    if entry is None and locked:
        return "no handler could be entered, and the processor locked up"
    if (
        entry is not None
        and locked
        and (not entry.handler & ~1 or not scene.program.is_code(entry.handler))
    ):
        return (
            f"the vector table has 0x{entry.handler:08x} for {exception_name(entry.number)}, which "
            "is no code: the processor locked up"
        )
    instruction = decode(scene.memory, second.where.address)
    what = "an instruction" if instruction is None else instruction.text
    if locked:
        return f"its handler faulted, too, and the processor locked up: {what} at {second.where}"
    return f"its handling faulted again: {what} at {second.where} ({second.kind})"


def handler_that_was_jumped_to(scene: Scene) -> str:
    """Says that a fault handler runs with IPSR = 0; empty where none does."""
    if scene.exception:
        return ""
    frames = scene.backtrace.frames
    for number, frame in enumerate(frames):
        if frame.how is Origin.EXCEPTION:
            break
        start = scene.program.function_start(frame.where.address)
        handled = () if start is None else scene.exceptions_handled_at(start)
        fault = next((one for one in handled if one in _FAULT_HANDLERS), None)
        if fault is None:
            continue
        name = frame.where.function or f"0x{start:08x}"
        caller = ""
        if number + 1 < len(frames) and frames[number + 1].how is not Origin.EXCEPTION:
            caller = f" from {frames[number + 1].where}"
        return (
            f"memory corruption: {name}, the handler of {exception_name(fault)}, runs with "
            f"IPSR = 0: it was jumped to{caller}, not taken as an exception"
        )
    return ""


def _overwritten_slot(scene: Scene) -> int | None:
    """The stack word that holds a return address no more."""
    if not scene.program.is_code(scene.pc):
        arrival = find_arrival(scene)
        return arrival.slot if arrival.way is Way.RETURN else None
    return None if scene.backtrace.broken is None else scene.backtrace.broken.slot


def _writer(scene: Scene, slot: int, fault: Fault | None, again: Again) -> list[str]:
    """Who wrote there last, asked of the run itself."""
    before = scene.result.instructions if fault is None else fault.instruction
    found = again.last_writer(slot, before)
    if found is None:
        return []
    pc, instruction = found
    return [
        f"The word at 0x{slot:08x} was written last by {scene.program.where(pc)}, "
        f"instruction {format_count(instruction)}."
    ]


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
