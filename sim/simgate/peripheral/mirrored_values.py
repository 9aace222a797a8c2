"""Register values that the core reads itself: a loop that polls a flag calls no model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class MirroredValues(dict[int, int]):
    """Values by offset, kept in a mirror of `simgate.core.Core.mirror` as well.

    Args:
        values: what the registers hold.
        mirror: the mirror's words.
    """

    def __init__(self, values: Mapping[int, int], mirror: memoryview) -> None:
        super().__init__(values)
        self._mirror = mirror.cast("I")
        for offset, value in values.items():
            self._show(offset, value)

    def __setitem__(self, offset: int, value: int) -> None:
        super().__setitem__(offset, value)
        self._show(offset, value)

    def update(self, *values: Any, **named: int) -> None:
        """Set several."""
        for offset, value in dict(*values, **named).items():
            self[offset] = value

    def _show(self, offset: int, value: int) -> None:
        word = offset >> 2
        if word < len(self._mirror):
            self._mirror[word] = value
