"""Bursts of a timer's DMA: DCR names the registers that loads and stores of DMAR go to.

RM0090, 17.3.20, 17.4.19, 17.4.20.
"""

from __future__ import annotations

from simgate.peripheral.base import Read, Write


class BurstTransfer:
    """Where the next transfer through DMAR goes.

    Args:
        dmar: its offset; it cannot be reached through itself.
        read: loads a register of the timer by offset and width.
        write: stores to one.
    """

    def __init__(self, dmar: int, read: Read, write: Write) -> None:
        self._dmar = dmar
        self._read, self._write = read, write
        self.configure(0)

    def configure(self, dcr: int) -> None:
        """DCR was written: the burst begins with its first register."""
        self.length = (dcr >> 8 & 0x1F) + 1  # transfers that one request stands for
        self._first = dcr & 0x1F
        self._index = 0

    def read(self) -> int:
        """A load of DMAR."""
        offset = self._next_offset()
        return 0 if offset == self._dmar else self._read(offset, 4)

    def write(self, value: int, mask: int) -> None:
        """A store to DMAR."""
        offset = self._next_offset()
        if offset != self._dmar:
            self._write(offset, 4, value)

    def _next_offset(self) -> int:
        offset = (self._first + self._index) * 4
        self._index = (self._index + 1) % self.length
        return offset
