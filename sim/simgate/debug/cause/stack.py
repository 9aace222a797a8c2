"""Stacks that end too early, and frames that were written over."""

from __future__ import annotations

from simgate.debug.cause.parts import Cause
from simgate.debug.recursion import find_recursion
from simgate.debug.scene import Scene
from simgate.result import Fault
from simgate.units import format_size

_NAMED = 4  # objects below a stack that are named
_CHAIN = 8  # functions of the chain that are named in a sentence


def overflow(scene: Scene, fault: Fault) -> Cause:
    """SP below the limit of its stack."""
    sp = fault.address if fault.address is not None else scene.sp
    stack = scene.places.stack_above(sp)
    if stack is None:
        return Cause(f"stack overflow: SP became 0x{sp:08x}", _below(scene, sp))
    use = scene.result.stack
    needed = stack.top - sp
    if use is not None and use.needed is not None and use.top == stack.top:
        needed = max(needed, use.needed)
    size = stack.top - stack.limit
    act = (
        f"stack overflow: the {stack.name} needs at least {needed:,} bytes, has {size:,}: "
        f"SP went down to 0x{sp:08x}, {format_size(stack.limit - sp)} below its limit "
        f"0x{stack.limit:08x}"
    )
    if fault.during == "stacking":
        act += " while an exception's frame was pushed"
    details = [_overwritten(scene, stack.top - needed, stack.limit)]
    advice = []
    recursion = find_recursion(scene.backtrace.frames)
    if recursion is not None:
        act += f"; {recursion.text}"
        advice.append("End the recursion, or use a loop.")
    else:
        chain = _chain(scene)
        if chain:
            details.append(f"The chain that went deepest: {chain}.")
        advice.append(
            f"Give it {needed:,} bytes or more (STACK_SIZE, _Min_Stack_Size or what the linker "
            "script calls it), or keep large arrays off the stack."
        )
    return Cause(act, tuple(details), tuple(advice))


def heap(scene: Scene, fault: Fault) -> Cause:
    """The heap's end beyond the stack's limit."""
    reason = fault.message.split("; at ", maxsplit=1)[0].removeprefix(f"{fault.kind}: ")
    details = [f"SP is 0x{scene.sp:08x}."]
    if fault.address is not None:
        details.insert(0, f"At 0x{fault.address:08x}: {scene.places.at(fault.address).text}.")
    advice = ("Make the heap or what is allocated smaller, or let _sbrk refuse at the limit.",)
    return Cause(f"heap into stack: {reason}", tuple(details), advice)


def _below(scene: Scene, address: int) -> tuple[str, ...]:
    place = scene.places.at(address & 0xFFFFFFFF)
    return (f"Below the stack, at 0x{address & 0xFFFFFFFF:08x}: {place.text}.",)


def _overwritten(scene: Scene, low: int, limit: int) -> str:
    """What a stack that grew on from its limit down to `low` runs over, nearest first."""
    hit = sorted(
        (
            symbol
            for symbol in scene.program.image.symbols
            if symbol.kind == "object"
            and symbol.address < limit
            and symbol.address + symbol.size > low
        ),
        key=lambda symbol: -symbol.address,
    )
    if not hit:
        return _below(scene, limit - 4)[0]
    names = ", ".join(symbol.name for symbol in hit[:_NAMED])
    more = f" and {len(hit) - _NAMED} more" if len(hit) > _NAMED else ""
    return f"Going on it would overwrite what lies below the stack: {names}{more}."


def _chain(scene: Scene) -> str:
    names = [frame.where.function or f"0x{frame.where.address:08x}" for frame in
             scene.backtrace.frames]  # fmt: skip
    shown = names[:_CHAIN]
    more = f" < {len(names) - _CHAIN} more" if len(names) > _CHAIN else ""
    return " < ".join(shown) + more
