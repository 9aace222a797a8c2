"""Flash interface of STM32H742/743/753 (RM0433, section 4).

Two banks of eight sectors of 128 KiB, each with registers of its own; programming by flash words of
32 bytes, gathered in a write buffer; erasing by sector, by bank, or both banks; bank swap by the
option SWAP_BANK_OPT, which takes effect at the next system reset. Times are the typical ones of
DS12110 table 53: 290 us a flash word, 2 s a sector, 10 s a bank (64-bit parallelism).

Registers 1 serve the bank that is at 0x08000000, swapped or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simgate.peripheral.base import PeripheralError
from simgate.peripheral.flash.cells import Cells
from simgate.peripheral.flash.flash_controller import FlashController
from simgate.peripheral.flash.key_lock import KEYS, OPTION_KEYS, KeyLock
from simgate.peripheral.host import FlashMemory, Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

ACR, KEYR, OPTKEYR, CR, SR, CCR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14
OPTCR, OPTSR_CUR, OPTSR_PRG, OPTCCR = 0x18, 0x1C, 0x20, 0x24
WPSN_CUR, WPSN_PRG, BOOT_CUR, BOOT_PRG = 0x38, 0x3C, 0x40, 0x44
BANK = 0x100  # from the registers of bank 1 to those of bank 2
# CR, 4.9.4
LOCK, PG, SER, BER, FW, START = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 6, 1 << 7
_SNB_SHIFT = 8
# SR, 4.9.5
BSY, WBNE, QW, EOP = 1 << 0, 1 << 1, 1 << 2, 1 << 16
WRPERR, PGSERR, STRBERR, INCERR = 1 << 17, 1 << 18, 1 << 19, 1 << 21
_FLAGS = 0x0FEF_0000  # those that CCR clears and that CR enables as interrupts, at the same places
# OPTCR, 4.9.7
OPTLOCK, OPTSTART, MER, SWAP_BANK = 1 << 0, 1 << 1, 1 << 4, 1 << 31
_OPT_BUSY = 1 << 0  # OPTSR_CUR
_SECTOR = 128 << 10
_WORD = 32
_PROGRAM_S, _SECTOR_S, _BANK_S, _OPTIONS_S = 290e-6, 2.0, 10.0, 0.1
# option to its programmed value: both reset as delivered (4.4.4)
_OPTIONS = {
    OPTSR_PRG: OPTSR_CUR,
    BOOT_PRG: BOOT_CUR,
    WPSN_PRG: WPSN_CUR,
    WPSN_PRG + BANK: WPSN_CUR + BANK,
}


@dataclass(slots=True)
class _Bank:
    """One bank's part of the controller."""

    base: int  # offset of its registers
    lock: KeyLock = field(default_factory=lambda: KeyLock(KEYS))
    cells: Cells | None = None
    buffer: dict[int, int] = field(default_factory=dict)  # bytes of one flash word, by offset


