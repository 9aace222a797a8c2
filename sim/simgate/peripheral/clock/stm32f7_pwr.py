"""Power control of STM32F74x/75x (RM0385, section 4)."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.clock.power_control import PowerControl
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

CR1, CSR1, CR2, CSR2 = 0x00, 0x04, 0x08, 0x0C
_VOS, _VOS_RESERVED, _VOSRDY = 3 << 14, 0, 1 << 14
_ODEN, _ODSWEN = 1 << 16, 1 << 17  # CSR1 has the ready bits at the same places
_EIWUP, _BRE, _BRR = 1 << 8, 1 << 9, 1 << 3


@peripheral("Miscellaneous.STM32F7_PWR")
class Stm32F7Pwr(PowerControl):
    """Voltage scaling and over-drive; over-drive switching needs over-drive (4.1.4)."""

    SETTLING_S = 40e-6

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_read = {CSR1: self._read_csr1}
        self._on_write = {CR1: self._write_cr1, CSR1: self._write_csr1}

    def registers(self) -> tuple[Register, ...]:
        """RM0385, table of 4.5; the wake-up flags are never set, their clear bits read 0."""
        return (
            Register(CR1, "CR1", 0x0000_C000, 0x000F_EFF3),
            Register(CSR1, "CSR1", 0, _EIWUP | _BRE),
            Register(CR2, "CR2", 0, 0x0000_3F00),
            Register(CSR2, "CSR2", 0, 0x0000_3F00),
        )

    def _write_cr1(self, value: int, mask: int) -> None:
        before = self._values[CR1]
        if mask & _VOS and value & _VOS == _VOS_RESERVED:
            mask &= ~_VOS
        after = self.store(CR1, value, mask)
        if not after & _ODEN:
            after &= ~_ODSWEN
            self._values[CR1] = after
        if (before ^ after) & _VOS:
            self._settle()
        self._unlock_backup(after)

    def _write_csr1(self, value: int, mask: int) -> None:
        stored = self.store(CSR1, value, mask) & ~_BRR
        self._values[CSR1] = stored | (_BRR if stored & _BRE else 0)

    def _read_csr1(self) -> int:
        value = self._values[CSR1] | (self._values[CR1] & (_ODEN | _ODSWEN))
        return value | _VOSRDY if self.settled else value
