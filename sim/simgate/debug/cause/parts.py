"""What every explanation is made of: the act, and what the processor makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from simgate.debug.exceptions import (
    BUS_FAULT,
    HARD_FAULT,
    MEM_MANAGE,
    USAGE_FAULT,
    configurable_fault,
    exception_name,
    why_escalated,
)
from simgate.debug.fault_status import decode_status
from simgate.debug.scene import Scene
from simgate.result import Fault, FaultKind

_STORES = ("st", "push", "vst", "vpush")
_FORCED = 1 << 30  # of HFSR
_VALID = {"MMARVALID", "BFARVALID"}
_USUAL = {
    FaultKind.UNMAPPED: ("PRECISERR", BUS_FAULT),
    FaultKind.PRIVILEGE: ("PRECISERR", BUS_FAULT),
    FaultKind.UNALIGNED: ("UNALIGNED", USAGE_FAULT),
    FaultKind.UNDEFINED: ("UNDEFINSTR", USAGE_FAULT),
    FaultKind.INVALID_STATE: ("INVSTATE", USAGE_FAULT),
    FaultKind.EXCEPTION_RETURN: ("INVPC", USAGE_FAULT),
    FaultKind.NO_COPROCESSOR: ("NOCP", USAGE_FAULT),
    FaultKind.DIVIDE_BY_ZERO: ("DIVBYZERO", USAGE_FAULT),
    FaultKind.MPU: ("DACCVIOL", MEM_MANAGE),
}
"""For an engine that does not tell the fault status."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why it went wrong."""

    sentence: str  # names the act, and the exception that silicon makes of it
    details: tuple[str, ...] = ()  # what else is known, a sentence each
    advice: tuple[str, ...] = ()  # what the reader can do about it


def consequence(scene: Scene, fault: Fault) -> str:
    """The exception: "UNALIGNED UsageFault, escalated to HardFault because ..."; may be empty."""
    status, cfsr = scene.status, scene.status.get("cfsr", 0)
    number = configurable_fault(cfsr)
    bits = [
        bit.name
        for register in decode_status(status)
        for bit in register.bits
        if register.name == "CFSR" and bit.name not in _VALID
    ]
    if number is None:
        if not status and fault.kind in _USUAL:
            name, number = _USUAL[fault.kind]
            if name == "PRECISERR" and not scene.program.is_code(scene.pc):
                name = "IBUSERR"
            return f"{name} {exception_name(number)}"
        if fault.exception is not None and fault.exception >= HARD_FAULT:
            bits = [b.name for r in decode_status(status) for b in r.bits if r.name == "HFSR"]
            return " ".join([*bits[-1:], exception_name(fault.exception)])
        return ""
    text = " + ".join(bits) + f" {exception_name(number)}"
    if fault.exception == HARD_FAULT or status.get("hfsr", 0) & _FORCED:
        text += f", escalated to HardFault {why_escalated(number, status, scene.registers)}"
    return text


def with_consequence(act: str, scene: Scene, fault: Fault) -> str:
    """The act and, behind a colon, what comes of it."""
    follows = consequence(scene, fault)
    return f"{act}: {follows}" if follows else act


def act_at(scene: Scene, address: int) -> str:
    """ "LDRD from 0x20000101": what the instruction at PC did."""
    instruction = scene.instruction
    if instruction is None:
        return f"an access to 0x{address:08x}"
    name = instruction.name
    store = instruction.mnemonic.startswith(_STORES)
    return f"{name} {'to' if store else 'from'} 0x{address:08x}"


def address_details(scene: Scene, address: int) -> list[str]:
    """How the address came about, and what it looks like."""
    found = []
    instruction = scene.instruction
    if instruction is not None and instruction.base is not None:
        base = scene.registers.get(instruction.base, 0)
        text = f"The address is in {instruction.base}"
        if base != address:
            text = f"The address is relative to {scene.value(instruction.base)}"
            text += f" ({scene.places.at(base).text})"
        if instruction.index is not None:
            text += f", indexed by {scene.value(instruction.index)}"
        if instruction.displacement:
            text += f", displacement {instruction.displacement:+d}"
        found.append(text + ".")
    found.extend(looks_like(address))
    return found


def looks_like(value: int) -> list[str]:
    """Values that tell where they come from."""
    letters = value.to_bytes(4, "little")
    if all(0x20 <= letter < 0x7F for letter in letters):
        return [f'0x{value:08x} is the text "{letters.decode()}": data, not an address.']
    if len(set(letters)) == 1 and letters[0] in (0xA5, 0xCC, 0xCD, 0xAA, 0x55, 0xEE):
        return [f"0x{value:08x} is a fill pattern: memory that nobody has initialised."]
    if value == 0xFFFFFFFF:
        return ["0xffffffff is what erased Flash holds."]
    return []


def sentence_start(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]
