"""Measures calls of functions from entry to return, recursion and interrupts included."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from simgate.engine.strict.stop_points import StopPoints
from simgate.result import Span

if TYPE_CHECKING:
    from simgate.core import Core


class _Call(NamedTuple):
    function: str
    sp: int  # at the entry: the call is over when its return address is reached with this SP
    started: int
    cycles: int | None  # by the model, then


class SpanRecorder:
    """Watches the entries of functions, and every address that a call of them returns to.

    A return address stays watched: taking a stop point away and setting it anew for each call would
    have the core decode the code around it again and again.
    """

    def __init__(
        self, core: Core, points: StopPoints, functions: Sequence[tuple[str, int]]
    ) -> None:
        self._core = core
        self._points = points
        self._under_way: dict[int, list[_Call]] = {}  # by return address, innermost last
        self.spans: list[Span] = []
        for name, address in functions:
            points.add(address, partial(self._enter, name))

    def _enter(self, function: str) -> None:
        core = self._core
        return_address = core.read_register("lr") & ~1
        calls = self._under_way.get(return_address)
        if calls is None:
            calls = self._under_way[return_address] = []
            self._points.add(return_address, partial(self._arrive, calls))
        calls.append(_Call(function, core.read_register("sp"), core.instructions, core.cycles))

    def _arrive(self, calls: list[_Call]) -> None:
        if not calls:
            return
        sp, now = self._core.read_register("sp"), self._core.instructions
        for index in range(len(calls) - 1, -1, -1):
            if calls[index].sp == sp:
                call = calls.pop(index)
                cycles = self._core.cycles
                if cycles is not None and call.cycles is not None:
                    cycles -= call.cycles
                self.spans.append(Span(call.function, call.started, now, cycles))
                return
