"""Fault handlers that run although nothing faulted: they were called or jumped to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simgate.engine.strict.stop_points import StopPoints
from simgate.engine.strict.verdicts import Verdict, Verdicts
from simgate.image import Image
from simgate.result import FaultKind

if TYPE_CHECKING:
    from simgate.core import Core

_HANDLERS = {3: "HardFault", 4: "MemManage", 5: "BusFault", 6: "UsageFault"}


class HandlerWatch:
    """Watches each fault handler of the image's vector table until it is entered.

    The processor enters it with the exception's number in IPSR; in Thread mode IPSR is 0, and a
    handler that is entered then was reached through a pointer or return address that is corrupt
    (or points into the vector table). Once entered rightly it is watched no longer: most of them
    are loops without an end, whose first instruction comes again and again.

    Args:
        core: whose IPSR tells.
        points: where the handlers are watched.
        image: whose vector table names them.
        verdicts: who is told.
    """

    def __init__(self, core: Core, points: StopPoints, image: Image, verdicts: Verdicts) -> None:
        self._core = core
        self._points = points
        self._image = image
        self._verdicts = verdicts
        seen: set[int] = set()
        for number, name in _HANDLERS.items():
            address = _word(core, image.vector_table + 4 * number)
            if address is not None and image.function_at(address) and address not in seen:
                seen.add(address)
                self._watch(name, address)

    def _watch(self, name: str, address: int) -> None:
        def entered() -> None:
            self._points.remove(address, entered)
            if not self._core.ipsr:
                self._convict(name, address)

        self._points.add(address, entered)

    def _convict(self, name: str, address: int) -> None:
        caller = self._image.where(self._core.read_register("lr") & ~1)
        self._verdicts.give(
            Verdict(
                FaultKind.FALSE_HANDLER,
                f"the handler of {name} was entered with IPSR = 0: no exception was taken, it was "
                f"called or jumped to through a corrupt pointer or return address; LR is {caller}",
                pc=address & ~1,
            )
        )


def _word(core: Core, address: int) -> int | None:
    try:
        return int.from_bytes(core.read(address, 4), "little")
    except ValueError:
        return None
