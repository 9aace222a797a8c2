"""Memory as a report reads it: what cannot be read is None, never an error."""

from __future__ import annotations

from collections.abc import Callable

from simgate.errors import EngineError


class Memory:
    """The chip's memory, with the stack as it was at the moment that is examined.

    Args:
        read: bytes of the chip as they are now; raises EngineError where there is no memory.
        base: address of the first of `kept`.
        kept: bytes saved at the moment itself; they hold, whatever is there now.
    """

    def __init__(self, read: Callable[[int, int], bytes], base: int = 0, kept: bytes = b"") -> None:
        self._read = read
        self._base = base
        self._kept = kept

    def read(self, address: int, size: int) -> bytes | None:
        """`size` bytes, or None where a byte of them is not memory."""
        start = address - self._base
        if start >= 0 and start + size <= len(self._kept):
            return self._kept[start : start + size]
        if address < 0 or address + size > 1 << 32:
            return None
        try:
            now = self._read(address, size)
        except EngineError:
            return None
        low, high = max(address, self._base), min(address + size, self._base + len(self._kept))
        if low < high:
            kept = self._kept[low - self._base : high - self._base]
            now = now[: low - address] + kept + now[high - address :]
        return now

    def word(self, address: int) -> int | None:
        """Four bytes, little endian."""
        found = self.read(address, 4)
        return None if found is None else int.from_bytes(found, "little")

    def halfword(self, address: int) -> int | None:
        """Two bytes, little endian."""
        found = self.read(address, 2)
        return None if found is None else int.from_bytes(found, "little")
