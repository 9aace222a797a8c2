"""Power control of STM32H742/743/753 (RM0433, section 6)."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.clock.power_control import PowerControl
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral
from simgate.peripheral.reset_cause import ResetCause

CR1, CSR1, CR2, CR3, CPUCR, D3CR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x18
WKUPCR, WKUPFR, WKUPEPR = 0x20, 0x24, 0x28
_VOS, _VOS_RESERVED, _VOSRDY = 3 << 14, 0, 1 << 13  # D3CR; CSR1 shows ACTVOS at the same places
_SUPPLY, _SCUEN = 7, 1 << 2  # CR3: BYPASS, LDOEN, SCUEN
_BREN, _BRRDY = 1 << 0, 1 << 16  # CR2
_USB33DEN, _USB33RDY = 1 << 24, 1 << 26  # CR3


@peripheral("Miscellaneous.STM32H7_PWR")
class Stm32H7Pwr(PowerControl):
    """Supply configuration and voltage scaling.

    CR3 takes one configuration of the supply after power-on. Until it was written the chip is in
    Run* mode: ACTVOSRDY and VOSRDY stay 0 and the scale cannot be changed (6.4.1 and 6.6.2).
    """

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_read = {CSR1: self._read_csr1, D3CR: self._read_d3cr, WKUPCR: lambda: 0}
        self._on_write = {
            CR1: self._write_cr1,
            CR2: self._write_cr2,
            CR3: self._write_cr3,
            D3CR: self._write_d3cr,
        }
        self._active_vos = 0

    def registers(self) -> tuple[Register, ...]:
        """RM0433, table of 6.8.11; no wake-up pin ever sets a flag."""
        return (
            Register(CR1, "CR1", 0xF000_C000, 0x0007_C3F1),
            Register(CSR1, "CSR1", 0x0000_4000, 0),
            Register(CR2, "CR2", 0, 0x0000_0011),
            Register(CR3, "CR3", 0x0000_0006, 0x0300_0300),
            Register(CPUCR, "CPUCR", 0, 0x0000_0807),
            Register(D3CR, "D3CR", 0x0000_4000, _VOS),
            Register(WKUPCR, "WKUPCR", 0, 0),
            Register(WKUPFR, "WKUPFR", 0, 0),
            Register(WKUPEPR, "WKUPEPR", 0, 0x0FFF_3F3F),
        )

    def reset(self) -> None:
        """To the state after power-on."""
        super().reset()
        self._active_vos = self._reset_values[D3CR] & _VOS

    def system_reset(self, cause: ResetCause) -> None:
        """The configuration of the supply stays until the power goes (6.8.4)."""
        supply = self._values[CR3]
        self.reset()
        self._values[CR3] = supply

    @property
    def _configured(self) -> bool:
        return not self._values[CR3] & _SCUEN

    def _write_cr1(self, value: int, mask: int) -> None:
        self._unlock_backup(self.store(CR1, value, mask))

    def _write_cr2(self, value: int, mask: int) -> None:
        stored = self.store(CR2, value, mask)
        self._values[CR2] = stored | _BRRDY if stored & _BREN else stored & ~_BRRDY

    def _write_cr3(self, value: int, mask: int) -> None:
        stored = self.store(CR3, value, mask) & ~_USB33RDY
        if stored & _USB33DEN:
            stored |= _USB33RDY
        if stored & _SCUEN and mask & _SUPPLY:
            stored = (stored & ~_SUPPLY) | (value & _SUPPLY & ~_SCUEN)  # once only
            self._settle()
        self._values[CR3] = stored

    def _write_d3cr(self, value: int, mask: int) -> None:
        before = self._values[D3CR]
        if not self._configured or (mask & _VOS and value & _VOS == _VOS_RESERVED):
            return
        if self.store(D3CR, value, mask) != before:
            self._settle()

    def _ready(self) -> bool:
        ready = self._configured and self.settled
        if ready:
            self._active_vos = self._values[D3CR] & _VOS
        return ready

    def _read_csr1(self) -> int:
        ready = _VOSRDY if self._ready() else 0
        return ready | self._active_vos

    def _read_d3cr(self) -> int:
        return self._values[D3CR] | (_VOSRDY if self._ready() else 0)
