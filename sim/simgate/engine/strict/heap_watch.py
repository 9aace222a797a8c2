"""The heap's end, held against the main stack: newlib's heap grows by calls of ``_sbrk``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from simgate.engine.strict.stop_points import StopPoints
from simgate.engine.strict.verdicts import Verdict, Verdicts
from simgate.image import Image
from simgate.result import FaultKind, StackUse
from simgate.units import format_size

if TYPE_CHECKING:
    from simgate.core import Core

_GROWERS = (("_sbrk", "r0"), ("_sbrk_r", "r1"))
"""Functions that move the heap's end, and the register with the bytes to add (AAPCS)."""
_REFUSED = 0xFFFFFFFF


class _Call(NamedTuple):
    sp: int  # at the entry: the call is over when its return address is reached with this SP
    increment: int


class HeapWatch:
    """Watches the outermost such function that the image has, and what each call of it returns.

    Only a heap that begins below the stack is checked: one that lies elsewhere cannot grow into it.

    Args:
        core: whose registers tell what was asked for and what was given.
        points: where the function's entry and the returns from it are watched.
        image: which has such a function, or not.
        stack: the main stack.
        verdicts: who is told of a heap that grew too far.
    """

    def __init__(
        self, core: Core, points: StopPoints, image: Image, stack: StackUse, verdicts: Verdicts
    ) -> None:
        self._core = core
        self._points = points
        self._image = image
        self._stack = stack
        self._verdicts = verdicts
        self._under_way: dict[int, list[_Call]] = {}  # by return address
        for name, register in _GROWERS:
            if image.has_symbol(name):
                entry = image.symbol(name).address
                points.add(entry, partial(self._enter, entry, register))
                return

    def _enter(self, entry: int, register: str) -> None:
        core = self._core
        return_address = core.read_register("lr") & ~1
        calls = self._under_way.get(return_address)
        if calls is None:
            calls = self._under_way[return_address] = []
            self._points.add(return_address, partial(self._arrive, entry, return_address))
        value = core.read_register(register)
        increment = value - (1 << 32) if value >> 31 else value
        calls.append(_Call(core.read_register("sp"), increment))

    def _arrive(self, entry: int, return_address: int) -> None:
        calls, sp = self._under_way[return_address], self._core.read_register("sp")
        for index in range(len(calls) - 1, -1, -1):
            if calls[index].sp == sp:
                self._judge(calls.pop(index).increment, entry, return_address)
                return

    def _judge(self, increment: int, entry: int, return_address: int) -> None:
        previous, stack = self._core.read_register("r0"), self._stack
        end = previous + increment
        if previous == _REFUSED or previous >= stack.top or end <= stack.limit:
            return
        self._verdicts.give(
            Verdict(
                FaultKind.HEAP_OVERFLOW,
                f"asked for {format_size(increment)}, the heap's end became 0x{end:08x}, "
                f"{format_size(end - stack.limit)} above the main stack's limit "
                f"0x{stack.limit:08x}; called from {self._image.where(return_address)}",
                pc=entry,
                address=end,
            )
        )
