"""Loading the BMI270's configuration file (BST-BMI270-DS000, section 4.3 "Initialization").

What the file makes the sensor's own processor do is not known outside of Bosch: it is not run. The
sequence is checked as the sensor checks it, from outside: the power save mode left for 450 us, the
file complete, from its beginning to its end, the signature of both published files at its start,
INIT_CTRL set when all of it is there; 20 ms later INTERNAL_STATUS says how that went.
"""

from __future__ import annotations

FULL_SIZE, SMALL_SIZE = 8192, 328  # bytes of the full file, and of that with the largest FIFO
_SIGNATURE = b"\xc8\x2e"
WAKE_UP_S = 450e-6
START_S = 0.020


class ConfigurationFile:
    """Bytes that arrive at INIT_DATA, from INIT_ADDR on."""

    def __init__(self) -> None:
        self._data = bytearray(FULL_SIZE)
        self.clear()

    def clear(self) -> None:
        """Nothing has arrived."""
        self._arrived: set[int] = set()
        self._pointer: int | None = None

    def new_transfer(self) -> None:
        """The address registers count again."""
        self._pointer = None

    def take(self, byte: int, address: int) -> None:
        """One more byte; `address` (bytes) is that of the first one of its transfer."""
        pointer = address if self._pointer is None else self._pointer
        if pointer < FULL_SIZE:
            self._data[pointer] = byte
            self._arrived.add(pointer)
        self._pointer = pointer + 1

    def give(self, address: int) -> int:
        """Read back."""
        pointer = address if self._pointer is None else self._pointer
        self._pointer = pointer + 1
        return self._data[pointer] if pointer < FULL_SIZE else 0

    @property
    def complete(self) -> bool:
        """Whether the sensor can start with it."""
        count = len(self._arrived)
        whole = count in (FULL_SIZE, SMALL_SIZE) and max(self._arrived) == count - 1
        return whole and self._data.startswith(_SIGNATURE)