@peripheral("MTD.STM32H7_FlashController")
class Stm32H7FlashController(FlashController):
    """Programming, erasing, locks, bank swap; CRC and secured areas are refused."""

    WINDOW = 0x200
    ATTRIBUTES = frozenset({"flash1", "flash2"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._option_lock = KeyLock(OPTION_KEYS)
        self._options: dict[int, int] = {}  # as programmed, by the offset of the current value
        self._parts = (_Bank(0), _Bank(BANK))
        self._swapped = False
        for part, attribute in zip(self._parts, ("flash1", "flash2"), strict=True):
            memory = self.memory(attribute)
            if memory is not None:
                part.cells = Cells(memory, (_SECTOR,) * (memory.size // _SECTOR))
                memory.on_store(self._storer(part, memory))
            base = part.base
            self._on_read[base + KEYR] = self._on_read[base + CCR] = lambda: 0
            self._on_write[base + KEYR] = self._key_writer(part)
            self._on_write[base + CR] = self._control_writer(part)
            self._on_write[base + CCR] = self._flag_clearer(part)
        for base in (0, BANK):  # shared registers answer in both places
            self._on_read[base + OPTKEYR] = self._on_read[base + OPTCCR] = lambda: 0
            self._on_write[base + OPTKEYR] = self._write_optkeyr
            self._on_write[base + OPTCR] = self._write_optcr
            self._on_read[base + OPTCR] = lambda: self._values[OPTCR]
        for offset in _OPTIONS:
            self._on_write[offset] = self._option_writer(offset)

    def registers(self) -> tuple[Register, ...]:
        """RM0433, 4.9.29."""
        shared = (
            Register(ACR, "ACR", 0x0000_0037, 0x0000_003F),
            Register(OPTCR, "OPTCR", OPTLOCK, 0x4000_0010),
            Register(OPTSR_CUR, "OPTSR_CUR", 0x1FC6_AAF0, 0),
            Register(OPTSR_PRG, "OPTSR_PRG", 0x1FC6_AAF0),
            Register(BOOT_CUR, "BOOT_CUR", 0x1FF0_0800, 0),
            Register(BOOT_PRG, "BOOT_PRG", 0x1FF0_0800),
        )
        of_bank = (
            Register(KEYR, "KEYR"),
            Register(OPTKEYR, "OPTKEYR"),
            Register(CR, "CR", 0x0000_0031, 0x0FFF_073E),
            Register(SR, "SR", 0, 0),
            Register(CCR, "CCR"),
            Register(OPTCCR, "OPTCCR"),
            Register(0x28, "PRAR_CUR", 0x0000_00FF, 0),
            Register(0x2C, "PRAR_PRG", 0x0000_00FF, 0x8FFF_0FFF),
            Register(0x30, "SCAR_CUR", 0x0000_00FF, 0),
            Register(0x34, "SCAR_PRG", 0x0000_00FF, 0x8FFF_0FFF),
            Register(WPSN_CUR, "WPSN_CUR", 0x0000_00FF, 0),
            Register(WPSN_PRG, "WPSN_PRG", 0x0000_00FF, 0x0000_00FF),
        )
        both = tuple(
            Register(base + one.offset, f"{one.name}{number}", one.reset, one.writable)
            for base, number in ((0, 1), (BANK, 2))
            for one in of_bank
        )
        return (*shared, Register(BANK + OPTCR, "OPTCR (2)", OPTLOCK, 0), *both)

    def banks(self) -> tuple[Cells, ...]:
        """Physical bank 1, physical bank 2."""
        found = tuple(part.cells for part in self._parts if part.cells is not None)
        return found[::-1] if self._swapped else found

    def reset(self) -> None:
        """To the state after a reset; options are loaded, the banks swap where they say so."""
        super().reset()
        for current, value in self._options.items():
            self._values[current] = value
        for programmed, current in _OPTIONS.items():
            self._values[programmed] = self._values[current]
        for part in self._parts:
            part.lock.reset()
            part.buffer.clear()
        self._option_lock.reset()
        swapped = bool(self._values[OPTSR_CUR] & SWAP_BANK)
        one, two = (part.cells for part in self._parts)
        if swapped != self._swapped and one is not None and two is not None:
            one.exchange(two)
            self._swapped = swapped
        self._values[OPTCR] |= SWAP_BANK if swapped else 0

    # ---- locks and flags ----

    def _key_writer(self, part: _Bank) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            if self._values[part.base + CR] & LOCK and part.lock.give(value):
                self._values[part.base + CR] &= ~LOCK

        return write

    def _write_optkeyr(self, value: int, mask: int) -> None:
        if self._values[OPTCR] & OPTLOCK and self._option_lock.give(value):
            self._values[OPTCR] &= ~OPTLOCK

    def _flag_clearer(self, part: _Bank) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            self._values[part.base + SR] &= ~(value & mask & _FLAGS)
            self._update()

        return write

    # ---- erasing and programming ----

    def _control_writer(self, part: _Bank) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            at = part.base + CR
            if self._values[at] & LOCK:
                return
            written = value & mask
            stored = self.store(at, value, mask) | written & LOCK
            self._values[at] = stored & ~(START | FW)
            if written & FW and part.buffer:
                self._finish_word(part)
            if written & START:
                self._erase(part, stored)
            self._update()

        return write

    def _erase(self, part: _Bank, control: int) -> None:
        cells = self._cells(part)
        if control & BER:
            sectors, seconds = list(range(len(cells.sizes))), _BANK_S
        elif control & SER:
            sectors, seconds = [control >> _SNB_SHIFT & 7], _SECTOR_S
        else:
            self._fail(part, PGSERR)
            return
        if any(self._is_protected(part, sector) for sector in sectors):
            self._fail(part, WRPERR)
            return
        for sector in sectors:
            self.erase_sector(cells, sector)
        self._busy(part, seconds)

    def _storer(self, part: _Bank, memory: FlashMemory) -> Callable[[int, int, int], bool]:
        def store(offset: int, width: int, value: int) -> bool:
            """A store of the firmware goes to the write buffer (4.3.9)."""
            control = self._values[part.base + CR]
            if control & LOCK or not control & PG:
                self._values[part.base + SR] |= PGSERR
                self._update()
                return False
            word = offset - offset % _WORD
            if part.buffer and next(iter(part.buffer)) // _WORD != offset // _WORD:
                self._fail(part, INCERR)  # another word before the first was full
                return True
            for index, byte in enumerate(value.to_bytes(width, "little")):
                if offset + index in part.buffer:
                    self._fail(part, STRBERR)
                    return True
                part.buffer[offset + index] = byte
            self._values[part.base + SR] |= WBNE
            if all(word + index in part.buffer for index in range(_WORD)):
                self._finish_word(part)
            return True

        return store

    def _finish_word(self, part: _Bank) -> None:
        """Program the gathered word; bytes that were not given stay erased."""
        cells = self._cells(part)
        word = next(iter(part.buffer)) // _WORD * _WORD
        data = bytes(part.buffer.get(word + index, 0xFF) for index in range(_WORD))
        part.buffer.clear()
        self._values[part.base + SR] &= ~WBNE
        if self._is_protected(part, cells.sector_at(word)):
            self._fail(part, WRPERR)
            return
        if not cells.is_erased(word, _WORD):
            self.host.remark(
                f"{self.name}: the flash word at 0x{cells.memory.base + word:08x} was programmed "
                "twice without erasing: its ECC does not fit any more, silicon reads errors there"
            )
        cells.program(word, data)
        self._busy(part, _PROGRAM_S)

    def _cells(self, part: _Bank) -> Cells:
        if part.cells is None:
            raise PeripheralError(f"{self.name} has no memory for bank {part.base // BANK + 1}")
        return part.cells

    def _is_protected(self, part: _Bank, sector: int) -> bool:
        return not self._values[part.base + WPSN_CUR] >> sector & 1

    def _busy(self, part: _Bank, seconds: float) -> None:
        self._values[part.base + SR] |= BSY | QW

        def done() -> None:
            for one in self._parts:
                if self._values[one.base + SR] & BSY:
                    self._values[one.base + SR] &= ~(BSY | QW)
                    self._values[one.base + SR] |= EOP
            self._update()

        self.begin(seconds, done)

    def _fail(self, part: _Bank, error: int) -> None:
        self._values[part.base + SR] |= error
        self._update()

    def _update(self) -> None:
        self._irq.set(
            any(
                self._values[part.base + SR] & self._values[part.base + CR] & _FLAGS
                for part in self._parts
            )
        )

    # ---- options ----

    def _option_writer(self, offset: int) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            if not self._values[OPTCR] & OPTLOCK:
                self.store(offset, value, mask)

        return write

    def _write_optcr(self, value: int, mask: int) -> None:
        if self._values[OPTCR] & OPTLOCK:
            return
        written = value & mask
        self.store(OPTCR, value, mask)
        self._values[OPTCR] = self._values[OPTCR] & ~MER | written & OPTLOCK
        if written & MER:
            for part in self._parts:
                self._erase(part, BER)
        if written & OPTSTART:
            self._program_options()

    def _program_options(self) -> None:
        if (self._values[OPTSR_PRG] ^ self._values[OPTSR_CUR]) & 0xFF00:
            raise PeripheralError("changing the read protection level is not modelled")
        self._values[OPTSR_CUR] |= _OPT_BUSY

        def done() -> None:
            for programmed, current in _OPTIONS.items():
                self._values[current] = self._options[current] = self._values[programmed]

        self.begin(_OPTIONS_S, done)
