"""The system bus as its other masters see it: DMA reaches memories and registers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from simgate.peripheral.base import Read, Write
from simgate.peripheral.host import BusRefusal, Port
from simgate.platform.facts import MemoryArea, Tag

if TYPE_CHECKING:
    from simgate.core import Core

NO_DMA = "NO_DMA"  # a tag of this name over a memory: only the processor reaches it


class _Window(NamedTuple):
    """Addresses served by one device or one memory."""

    base: int
    end: int
    read: Read | None  # None: a memory
    write: Write | None
    writable: bool


def _joined(areas: Iterable[MemoryArea]) -> list[_Window]:
    """Windows on memories; those that adjoin (SRAM1 and SRAM2) are one."""
    windows: list[_Window] = []
    for area in sorted(areas, key=lambda one: one.base):
        window = _Window(area.base, area.base + area.size, None, None, not area.is_flash)
        last = windows[-1] if windows else None
        if last is not None and last.end == window.base and last.writable == window.writable:
            windows[-1] = last._replace(end=window.end)
        else:
            windows.append(window)
    return windows


class Bus:
    """Memories and devices by address."""

    def __init__(self, core: Core, areas: tuple[MemoryArea, ...], tags: tuple[Tag, ...]) -> None:
        self._read_memory = core.read
        self._write_memory = core.write
        self._peek = core.peek
        self._poke = core.poke
        hidden = [tag for tag in tags if tag.name == NO_DMA]
        self._windows = _joined(
            area
            for area in areas
            if not any(0 <= area.base - tag.base < tag.size for tag in hidden)
        )
        self._bases: list[int] = []
        self._coupled = [
            area
            for area in areas
            if any(0 <= area.base - tag.base < tag.size for tag in hidden) and not area.is_flash
        ]

    def add_device(self, base: int, size: int, read: Read, write: Write) -> None:
        """Registers at these addresses."""
        self._windows.append(_Window(base, base + size, read, write, True))
        self._bases.clear()

    def read(self, address: int, width: int) -> int:
        """A load.

        Raises:
            BusRefusal: nothing is there for this master.
        """
        window = self._find(address, width)
        if window.read is not None:
            return window.read(address - window.base, width)
        return self._peek(address, width)

    def write(self, address: int, width: int, value: int) -> None:
        """A store.

        Raises:
            BusRefusal: nothing that can be written is there for this master.
        """
        window = self._find(address, width)
        if window.write is not None:
            window.write(address - window.base, width, value)
        elif window.writable:
            self._poke(address, width, value)
        else:
            raise BusRefusal(f"a store to Flash at 0x{address:08x}")

    def port(self, address: int, size: int) -> Port:
        """A way to a range for many accesses.

        Raises:
            BusRefusal: it is not within one memory or device.
        """
        window = self._find(address, size)
        if window.read is not None and window.write is not None:
            return Port(window.base, window.read, window.write)
        return Port(0, self._peek, self._poke if window.writable else self.write)

    def read_block(self, address: int, size: int) -> bytes:
        """Bytes of one memory.

        Raises:
            BusRefusal: the range is not within one.
        """
        if self._find(address, size).read is not None:
            raise BusRefusal(f"registers at 0x{address:08x} are read one by one")
        return self._read_memory(address, size)

    def write_block(self, address: int, data: bytes) -> None:
        """Bytes for one memory.

        Raises:
            BusRefusal: the range is not within one that can be written.
        """
        window = self._find(address, len(data))
        if window.write is not None or not window.writable:
            raise BusRefusal(f"what lies at 0x{address:08x} takes no block")
        self._write_memory(address, data)

    def tcm_read(self, address: int, size: int) -> bytes:
        """Bytes of a memory that only the processor and its slave port reach.

        Raises:
            BusRefusal: no such memory is there.
        """
        self._find_coupled(address, size)
        return self._read_memory(address, size)

    def tcm_write(self, address: int, data: bytes) -> None:
        """Bytes for a memory that only the processor and its slave port reach.

        Raises:
            BusRefusal: no such memory is there.
        """
        self._find_coupled(address, len(data))
        self._write_memory(address, data)

    def _find_coupled(self, address: int, size: int) -> None:
        for area in self._coupled:
            if area.base <= address and address + size <= area.base + area.size:
                return
        raise BusRefusal(f"no tightly coupled memory at 0x{address:08x}")

    def _find(self, address: int, size: int) -> _Window:
        if not self._bases:
            self._windows.sort()
            self._bases = [window.base for window in self._windows]
        index = bisect_right(self._bases, address) - 1
        if index >= 0:
            window = self._windows[index]
            if address + size <= window.end:
                return window
        raise BusRefusal(f"nothing at 0x{address:08x} that DMA reaches")
