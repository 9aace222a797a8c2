"""Loads and stores that must not be."""

from __future__ import annotations

from simgate.debug.cause.parts import Cause, act_at, address_details, with_consequence
from simgate.debug.places import Place, PlaceKind
from simgate.debug.scene import Scene
from simgate.result import Fault

_UNALIGN_TRP = 1 << 3  # CCR, DDI 0403E.e, B3.2.8
_TO_WORD = ("LDRD", "STRD", "LDM", "STM", "LDREX", "STREX", "VLDR", "VSTR", "VLDM", "VSTM",
            "PUSH", "POP", "VPUSH", "VPOP")  # fmt: skip
_ALIGNMENT = {"LDREXH": 2, "STREXH": 2, "LDRH": 2, "STRH": 2, "LDRSH": 2}


def unaligned(scene: Scene, fault: Fault) -> Cause:
    """An address that is no multiple of what the instruction needs."""
    address = scene.fault_address(fault) or 0
    instruction = scene.instruction
    name = "" if instruction is None else instruction.name
    alignment = _ALIGNMENT.get(name, 4)
    act = f"{act_at(scene, address)}, which is not a multiple of {alignment}"
    always = name.startswith(_TO_WORD)
    if not always and scene.status.get("ccr", 0) & _UNALIGN_TRP:
        act += " while CCR.UNALIGN_TRP is set"
    details = [*_what_is_there(scene, address), *address_details(scene, address)]
    if always:
        details.append(
            f"{name} needs a multiple of 4 whatever CCR.UNALIGN_TRP says "
            "(DDI 0403E.e, A3.2.1); LDR, STR, LDRH and STRH do not."
        )
    advice = (
        "Align the buffer (alignas(4)), or read it with memcpy: a cast from a byte pointer to a "
        "wider one promises the compiler an alignment that the data does not have.",
    )
    return Cause(with_consequence(act, scene, fault), tuple(details), advice)


def unmapped(scene: Scene, fault: Fault) -> Cause:
    """A load or store where nothing answers."""
    address = scene.fault_address(fault) or 0
    place = scene.places.at(address)
    act = act_at(scene, address)
    details = address_details(scene, address)
    if place.kind is PlaceKind.NOT_MODELLED:
        offset = f" (+0x{place.offset:x})" if place.offset else ""
        act += f", which is {place.name}{offset}, a peripheral not modelled on this board"
        advice: tuple[str, ...] = (
            f"The chip has {place.name}; Simgate does not model it. Leave its use out of this "
            "build, or add a model to the board's .repl.",
        )
        return Cause(with_consequence(act, scene, fault), tuple(details), advice)
    act += f", {place.text}"
    advice = ()
    if _is_below_stack(scene, address):
        details.append(
            f"SP is 0x{scene.sp:08x}: the access goes below the stack, which has overflowed."
        )
    elif place.kind is PlaceKind.NOTHING and address >= 0x40000000:
        advice = (
            "A peripheral of another chip, or a pointer that was never set: look at where "
            "the address comes from.",
        )
    return Cause(with_consequence(act, scene, fault), tuple(details), advice)


def flash_store(scene: Scene, fault: Fault) -> Cause:
    """A plain store to Flash."""
    address = scene.fault_address(fault) or 0
    place = scene.places.at(address)
    act = f"{act_at(scene, address)}, which is Flash: {place.text}"
    details = [
        *address_details(scene, address),
        "Silicon ignores such a store or makes a BusFault of it, unless FLASH_CR.PG is set.",
    ]
    advice = ("A cast that removes const, or a pointer that should lead to RAM.",)
    return Cause(act, tuple(details), advice)


def privilege(scene: Scene, fault: Fault) -> Cause:
    """Unprivileged code at the processor's own registers."""
    address = scene.fault_address(fault) or 0
    act = f"{act_at(scene, address)} in the system space by unprivileged code"
    details = [*_what_is_there(scene, address), "CONTROL.nPRIV is set: only NVIC.STIR may be open."]
    return Cause(with_consequence(act, scene, fault), tuple(details))


def mpu(scene: Scene, fault: Fault) -> Cause:
    """A load or store that the MPU forbids."""
    address = scene.fault_address(fault) or 0
    act = f"{act_at(scene, address)}, which the MPU forbids"
    if not scene.status.get("mpu_ctrl", 1) & 1:
        act = f"{act_at(scene, address)}, which the memory map forbids"
    return Cause(
        with_consequence(act, scene, fault),
        (*_what_is_there(scene, address), *address_details(scene, address)),
    )


def refused(scene: Scene, fault: Fault) -> Cause:
    """A peripheral's model that says no; its reason is in the engine's sentence."""
    address = scene.fault_address(fault) or 0
    place = scene.places.at(address)
    reason = fault.message.split("; at 0x", maxsplit=1)[0].rpartition(f"0x{address:08x}: ")[2]
    act = f"{act_at(scene, address)} ({place.text}) was refused"
    return Cause(f"{act}: {reason}", tuple(address_details(scene, address)))


def _what_is_there(scene: Scene, address: int) -> list[str]:
    place: Place = scene.places.at(address)
    return [f"At 0x{address:08x}: {place.text}."]


def _is_below_stack(scene: Scene, address: int) -> bool:
    return any(
        stack.limit - 0x400 <= address < stack.limit and scene.sp <= stack.limit + 0x400
        for stack in scene.places.stacks
    )
