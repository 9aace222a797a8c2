"""The lock of a Flash register: two keys in order open it, a wrong one shuts it until reset."""

from __future__ import annotations

from simgate.peripheral.base import PeripheralError

KEYS = (0x4567_0123, 0xCDEF_89AB)  # of the control register, in every family
OPTION_KEYS = (0x0819_2A3B, 0x4C5D_6E7F)  # of the option bytes


class KeyLock:
    """RM0090 3.6.1 and 3.7.2; RM0385, RM0440 and RM0433 have the same."""

    def __init__(self, keys: tuple[int, int]) -> None:
        self._keys = keys
        self.reset()

    def reset(self) -> None:
        """As after a reset."""
        self._given = 0
        self._shut = False

    def give(self, key: int) -> bool:
        """True when the key completes the sequence.

        Raises:
            PeripheralError: a wrong key, or one after a wrong one.
        """
        if self._shut or key != self._keys[self._given]:
            self._shut = True
            raise PeripheralError(
                f"0x{key:08x} is not the key that opens this Flash register: it answers a bus "
                "error and stays locked until reset"
            )
        self._given = (self._given + 1) % 2
        return self._given == 0
