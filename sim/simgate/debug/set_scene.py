"""Setting the scene: a machine at the moment that is examined."""

from __future__ import annotations

from dataclasses import replace

from simgate.debug.cause.lost import Way, called, find_arrival
from simgate.debug.memory import Memory
from simgate.debug.moment import moment_of, present_moment
from simgate.debug.places import Places, StackArea
from simgate.debug.program import Program
from simgate.debug.scene import Scene
from simgate.debug.unwinder import Backtrace, Frame, Origin, Unwinder
from simgate.machine import Machine
from simgate.result import RunResult


def set_scene(machine: Machine) -> Scene:
    """The processor at the first fault; without one, as it stands."""
    result, post_mortem = machine.result(), machine.post_mortem()
    moment = present_moment(machine) if post_mortem is None else moment_of(post_mortem)
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
        deepest=moment.deepest,
        post_mortem=post_mortem,
    )
    unwinder = Unwinder(program, memory)
    backtrace = unwinder.unwind(moment.registers, link_is_caller=called(scene))
    return replace(scene, backtrace=_with_returned(scene, backtrace))


def _with_returned(scene: Scene, backtrace: Backtrace) -> Backtrace:
    """With the function that returned to where there is no code: it is on no stack any more."""
    if scene.program.is_code(scene.pc):
        return backtrace
    arrival = find_arrival(scene)
    if arrival.source is None or arrival.way not in (Way.RETURN, Way.LINK):
        return backtrace
    where = scene.program.where(arrival.source)
    returned = Frame(where, scene.sp, Origin.BRANCH, arrival.slot, "it returned from here")
    first, *others = backtrace.frames
    return replace(backtrace, frames=(first, returned, *others))


def _stacks(machine: Machine, result: RunResult) -> list[StackArea]:
    found = []
    if result.stack is not None:
        found.append(StackArea("main stack", result.stack.limit, result.stack.top))
    for stack in machine.options.process_stacks:
        found.append(StackArea(f"stack of {stack.name}", stack.limit, stack.top))
    return found
