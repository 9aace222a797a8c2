"""A fault as the core caught it, before anyone knows the program's symbols."""

from __future__ import annotations

from dataclasses import dataclass

from simgate.core import _native
from simgate.result import FaultKind

_KINDS = {
    _native.FAULT_UNMAPPED: FaultKind.UNMAPPED,
    _native.FAULT_UNMAPPED_FETCH: FaultKind.UNMAPPED,
    _native.FAULT_UNALIGNED: FaultKind.UNALIGNED,
    _native.FAULT_FLASH_STORE: FaultKind.FLASH_STORE,
    _native.FAULT_UNDEFINED: FaultKind.UNDEFINED,
    _native.FAULT_UNSUPPORTED: FaultKind.UNSUPPORTED,
    _native.FAULT_INVALID_STATE: FaultKind.INVALID_STATE,
    _native.FAULT_NO_COPROCESSOR: FaultKind.NO_COPROCESSOR,
    _native.FAULT_STACK_OVERFLOW: FaultKind.STACK_OVERFLOW,
    _native.FAULT_EXCEPTION_RETURN: FaultKind.EXCEPTION_RETURN,
    _native.FAULT_DEVICE: FaultKind.PERIPHERAL,
    _native.FAULT_LOCKUP: FaultKind.LOCKUP,
    _native.FAULT_PRIVILEGE: FaultKind.PRIVILEGE,
    _native.FAULT_ESCALATION: FaultKind.ESCALATION,
    _native.FAULT_DIVIDE_BY_ZERO: FaultKind.DIVIDE_BY_ZERO,
    _native.FAULT_MPU: FaultKind.MPU,
    _native.FAULT_MPU_FETCH: FaultKind.MPU,
    _native.FAULT_BREAKPOINT: FaultKind.BREAKPOINT,
    _native.FAULT_STORM: FaultKind.INTERRUPT_STORM,
}
_EXCEPTION_NAMES = {
    2: "NMI",
    3: "HardFault",
    4: "MemManage",
    5: "BusFault",
    6: "UsageFault",
    11: "SVCall",
    12: "DebugMonitor",
    14: "PendSV",
    15: "SysTick",
}
_DURING = ("instruction", "stacking", "unstacking", "lazy stacking", "vector fetch")


@dataclass(frozen=True, slots=True)
class FaultRecord:
    """One illegal act.

    ``native_kind`` is one of ``_native.FAULT_...``; ``address`` is that of the access, the value
    of SP, of EXC_RETURN or of the branch's target, or the exception's number, as the kind has it.
    ``pc`` is that of the instruction; in stacking and vector fetch, of the one that did not execute
    because an exception was entered; in unstacking, of the branch with EXC_RETURN.
    """

    native_kind: int
    pc: int
    address: int
    encoding: int  # 16 bits, or first halfword << 16 | second; 0 where it is not the matter
    width: int  # bytes accessed
    is_store: bool
    exception: int = 0  # that is pended for it; 0: none, the run's verdict
    escalated: bool = False  # to HardFault, from one that can be configured
    during_code: int = 0
    process_stack: bool = False  # of a stack overflow: PSP's
    cause: int = 0  # of a lockup: native_kind of the fault that nothing could take

    @property
    def during(self) -> str:
        """What failed: "instruction", "stacking", "unstacking", "lazy stacking", "vector fetch"."""
        return _DURING[self.during_code]

    @property
    def kind(self) -> FaultKind:
        """The kind as results tell it."""
        return _KINDS[self.native_kind]

    @property
    def message(self) -> str:
        """One sentence for people, without the place."""
        access = f"{'store' if self.is_store else 'load'} of {self.width} bytes at "
        address = f"0x{self.address:08x}"
        digits = 8 if self.encoding > 0xFFFF else 4
        encoding = f"0x{self.encoding:0{digits}x}"
        stack = "process" if self.process_stack else "main"
        name = _EXCEPTION_NAMES.get(self.address, f"exception {self.address}")
        messages = {
            _native.FAULT_UNMAPPED: f"{access}{address}, where nothing is mapped",
            _native.FAULT_UNMAPPED_FETCH: f"execution at {address}, where there is no code",
            _native.FAULT_UNALIGNED: f"unaligned {access}{address}",
            _native.FAULT_FLASH_STORE: f"{access}{address}, which is Flash",
            _native.FAULT_UNDEFINED: f"undefined instruction {encoding}",
            _native.FAULT_UNSUPPORTED: f"instruction {encoding}, which this core does not know",
            _native.FAULT_INVALID_STATE: f"branch to {address} without the Thumb bit",
            _native.FAULT_NO_COPROCESSOR: "floating point while CPACR does not enable it",
            _native.FAULT_STACK_OVERFLOW: f"the {stack} stack overflowed: SP became {address}",
            _native.FAULT_EXCEPTION_RETURN: f"illegal exception return with {address}",
            _native.FAULT_DEVICE: f"a peripheral refused the {access}{address}",
            _native.FAULT_LOCKUP: "the processor locked up",
            _native.FAULT_PRIVILEGE: f"unprivileged {access}{address} in the system space",
            _native.FAULT_ESCALATION: f"{name} at a priority that does not allow it: a HardFault",
            _native.FAULT_DIVIDE_BY_ZERO: "division by zero with CCR.DIV_0_TRP set",
            _native.FAULT_MPU: f"{access}{address}, which the MPU denies",
            _native.FAULT_MPU_FETCH: f"execution at {address}, where it is denied",
            _native.FAULT_BREAKPOINT: "a breakpoint instruction, and no debugger",
            _native.FAULT_STORM: f"{name} again and again, and nothing else gets a turn",
        }
        return messages[self.native_kind]
