"""The fault report of a machine: everything put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from simgate.debug.again import Again
from simgate.debug.cause import Cause, find_cause
from simgate.debug.cause.corruption import deepen
from simgate.debug.cause.hang import hang
from simgate.debug.cause.lost import Way, called, find_arrival
from simgate.debug.disassembly import CodeLine, code_around
from simgate.debug.exceptions import exception_name
from simgate.debug.fault_report import (
    BranchStep,
    Chain,
    DeepestPoint,
    ExceptionCount,
    FaultReport,
    NamedValue,
    Taken,
)
from simgate.debug.fault_status import decode_status
from simgate.debug.frame import (
    StackedFrame,
    describe_exc_return,
    frame_to_be,
    is_exc_return,
    read_frame,
)
from simgate.debug.memory import Memory
from simgate.debug.moment import Moment, moment_of, present_moment
from simgate.debug.places import Place, PlaceKind, Places, StackArea
from simgate.debug.program import Program
from simgate.debug.remarks import find_remarks
from simgate.debug.replay_command import input_options, replay_command, run_options
from simgate.debug.replay_command import moment_of as moment_to_replay
from simgate.debug.scene import Scene
from simgate.debug.unwinder import Backtrace, Frame, Origin, Unwinder
from simgate.machine import Machine
from simgate.result import Branch, Fault, FaultKind, PostMortem, RunResult, SourceLocation
from simgate.units import format_count

SHOWN_FRAMES = 24  # at each end of a chain
_POINTERS = frozenset((*(f"r{n}" for n in range(13)), "sp", "lr", "pc", "msp", "psp"))
_WITH_ADDRESS = frozenset(
    {
        FaultKind.UNMAPPED,
        FaultKind.UNALIGNED,
        FaultKind.FLASH_STORE,
        FaultKind.MPU,
        FaultKind.PERIPHERAL,
        FaultKind.PRIVILEGE,
        FaultKind.STACK_OVERFLOW,
        FaultKind.HEAP_OVERFLOW,
        FaultKind.INVALID_STATE,
    }
)
_THUMB = 1 << 24  # EPSR.T
_AFTER_BRANCH = frozenset({FaultKind.FALSE_HANDLER, FaultKind.INVALID_STATE})
"""The branch is to blame, not its target."""
SHOWN_LINES = 12  # of the UARTs
_TOLD = frozenset({PlaceKind.CODE, PlaceKind.DATA, PlaceKind.STACK, PlaceKind.PERIPHERAL,
                   PlaceKind.NOT_MODELLED})  # fmt: skip


def examine(
    machine: Machine,
    *,
    failure: str = "",
    options: Sequence[str] | None = None,
    inputs_file: Path | None = None,
    at: int | None = None,
) -> FaultReport:
    """What faulted, where in the source, and how it got there.

    Args:
        machine: after its run; it is left as it is.
        failure: why a run without a fault fails: "usart2 never said 'PASS'".
        options: the arguments of the `simgate debug` that made this run, without ELF, --at and
            --gdb; None: those that make the same machine.
        at: the instruction before which it was stopped to be looked at: nothing failed.
        inputs_file: a report or result as JSON that holds what the UARTs received, for the replay.

    Returns:
        The report of the first fault; without one, of the moment at which the run ended.
    """
    result = machine.result()
    post_mortem = machine.post_mortem()
    moment = present_moment(machine) if post_mortem is None else moment_of(post_mortem)
    scene = _scene(machine, result, post_mortem, moment)
    fault = result.fault
    again = Again(machine)
    if at is not None:
        cause = Cause(f"stopped before instruction {format_count(at)}, at {scene.whereabouts}")
    elif fault is None:
        hung = hang(scene, failure or "the run ended without a fault")
        lately = tuple(machine.whereabouts().splitlines()[1:])
        cause = deepen(replace(hung, details=(*hung.details, *lately)), scene, fault, again)
    else:
        cause = deepen(find_cause(scene, fault), scene, fault, again)
    remarks = find_remarks(scene, fault)
    told = _options(machine) if options is None else list(options)
    if options is None:
        told += input_options(result.inputs, inputs_file)
    in_code = scene.program.is_code(scene.pc)
    stop_at = moment_to_replay(fault, result.instructions, pc_is_code=in_code) if at is None else at
    return FaultReport(
        outcome=_outcome(fault, at),
        cause=cause,
        engine=result.engine,
        board=result.board,
        image=result.image,
        image_sha256=result.image_sha256,
        instructions=result.instructions if fault is None else fault.instruction,
        time_s=result.time_s,
        where=scene.places.at(scene.pc),
        blame=_blame(scene, fault),
        registers=_registers(scene),
        backtrace=shorten(scene.backtrace),
        code=_code(scene),
        replay=replay_command(result.image, told, stop_at),
        fault=fault,
        exception=_taken(scene, fault),
        status=decode_status(scene.status),
        address=_address(scene, fault),
        frame=_frame(scene, fault),
        branches=_branches(scene),
        deepest=_deepest(scene, moment, fault, again),
        stack=result.stack,
        uart=result.uart[-SHOWN_LINES:],
        exception_counts=tuple(
            ExceptionCount(number, scene.exception_text(number), count)
            for number, count in sorted(moment.exception_counts.items())
            if count
        ),
        aftermath=_aftermath(post_mortem),
        remarks=remarks,
        missing=(*scene.program.missing, *result.not_checked),
        inputs=result.inputs,
    )


def _outcome(fault: Fault | None, at: int | None) -> str:
    if at is not None:
        return "stopped"
    return "no fault" if fault is None else str(fault.kind)


def shorten(backtrace: Backtrace) -> Chain:
    """Both ends of a long chain."""
    frames = backtrace.frames
    if len(frames) <= 2 * SHOWN_FRAMES:
        return Chain(frames, backtrace.end)
    shown = (*frames[:SHOWN_FRAMES], *frames[-SHOWN_FRAMES:])
    return Chain(shown, backtrace.end, len(frames) - len(shown), SHOWN_FRAMES)


def _scene(
    machine: Machine, result: RunResult, post_mortem: PostMortem | None, moment: Moment
) -> Scene:
    program = Program(machine.image, machine.board.memories)
    memory = Memory(machine.read_memory)
    if post_mortem is not None:
        memory = Memory(machine.read_memory, post_mortem.stack_base, post_mortem.stack_bytes)
    scene = Scene(
        result=result,
        program=program,
        memory=memory,
        places=Places(program, machine.board, _stacks(machine, result)),
        registers=moment.registers,
        status=moment.status,
        branches=moment.branches,
        exception_counts=moment.exception_counts,
        post_mortem=post_mortem,
    )
    unwinder = Unwinder(program, memory)
    backtrace = unwinder.unwind(moment.registers, link_is_caller=called(scene))
    arrival = None if program.is_code(scene.pc) else find_arrival(scene)
    if arrival is not None and arrival.source is not None and arrival.way in (Way.RETURN, Way.LINK):
        returned = Frame(program.where(arrival.source), scene.sp, Origin.BRANCH, arrival.slot,
                         "it returned from here")  # fmt: skip
        first, *others = backtrace.frames
        backtrace = replace(backtrace, frames=(first, returned, *others))
    return replace(scene, backtrace=backtrace)


def _stacks(machine: Machine, result: RunResult) -> list[StackArea]:
    found = []
    if result.stack is not None:
        found.append(StackArea("main stack", result.stack.limit, result.stack.top))
    for stack in machine.options.process_stacks:
        found.append(StackArea(f"stack of {stack.name}", stack.limit, stack.top))
    return found


def _options(machine: Machine) -> list[str]:
    return run_options(machine.board, machine.options)


def _blame(scene: Scene, fault: Fault | None) -> SourceLocation | None:
    """The instruction at PC; where that is no code of the program, the one that led there.

    In a library's function (without lines, or with lines relative to where it was built) it is
    the call in the program's own function.
    """
    program = scene.program
    arrival = find_arrival(scene)
    astray = not program.is_code(scene.pc)
    if astray or (fault is not None and fault.kind in _AFTER_BRANCH):
        last = scene.arrival
        source = arrival.source if astray or last is None else last.source
        if source is not None and program.is_code(source):
            return program.where(source)
    handler = scene.handler(scene.exception) if scene.exception and astray else None
    if handler is not None and program.is_code(handler):
        return program.where(handler)
    places = [f.where for f in scene.backtrace.frames if program.is_code(f.where.address)]
    if fault is not None and fault.kind is FaultKind.FALSE_HANDLER:
        places = places[1:] or places
    own = (one for one in places if one.file is not None and not one.file.startswith("../"))
    return next(own, places[0] if places else None)


def _registers(scene: Scene) -> tuple[NamedValue, ...]:
    found = []
    for name, value in scene.registers.items():
        told = ""
        if name in _POINTERS and value >= 0x100:
            place = scene.places.at(value & ~1 if name in ("lr", "pc") else value)
            alias = scene.program.home(value) != value  # a small number is hardly ever an address
            if place.kind in _TOLD and (not alias or name in ("lr", "pc")):
                told = place.text
        found.append(NamedValue(name, value, told))
    return tuple(found)


def _code(scene: Scene) -> tuple[CodeLine, ...]:
    """Around PC; where there is no code, around the instruction that led there."""
    if scene.program.is_code(scene.pc):
        arrived = [b.target & ~1 for b in scene.branches if b.target & ~1 <= scene.pc]
        known = max(arrived, default=None)
        return code_around(scene.program, scene.memory, scene.pc, known)
    source = find_arrival(scene).source
    if source is not None:
        return code_around(scene.program, scene.memory, source)
    return code_around(scene.program, scene.memory, scene.pc)


def _address(scene: Scene, fault: Fault | None) -> Place | None:
    if fault is None or fault.kind not in _WITH_ADDRESS:
        return None
    address = scene.fault_address(fault)
    return None if address is None else scene.places.at(address)


def _taken(scene: Scene, fault: Fault | None) -> Taken | None:
    if fault is None or not fault.exception:
        return None
    number = fault.exception
    entry = None if scene.post_mortem is None else scene.post_mortem.entry
    address = scene.handler(number) if entry is None else entry.handler
    handler = None if address is None else scene.places.at(address & ~1)
    exc_return = None if entry is None else entry.exc_return
    text = "" if exc_return is None else describe_exc_return(exc_return)
    return Taken(
        number=number,
        name=exception_name(number),
        escalated=fault.escalated,
        delivered=entry is not None,
        handler=handler,
        exc_return=exc_return,
        exc_return_text=text,
    )


def _frame(scene: Scene, fault: Fault | None) -> StackedFrame | None:
    """The frame that was pushed, or the one that entry would push."""
    if fault is None or not fault.exception:
        return None
    entry = None if scene.post_mortem is None else scene.post_mortem.entry
    if entry is not None and entry.frame is not None:
        found = read_frame(scene.memory, entry.frame, entry.exc_return)
        if found is not None and found.registers["xpsr"] & _THUMB:
            return found
        return None  # a fault of an exception's return pushes none
    return frame_to_be(scene.registers)


def _branches(scene: Scene) -> tuple[BranchStep, ...]:
    """The last branches, equal ones in succession counted."""
    steps: list[tuple[Branch, int]] = []
    for branch in scene.branches:
        if steps and steps[-1][0] == branch:
            steps[-1] = (branch, steps[-1][1] + 1)
        else:
            steps.append((branch, 1))

    def place(address: int) -> Place:
        if is_exc_return(address):
            text = f"EXC_RETURN {describe_exc_return(address)}"
            return Place(address, PlaceKind.SYSTEM, text)
        return scene.places.at(address & ~1)

    return tuple(
        BranchStep(place(branch.source), place(branch.target), branch.kind, times)
        for branch, times in steps
    )


def _deepest(
    scene: Scene, moment: Moment, fault: Fault | None, again: Again
) -> DeepestPoint | None:
    """The main stack at its deepest; where the run is too long to ask, from what is left of it."""
    deepest, use = moment.deepest, scene.result.stack
    backtrace = scene.backtrace
    overflow = fault is not None and fault.kind is FaultKind.STACK_OVERFLOW
    if overflow and fault is not None and use is not None and (fault.address or 0) < use.limit:
        sp = fault.address or use.limit  # the main stack's: this is the moment
        return DeepestPoint(sp, use.top - sp, use.size, fault.instruction, shorten(backtrace))
    if deepest is None:
        return None
    if deepest.sp != scene.registers.get("sp") or deepest.pc & ~1 != scene.pc:
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


def _aftermath(post_mortem: PostMortem | None) -> str:
    after = None if post_mortem is None else post_mortem.aftermath
    if after is None:
        return ""
    where = str(after.where)
    return after.outcome if where in after.outcome else f"{after.outcome}, at {where}"
