"""Exceptions by number: their names, their handlers, and why one escalates."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.debug.fault_status import BUSFAULT_BITS, MEMMANAGE_BITS, USAGEFAULT_BITS

RESET, NMI, HARD_FAULT, MEM_MANAGE, BUS_FAULT, USAGE_FAULT = 1, 2, 3, 4, 5, 6
SVCALL, DEBUG_MONITOR, PENDSV, SYSTICK = 11, 12, 14, 15
FIRST_INTERRUPT = 16
EXCEPTIONS = 16 + 240
_NAMES = {
    RESET: "Reset",
    NMI: "NMI",
    HARD_FAULT: "HardFault",
    MEM_MANAGE: "MemManage",
    BUS_FAULT: "BusFault",
    USAGE_FAULT: "UsageFault",
    SVCALL: "SVCall",
    DEBUG_MONITOR: "DebugMonitor",
    PENDSV: "PendSV",
    SYSTICK: "SysTick",
}
_SHCSR_ENABLE = {MEM_MANAGE: 1 << 16, BUS_FAULT: 1 << 17, USAGE_FAULT: 1 << 18}
"""DDI 0403E.e, B3.2.13."""


def exception_name(number: int) -> str:
    """The name of exception `number`: "HardFault", "IRQ 38"."""
    if number in _NAMES:
        return _NAMES[number]
    if number >= FIRST_INTERRUPT:
        return f"IRQ {number - FIRST_INTERRUPT}"
    return "Thread mode" if number == 0 else f"exception {number}"


def configurable_fault(cfsr: int) -> int | None:
    """The exception to which the bits of CFSR belong; None where none is set."""
    for bits, number in (
        (USAGEFAULT_BITS, USAGE_FAULT),
        (BUSFAULT_BITS, BUS_FAULT),
        (MEMMANAGE_BITS, MEM_MANAGE),
    ):
        if cfsr & bits:
            return number
    return None


def why_escalated(fault: int, status: Mapping[str, int], registers: Mapping[str, int]) -> str:
    """Why exception `fault` (4, 5 or 6) became HardFault, as the end of a sentence."""
    name = exception_name(fault)
    if not status.get("shcsr", 0) & _SHCSR_ENABLE.get(fault, 0):
        return f"because SHCSR does not enable {name}"
    running = registers.get("xpsr", 0) & 0x1FF
    if running:
        return f"because {exception_name(running)} was running, at a priority not below {name}'s"
    if registers.get("faultmask", 0) & 1:
        return f"because FAULTMASK keeps {name} out"
    if registers.get("primask", 0) & 1:
        return f"because PRIMASK keeps {name} out (interrupts are disabled)"
    if registers.get("basepri", 0):
        return f"because BASEPRI (0x{registers['basepri']:02x}) keeps {name} out"
    return f"because {name} could not be taken at its priority"
