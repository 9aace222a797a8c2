"""Flash interface (RM0090, section 3): wait states and caches read back, locks are real.

Programming and erasing are not modelled: starting an erase is refused, and a store to Flash is a
fault of the run.
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.base import PeripheralError, Read, Write
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral

ACR, KEYR, OPTKEYR, SR, CR, OPTCR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14
_KEYS = (0x4567_0123, 0xCDEF_89AB)  # 3.6.1
_OPTION_KEYS = (0x0819_2A3B, 0x4C5D_6E7F)  # 3.7.2
_LOCK, _STRT = 1 << 31, 1 << 16
_OPTLOCK, _OPTSTRT = 1 << 0, 1 << 1
_SR_CLEARED_BY_ONE = 0x0000_00F3
# option bytes, 3.7: level 0 (RDP 0xAA), all user options erased, no sector protected
_OPTION_BYTES = {0x0: 0x0000_AAEF, 0x8: 0x0000_0FFF}


class _Lock:
    """Two keys in order open it; a wrong one shuts it until reset."""

    def __init__(self, keys: tuple[int, int]) -> None:
        self._keys = keys
        self.reset()

    def reset(self) -> None:
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


@peripheral("MTD.STM32F4_FlashController")
class Stm32F4FlashController(RegisterBlock):
    """ACR, the unlock sequences, and the option bytes of a chip as delivered."""

    ATTRIBUTES = frozenset({"flash"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._lock = _Lock(_KEYS)
        self._option_lock = _Lock(_OPTION_KEYS)
        self._on_read = {KEYR: lambda: 0, OPTKEYR: lambda: 0}
        self._on_write = {
            KEYR: self._write_keyr,
            OPTKEYR: self._write_optkeyr,
            SR: self._write_sr,
            CR: self._write_cr,
            OPTCR: self._write_optcr,
        }

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 3.9."""
        return (
            Register(ACR, "ACR", 0, 0x0000_1F0F),
            Register(KEYR, "KEYR"),
            Register(OPTKEYR, "OPTKEYR"),
            Register(SR, "SR", 0, 0),
            Register(CR, "CR", 0x8000_0000, 0x8301_037F),
            Register(OPTCR, "OPTCR", 0x0FFF_AAED, 0x0FFF_FFEF),
        )

    def reset(self) -> None:
        """To the state after power-on."""
        super().reset()
        self._lock.reset()
        self._option_lock.reset()

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve a window."""
        if name == "optionBytes":
            return self._read_option_bytes, self._write_option_bytes
        return super().region(name)

    def _write_keyr(self, value: int, mask: int) -> None:
        if self._values[CR] & _LOCK and self._lock.give(value):
            self._values[CR] &= ~_LOCK

    def _write_optkeyr(self, value: int, mask: int) -> None:
        if self._values[OPTCR] & _OPTLOCK and self._option_lock.give(value):
            self._values[OPTCR] &= ~_OPTLOCK

    def _write_sr(self, value: int, mask: int) -> None:
        self._values[SR] &= ~(value & mask & _SR_CLEARED_BY_ONE)

    def _write_cr(self, value: int, mask: int) -> None:
        if self._values[CR] & _LOCK:
            return
        if value & mask & _STRT:
            raise PeripheralError("erasing Flash is not modelled by this version of Simgate")
        self.store(CR, value, mask)

    def _write_optcr(self, value: int, mask: int) -> None:
        if self._values[OPTCR] & _OPTLOCK:
            return
        if value & mask & _OPTSTRT:
            raise PeripheralError("programming option bytes is not modelled by this version")
        self.store(OPTCR, value, mask)

    @staticmethod
    def _read_option_bytes(offset: int, width: int) -> int:
        word = _OPTION_BYTES.get(offset & ~3, 0xFFFF_FFFF) >> (offset & 3) * 8
        return word & ((1 << width * 8) - 1)

    @staticmethod
    def _write_option_bytes(offset: int, width: int, value: int) -> None:
        raise PeripheralError("option bytes are programmed through FLASH_OPTCR, not by stores")
