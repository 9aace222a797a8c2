"""A heap that has grown into the stack, seen in the variable that holds its end."""

from __future__ import annotations

from simgate.debug.cause.parts import Cause
from simgate.debug.scene import Scene
from simgate.image import Symbol
from simgate.units import format_size

_STARTS = ("__heap_start", "__HeapBase", "__heap_base", "__end__", "_end", "end")
_HINTS = ("heap", "brk")
_USUAL = frozenset({"end", "curbrk", "cur_brk", "current_end"})


def heap_into_stack(scene: Scene) -> Cause | None:
    """The heap's end lies above the limit of the main stack, though it began below; else None."""
    use = scene.result.stack
    image = scene.program.image
    if use is None:
        return None
    start = next((image.symbol(name).address for name in _STARTS if image.has_symbol(name)), None)
    if start is None or not start <= use.limit:
        return None
    for symbol in image.symbols:
        if symbol.kind != "object" or symbol.size != 4 or not _may_hold_end(symbol):
            continue
        end = scene.memory.word(symbol.address)
        if end is not None and use.limit < end < use.top + (1 << 24) and start < end:
            sentence = (
                f"heap into stack: the heap grew to 0x{end:08x}, {format_size(end - use.limit)} "
                f"beyond the stack's limit 0x{use.limit:08x}"
            )
            details = (
                f"Its end is in {symbol.name} at 0x{symbol.address:08x}; it began at "
                f"0x{start:08x} and has {format_size(use.limit - start)}.",
            )
            advice = (
                "Let _sbrk refuse (return -1, errno ENOMEM) when the heap would pass the stack's "
                "limit, and free or shrink what is allocated.",
            )
            return Cause(sentence, details, advice)
    return None


def _may_hold_end(symbol: Symbol) -> bool:
    """Named as variables of _sbrk are; the compiler appends a number to static ones."""
    name = symbol.name.split(".")[0].lower()
    return any(hint in name for hint in _HINTS) or (not symbol.is_global and name in _USUAL)
