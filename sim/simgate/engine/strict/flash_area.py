"""The strict engine's side of `simgate.peripheral.host.FlashMemory`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simgate.platform.facts import MemoryArea

if TYPE_CHECKING:
    from simgate.core import Core


class FlashArea:
    """One Flash memory of the chip."""

    def __init__(self, core: Core, area: MemoryArea) -> None:
        self._core = core
        self.base = area.base
        self.size = area.size

    def read(self, offset: int, size: int) -> bytes:
        """Bytes, as they are."""
        return self._core.read(self.base + offset, size)

    def write(self, offset: int, data: bytes) -> None:
        """Change bytes; code that was decoded from them is forgotten."""
        self._core.write(self.base + offset, data)

    def on_store(self, handler: Callable[[int, int, int], bool]) -> None:
        """Hear the processor's stores."""
        self._core.on_store(self.base, handler)
