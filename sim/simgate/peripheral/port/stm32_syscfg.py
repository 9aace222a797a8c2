"""System configuration controller of F4 and F7 (RM0090, section 9.2; RM0385, section 7.2)."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.base import PeripheralError
from simgate.peripheral.host import Host
from simgate.peripheral.port.port_selector import PortSelector
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

MEMRMP, PMC, CMPCR = 0x00, 0x04, 0x20
_CMP_PD, _READY = 1 << 0, 1 << 8


@peripheral("Miscellaneous.STM32_SYSCFG")
class Stm32Syscfg(PortSelector):
    """Reads back; the compensation cell is ready when it is on. Remapping 0x0 is refused."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_write |= {MEMRMP: self._write_memrmp, CMPCR: self._write_cmpcr}

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 9.2."""
        return (
            Register(MEMRMP, "MEMRMP", 0, 0x3),
            Register(PMC, "PMC", 0, 0x0080_0000),
            *self.SELECTION,
            Register(CMPCR, "CMPCR", 0, _CMP_PD),
        )

    def _write_memrmp(self, value: int, mask: int) -> None:
        if self.store(MEMRMP, value, mask):
            raise PeripheralError("mapping another memory at 0x0 (SYSCFG_MEMRMP) is not modelled")

    def _write_cmpcr(self, value: int, mask: int) -> None:
        stored = self.store(CMPCR, value, mask) & ~_READY
        self._values[CMPCR] = stored | (_READY if stored & _CMP_PD else 0)


@peripheral("Miscellaneous.STM32F7_SYSCFG")
class Stm32F7Syscfg(Stm32Syscfg):
    """Where the core boots from is an option byte's matter: nothing to remap at 0x0."""

    def registers(self) -> tuple[Register, ...]:
        """RM0385, table of 7.2.9; MEM_BOOT is 0: booted from BOOT_ADD0."""
        return (
            Register(MEMRMP, "MEMRMP", 0, 0x0000_0C00),
            Register(PMC, "PMC", 0, 0x0087_0000),
            *self.SELECTION,
            Register(CMPCR, "CMPCR", 0, _CMP_PD),
        )

    def _write_memrmp(self, value: int, mask: int) -> None:
        if self.store(MEMRMP, value, mask):
            raise PeripheralError("swapping FMC banks (SYSCFG_MEMRMP.SWP_FMC) is not modelled")
