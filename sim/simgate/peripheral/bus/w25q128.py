"""Winbond's serial NOR flash (data sheet of W25Q128JV, sections 7 and 8), on one data wire.

Identification, reads, page program, sector, block and chip erase, three status registers with the
block protection, power-down, reset, and 4-byte addresses as larger members of the family have them.
Programs and erases take the data sheet's typical times (9.6) of virtual time, during which only the
status registers can be read. Commands for two and four data wires, suspend and SFDP are not there.

The chip's reset does not reach it: content, status registers and a program under way stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from simgate.errors import EngineError
from simgate.peripheral.bus.devices import SpiDevice
from simgate.peripheral.bus.flash_cells import FlashCells
from simgate.peripheral.host import Host
from simgate.peripheral.model import command
from simgate.peripheral.registry import peripheral
from simgate.peripheral.reset_cause import ResetCause

_IDLE = 0xFF  # what its output reads while it has nothing to say
# status register 1, 7.1
BUSY, WEL, BP, TB, SEC = 1, 2, 7 << 2, 1 << 5, 1 << 6
_CMP = 1 << 6  # of status register 2
_ADS = 1 << 0  # of status register 3: 4-byte addresses
_WRITABLE = (0xFC, 0x43, 0x64)
_READ_STATUS = {0x05: 0, 0x35: 1, 0x15: 2}
_WRITE_STATUS = {0x01: 0, 0x31: 1, 0x11: 2}
_READS = {0x03: 0, 0x0B: 1, 0x13: 0, 0x0C: 1}  # dummy bytes
_PROGRAMS = (0x02, 0x12)
_ERASES = {0x20: 4 << 10, 0x21: 4 << 10, 0x52: 32 << 10, 0xD8: 64 << 10, 0xDC: 64 << 10}
_CHIP_ERASES = (0xC7, 0x60)
_FOUR_BYTES = (0x13, 0x0C, 0x12, 0x21, 0xDC)
# 9.6, typical, in seconds
_PROGRAM_S, _STATUS_S, _CHIP_S = 0.4e-3, 10e-3, 40.0
_ERASE_S = {4 << 10: 45e-3, 32 << 10: 120e-3, 64 << 10: 150e-3}
ENDURANCE = 100_000  # erases of a sector


@peripheral("SPI.W25Q128")
@peripheral("SPI.GenericSpiFlash")
class W25q128(SpiDevice):
    """One memory chip. Attributes beyond Renode's for its generic flash are ``image``, a file with
    the content, and ``uniqueId``. `underlyingMemory` is taken and not used: the content is inside,
    and ``capacityCode`` says how large it is (0x18, the default: 16 MiB).

    `cells` counts what was erased and programmed.
    """

    ATTRIBUTES = frozenset(
        {
            "underlyingMemory",
            "manufacturerId",
            "memoryType",
            "capacityCode",
            "writeStatusCanSetWriteEnable",
            "extendedDeviceId",
            "deviceConfiguration",
            "remainingIdBytes",
            "sectorSizeKB",
            "image",
            "uniqueId",
        }
    )
    PROPERTIES: ClassVar[Mapping[str, str]] = {
        "ProgrammedPages": "programmed_pages",
        "EraseCycles": "erase_cycles",
    }

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._maker = self.integer("manufacturerId", 0xEF)
        self._kind = self.integer("memoryType", 0x40)
        self._capacity = self.integer("capacityCode", 0x18)
        if not 0x10 <= self._capacity <= 0x19:
            raise EngineError(f"{name}: 'capacityCode' must be 0x10 (64 KiB) to 0x19 (32 MiB)")
        self._unique = self.integer("uniqueId", 0x5117_6A7E_0000_0001)
        self.cells = FlashCells(1 << self._capacity)
        self._lasting = [0, 0, 0]  # status registers as they are after power-on
        self.reset()
        image = self.text("image", "")
        if image:
            self.load(Path(image))

    def reset(self) -> None:
        """Power on: content and status registers stay."""
        self._status = list(self._lasting)
        self._busy_until_s = 0.0
        self._in_command: list[int] = []
        self._may_change_volatile = self._asleep = self._will_reset = False
        self._four_bytes = False
        self.selected = False

    def system_reset(self, cause: ResetCause) -> None:
        """The chip's reset is not wired to it."""

    def remarks(self) -> tuple[str, ...]:
        """What hurts on silicon."""
        found = []
        if self.cells.kept_zeros:
            found.append(
                f"{self.name}: {self.cells.kept_zeros} bytes were programmed over others without "
                "an erase: their zeros stayed"
            )
        worst = self.erase_cycles
        if worst > ENDURANCE:
            found.append(f"{self.name}: a sector was erased {worst} times ({ENDURANCE} are rated)")
        return tuple(found)

    @property
    def programmed_pages(self) -> int:
        """Page programs done."""
        return self.cells.programmed

    @property
    def erase_cycles(self) -> int:
        """Erases of the sector that was erased most."""
        return max(self.cells.erased.values(), default=0)

    # ---- from outside ----

    @command("LoadBinary")
    def load(self, file: str | Path, offset: int = 0) -> None:
        """Content from a file.

        Raises:
            EngineError: the file cannot be read, or does not fit.
        """
        try:
            self.cells.load(Path(file).read_bytes(), offset)
        except (OSError, ValueError) as error:
            raise EngineError(f"{self.name}: {file}: {_reason(error)}") from error

    @command("SaveBinary")
    def save(self, file: str | Path) -> None:
        """All content into a file.

        Raises:
            EngineError: it cannot be written.
        """
        try:
            Path(file).write_bytes(self.cells.dump())
        except OSError as error:
            raise EngineError(f"{self.name}: {file}: {_reason(error)}") from error

    @command("GetEraseCount")
    def erase_count(self, address: int) -> int:
        """How often the sector with that address was erased."""
        return self.cells.erased[address // 4096]

    # ---- the wires ----

    def select(self) -> None:
        """A command follows."""
        self._in_command = []

    def exchange(self, byte: int) -> int:
        """A byte of the command, and what is on the output meanwhile."""
        got = self._in_command
        got.append(byte)
        if len(got) == 1:
            return _IDLE
        code, place = got[0], len(got) - 2
        if code in _READ_STATUS:
            return self._read_status(_READ_STATUS[code])
        if self._is_busy() or (self._asleep and code != 0xAB):
            return _IDLE
        if code in _READS:
            start = self._address_bytes(code) + _READS[code]
            return _IDLE if place < start else self.cells[self._address() + place - start]
        if code == 0x9F:
            return (self._maker, self._kind, self._capacity)[place % 3]
        if code == 0x90:
            return _IDLE if place < 3 else (self._maker, self._capacity - 1)[(place - 3) % 2]
        if code == 0xAB:
            return _IDLE if place < 3 else self._capacity - 1
        if code == 0x4B:
            return _IDLE if place < 4 else self._unique >> 8 * (7 - (place - 4) % 8) & 0xFF
        return _IDLE

    def deselect(self) -> None:
        """What writes or erases begins now (8.2.15 and others)."""
        got, self._in_command = self._in_command, []
        if not got or got[0] in _READ_STATUS:
            return
        code = got[0]
        if self._is_busy():
            self.host.remark(f"{self.name}: command 0x{code:02x} came while it was busy")
            return
        will_reset, self._will_reset = self._will_reset, code == 0x66
        if code == 0xAB:
            self._asleep = False
        elif self._asleep:
            self.host.remark(f"{self.name}: command 0x{code:02x} came in power-down")
        elif code == 0x99:
            if will_reset:
                self.reset()
        elif code in _PROGRAMS:
            self._program(got)
        elif code in _ERASES:
            if len(got) == 1 + self._address_bytes(code):
                size = _ERASES[code]
                start = self._address(got) % self.cells.size // size * size
                self._erase(start, size, _ERASE_S[size])
        elif code in _CHIP_ERASES:
            self._erase(0, self.cells.size, _CHIP_S)
        elif code in _WRITE_STATUS:
            self._write_status(_WRITE_STATUS[code], got[1:])
        elif not self._set_mode(code) and code not in _KNOWN:
            self.host.remark(f"{self.name}: command 0x{code:02x} is not modelled")

    def _set_mode(self, code: int) -> bool:
        if code == 0x06:
            self._status[0] |= WEL
        elif code == 0x04:
            self._status[0] &= ~WEL
        elif code == 0x50:
            self._may_change_volatile = True
        elif code == 0xB9:
            self._asleep = True
        elif code in (0xB7, 0xE9):
            self._four_bytes = code == 0xB7
            self._status[2] = self._status[2] & ~_ADS | (_ADS if self._four_bytes else 0)
        else:
            return code == 0x66
        return True

    # ---- commands ----

    def _address_bytes(self, code: int) -> int:
        return 4 if self._four_bytes or code in _FOUR_BYTES else 3

    def _address(self, got: list[int] | None = None) -> int:
        got = self._in_command if got is None else got
        return int.from_bytes(bytes(got[1 : 1 + self._address_bytes(got[0])]), "big")

    def _program(self, got: list[int]) -> None:
        data = bytes(got[1 + self._address_bytes(got[0]) :])
        address = self._address(got) % self.cells.size
        if not data or not self._may_write(address, 1):
            return
        self.cells.program_page(address, data)
        self._work(_PROGRAM_S)

    def _erase(self, start: int, size: int, seconds: float) -> None:
        if self._may_write(start, size):
            self.cells.erase(start, size)
            self._work(seconds)

    def _may_write(self, start: int, size: int) -> bool:
        if not self._status[0] & WEL:
            self.host.remark(f"{self.name}: write or erase without write enable at 0x{start:06x}")
            return False
        low, high = self._protected()
        if start < high and low < start + size:
            self.host.remark(f"{self.name}: write or erase of a protected block at 0x{start:06x}")
            return False
        return True

    def _protected(self) -> tuple[int, int]:
        """First protected address and the one after the last (7.1.14, 7.1.15)."""
        size, level = self.cells.size, (self._status[0] & BP) >> 2
        if level == 0:
            part = 0
        elif level == 7:
            part = size
        elif self._status[0] & SEC:
            part = 4096 << min(level - 1, 3)
        else:
            part = size >> 7 - level
        bottom = bool(self._status[0] & TB)
        if self._status[1] & _CMP:
            part, bottom = size - part, not bottom
        return (0, part) if bottom else (size - part, size)

    def _write_status(self, first: int, values: list[int]) -> None:
        lasts = bool(self._status[0] & WEL)
        volatile, self._may_change_volatile = self._may_change_volatile, False
        if not values or not (lasts or volatile):
            return
        for number, value in enumerate(values[:2] if first == 0 else values[:1], first):
            writable = _WRITABLE[number]
            self._status[number] = self._status[number] & ~writable | value & writable
            if lasts:
                self._lasting[number] = self._status[number] & writable
        if lasts:
            self._work(_STATUS_S)

    # ---- time ----

    def _work(self, seconds: float) -> None:
        self._busy_until_s = self.host.time_s() + seconds
        self._status[0] |= BUSY

    def _is_busy(self) -> bool:
        if self._status[0] & BUSY and self.host.time_s() >= self._busy_until_s:
            self._status[0] &= ~(BUSY | WEL)
        return bool(self._status[0] & BUSY)

    def _read_status(self, number: int) -> int:
        self._is_busy()
        return self._status[number]


_KNOWN = frozenset({*_READS, 0x9F, 0x90, 0xAB, 0x4B})


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
