"""Which explanation a fault needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simgate.debug.cause import access, execution, lost, stack, system
from simgate.debug.cause.parts import Cause, with_consequence
from simgate.debug.scene import Scene
from simgate.result import Fault, FaultKind

_Explain = Callable[[Scene, Fault], Cause]
_EXPLANATIONS: Mapping[FaultKind, _Explain] = {
    FaultKind.UNMAPPED: access.unmapped,
    FaultKind.UNALIGNED: access.unaligned,
    FaultKind.FLASH_STORE: access.flash_store,
    FaultKind.PERIPHERAL: access.refused,
    FaultKind.PRIVILEGE: access.privilege,
    FaultKind.MPU: access.mpu,
    FaultKind.UNDEFINED: execution.undefined,
    FaultKind.UNSUPPORTED: execution.unsupported,
    FaultKind.NO_COPROCESSOR: execution.no_coprocessor,
    FaultKind.DIVIDE_BY_ZERO: execution.divide_by_zero,
    FaultKind.BREAKPOINT: execution.breakpoint_left,
    FaultKind.EXCEPTION_RETURN: execution.exception_return,
    FaultKind.ESCALATION: execution.masked,
    FaultKind.INVALID_STATE: lost.even_branch,
    FaultKind.STACK_OVERFLOW: stack.overflow,
    FaultKind.HEAP_OVERFLOW: stack.heap,
    FaultKind.LOCKUP: system.lockup,
    FaultKind.INTERRUPT_STORM: system.interrupt_storm,
    FaultKind.FALSE_HANDLER: system.false_handler,
    FaultKind.WATCHDOG: system.watchdog,
}
# What an instruction did is the matter only where that instruction belongs to the program.
_OF_THE_INSTRUCTION = frozenset(
    {
        FaultKind.UNMAPPED,
        FaultKind.UNALIGNED,
        FaultKind.FLASH_STORE,
        FaultKind.UNDEFINED,
        FaultKind.UNSUPPORTED,
        FaultKind.NO_COPROCESSOR,
        FaultKind.DIVIDE_BY_ZERO,
        FaultKind.BREAKPOINT,
        FaultKind.MPU,
        FaultKind.ESCALATION,
    }
)
_IACCVIOL = 1 << 0  # of CFSR
_STACKING = {
    "stacking": "while the frame of an exception was pushed at SP 0x{sp:08x}",
    "unstacking": "while an exception returned and its frame was popped",
    "lazy stacking": "while floating-point registers were saved late (FPCCR.LSPACT)",
    "vector fetch": "while the vector was read from the table at VTOR 0x{vtor:08x}",
}


def find_cause(scene: Scene, fault: Fault) -> Cause:
    """The act, what silicon makes of it, and what else is known."""
    if fault.during != "instruction" and fault.kind is not FaultKind.STACK_OVERFLOW:
        return _during(scene, fault)
    if fault.kind is FaultKind.MPU and scene.status.get("cfsr", 0) & _IACCVIOL:
        return lost.lost(scene, fault)
    if fault.kind in _OF_THE_INSTRUCTION and not scene.program.is_code(scene.pc):
        return lost.lost(scene, fault)
    explain = _EXPLANATIONS.get(fault.kind)
    if explain is None:
        return Cause(with_consequence(str(fault.kind), scene, fault), (fault.message,))
    return explain(scene, fault)


def _during(scene: Scene, fault: Fault) -> Cause:
    """A fault of exception entry or return: SP or the vector table is bad."""
    phrase = _STACKING.get(fault.during, f"during {fault.during}")
    phrase = phrase.format(sp=scene.sp, vtor=scene.vector_table)
    act = f"{fault.kind} {phrase}"
    details = []
    if fault.address is not None:
        act += f": 0x{fault.address:08x} is {scene.places.at(fault.address).text}"
    place = scene.places.at(scene.sp)
    details.append(f"SP is 0x{scene.sp:08x}: {place.text}.")
    return Cause(with_consequence(act, scene, fault), tuple(details))
