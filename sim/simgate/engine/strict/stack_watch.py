"""The stacks: the main one's limit and the deepest use of it, and those of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simgate.engine.base import ProcessStack
from simgate.engine.strict.stack_need import lowest_without_guard
from simgate.errors import EngineError
from simgate.image import Image
from simgate.result import StackUse

if TYPE_CHECKING:
    from simgate.core import Core, FaultRecord, Stop

_SYMBOL = "__stack_limit"
_PROCESS_LIMIT, _PROCESS_TOP = "__process_stack_limit", "__process_stack_top"
MAIN_STACK = "main stack"


def _named_by_the_image(image: Image) -> tuple[ProcessStack, ...]:
    """The stack between the symbols of the process stack, where the image has them."""
    if not (image.has_symbol(_PROCESS_LIMIT) and image.has_symbol(_PROCESS_TOP)):
        return ()
    limit, top = image.symbol(_PROCESS_LIMIT).address, image.symbol(_PROCESS_TOP).address
    return (ProcessStack("process stack", limit, top),)


class StackWatch:
    """Made right after a reset: the top is the initial SP of the vector table.

    Args:
        core: whose SP is held against the limit.
        image: where the symbol ``__stack_limit`` may be.
        limit: lowest address of the main stack; None: that symbol, or what the platform tells.
        tasks: stacks that PSP may lie in, besides the one between the symbols
            ``__process_stack_limit`` and ``__process_stack_top``.
        declared: what the platform description says of the main stack, where it does.

    Raises:
        EngineError: a limit is not below its top.
    """

    def __init__(
        self,
        core: Core,
        image: Image,
        limit: int | None,
        tasks: tuple[ProcessStack, ...] = (),
        declared: int | None = None,
    ) -> None:
        self._core = core
        self._tasks = tasks + _named_by_the_image(image)
        self._needed: int | None = None
        self._watch_tasks(image)
        if limit is None and image.has_symbol(_SYMBOL):
            limit = image.symbol(_SYMBOL).address
        if limit is None:
            limit = declared
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
        return StackUse(self._limit, self._top, self._find_lowest(), self._needed)

    def overrun(self, record: FaultRecord) -> ProcessStack | None:
        """The stack that a stack overflow overran; None where nobody knows."""
        if not record.process_stack:
            return None if self._limit is None else ProcessStack(MAIN_STACK, self._limit, self._top)
        below = [task for task in self._tasks if record.address < task.limit]
        return min(below, key=lambda task: task.limit - record.address, default=None)

    def learn_need(self, stop: Stop) -> None:
        """After an overflow: how deep the main stack becomes where nothing stops it."""
        if self._limit is None or stop.fault is None or stop.fault.process_stack:
            return
        lowest = lowest_without_guard(self._core, self._limit, lambda core: core.lowest_sp)
        lowest = stop.fault.address if lowest is None else min(lowest, stop.fault.address)
        self._needed = self._top - lowest

    def _watch_tasks(self, image: Image) -> None:
        for task in self._tasks:
            if task.limit >= task.top:
                raise EngineError(
                    f"{image.path}: the limit 0x{task.limit:08x} of the stack '{task.name}' is not "
                    f"below its top 0x{task.top:08x}"
                )
        self._core.set_process_stacks([(task.limit, task.top) for task in self._tasks])

    def _find_lowest(self) -> int:
        lowest = self._core.lowest_sp
        return self._lowest if lowest is None else min(lowest, self._lowest)
