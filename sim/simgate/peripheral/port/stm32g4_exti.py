"""External interrupt controller of G4 (RM0440, section 15): two banks, with direct lines.

The direct lines are requests that wake from stop mode (USB, I2C, USART, LPTIM): their interrupts
reach the NVIC without the controller.
"""

from __future__ import annotations

from simgate.peripheral.port.exti_lines import Bank, ExtiLines
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

# 15.5; the direct lines (18, 23 to 28, 34 to 37, 42, 43) are unmasked after reset
_BANKS = (
    Bank(0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0xE07B_FFFF, 0x1F84_0000, 0x1F84_0000, "1"),
    Bank(0x20, 0x24, 0x28, 0x2C, 0x30, 0x34, 0x0000_03C3, 0x0000_0C3C, 0x0000_0C3C, "2"),
)


@peripheral("IRQControllers.STM32G4_EXTI")
class Stm32G4Exti(ExtiLines):
    """Lines 0 to 15 are pins, 16 PVD, 17 RTC alarms, 19 tamper, 20 RTC wake-up, 21 on COMP."""

    def banks(self) -> tuple[Bank, ...]:
        """Lines 0 to 43."""
        return _BANKS

    def registers(self) -> tuple[Register, ...]:
        """RM0440, table of 15.5.13."""
        return tuple(register for bank in _BANKS for register in bank.registers(""))
