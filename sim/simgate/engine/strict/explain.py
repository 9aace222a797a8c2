"""A fault of the core as a sentence for people, with the place in the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simgate.engine.strict.chip import Chip
from simgate.image import Image
from simgate.result import Fault, FaultKind, StackUse
from simgate.units import format_count, format_size

if TYPE_CHECKING:
    from simgate.core import FaultRecord

_WITH_ADDRESS = frozenset(
    {
        FaultKind.UNMAPPED,
        FaultKind.UNALIGNED,
        FaultKind.FLASH_STORE,
        FaultKind.INVALID_STATE,
        FaultKind.STACK_OVERFLOW,
        FaultKind.EXCEPTION_RETURN,
        FaultKind.PERIPHERAL,
        FaultKind.PRIVILEGE,
    }
)
_WITH_ENCODING = frozenset(
    {FaultKind.UNDEFINED, FaultKind.UNSUPPORTED, FaultKind.NO_COPROCESSOR, FaultKind.BREAKPOINT}
)
_SEMIHOSTING = 0xBEAB
_NEAR = 1 << 16  # bytes; farther off, nobody has miscounted an array


class Scene(NamedTuple):
    """What the sentence may need to know besides the fault."""

    image: Image
    chip: Chip
    lr: int
    instructions: int
    stack: StackUse | None
    refusal: str = ""  # what the peripheral said, where one refused


def explain(record: FaultRecord, scene: Scene) -> Fault:
    """The fault with a sentence, function and source line."""
    if record.kind is FaultKind.BREAKPOINT:
        return _breakpoint(record.pc, record.encoding, scene)
    encoding = record.encoding if record.kind in _WITH_ENCODING else None
    address = record.address if record.kind in _WITH_ADDRESS else None
    return _fault(record.kind, _sentence(record, scene), record.pc, scene, address, encoding)


def _breakpoint(pc: int, encoding: int, scene: Scene) -> Fault:
    """A BKPT instruction: nobody debugs this chip."""
    if encoding == _SEMIHOSTING:
        sentence = "semihosting (BKPT 0xAB), which hangs a chip without a debugger"
    else:
        sentence = f"BKPT 0x{encoding & 0xFF:02x}, which faults on a chip without a debugger"
    return _fault(FaultKind.BREAKPOINT, sentence, pc, scene, None, encoding)


def _fault(
    kind: FaultKind,
    sentence: str,
    pc: int,
    scene: Scene,
    address: int | None,
    encoding: int | None,
) -> Fault:
    where = scene.image.where(pc)
    place = f"at {where}"
    caller = scene.image.where(scene.lr & ~1)
    if where.function is None:
        place += f", reached from {caller} (LR)"
    elif caller.function is not None and caller.function != where.function:
        place += f", LR is {caller}"
    return Fault(
        kind=kind,
        message=f"{kind}: {sentence}; {place}, after {format_count(scene.instructions)} "
        "instructions",
        where=where,
        instruction=scene.instructions,
        address=address,
        encoding=encoding,
    )


def _sentence(record: FaultRecord, scene: Scene) -> str:
    if record.kind is FaultKind.UNMAPPED:
        return record.message + _nearest(record.address, scene.chip)
    if record.kind is FaultKind.FLASH_STORE:
        return record.message + _inside(record.address, scene)
    if record.kind is FaultKind.STACK_OVERFLOW and scene.stack is not None:
        return _stack_overflow(record.address, scene.stack)
    if record.kind is FaultKind.PERIPHERAL and scene.refusal:
        region = scene.chip.region_at(record.address)
        name = f"{region.name}+0x{record.address - region.base:x}: " if region else ""
        return f"{record.message}: {name}{scene.refusal}"
    if record.kind is FaultKind.INVALID_STATE:
        return f"{record.message}: Cortex-M knows no other instructions than Thumb"
    return record.message


def _nearest(address: int, chip: Chip) -> str:
    tag = chip.tag_at(address)
    if tag is not None:
        offset = f"+0x{address - tag.base:x}" if address > tag.base else ""
        return f" (peripheral not modelled: {tag.name}{offset})"
    region = chip.nearest_region(address)
    if region is None:
        return ""
    end = region.base + region.size
    if region.base <= address < end:
        return f" (in {region.name})"
    distance, side = region.distance(address), ""
    if distance <= _NEAR:
        relation = "after the end of" if address >= end else "before"
        side = f"{format_size(distance)} {relation} "
    return f" (nearest: {side}{region.name}, 0x{region.base:08x} to 0x{end - 1:08x})"


def _inside(address: int, scene: Scene) -> str:
    region = scene.chip.region_at(address)
    symbol = scene.image.function_at(address)
    if symbol is not None:
        return f" (in {symbol.name})"
    return f" ('{region.name}')" if region else ""


def _stack_overflow(sp: int, stack: StackUse) -> str:
    return (
        f"the main stack overflowed: SP went down to 0x{sp:08x}, "
        f"{format_size(stack.limit - sp)} below its limit 0x{stack.limit:08x}; it has "
        f"{format_size(stack.size)} (top 0x{stack.top:08x}) and needed at least "
        f"{format_size(stack.top - sp)}"
    )
