"""A fault of the core as a sentence for people, with the place in the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simgate.engine.strict.chip import Chip
from simgate.engine.strict.stack_watch import MAIN_STACK, StackWatch
from simgate.image import Image
from simgate.result import Fault, FaultKind
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
_NAMED = 4  # objects below a stack that are named
_NEAR = 1 << 16  # bytes; farther off, nobody has miscounted an array


class Scene(NamedTuple):
    """What the sentence may need to know besides the fault."""

    image: Image
    chip: Chip
    lr: int
    instructions: int
    stack: StackWatch
    refusal: str = ""  # what the peripheral said, where one refused


def explain(record: FaultRecord, scene: Scene) -> Fault:
    """The fault with a sentence, function and source line."""
    where = scene.image.where(record.pc)
    place = f"at {where}"
    caller = scene.image.where(scene.lr & ~1)
    if where.function is None:
        place += f", reached from {caller} (LR)"
    elif caller.function is not None and caller.function != where.function:
        place += f", LR is {caller}"
    return Fault(
        kind=record.kind,
        message=f"{record.kind}: {_sentence(record, scene)}; {place}, "
        f"after {format_count(scene.instructions)} instructions",
        where=where,
        instruction=scene.instructions,
        address=record.address if record.kind in _WITH_ADDRESS else None,
        encoding=record.encoding if record.kind in _WITH_ENCODING else None,
        exception=record.exception or None,
        escalated=record.escalated,
        during=record.during,
    )


def _sentence(record: FaultRecord, scene: Scene) -> str:
    if record.kind is FaultKind.UNMAPPED:
        return record.message + _nearest(record.address, scene.chip)
    if record.kind is FaultKind.FLASH_STORE:
        return record.message + _inside(record.address, scene)
    if record.kind is FaultKind.STACK_OVERFLOW:
        return _stack_overflow(record, scene)
    if record.kind is FaultKind.BREAKPOINT:
        if record.encoding == _SEMIHOSTING:
            return "semihosting (BKPT 0xAB), which faults on a chip without a debugger"
        number = record.encoding & 0xFF
        return f"BKPT 0x{number:02x}, which faults on a chip without a debugger"
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


def _stack_overflow(record: FaultRecord, scene: Scene) -> str:
    stack = scene.stack.overrun(record)
    if stack is None:
        return record.message
    use = None if stack.name != MAIN_STACK else scene.stack.use()
    needed = stack.top - record.address
    if use is not None and use.needed is not None:
        needed = max(needed, use.needed)
    name = "" if stack.name == MAIN_STACK else f"stack '{stack.name}' "
    below = _objects_below(scene.image, stack.top - needed, stack.limit)
    return (
        f"{name}needs at least {needed:,} bytes, has {stack.top - stack.limit:,} "
        f"(0x{stack.limit:08x} to 0x{stack.top:08x}; SP became 0x{record.address:08x})"
        + (f"; it would overwrite {below}" if below else "")
    )


def _objects_below(image: Image, low: int, limit: int) -> str:
    """What a stack that grew down to `low` would have run over, nearest first."""
    hit = sorted(
        (
            symbol
            for symbol in image.symbols
            if symbol.kind == "object"
            and symbol.address < limit
            and symbol.address + symbol.size > low
        ),
        key=lambda symbol: -symbol.address,
    )
    names = [symbol.name for symbol in hit[:_NAMED]]
    more = f" and {len(hit) - _NAMED} more" if len(hit) > _NAMED else ""
    return ", ".join(names) + more
