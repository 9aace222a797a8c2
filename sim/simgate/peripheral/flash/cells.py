"""The cells of a Flash: programming clears bits, erasing a sector sets them all, both wear it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from simgate.peripheral.host import FlashMemory

ENDURANCE = 10_000  # erasures that the data sheets of all four families guarantee


class Cells:
    """Sectors over one memory, or over a part of one.

    Args:
        memory: what is programmed.
        sizes: bytes of each sector, in order.
        start: offset of the first sector in the memory.

    Attributes:
        erases, writes: how often each sector was erased, and programmed, since creation.
    """

    def __init__(self, memory: FlashMemory, sizes: Sequence[int], start: int = 0) -> None:
        self.memory = memory
        self.start = start
        self.sizes = tuple(sizes)
        self._ends = tuple(start + end for end in accumulate(sizes))
        self.erases = [0] * len(self.sizes)
        self.writes = [0] * len(self.sizes)

    @property
    def size(self) -> int:
        """Bytes of all sectors."""
        return self._ends[-1] - self.start

    def sector_at(self, offset: int) -> int:
        """The sector that holds the byte at an offset in the memory."""
        return next(index for index, end in enumerate(self._ends) if offset < end)

    def program(self, offset: int, data: bytes) -> bool:
        """Clear the bits that are 0 in the data; False where a bit could not become 1."""
        before = self.memory.read(offset, len(data))
        after = bytes(old & new for old, new in zip(before, data, strict=True))
        self.memory.write(offset, after)
        self.writes[self.sector_at(offset)] += 1
        return after == data

    def is_erased(self, offset: int, size: int) -> bool:
        """Whether all bits are 1."""
        return self.memory.read(offset, size) == b"\xff" * size

    def erase(self, sector: int) -> None:
        """Set all bits of a sector."""
        size = self.sizes[sector]
        self.memory.write(self._ends[sector] - size, b"\xff" * size)
        self.erases[sector] += 1

    def exchange(self, other: Cells) -> None:
        """Exchange contents and wear with a bank of the same size: the banks swap addresses."""
        mine = self.memory.read(self.start, self.size)
        self.memory.write(self.start, other.memory.read(other.start, other.size))
        other.memory.write(other.start, mine)
        self.erases, other.erases = other.erases, self.erases
        self.writes, other.writes = other.writes, self.writes
