"""A program counter that leads nowhere: bad pointers, smashed returns, data run as code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from simgate.debug.cause.parts import Cause, looks_like, with_consequence
from simgate.debug.disassembly import code_around
from simgate.debug.instruction import Instruction, decode
from simgate.debug.places import PlaceKind
from simgate.debug.return_address import is_return_address
from simgate.debug.scene import Scene
from simgate.result import BranchKind, Fault, FaultKind

_NULL = 0x100  # below it lies the vector table: a null pointer plus a small offset


class Way(Enum):
    """How PC came there."""

    CALL = "call"
    TAIL_CALL = "tail call"
    RETURN = "return from the stack"
    LINK = "return through LR"
    ENTRY = "exception entry"
    EXCEPTION_RETURN = "exception return"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Arrival:
    """The jump that left the program's code."""

    way: Way
    target: int
    source: int | None = None  # the instruction that jumped
    slot: int | None = None  # the stack word that it took, where it returned


def find_arrival(scene: Scene) -> Arrival:
    """How the processor came to a PC that is not the program's code."""
    departure = scene.departure
    last = scene.branches[-1] if scene.branches else None
    if last is not None and not scene.program.is_code(last.target):
        if last.kind is BranchKind.EXCEPTION_ENTRY:
            return Arrival(Way.ENTRY, last.target)
        if last.kind is BranchKind.EXCEPTION_RETURN:
            return Arrival(Way.EXCEPTION_RETURN, last.target, last.source)
    if departure is not None:
        branch, instruction = departure
        fresh = branch is last  # nothing moved SP since
        return _by_instruction(scene, instruction, branch.source, branch.target, fresh)
    return _by_evidence(scene)


def called(scene: Scene) -> bool:
    """LR was set by the branch that led to PC."""
    arrival = scene.arrival
    if arrival is not None and arrival.kind is BranchKind.BRANCH:
        instruction = decode(scene.memory, arrival.source)
        return instruction is not None and instruction.is_call
    if scene.program.is_code(scene.pc):
        return False
    return find_arrival(scene).way is Way.CALL


def lost(scene: Scene, fault: Fault) -> Cause:
    """Execution where there is no code of the program."""
    arrival = find_arrival(scene)
    target = arrival.target
    place = scene.places.at(target)
    details: list[str] = []
    advice: list[str] = []
    if arrival.way in (Way.CALL, Way.TAIL_CALL):
        act = _bad_pointer(scene, arrival, details, advice)
    elif arrival.way is Way.RETURN:
        act = (
            f"{_returning(scene, arrival)}returned to 0x{target:08x}, {place.text}: its return "
            "address on the stack was overwritten"
        )
        if arrival.slot is not None:
            details.append(
                f"It was taken from 0x{arrival.slot:08x} ({scene.places.at(arrival.slot).text})."
            )
        if arrival.source is not None:
            details.append(f"The return is at {scene.program.where(arrival.source)}.")
        advice.append("Look for an array on that function's stack that is written past its end.")
    elif arrival.way is Way.LINK:
        act = f"returned through LR to 0x{target:08x}, {place.text}"
        if arrival.source is not None:
            details.append(f"The return is at {scene.program.where(arrival.source)}.")
    elif arrival.way is Way.ENTRY:
        running = scene.exception_text(scene.exception)
        act = f"the vector table sends {running} to 0x{target:08x}, {place.text}"
        details.append(f"The vector table is at 0x{scene.vector_table:08x} (VTOR).")
    elif arrival.way is Way.EXCEPTION_RETURN:
        act = (
            f"an exception returned to 0x{target:08x}, {place.text}: the stacked PC was overwritten"
        )
    else:
        act = f"execution at 0x{scene.pc:08x} ({scene.places.at(scene.pc).text})"
        if fault.kind is FaultKind.MPU:
            act += ", which the MPU or the memory map forbids"
        details.append(f"LR is 0x{scene.lr:08x}: {scene.places.at(scene.lr & ~1).text}.")
    details.extend(looks_like(target))
    if scene.pc != target & ~1:
        details.append(
            f"What lies there was executed as code up to 0x{scene.pc:08x} "
            f"({scene.places.at(scene.pc).text})."
        )
    if scene.places.at(scene.pc).kind is PlaceKind.STACK:
        details.append("Code was executed from a stack.")
    return Cause(with_consequence(act, scene, fault), tuple(details), tuple(advice))


def _returning(scene: Scene, arrival: Arrival) -> str:
    if arrival.source is None:
        return "a function "
    where = scene.program.where(arrival.source)
    return f"{where.function or f'the function at 0x{arrival.source:08x}'} "


