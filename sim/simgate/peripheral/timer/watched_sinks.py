"""The sinks of a wire whose driver wants to know when somebody begins or ceases to listen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import SupportsIndex

from simgate.peripheral.wire import Sink, Wire


class WatchedSinks(list[Sink]):
    """A list that calls back after each change of its length."""

    def __init__(self, sinks: Iterable[Sink], changed: Callable[[], None]) -> None:
        super().__init__(sinks)
        self._changed = changed

    def append(self, sink: Sink) -> None:
        """One more listens."""
        super().append(sink)
        self._changed()

    def extend(self, sinks: Iterable[Sink]) -> None:
        """Several more listen."""
        super().extend(sinks)
        self._changed()

    def remove(self, sink: Sink) -> None:
        """One listens no more."""
        super().remove(sink)
        self._changed()

    def pop(self, index: SupportsIndex = -1) -> Sink:
        """One listens no more."""
        sink = super().pop(index)
        self._changed()
        return sink

    def clear(self) -> None:
        """Nobody listens any more."""
        super().clear()
        self._changed()


def watch(wire: Wire, changed: Callable[[], None]) -> Wire:
    """Have `changed` called whenever the wire gains or loses a listener; gives the wire back."""
    wire.sinks = WatchedSinks(wire.sinks, changed)
    return wire
