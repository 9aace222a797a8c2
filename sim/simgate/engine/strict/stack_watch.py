"""The main stack: its limit, and the deepest use of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simgate.errors import EngineError
from simgate.image import Image
from simgate.result import StackUse

if TYPE_CHECKING:
    from simgate.core import Core

_SYMBOL = "__stack_limit"


class StackWatch:
    """Made right after a reset: the top is the initial SP of the vector table.

    Args:
        core: whose SP is held against the limit.
        image: where the symbol ``__stack_limit`` may be.
        limit: lowest address of the stack; None: that symbol.

    Raises:
        EngineError: the limit is not below the top.
    """

    def __init__(self, core: Core, image: Image, limit: int | None) -> None:
        self._core = core
        if limit is None and image.has_symbol(_SYMBOL):
            limit = image.symbol(_SYMBOL).address
        self._limit = limit
        self._top = self._lowest = core.read_register("sp")
        if limit is None:
            return
        if limit >= self._top:
            raise EngineError(
                f"{image.path}: the stack's limit 0x{limit:08x} is not below the initial SP "
                f"0x{self._top:08x}"
            )
        core.set_stack_limit(limit)

    @property
    def not_checked(self) -> tuple[str, ...]:
        """What a result must say was not checked."""
        if self._limit is not None:
            return ()
        return (f"the main stack's limit (the image has no symbol {_SYMBOL})",)

    def note_reset(self) -> None:
        """Before the core is reset, which begins its own record again."""
        self._lowest = self._find_lowest()

    def use(self) -> StackUse | None:
        """Since power-on; None where there is no limit."""
        if self._limit is None:
            return None
        return StackUse(self._limit, self._top, self._find_lowest())

    def _find_lowest(self) -> int:
        lowest = self._core.lowest_sp
        return self._lowest if lowest is None else min(lowest, self._lowest)
