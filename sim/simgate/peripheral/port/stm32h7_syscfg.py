"""System configuration controller of H742/743/753 (RM0433, section 12.3)."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.host import Host
from simgate.peripheral.port.port_selector import PortSelector
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

PMCR, CFGR, CCCSR, CCVR, CCCR, PWRCR = 0x04, 0x18, 0x20, 0x24, 0x28, 0x2C
_EN, _READY = 1 << 0, 1 << 8
_LOCKS = 0xFECC
# what the option bytes of a chip as delivered give: readout level 0, boot from Flash or its loader
_UR0, _UR2, _UR3 = 0x00AA_0000, 0x0800_0000, 0x0000_1FF0


@peripheral("Miscellaneous.STM32H7_SYSCFG")
class Stm32H7Syscfg(PortSelector):
    """Reads back; the compensation cell is ready when it is on, over-drive (VOS0) at once."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_write |= {CCCSR: self._write_cccsr, CFGR: self._write_cfgr}

    def registers(self) -> tuple[Register, ...]:
        """RM0433, table of 12.3.28, without user registers 4 to 17."""
        return (
            Register(PMCR, "PMCR", 0x0F00_0000, 0x0FE0_03FF),
            *self.SELECTION,
            Register(CFGR, "CFGR", 0, 0),
            Register(CCCSR, "CCCSR", 0, 0x0001_0003),
            Register(CCVR, "CCVR", 0x0000_0088, 0),
            Register(CCCR, "CCCR", 0, 0x0000_00FF),
            Register(PWRCR, "PWRCR", 0, 0x0000_0001),
            Register(0x300, "UR0", _UR0, 0),
            Register(0x308, "UR2", _UR2, 0),
            Register(0x30C, "UR3", _UR3, 0),
        )

    def _write_cccsr(self, value: int, mask: int) -> None:
        stored = self.store(CCCSR, value, mask) & ~_READY
        self._values[CCCSR] = stored | (_READY if stored & _EN else 0)

    def _write_cfgr(self, value: int, mask: int) -> None:
        self._values[CFGR] |= value & mask & _LOCKS  # set by software, cleared by a reset
