"""Where the main stack lies, from the names that linker scripts give its ends."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from simgate.errors import ImageError, SymbolError
from simgate.image import Image
from simgate.result import StackUse

LIMITS = ("__stack_limit", "__StackLimit", "__stack_start", "_sstack")
"""Names of the stack's lowest address: ours, CMSIS, and others met."""
TOPS = ("__stack_top", "__StackTop", "_estack", "__stack", "__stack_end")
"""Names of the first address above it: ours, CMSIS, ST, newlib."""
SIZES = ("_Min_Stack_Size", "__STACK_SIZE", "__stack_size")
"""Names of its size, as an absolute value: ST, CMSIS."""


@dataclass(frozen=True, slots=True)
class StackBounds:
    """The main stack as the linker laid it out."""

    limit: int  # lowest address that belongs to it
    top: int  # first address above it
    source: str  # the names that say so

    @property
    def size(self) -> int:
        """Bytes reserved."""
        return self.top - self.limit

    def use(self, lowest_sp: int) -> StackUse:
        """How much of it a run used whose SP was never below ``lowest_sp``."""
        return StackUse(self.limit, self.top, lowest_sp)


def stack_bounds(image: Image) -> StackBounds:
    """The main stack of ``image``.

    Raises:
        SymbolError: no name tells its limit.
        ImageError: the names contradict each other.
    """
    bounds = find_stack_bounds(image)
    if bounds is None:
        raise SymbolError(
            f"{image.path}: no symbol tells where the stack ends",
            hint=f"Define one of {', '.join(LIMITS)} in the linker script, or {SIZES[0]}.",
        )
    return bounds


def find_stack_bounds(image: Image) -> StackBounds | None:
    """The main stack of ``image``; None where no name tells its limit.

    Where nothing names the top it is what the vector table loads into SP at reset.

    Raises:
        ImageError: the names contradict each other.
    """
    top_name = _first(image, TOPS)
    top = _initial_sp(image) if top_name is None else image.symbol(top_name).address
    top_name = top_name or "initial SP"
    limit_name = _first(image, LIMITS)
    if top is None:
        return None
    if limit_name is not None:
        limit, source = image.symbol(limit_name).address, f"{limit_name}, {top_name}"
    else:
        size_name = _first(image, SIZES)
        if size_name is None:
            return None
        limit = top - image.symbol(size_name).address
        source = f"{top_name} - {size_name}"
    if not 0 <= limit < top:
        raise ImageError(
            f"{image.path}: the stack goes from 0x{limit & 0xFFFFFFFF:08x} to 0x{top:08x} "
            f"({source}): its limit is not below its top",
            hint="Check these symbols in the linker script.",
        )
    return StackBounds(limit, top, source)


def _first(image: Image, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if image.has_symbol(name)), None)


def _initial_sp(image: Image) -> int | None:
    """The first word of the vector table."""
    for segment in image.segments:
        if segment.physical_address == image.vector_table and len(segment.data) >= 4:
            (value,) = struct.unpack_from("<I", segment.data)
            return int(value)
    return None
