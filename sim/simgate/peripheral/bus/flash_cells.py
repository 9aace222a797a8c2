"""The cells of a NOR flash: programming clears bits, erasing sets a sector's, and both are counted.

Only sectors that were written exist in memory; the others read as erased.
"""

from __future__ import annotations

from collections import Counter

SECTOR = 4096  # bytes that are erased together at least
PAGE = 256


class FlashCells:
    """`size` bytes, a multiple of 4096.

    Attributes:
        erased: sector number: how often it was erased.
        programmed: pages programmed.
        kept_zeros: bytes that were to get a 1 where a 0 was, and did not.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._sectors: dict[int, bytearray] = {}
        self.erased: Counter[int] = Counter()
        self.programmed = 0
        self.kept_zeros = 0

    def __getitem__(self, address: int) -> int:
        """One byte; addresses wrap at the size."""
        number, offset = divmod(address % self.size, SECTOR)
        sector = self._sectors.get(number)
        return 0xFF if sector is None else sector[offset]

    def read(self, address: int, count: int) -> bytes:
        """Bytes that do not reach beyond the end."""
        return bytes(self[address + place] for place in range(count))

    def program_page(self, address: int, data: bytes) -> None:
        """Clear bits; an address beyond the page's end goes on at its start.

        Of more than a page the last bytes stay (W25Q128JV, 8.2.13).
        """
        page = address % self.size // PAGE * PAGE
        sector = self._sector(page)
        base = page % SECTOR
        for place, byte in enumerate(data[-PAGE:], max(len(data) - PAGE, 0)):
            offset = base + (address + place) % PAGE
            old = sector[offset]
            sector[offset] = old & byte
            self.kept_zeros += sector[offset] != byte
        self.programmed += 1

    def erase(self, start: int, size: int) -> None:
        """Set all bits of whole sectors."""
        for number in range(start // SECTOR, (start + size) // SECTOR):
            self._sectors.pop(number, None)
            self.erased[number] += 1

    def load(self, data: bytes, offset: int = 0) -> None:
        """As a programming device does: any content, no wear.

        Raises:
            ValueError: it does not fit.
        """
        if offset < 0 or offset + len(data) > self.size:
            raise ValueError(f"{len(data)} bytes at 0x{offset:x} do not fit in {self.size}")
        place = 0
        while place < len(data):
            start = (offset + place) % SECTOR
            part = data[place : place + SECTOR - start]
            self._sector(offset + place)[start : start + len(part)] = part
            place += len(part)

    def dump(self) -> bytes:
        """Everything."""
        erased = b"\xff" * SECTOR
        return b"".join(
            bytes(self._sectors.get(number, erased)) for number in range(self.size // SECTOR)
        )

    def _sector(self, address: int) -> bytearray:
        number = address // SECTOR
        sector = self._sectors.get(number)
        if sector is None:
            sector = self._sectors[number] = bytearray(b"\xff" * SECTOR)
        return sector
