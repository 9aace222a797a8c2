"""The fault status registers, bit by bit, in words.

Bits and meanings: DDI 0403E.e, B3.2.15 (CFSR), B3.2.16 (HFSR), B3.2.17 (MMFAR), B3.2.18 (BFAR),
C1.6.1 (DFSR).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_CFSR = {
    0: ("IACCVIOL", "instruction fetch from where the MPU or the memory map forbids execution"),
    1: ("DACCVIOL", "load or store that the MPU forbids"),
    3: ("MUNSTKERR", "MPU violation while registers were popped at an exception return"),
    4: ("MSTKERR", "MPU violation while registers were pushed at an exception entry"),
    5: ("MLSPERR", "MPU violation while floating-point registers were saved late (lazy stacking)"),
    7: ("MMARVALID", "MMFAR holds the address"),
    8: ("IBUSERR", "instruction fetch from where nothing answers"),
    9: ("PRECISERR", "load or store to which the bus answered with an error; the PC is exact"),
    10: ("IMPRECISERR", "bus error of an earlier store; the PC is not that of the store"),
    11: ("UNSTKERR", "bus error while registers were popped at an exception return"),
    12: ("STKERR", "bus error while registers were pushed at an exception entry"),
    13: ("LSPERR", "bus error while floating-point registers were saved late (lazy stacking)"),
    15: ("BFARVALID", "BFAR holds the address"),
    16: ("UNDEFINSTR", "undefined instruction"),
    17: ("INVSTATE", "execution without the Thumb bit: a branch to an even address"),
    18: ("INVPC", "exception return with a value or a stacked frame that cannot be"),
    19: ("NOCP", "coprocessor instruction while CPACR does not enable it"),
    24: ("UNALIGNED", "unaligned access where the instruction or CCR.UNALIGN_TRP forbids it"),
    25: ("DIVBYZERO", "division by zero while CCR.DIV_0_TRP is set"),
}
_HFSR = {
    1: ("VECTTBL", "the vector could not be read from the vector table"),
    30: ("FORCED", "a configurable fault that could not be taken became HardFault"),
    31: ("DEBUGEVT", "debug event (BKPT) without a debugger"),
}
_DFSR = {
    0: ("HALTED", "halt request"),
    1: ("BKPT", "BKPT instruction"),
    2: ("DWTTRAP", "watchpoint"),
    3: ("VCATCH", "vector catch"),
    4: ("EXTERNAL", "external debug request"),
}
_SECTIONS = {"CFSR": "B3.2.15", "HFSR": "B3.2.16", "DFSR": "C1.6.1"}
_MMARVALID, _BFARVALID = 1 << 7, 1 << 15

MEMMANAGE_BITS, BUSFAULT_BITS, USAGEFAULT_BITS = 0x000000FF, 0x0000FF00, 0xFFFF0000
"""Which part of CFSR belongs to which fault: MMFSR, BFSR, UFSR."""


@dataclass(frozen=True, slots=True)
class StatusBit:
    """One bit that is set."""

    name: str  # "PRECISERR"
    bit: int
    meaning: str
    section: str  # of DDI 0403E.e


@dataclass(frozen=True, slots=True)
class StatusRegister:
    """A fault status register and what its set bits say."""

    name: str  # "CFSR"
    value: int
    bits: tuple[StatusBit, ...] = ()


def decode_status(status: Mapping[str, int]) -> tuple[StatusRegister, ...]:
    """CFSR, HFSR and DFSR decoded, and MMFAR and BFAR where they are valid.

    Args:
        status: register values by lower-case name, as `simgate.result.PostMortem.status`; what
            is absent is left out.
    """
    found = [
        _decode(name, status[name.lower()], table)
        for name, table in (("CFSR", _CFSR), ("HFSR", _HFSR), ("DFSR", _DFSR))
        if name.lower() in status
    ]
    cfsr = status.get("cfsr", 0)
    for name, valid in (("MMFAR", _MMARVALID), ("BFAR", _BFARVALID)):
        if name.lower() in status and cfsr & valid:
            found.append(StatusRegister(name, status[name.lower()]))
    return tuple(found)


def _decode(name: str, value: int, table: Mapping[int, tuple[str, str]]) -> StatusRegister:
    section = _SECTIONS[name]
    bits = []
    for bit in range(32):
        if value >> bit & 1:
            title, meaning = table.get(bit, (f"bit {bit}", "reserved"))
            bits.append(StatusBit(title, bit, meaning, section))
    return StatusRegister(name, value, tuple(bits))
