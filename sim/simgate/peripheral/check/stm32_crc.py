"""CRC unit (RM0090, section 4; RM0385, section 12; RM0440, section 16; RM0433, section 22).

F4: words only, the polynomial 0x04C11DB7, from 0xFFFFFFFF. The others: a polynomial of 7, 8, 16 or
32 bits, an initial value, bytes and halfwords, reversal of what goes in and of what comes out. A
word goes in with its highest bit first. The few bus cycles of a calculation are not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral
from simgate.peripheral.series import series_of

DR, IDR, CR, INIT, POL = 0x00, 0x04, 0x08, 0x10, 0x14

RESET, REV_OUT = 1 << 0, 1 << 7  # CR
_POLYNOMIAL, _INITIAL = 0x04C11DB7, 0xFFFFFFFF
_SIZES = (32, 16, 8, 7)  # by POLYSIZE
_REVERSED_UNITS = (0, 1, 2, 4)  # bytes, by REV_IN


@peripheral("CRC.STM32_CRC")
class Stm32Crc(RegisterBlock):
    """The attributes are those of Renode's model.

    ``series`` is ``STM32Series.F4``, ``F0`` (data register of 8 bits, as F7 has it too) or ``WBA``
    (of 32 bits, as G4 and H7); ``configurablePoly`` says whether POL can be written.
    """

    ATTRIBUTES = frozenset({"series", "configurablePoly"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        series = series_of(name, attributes, ("F4", "F0", "WBA"))
        self._is_plain = series == "F4"
        self._idr_mask = 0xFFFFFFFF if series == "WBA" else 0xFF
        self._has_polynomial = bool(attributes.get("configurablePoly", False))
        super().__init__(name, attributes, host)
        self.boolean("configurablePoly", False)
        self._on_read = {DR: self._read_dr}
        self._on_write = {CR: self._write_cr}
        if not self._is_plain:
            self._on_write[INIT] = self._write_init
        self._crc = _INITIAL

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 4.4; RM0440, 16.4."""
        plain = (
            Register(DR, "DR", _INITIAL),
            Register(IDR, "IDR", 0, self._idr_mask),
            Register(CR, "CR", 0, 0 if self._is_plain else 0xF8),
        )
        if self._is_plain:
            return plain
        writable = 0xFFFFFFFF if self._has_polynomial else 0
        return (
            *plain,
            Register(INIT, "INIT", _INITIAL),
            Register(POL, "POL", _POLYNOMIAL, writable),
        )

    def reset(self) -> None:
        """To the values after power-on."""
        super().reset()
        self._crc = _INITIAL

    def write(self, offset: int, width: int, value: int) -> None:
        """A store; to DR its width counts."""
        if offset & ~3 != DR:
            super().write(offset, width, value)
            return
        if self._is_plain and width != 4:
            self.host.touched(f"{self.name}: DR written by {width} bytes; this unit takes words")
            width = 4
        self._take(value, width)

    @property
    def _size(self) -> int:
        return _SIZES[self._values[CR] >> 3 & 3]

    def _polynomial(self) -> int:
        return _POLYNOMIAL if self._is_plain else self._values[POL] & ((1 << self._size) - 1)

    def _take(self, value: int, width: int) -> None:
        unit = min(_REVERSED_UNITS[self._values[CR] >> 5 & 3], width)
        data = value.to_bytes(width, "big")
        if unit:
            data = b"".join(
                _reversed(int.from_bytes(data[at : at + unit], "big"), 8 * unit).to_bytes(
                    unit, "big"
                )
                for at in range(0, width, unit)
            )
        size = self._size
        table = _table(self._polynomial(), size)
        mask, crc = (1 << size) - 1, self._crc & ((1 << size) - 1)
        for byte in data:
            if size >= 8:
                crc = (crc << 8 & mask) ^ table[crc >> (size - 8) ^ byte]
            else:
                crc = table[(crc << (8 - size) & 0xFF) ^ byte]
        self._crc = crc

    def _read_dr(self) -> int:
        if self._values[CR] & REV_OUT:
            return _reversed(self._crc, self._size)
        return self._crc

    def _write_cr(self, value: int, mask: int) -> None:
        self.store(CR, value, mask)
        if value & mask & RESET:
            self._begin()

    def _write_init(self, value: int, mask: int) -> None:
        self.store(INIT, value, mask)
        self._begin()

    def _begin(self) -> None:
        self._crc = _INITIAL if self._is_plain else self._values[INIT] & ((1 << self._size) - 1)


def _reversed(value: int, bits: int) -> int:
    return int(f"{value & ((1 << bits) - 1):0{bits}b}"[::-1], 2)


@cache
def _table(polynomial: int, size: int) -> tuple[int, ...]:
    """What a byte in front of zeros leaves."""
    top, mask = 1 << (size - 1), (1 << size) - 1
    table = []
    for byte in range(256):
        crc = 0
        for bit in range(7, -1, -1):
            feedback = bool(crc & top) != bool(byte >> bit & 1)
            crc = crc << 1 & mask
            if feedback:
                crc ^= polynomial
        table.append(crc)
    return tuple(table)
