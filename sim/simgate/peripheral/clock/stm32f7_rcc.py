"""Reset and clock control of STM32F74x/75x (RM0385, section 5).

It is the F4's with a third PLL and registers for the clocks of single peripherals. Renode has one
class for both; this name is the strict engine's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.clock.stm32f4_rcc import (
    BDCR,
    CFGR,
    CIR,
    CR,
    CSR,
    PLLCFGR,
    PLLI2SCFGR,
    PLLI2SON,
    PLLON,
    PLLSAION,
    Stm32F4Rcc,
)
from simgate.peripheral.clock.stm32f7_gates import ENABLES, KERNEL_CLOCKS, RESETS
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

PLLSAICFGR, DCKCFGR1, DCKCFGR2 = 0x88, 0x8C, 0x90


@peripheral("Miscellaneous.STM32F7_RCC")
class Stm32F7Rcc(Stm32F4Rcc):
    """The clock tree, as far as firmware can see it."""

    ENABLES = ENABLES
    RESETS = RESETS
    KERNEL_CLOCKS = KERNEL_CLOCKS
    PLLS = PLLON | PLLI2SON | PLLSAION

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_write[PLLSAICFGR] = self._write_unless_on(PLLSAICFGR, PLLSAION)

    def registers(self) -> tuple[Register, ...]:
        """RM0385, table of 5.3.27."""
        return (
            Register(CR, "CR", 0x0000_0083, 0x150D_00F9),
            Register(PLLCFGR, "PLLCFGR", 0x2400_3010, 0x0F43_7FFF),
            Register(CFGR, "CFGR", 0, 0xFFFF_FCF3),
            Register(CIR, "CIR", 0, 0x0000_7F00),
            Register(0x10, "AHB1RSTR", 0, 0x22E0_17FF),
            Register(0x14, "AHB2RSTR", 0, 0x0000_00F1),
            Register(0x18, "AHB3RSTR", 0, 0x0000_0003),
            Register(0x20, "APB1RSTR", 0, 0xFFFF_CBFF),
            Register(0x24, "APB2RSTR", 0, 0x04F7_7933),
            Register(0x30, "AHB1ENR", 0x0010_0000, 0x7EF4_17FF),
            Register(0x34, "AHB2ENR", 0, 0x0000_00F1),
            Register(0x38, "AHB3ENR", 0, 0x0000_0003),
            Register(0x40, "APB1ENR", 0, 0xFFFF_CBFF),
            Register(0x44, "APB2ENR", 0, 0x04F7_7F33),
            Register(0x50, "AHB1LPENR", 0x7EF7_B7FF, 0x7EF7_B7FF),
            Register(0x54, "AHB2LPENR", 0x0000_00F1, 0x0000_00F1),
            Register(0x58, "AHB3LPENR", 0x0000_0003, 0x0000_0003),
            Register(0x60, "APB1LPENR", 0xFFFF_CBFF, 0xFFFF_CBFF),
            Register(0x64, "APB2LPENR", 0x04F7_7F33, 0x04F7_7F33),
            Register(BDCR, "BDCR", 0, 0x0001_831D),
            Register(CSR, "CSR", 0x0E00_0000, 0x0000_0001),
            Register(0x80, "SSCGR", 0, 0xEFFF_FFFF),
            Register(PLLI2SCFGR, "PLLI2SCFGR", 0x2400_3000, 0x7F03_7FC0),
            Register(PLLSAICFGR, "PLLSAICFGR", 0x2400_3000, 0x7F03_7FC0),
            Register(DCKCFGR1, "DCKCFGR1", 0, 0x01F3_1F1F),
            Register(DCKCFGR2, "DCKCFGR2", 0, 0x1FFF_FFFF),
        )
