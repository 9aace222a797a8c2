"""Memory as people name it on a command line or in a suite: addresses, and stacks of tasks."""

from __future__ import annotations

from simgate.engine.base import ProcessStack
from simgate.errors import SimgateError
from simgate.image import Image


class MemoryNameError(SimgateError):
    """Text that names no memory."""


def address_of(image: Image, text: str) -> int:
    """An address: 0x20000000, decimal, or a symbol, perhaps with bytes to add: task+256.

    Raises:
        MemoryNameError: it is none of these, or no address of 32 bits.
        SymbolError: the image has no such symbol.
    """
    symbol, _, offset = text.partition("+")
    try:
        if symbol.strip()[:1].isdigit():
            value = int(text, 0)
        else:
            value = image.symbol(symbol).address + (int(offset, 0) if offset else 0)
    except ValueError:
        value = -1
    if not 0 <= value < 1 << 32:
        raise MemoryNameError(f"'{text}' is no address", hint="Write 0x20000400, or task+256.")
    return value


def process_stack_of(image: Image, text: str) -> ProcessStack:
    """``NAME=LIMIT..TOP``, or ``NAME=SYMBOL``: all of an object.

    Raises:
        MemoryNameError: it is not of that form, or its limit is not below its top.
        SymbolError: a bound is a symbol that the image does not have.
    """
    name, equals, bounds = text.partition("=")
    low, dots, high = bounds.partition("..")
    if name and bounds and not dots and not bounds[0].isdigit():
        whole = image.symbol(bounds)
        low, dots, high = f"{bounds}+0", "..", f"{bounds}+{whole.size}"
    if not (name and equals and dots):
        raise MemoryNameError(
            f"'{text}' is no NAME=LIMIT..TOP",
            hint="Write audio=0x20001000..0x20001400, or audio=task_stack.",
        )
    limit, top = address_of(image, low), address_of(image, high)
    if limit >= top:
        raise MemoryNameError(f"{name}: its limit is not below its top")
    return ProcessStack(name, limit, top)
