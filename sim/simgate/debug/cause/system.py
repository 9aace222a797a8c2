"""Verdicts on the whole: lockup, storms, watchdogs."""

from __future__ import annotations

import re

from simgate.debug.cause.parts import Cause
from simgate.debug.places import PlaceKind
from simgate.debug.scene import Scene
from simgate.result import BranchKind, Fault
from simgate.units import format_count


def lockup(scene: Scene, fault: Fault) -> Cause:
    """A fault where none can be taken."""
    running = scene.exception_text(scene.exception) if scene.exception else "HardFault's priority"
    act = f"lockup: a fault in {running}, where no further fault can be taken"
    details = [f"The instruction is {_instruction(scene)} at {fault.where}."]
    if fault.address is not None:
        details.append(
            f"Its address is 0x{fault.address:08x}: {scene.places.at(fault.address).text}."
        )
    advice = ("A fault handler must not fault: keep it short and off the broken stack.",)
    return Cause(act, tuple(details), advice)


def interrupt_storm(scene: Scene, fault: Fault) -> Cause:
    """The same exception again and again."""
    number = scene.exception or fault.exception or _most_frequent(scene)
    name = scene.exception_text(number)
    counts = scene.exception_counts
    times = f", taken {format_count(counts[number])} times" if counts.get(number) else ""
    kept = next(
        (frame.where for frame in scene.backtrace.frames if frame.how.value == "exception frame"),
        None,
    )
    if kept is None:
        last = next(
            (b for b in reversed(scene.branches) if b.kind is BranchKind.EXCEPTION_ENTRY), None
        )
        kept = None if last is None else scene.program.where(last.source)
    act = f"interrupt storm: {name}{times}, again and again"
    if kept is not None:
        act += f"; it keeps {kept} from running"
    details = [
        "It is entered again as soon as its handler returns, without one instruction of what it "
        "interrupts."
    ]
    address = scene.handler(number)
    if address is not None:
        details.append(f"Its handler is {scene.program.where(address)}.")
    advice = (
        "Clear the flag that asks for the interrupt in the peripheral's status register before "
        "the handler returns, and read it back; or disable the interrupt.",
    )
    return Cause(act, tuple(details), advice)


def watchdog(scene: Scene, fault: Fault) -> Cause:
    """A reset because nobody fed the watchdog."""
    reason = re.split(r"; at 0x|, after ", fault.message)[0].removeprefix(f"{fault.kind}: ")
    where = scene.program.where(scene.pc)
    act = f"the watchdog reset the chip: {reason}; meanwhile the firmware was at {where}"
    return Cause(act, (), ("Feed it in that loop, or find out why the loop does not end.",))


def false_handler(scene: Scene, fault: Fault) -> Cause:
    """A fault handler that was entered as an ordinary function."""
    name = fault.where.function or f"0x{fault.where.address:08x}"
    act = f"memory corruption: the fault handler {name} runs with IPSR = 0: no exception was taken"
    advice = (
        "Look for a pointer or a return address that was overwritten: a stack that overran its "
        "neighbours, or a table of functions beside an array.",
    )
    return Cause(act, (), advice)


def _instruction(scene: Scene) -> str:
    if scene.instruction is not None:
        return scene.instruction.text
    place = scene.places.at(scene.pc)
    return "missing" if place.kind is PlaceKind.NOTHING else "no instruction"


def _most_frequent(scene: Scene) -> int:
    counts = scene.exception_counts
    return max(counts, key=lambda number: counts[number], default=0)
