"""Measures calls of functions from entry to return, recursion and interrupts included."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from simgate.engine.strict.stop_points import Action, StopPoints
from simgate.result import Span

if TYPE_CHECKING:
    from simgate.core import Core


class _Open(NamedTuple):
    function: str
    sp: int  # at the entry; a call has returned when its return address is reached with this SP
    started: int
    return_address: int
    action: Action


class SpanRecorder:
    """Watches the entries of functions, and the return addresses of the calls under way."""

    def __init__(
        self, core: Core, points: StopPoints, functions: Sequence[tuple[str, int]]
    ) -> None:
        self._core = core
        self._points = points
        self._open: list[_Open] = []
        self.spans: list[Span] = []
        for name, address in functions:
            points.add(address, partial(self._enter, name))

    def _enter(self, function: str) -> None:
        core = self._core
        return_address = core.read_register("lr") & ~1
        action = partial(self._maybe_returned, return_address)
        self._open.append(
            _Open(function, core.read_register("sp"), core.instructions, return_address, action)
        )
        self._points.add(return_address, action)

    def _maybe_returned(self, return_address: int) -> None:
        sp = self._core.read_register("sp")
        for index in range(len(self._open) - 1, -1, -1):
            call = self._open[index]
            if call.return_address == return_address and call.sp == sp:
                del self._open[index]
                self._points.remove(return_address, call.action)
                self.spans.append(Span(call.function, call.started, self._core.instructions))
                return
