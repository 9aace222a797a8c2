"""Flash interface of F405/407 (RM0090, section 3) and of F74x (RM0385, section 3).

Programming by bytes, halfwords or words as PSIZE says, erasing by sector or as a whole, locks,
write protection, end-of-operation and error interrupts. Times are typical ones of the data sheets
(DS8626 table 39, DS10916 table 44: 16 us a word; 0.25 to 2 s a sector at x32).
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.base import PeripheralError, Read, Write
from simgate.peripheral.flash.cells import Cells
from simgate.peripheral.flash.flash_controller import FlashController
from simgate.peripheral.flash.key_lock import KEYS, OPTION_KEYS, KeyLock
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

ACR, KEYR, OPTKEYR, SR, CR, OPTCR, OPTCR1 = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18
# SR, RM0090 3.9.5
EOP, WRPERR, PGAERR, PGPERR, PGSERR, BSY = 1 << 0, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 16
_ERRORS = WRPERR | PGAERR | PGPERR | PGSERR
# CR, 3.9.6
PG, SER, MER, STRT, EOPIE, ERRIE, LOCK = 1, 1 << 1, 1 << 2, 1 << 16, 1 << 24, 1 << 25, 1 << 31
_SNB_SHIFT, _PSIZE_SHIFT = 3, 8
_OPTLOCK, _OPTSTRT = 1 << 0, 1 << 1
_NWRP_SHIFT = 16
_RDP = 0xFF00
_KIB = 1024
_PROGRAM_S = 16e-6
_ERASE_S = {16: 0.25, 32: 0.25, 64: 0.55, 128: 1.0, 256: 2.0}  # by KiB, x32 parallelism, typical
_OPTIONS_S = 0.1
_WORD, _DOUBLE_WORD = 4, 8  # bytes
_ROW = 16  # bytes that one operation cannot leave


class _SectorFlashController(FlashController):
    """ACR, programming, erasing and the option register."""

    SECTORS: tuple[int, ...] = ()  # KiB of each
    OPTION_RESET = 0
    ACR_WRITABLE = 0

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._lock = KeyLock(KEYS)
        self._option_lock = KeyLock(OPTION_KEYS)
        self._options = self.OPTION_RESET  # as programmed
        memory = self.memory("flash")
        sizes = _fitting(self.SECTORS, None if memory is None else memory.size)
        self._cells = None if memory is None else Cells(memory, sizes)
        if memory is not None:
            memory.on_store(self._store)
        self._on_read = {KEYR: lambda: 0, OPTKEYR: lambda: 0}
        self._on_write = {
            KEYR: self._write_keyr,
            OPTKEYR: self._write_optkeyr,
            SR: self._write_sr,
            CR: self._write_cr,
            OPTCR: self._write_optcr,
        }

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 3.9; RM0385, 3.7."""
        return (
            Register(ACR, "ACR", 0, self.ACR_WRITABLE),
            Register(KEYR, "KEYR"),
            Register(OPTKEYR, "OPTKEYR"),
            Register(SR, "SR", 0, 0),
            Register(CR, "CR", LOCK, 0x8301_037F),
            Register(OPTCR, "OPTCR", self.OPTION_RESET, 0xFFFF_FFEE),
        )

    def banks(self) -> tuple[Cells, ...]:
        """One bank."""
        return () if self._cells is None else (self._cells,)

    def reset(self) -> None:
        """To the state after a reset; option bytes stay what was programmed."""
        super().reset()
        self._values[OPTCR] = self._options
        self._lock.reset()
        self._option_lock.reset()

    def _write_keyr(self, value: int, mask: int) -> None:
        if self._values[CR] & LOCK and self._lock.give(value):
            self._values[CR] &= ~LOCK

    def _write_optkeyr(self, value: int, mask: int) -> None:
        if self._values[OPTCR] & _OPTLOCK and self._option_lock.give(value):
            self._values[OPTCR] &= ~_OPTLOCK

    def _write_sr(self, value: int, mask: int) -> None:
        self._values[SR] &= ~(value & mask & (EOP | 1 << 1 | _ERRORS))
        self._update()

    def _write_cr(self, value: int, mask: int) -> None:
        if self._values[CR] & LOCK:
            return
        stored = self.store(CR, value, mask)
        if stored & STRT and value & mask & STRT:
            self._erase(stored)
        self._update()

    # ---- erasing and programming ----

    def _erase(self, control: int) -> None:
        cells = self._cells
        if cells is None:
            raise PeripheralError(f"{self.name} has no memory to erase: its 'flash' is not given")
        if control & PG:
            self._fail(PGSERR)  # 3.6.3: one of them at a time
            return
        if control & MER:
            sectors = list(range(len(cells.sizes)))
        elif control & SER:
            sectors = [control >> _SNB_SHIFT & 0xF]
            if sectors[0] >= len(cells.sizes):
                self._fail(PGSERR)
                return
        else:
            self._values[CR] &= ~STRT
            return
        if any(self._is_protected(sector) for sector in sectors):
            self._fail(WRPERR)
            return
        seconds = 0.0
        for sector in sectors:
            self.erase_sector(cells, sector)
            seconds += _ERASE_S.get(cells.sizes[sector] // _KIB, 1.0)
        self._values[SR] |= BSY
        self.begin(seconds, self._done)

    def _store(self, offset: int, width: int, value: int) -> bool:
        """A store of the firmware; False where nobody had allowed it (3.6.4)."""
        cells = self._cells
        control = self._values[CR]
        if cells is None or control & LOCK or not control & PG:
            self._values[SR] |= PGSERR
            return False
        parallelism = 1 << (control >> _PSIZE_SHIFT & 3)  # bytes
        if parallelism == _DOUBLE_WORD:
            self.host.remark(f"{self.name}: programming by double words needs 8 to 9 V at VPP")
        if width != min(parallelism, _WORD):  # the bus brings a double word as two words
            self._fail(PGPERR)
        elif offset // _ROW != (offset + width - 1) // _ROW:
            self._fail(PGAERR)
        elif self._is_protected(cells.sector_at(offset)):
            self._fail(WRPERR)
        else:
            if not cells.program(offset, value.to_bytes(width, "little")):
                self.warn_of_bits(cells.memory.base + offset)
            self._values[SR] |= BSY
            self.begin(_PROGRAM_S, self._done)
        return True

    def _is_protected(self, sector: int) -> bool:
        return not self._options >> _NWRP_SHIFT >> sector & 1

    def _fail(self, error: int) -> None:
        self._values[SR] |= error | (1 << 1 if self._values[CR] & ERRIE else 0)  # OPERR
        self._values[CR] &= ~STRT
        self._update()

    def _done(self) -> None:
        self._values[SR] &= ~BSY
        self._values[CR] &= ~STRT
        if self._values[CR] & EOPIE:
            self._values[SR] |= EOP
        self._update()

    def _update(self) -> None:
        status, control = self._values[SR], self._values[CR]
        self._irq.set(
            bool(control & EOPIE and status & EOP) or bool(control & ERRIE and status & 1 << 1)
        )

    # ---- option bytes ----

    def _write_optcr(self, value: int, mask: int) -> None:
        if self._values[OPTCR] & _OPTLOCK:
            return
        stored = self.store(OPTCR, value, mask) | (value & mask & (_OPTLOCK | _OPTSTRT))
        self._values[OPTCR] = stored & ~_OPTSTRT
        if not stored & _OPTSTRT:
            return
        if (stored ^ self._options) & _RDP:
            raise PeripheralError("changing the read protection level is not modelled")
        self._options = stored & ~_OPTSTRT | _OPTLOCK
        self._values[SR] |= BSY
        self.begin(_OPTIONS_S, self._done)


@peripheral("MTD.STM32F4_FlashController")
class Stm32F4FlashController(_SectorFlashController):
    """F405/407: up to 12 sectors of 16, 64 and 128 KiB (RM0090, table 5)."""

    ATTRIBUTES = frozenset({"flash"})
    SECTORS = (16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128)
    OPTION_RESET = 0x0FFF_AAED
    ACR_WRITABLE = 0x0000_1F0F

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve a window."""
        if name == "optionBytes":
            return self._read_option_bytes, self._write_option_bytes
        return super().region(name)

    def _read_option_bytes(self, offset: int, width: int) -> int:
        """3.7.1: 16 bits of user option and RDP, then the write protection."""
        bytes_of = {0x0: self._options & 0xFFEC | 3, 0x8: self._options >> 16 & 0xFFF}
        word = bytes_of.get(offset & ~3, 0xFFFF_FFFF) >> (offset & 3) * 8
        return word & ((1 << width * 8) - 1)

    @staticmethod
    def _write_option_bytes(offset: int, width: int, value: int) -> None:
        raise PeripheralError("option bytes are programmed through FLASH_OPTCR, not by stores")


@peripheral("MTD.STM32F7_FlashController")
class Stm32F7FlashController(_SectorFlashController):
    """F74x: eight sectors of 32, 128 and 256 KiB (RM0385, table 3); ERSERR stands for PGSERR."""

    ATTRIBUTES = frozenset({"flash"})
    SECTORS = (32, 32, 32, 32, 128, 256, 256, 256)
    OPTION_RESET = 0xC0FF_AAFD
    ACR_WRITABLE = 0x0000_0B0F

    def registers(self) -> tuple[Register, ...]:
        """RM0385, 3.7."""
        return (*super().registers(), Register(OPTCR1, "OPTCR1", 0x0040_0080))


def _fitting(sectors: tuple[int, ...], size: int | None) -> tuple[int, ...]:
    """The sectors in bytes, as many as the memory holds."""
    found: list[int] = []
    for sector in (kib * _KIB for kib in sectors):
        if size is not None and sum(found) + sector > size:
            break
        found.append(sector)
    return tuple(found) or (size or 0,)
