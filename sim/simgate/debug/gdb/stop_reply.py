"""What gdb is told when the target stands still."""

from __future__ import annotations

from simgate.debug.timeline.place import Access, Outcome, Reason
from simgate.result import FaultKind

# gdb's numbers, not the host's
_SIGNAL_0, _INT, _ILL, _TRAP, _ABRT, _FPE, _BUS, _SEGV = 0, 2, 4, 5, 6, 8, 10, 11
_FAULTS = {
    FaultKind.UNMAPPED: _SEGV,
    FaultKind.FLASH_STORE: _SEGV,
    FaultKind.STACK_OVERFLOW: _SEGV,
    FaultKind.HEAP_OVERFLOW: _SEGV,
    FaultKind.MPU: _SEGV,
    FaultKind.UNALIGNED: _BUS,
    FaultKind.PERIPHERAL: _BUS,
    FaultKind.PRIVILEGE: _BUS,
    FaultKind.UNDEFINED: _ILL,
    FaultKind.UNSUPPORTED: _ILL,
    FaultKind.INVALID_STATE: _ILL,
    FaultKind.NO_COPROCESSOR: _ILL,
    FaultKind.EXCEPTION_RETURN: _ILL,
    FaultKind.DIVIDE_BY_ZERO: _FPE,
    FaultKind.BREAKPOINT: _TRAP,
}
_WATCHES = {Access.WRITE: "watch", Access.READ: "rwatch", Access.ANY: "awatch"}
_REASONS = {Reason.INTERRUPTED: _INT, Reason.ASLEEP: _SIGNAL_0}


def stop_reply(outcome: Outcome | None) -> bytes:
    """The T packet; None: at the beginning of a session."""
    if outcome is None:
        return _reply(_TRAP)
    if outcome.reason is Reason.FAULT:
        kind = outcome.fault.kind if outcome.fault is not None else None
        return _reply(_ABRT if kind is None else _FAULTS.get(kind, _ABRT))
    if outcome.reason is Reason.WATCHPOINT and outcome.watch is not None:
        watch = outcome.watch
        return _reply(_TRAP, f"{_WATCHES[watch.access]}:{watch.address:x};")
    if outcome.reason is Reason.BEGINNING:
        return _reply(_TRAP, "replaylog:begin;")
    return _reply(_REASONS.get(outcome.reason, _TRAP))


def remark(outcome: Outcome) -> str:
    """What a person should know besides."""
    if outcome.fault is not None:
        return outcome.fault.message
    if outcome.reason is Reason.ASLEEP:
        return "asleep (WFI or WFE), and nothing is planned that could wake the processor"
    return ""


def _reply(signal: int, extra: str = "") -> bytes:
    return f"T{signal:02x}thread:1;{extra}".encode()
