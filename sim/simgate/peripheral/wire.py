"""A wire: one level, and those who want to hear of its changes."""

from __future__ import annotations

from collections.abc import Callable

Sink = Callable[[bool], None]


class Wire:
    """A level that one model drives and others watch; sinks hear changes only."""

    __slots__ = ("level", "sinks")

    def __init__(self) -> None:
        self.level = False
        self.sinks: list[Sink] = []

    def set(self, level: bool) -> None:
        """Drive the wire."""
        if level != self.level:
            self.level = level
            for sink in self.sinks:
                sink(level)

    def pulse(self) -> None:
        """Up and down at one moment."""
        self.set(True)
        self.set(False)