def even_branch(scene: Scene, fault: Fault) -> Cause:
    """A branch without the Thumb bit, to code or to nowhere."""
    target = fault.address if fault.address is not None else scene.pc
    if not scene.program.is_code(target) or target & ~1 < _NULL:
        return lost(scene, fault)
    arrival = find_arrival(scene) if scene.arrival is None else _of_last(scene)
    where = scene.program.where(target & ~1)
    if arrival.way is Way.RETURN:
        return lost(scene, fault)
    act = f"branch to {where} without the Thumb bit"
    details = []
    if arrival.source is not None:
        details.append(f"The branch is at {scene.program.where(arrival.source)}.")
    advice = (
        "Cortex-M knows Thumb code only: a code address in a pointer has bit 0 set. In assembler "
        "write .thumb_func (or .type name, %function) before the label.",
    )
    return Cause(with_consequence(act, scene, fault), tuple(details), advice)


def _of_last(scene: Scene) -> Arrival:
    branch = scene.arrival
    if branch is None:
        return Arrival(Way.UNKNOWN, scene.pc)
    instruction = decode(scene.memory, branch.source)
    return _by_instruction(scene, instruction, branch.source, branch.target, fresh=True)


def _bad_pointer(scene: Scene, arrival: Arrival, details: list[str], advice: list[str]) -> str:
    target = arrival.target
    place = scene.places.at(target)
    caller = "" if arrival.source is None else f" from {scene.program.where(arrival.source)}"
    if target & ~1 == 0:
        act = f"called a null function pointer: PC 0x{scene.pc:08x}"
        if arrival.way is Way.CALL and is_return_address(scene.lr, scene.program, scene.memory):
            caller = f" LR says it was called from {scene.program.caller(scene.lr)}"
        act += f",{caller}" if caller else ""
        if target & 1:
            details.append(
                "With bit 0 set the call went through: the vector table at 0 was executed as code."
            )
        advice.append("Set the pointer before it is called, or test it.")
    elif target & ~1 < _NULL:
        act = f"called 0x{target:08x}{caller}: an entry of a table whose pointer is null"
    else:
        data = place.kind in (PlaceKind.DATA, PlaceKind.STACK, PlaceKind.MEMORY)
        act = "jump into data: called" if data else "called"
        act += f" 0x{target:08x} ({place.text}){caller}"
    pointer = _pointer(scene, arrival)
    if pointer:
        details.append(pointer)
    return act


def _pointer(scene: Scene, arrival: Arrival) -> str:
    """Where the pointer was read from, if the load just before the call still shows it."""
    if arrival.source is None or scene.arrival is None:
        return ""
    call = decode(scene.memory, arrival.source)
    if call is None or not call.registers:
        return ""
    register = call.registers[0]
    lines = code_around(scene.program, scene.memory, arrival.source)
    for line in reversed([line for line in lines if line.address < arrival.source]):
        load = decode(scene.memory, line.address)
        if load is None or register not in load.registers[:1]:
            continue
        if load.name != "LDR" or load.base is None or load.base in (register, "pc"):
            return ""
        if load.index is not None or load.writes_pc:
            return ""
        address = scene.registers.get(load.base, 0) + load.displacement & 0xFFFFFFFF
        if scene.memory.word(address) != scene.registers.get(register):
            return ""
        return f"The pointer is at 0x{address:08x}: {scene.places.at(address).text}."
    return ""


def _by_instruction(
    scene: Scene, instruction: Instruction | None, source: int, target: int, fresh: bool
) -> Arrival:
    if instruction is None:
        return Arrival(Way.UNKNOWN, target, source)
    if instruction.is_call:
        return Arrival(Way.CALL, target, source)
    if instruction.pops_pc:
        return Arrival(Way.RETURN, target, source, scene.sp - 4 if fresh else None)
    if instruction.is_return:
        return Arrival(Way.LINK, target, source)
    return Arrival(Way.TAIL_CALL, target, source)


def _by_evidence(scene: Scene) -> Arrival:
    """Without a record of branches: what LR and the stack still show."""
    lr, pc = scene.lr, scene.pc
    if is_return_address(lr, scene.program, scene.memory):
        for size in (2, 4):
            source = (lr & ~1) - size
            call = decode(scene.memory, source)
            if call is None or call.size != size or not call.is_call or not call.registers:
                continue
            target = scene.registers.get(call.registers[0], 0)
            if target & ~1 == pc or not scene.program.is_code(target):
                return Arrival(Way.CALL, target, source)
    popped = scene.memory.word(scene.sp - 4)
    if popped is not None and popped & ~1 == pc and pc:
        return Arrival(Way.RETURN, popped, None, scene.sp - 4)
    return Arrival(Way.UNKNOWN, pc)
