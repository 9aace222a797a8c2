"""A peripheral: a model with a window of registers on the system bus."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from simgate.errors import EngineError
from simgate.peripheral.model import Model

Read = Callable[[int, int], int]  # (offset, width in bytes) -> value
Write = Callable[[int, int, int], None]  # (offset, width in bytes, value)
Show = Callable[[int, bool], None]  # (offset, whether its mirror may be read)


class PeripheralError(EngineError):
    """An access that the chip answers with a bus error, or that a model cannot answer honestly."""


class Peripheral(Model):
    """One instance of a model that the processor can address."""

    WINDOW: ClassVar[int] = 0x400  # bytes, where the registration gives no size

    @abstractmethod
    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve one window; None is the main one.

        Raises:
            KeyError: no such window.
        """

    def mirrors(self, read: Read) -> tuple[int, ...]:
        """Offsets of registers that the core may read from a mirror, without a call.

        Args:
            read: what serves the window in question.
        """
        return ()

    def mirror(self, values: memoryview) -> None:
        """Keep the words of `mirrors` in `values`, from now on."""

    def show_mirror(self, show: Show) -> None:
        """Take what hides a word of the mirror, while reading it would have an effect."""
