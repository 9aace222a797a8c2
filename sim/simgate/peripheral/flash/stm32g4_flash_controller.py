"""Flash interface of STM32G4, category 3 (RM0440, section 3).

Programming by double words (64 bits and their ECC), page by page erasing of either bank or both,
two banks of 2 KiB pages or, with DBANK off, one of 4 KiB pages; bank swap. Times are the typical
ones of DS12288 table 57: 81.7 us a double word, 22 ms a page or bank.

The banks swap when SYSCFG_MEMRMP.FB_MODE does, which arrives on the line ``FLASH_FB_MODE``; with
the option BFB2, told by the line ``FLASH_BFB2``, the boot loader has set it before the firmware
begins. BKER names the physical bank, as on silicon. Option bytes take effect when they are loaded,
which OBL_LAUNCH does with a reset; a system reset alone does not.
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.base import PeripheralError
from simgate.peripheral.flash.cells import Cells
from simgate.peripheral.flash.flash_controller import FlashController
from simgate.peripheral.flash.key_lock import KEYS, OPTION_KEYS, KeyLock
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral
from simgate.peripheral.reset_cause import ResetCause

ACR, PDKEYR, KEYR, OPTKEYR, SR, CR, ECCR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18
OPTR = 0x20
# SR, 3.7.5
EOP, OPERR, PROGERR, WRPERR, PGAERR, SIZERR, PGSERR = (1 << n for n in (0, 1, 3, 4, 5, 6, 7))
BSY = 1 << 16
_CLEARED_BY_ONE = 0x0000_C3FB
# CR, 3.7.6
PG, PER, MER1, BKER, MER2, STRT, OPTSTRT, FSTPG = (1 << n for n in (0, 1, 2, 11, 15, 16, 17, 18))
EOPIE, ERRIE, OBL_LAUNCH, OPTLOCK, LOCK = (1 << n for n in (24, 25, 27, 30, 31))
_PNB_SHIFT, _PNB = 3, 0x7F
# OPTR, 3.7.8
DBANK, BFB2 = 1 << 22, 1 << 20
_OPTIONS_AS_DELIVERED = 0xFFEF_F8AA
_PAGE = 2048

_DOUBLE_WORD = 8
_PROGRAM_S, _ERASE_S, _OPTIONS_S = 81.7e-6, 22e-3, 25e-3
FB_MODE, BFB2_LOADED = "FLASH_FB_MODE", "FLASH_BFB2"


@peripheral("MTD.STM32G4_FlashController")
class Stm32G4FlashController(FlashController):
    """ACR, programming, erasing, option bytes, bank swap; fast row programming is refused."""

    ATTRIBUTES = frozenset({"flash"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._lock = KeyLock(KEYS)
        self._option_lock = KeyLock(OPTION_KEYS)
        self._options: dict[int, int] = {}  # as programmed, by offset
        self._loaded: dict[int, int] = {}  # as in force
        self._fb_mode = False
        self._half: tuple[int, int] | None = None  # offset and value of a first word
        self._swapped = False
        self._banks: tuple[Cells, ...] = ()  # by address: the first is at 0x08000000
        memory = self.memory("flash")
        if memory is not None:
            pages = memory.size // 2 // _PAGE
            self._banks = tuple(
                Cells(memory, (_PAGE,) * pages, bank * memory.size // 2) for bank in range(2)
            )
            memory.on_store(self._store)
        host.signal(FB_MODE).sinks.append(self._hear_fb_mode)
        self._on_read = dict.fromkeys((PDKEYR, KEYR, OPTKEYR), lambda: 0)
        self._on_write = {
            KEYR: self._write_keyr,
            OPTKEYR: self._write_optkeyr,
            SR: self._write_sr,
            CR: self._write_cr,
            OPTR: self._write_optr,
        }

    def registers(self) -> tuple[Register, ...]:
        """RM0440, 3.7.18."""
        return (
            Register(ACR, "ACR", 0x0004_0600, 0x0007_7F0F),
            Register(PDKEYR, "PDKEYR", 0, 0),
            Register(KEYR, "KEYR"),
            Register(OPTKEYR, "OPTKEYR"),
            Register(SR, "SR", 0, 0),
            Register(CR, "CR", 0xC000_0000, 0x370F_8BFF),
            Register(ECCR, "ECCR", 0, 0x0100_0000),
            Register(OPTR, "OPTR", _OPTIONS_AS_DELIVERED),
            Register(0x24, "PCROP1SR", 0xFFFF_FFFF, 0x0000_7FFF),
            Register(0x28, "PCROP1ER", 0x0FFF_0000, 0x8000_7FFF),
            Register(0x2C, "WRP1AR", 0xFF00_FFFF, 0x007F_007F),
            Register(0x30, "WRP1BR", 0xFF00_FFFF, 0x007F_007F),
            Register(0x44, "PCROP2SR", 0xFFFF_FFFF, 0x0000_7FFF),
            Register(0x48, "PCROP2ER", 0x0FFF_0000, 0x0000_7FFF),
            Register(0x4C, "WRP2AR", 0xFF00_FFFF, 0x007F_007F),
            Register(0x50, "WRP2BR", 0xFF00_FFFF, 0x007F_007F),
            Register(0x70, "SEC1R", 0x0000_FF00, 0x0001_00FF),
            Register(0x74, "SEC2R", 0x0000_FF00, 0x0000_00FF),
        )

    def banks(self) -> tuple[Cells, ...]:
        """Physical bank 1, physical bank 2."""
        return self._banks[::-1] if self._swapped else self._banks

    def reset(self) -> None:
        """To the state after a reset; option bytes stay."""
        super().reset()
        self._values.update(self._loaded)
        self._lock.reset()
        self._option_lock.reset()
        self._half = None
        self.host.signal(BFB2_LOADED).set(bool(self._values[OPTR] & BFB2))
        self._swap()

    def _hear_fb_mode(self, level: bool) -> None:
        self._fb_mode = level
        self._swap()

    def _swap(self) -> None:
        """Banks lie as FB_MODE and BFB2 say."""
        swapped = self._fb_mode or bool(self._loaded.get(OPTR, 0) & BFB2)
        if swapped == self._swapped or not self._banks or not self._values[OPTR] & DBANK:
            return
        self._swapped = swapped
        self._banks[0].exchange(self._banks[1])

    # ---- locks and flags ----

    def _write_keyr(self, value: int, mask: int) -> None:
        if self._values[CR] & LOCK and self._lock.give(value):
            self._values[CR] &= ~LOCK

    def _write_optkeyr(self, value: int, mask: int) -> None:
        if self._values[CR] & (OPTLOCK | LOCK) == OPTLOCK and self._option_lock.give(value):
            self._values[CR] &= ~OPTLOCK

    def _write_sr(self, value: int, mask: int) -> None:
        self._values[SR] &= ~(value & mask & _CLEARED_BY_ONE)
        self._update()

    def _write_cr(self, value: int, mask: int) -> None:
        if self._values[CR] & LOCK:
            return
        written = value & mask
        if written & FSTPG:
            raise PeripheralError("fast programming of rows (CR.FSTPG) is not modelled")
        if written & OBL_LAUNCH and not self._values[CR] & OPTLOCK:
            self._loaded = dict(self._options)
            self.host.restart(ResetCause.OPTION_BYTES)
            return
        locks = self._values[CR] & OPTLOCK
        stored = self.store(CR, value, mask)
        stored |= locks | written & (LOCK | OPTLOCK)
        self._values[CR] = stored & ~(STRT | OPTSTRT)
        if written & STRT:
            self._erase(stored)
        if written & OPTSTRT and not stored & OPTLOCK:
            self._program_options()
        self._update()

    def _write_optr(self, value: int, mask: int) -> None:
        if self._values[CR] & OPTLOCK:
            return
        stored = (self._values[OPTR] & ~mask) | (value & mask)
        if (stored ^ self._values[OPTR]) & 0xFF:
            raise PeripheralError("changing the read protection level is not modelled")
        self._values[OPTR] = stored

    def _program_options(self) -> None:
        """They take effect when they are loaded."""
        offsets = (OPTR, *range(0x24, 0x34, 4), *range(0x44, 0x54, 4), 0x70, 0x74)
        self._options = {offset: self._values[offset] for offset in offsets}
        self._busy(_OPTIONS_S)

    # ---- erasing and programming ----

    def _erase(self, control: int) -> None:
        if not self._banks:
            raise PeripheralError(f"{self.name} has no memory to erase: its 'flash' is not given")
        one, two = self.banks()
        dual = bool(self._values[OPTR] & DBANK)
        pages: list[tuple[int, int]] = []  # (bank, page)
        if control & PG:
            self._fail(PGSERR)
            return
        if control & PER:
            page = control >> _PNB_SHIFT & _PNB
            if dual:
                pages.append((1 if control & BKER else 0, page))
            else:  # 4 KiB, through both banks
                flat = [2 * page, 2 * page + 1]
                pages += [divmod(number, len(one.sizes)) for number in flat]
        if control & MER1:
            pages += [(0, page) for page in range(len(one.sizes))]
        if control & MER2:
            pages += [(1, page) for page in range(len(two.sizes))]
        if any(page >= len(one.sizes) or bank > 1 for bank, page in pages):
            self._fail(PGSERR)
            return
        if any(self._is_protected(bank, page) for bank, page in pages):
            self._fail(WRPERR)
            return
        for bank, page in pages:
            self.erase_sector((one, two)[bank], page)
        if pages:
            self._busy(_ERASE_S)

    def _store(self, offset: int, width: int, value: int) -> bool:
        """A store of the firmware: the first or the second word of a double word (3.3.7)."""
        control = self._values[CR]
        if control & LOCK or not control & PG or self._values[SR] & (PROGERR | SIZERR | PGAERR):
            self._values[SR] |= PGSERR
            return False
        if width != 4:
            self._fail(SIZERR)
            return True
        first = self._half
        if first is None:
            if offset % _DOUBLE_WORD:
                self._fail(PGAERR)
            else:
                self._half = (offset, value)
            return True
        self._half = None
        if offset != first[0] + 4:
            self._fail(PGAERR)
            return True
        self._program(first[0], first[1] | value << 32)
        return True

    def _program(self, offset: int, value: int) -> None:
        cells = next(one for one in self._banks if offset < one.start + one.size)
        bank = self.banks().index(cells)
        if self._is_protected(bank, cells.sector_at(offset)):
            self._fail(WRPERR)
        elif value and not cells.is_erased(offset, _DOUBLE_WORD):
            self._fail(PROGERR)  # only all zeros may follow another value: the ECC forbids more
        else:
            cells.program(offset, value.to_bytes(_DOUBLE_WORD, "little"))
            self._busy(_PROGRAM_S)

    def _is_protected(self, bank: int, page: int) -> bool:
        """Two areas of each bank, from a first to a last page (3.5.4)."""
        for offset in (0x2C, 0x30) if bank == 0 else (0x4C, 0x50):
            area = self._loaded.get(offset, self._reset_values[offset])
            if area & _PNB <= page <= area >> 16 & _PNB:
                return True
        return False

    def _busy(self, seconds: float) -> None:
        self._values[SR] |= BSY
        self.begin(seconds, self._done)

    def _done(self) -> None:
        self._values[SR] &= ~BSY
        if self._values[CR] & EOPIE:
            self._values[SR] |= EOP
        self._update()

    def _fail(self, error: int) -> None:
        self._values[SR] |= error | (OPERR if self._values[CR] & ERRIE else 0)
        self._update()

    def _update(self) -> None:
        status, control = self._values[SR], self._values[CR]
        self._irq.set(
            bool(control & EOPIE and status & EOP) or bool(control & ERRIE and status & OPERR)
        )
