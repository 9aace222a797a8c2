"""What a model of a peripheral is: a window of registers, wires in, wires out.

A model knows neither the engine nor the core. It is built from what the platform description says
of it, it answers reads and writes of its window, and it drives `Wire`s that the engine connects.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, Protocol

from simgate.errors import EngineError

Sink = Callable[[bool], None]
Read = Callable[[int, int], int]  # (offset, width in bytes) -> value
Write = Callable[[int, int, int], None]  # (offset, width in bytes, value)


class PeripheralError(EngineError):
    """An access that the chip answers with a bus error, or that a model cannot answer honestly."""


class Host(Protocol):
    """What the engine offers to the peripherals."""

    def time_s(self) -> float:
        """Virtual seconds since reset."""
        ...

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back when `seconds` of virtual time have passed."""
        ...

    def touched(self, what: str) -> None:
        """Note that the firmware used something that is declared but not modelled."""
        ...

    def reset(self, cause: str) -> None:
        """Reset the chip once the current instruction is done; `cause` is a clause for people.

        Only a watchdog does that; the run takes it for a fault of the firmware.
        """
        ...


class Wire:
    """A level that one peripheral drives and others watch; sinks hear changes only."""

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


class Peripheral(ABC):
    """One instance of a model.

    Args:
        name: as in the platform description, such as ``usart2``.
        attributes: the description's attributes; only those in `ATTRIBUTES` occur.
        host: time and notes.
    """

    TYPE: ClassVar[str] = ""  # Renode's class name; the registry fills it in
    WINDOW: ClassVar[int] = 0x400  # bytes, where the registration gives no size
    ATTRIBUTES: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        self.name = name
        self.attributes = attributes
        self.host = host
        self._wires: dict[int | str | None, Wire] = {}

    @abstractmethod
    def reset(self) -> None:
        """To the state after a power-on reset."""

    def system_reset(self, *, watchdog: bool) -> None:
        """To the state after a reset that left the power on.

        Args:
            watchdog: it was the independent watchdog's; else the firmware asked for it.
        """
        self.reset()

    @abstractmethod
    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve one window; None is the main one.

        Raises:
            KeyError: no such window.
        """

    def output(self, source: int | str | None) -> Wire:
        """The wire named `source` in the description; None is the only, or default, one.

        Raises:
            KeyError: this model has no such output.
        """
        return self._wires[source]

    def input(self, line: int) -> Sink:
        """What to call when the level of input `line` changes.

        Raises:
            KeyError: this model has no such input.
        """
        raise KeyError(line)

    def remarks(self) -> tuple[str, ...]:
        """What a person who wonders why nothing happens should know; usually nothing."""
        return ()

    def integer(self, attribute: str, default: int) -> int:
        """An attribute that must be a whole number.

        Raises:
            EngineError: it is something else.
        """
        value = self.attributes.get(attribute, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise EngineError(f"{self.name}: '{attribute}' must be a whole number, not {value!r}")
        return value
