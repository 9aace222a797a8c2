"""A wire: one level, and those who want to hear of its changes."""

from __future__ import annotations

from collections.abc import Callable

Sink = Callable[[bool], None]


class Wire:
    """A level that one model drives and others watch; sinks hear changes only."""

    __slots__ = ("level", "pulsing", "sinks")

    def __init__(self) -> None:
        self.level = False
        self.pulsing = False  # it is up for this moment only
        self.sinks: list[Sink] = []

    def set(self, level: bool) -> None:
        """Drive the wire."""
        if level != self.level:
            self.level = level
            sinks = self.sinks
            if len(sinks) == 1:
                sinks[0](level)
            else:
                for sink in tuple(sinks):  # a sink may end its own listening, or another's
                    sink(level)

    def pulse(self) -> None:
        """Up and down at one moment."""
        self.pulsing = True
        self.set(True)
        self.set(False)
        self.pulsing = False
