"""Power control of STM32F4 (RM0090, section 5; over-drive as on STM32F42x).

Renode has one class for all F4: bits that only the larger chips have are kept on an F407, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.clock.power_control import PowerControl
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

CR, CSR = 0x00, 0x04
_VOS, _VOSRDY = 3 << 14, 1 << 14
_ODEN, _ODSWEN = 1 << 16, 1 << 17  # CSR has the ready bits at the same places
_BRE, _BRR = 1 << 9, 1 << 3


@peripheral("Miscellaneous.STM32_PWR")
class Stm32Pwr(PowerControl):
    """Voltage scaling and over-drive with their ready bits; no low-power mode stops anything."""

    SETTLING_S = 40e-6

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_read = {CSR: self._read_csr}
        self._on_write = {CR: self._write_cr, CSR: self._write_csr}

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 5.4 and 5.5."""
        return (
            Register(CR, "CR", 0x0000_4000, 0x000F_FFF3),
            Register(CSR, "CSR", 0, 0x0000_0300),
        )

    def _write_cr(self, value: int, mask: int) -> None:
        before = self._values[CR]
        after = self.store(CR, value, mask)  # CWUF and CSBF clear flags that nothing sets; read 0
        if (before ^ after) & _VOS:
            self._settle()
        self._unlock_backup(after)

    def _write_csr(self, value: int, mask: int) -> None:
        stored = self.store(CSR, value, mask) & ~_BRR
        self._values[CSR] = stored | (_BRR if stored & _BRE else 0)

    def _read_csr(self) -> int:
        value = self._values[CSR] | (self._values[CR] & (_ODEN | _ODSWEN))
        return value | _VOSRDY if self.settled else value
