"""The fault report of a machine: everything put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from simgate.debug.again import Again
from simgate.debug.blame import find_blame
from simgate.debug.cause import Cause, find_cause
from simgate.debug.cause.corruption import deepen
from simgate.debug.cause.hang import hang
from simgate.debug.cause.lost import find_arrival
from simgate.debug.deepest import deepest_point, shorten
from simgate.debug.delivery import exception_frame, exception_taken
from simgate.debug.disassembly import CodeLine, code_around
from simgate.debug.fault_report import ExceptionCount, FaultReport
from simgate.debug.fault_status import decode_status
from simgate.debug.places import Place
from simgate.debug.pointing import named_registers
from simgate.debug.remarks import find_remarks
from simgate.debug.replay_command import input_options, replay_command, run_options
from simgate.debug.replay_command import moment_of as moment_to_replay
from simgate.debug.scene import Scene
from simgate.debug.set_scene import set_scene
from simgate.debug.trail import branch_steps
from simgate.machine import Machine
from simgate.result import Fault, FaultKind, PostMortem, StackUse
from simgate.units import format_count

SHOWN_LINES = 12  # of the UARTs
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
    scene = set_scene(machine)
    result, fault = scene.result, scene.result.fault
    again = Again(machine)
    if at is None:
        cause = _cause(machine, scene, failure, again)
        in_code = scene.program.is_code(scene.pc)
        stop_at = moment_to_replay(fault, result.instructions, pc_is_code=in_code)
    else:
        cause = Cause(f"stopped before instruction {format_count(at)}, at {scene.whereabouts}")
        stop_at = at
    if options is None:
        options = [
            *run_options(machine.board, machine.options),
            *input_options(result.inputs, inputs_file),
        ]
    return FaultReport(
        outcome=_outcome(fault, at, failure),
        cause=cause,
        engine=result.engine,
        board=result.board,
        image=result.image,
        image_sha256=result.image_sha256,
        instructions=result.instructions if fault is None else fault.instruction,
        time_s=result.time_s if scene.post_mortem is None else scene.post_mortem.time_s,
        where=scene.places.at(scene.pc),
        blame=find_blame(scene, fault),
        registers=named_registers(scene),
        backtrace=shorten(scene.backtrace),
        code=_code(scene),
        replay=replay_command(result.image, options, stop_at),
        fault=fault,
        exception=exception_taken(scene, fault),
        status=decode_status(scene.status),
        address=_address(scene, fault),
        frame=exception_frame(scene, fault),
        branches=branch_steps(scene),
        deepest=deepest_point(scene, scene.deepest, fault, again),
        stack=_stack_at_the_fault(scene),
        uart=result.uart[-SHOWN_LINES:],
        exception_counts=tuple(
            ExceptionCount(number, scene.exception_text(number), count)
            for number, count in sorted(scene.exception_counts.items())
            if count
        ),
        aftermath=_aftermath(scene.post_mortem),
        remarks=find_remarks(scene, fault),
        missing=(*scene.program.missing, *result.not_checked),
        inputs=result.inputs,
    )


def _outcome(fault: Fault | None, at: int | None, failure: str) -> str:
    if at is not None:
        return "stopped"
    if fault is not None:
        return str(fault.kind)
    return "failed" if failure else "no fault"


def _stack_at_the_fault(scene: Scene) -> StackUse | None:
    """Without what the exception and its handler used of it after the fault."""
    stack, deepest = scene.result.stack, scene.deepest
    if stack is None or deepest is None or scene.post_mortem is None:
        return stack
    return replace(stack, lowest=max(stack.lowest, min(deepest.sp, stack.top)))


def _cause(machine: Machine, scene: Scene, failure: str, again: Again) -> Cause:
    fault = scene.result.fault
    if fault is not None:
        return deepen(find_cause(scene, fault), scene, fault, again)
    hung = hang(scene, failure or "the run ended without a fault")
    lately = machine.whereabouts().splitlines()[1:]  # what it was doing, what peripherals remark
    return deepen(replace(hung, details=(*hung.details, *lately)), scene, None, again)


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


def _aftermath(post_mortem: PostMortem | None) -> str:
    after = None if post_mortem is None else post_mortem.aftermath
    if after is None:
        return ""
    where = str(after.where)
    return after.outcome if where in after.outcome else f"{after.outcome}, at {where}"
