"""System configuration controller (RM0090, section 9.2)."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.base import PeripheralError
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral

MEMRMP, CMPCR = 0x00, 0x20
_CMP_PD, _READY = 1 << 0, 1 << 8


@peripheral("Miscellaneous.STM32_SYSCFG")
class Stm32Syscfg(RegisterBlock):
    """Reads back; the compensation cell is ready when it is on. Remapping 0x0 is refused."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_write = {MEMRMP: self._write_memrmp, CMPCR: self._write_cmpcr}

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 9.2."""
        return (
            Register(MEMRMP, "MEMRMP", 0, 0x3),
            Register(0x04, "PMC", 0, 0x0080_0000),
            *(Register(0x08 + 4 * i, f"EXTICR{i + 1}", 0, 0xFFFF) for i in range(4)),
            Register(CMPCR, "CMPCR", 0, _CMP_PD),
        )

    def _write_memrmp(self, value: int, mask: int) -> None:
        if self.store(MEMRMP, value, mask):
            raise PeripheralError("mapping another memory at 0x0 (SYSCFG_MEMRMP) is not modelled")

    def _write_cmpcr(self, value: int, mask: int) -> None:
        stored = self.store(CMPCR, value, mask) & ~_READY
        self._values[CMPCR] = stored | (_READY if stored & _CMP_PD else 0)
