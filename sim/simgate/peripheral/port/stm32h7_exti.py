"""Extended interrupt and event controller of H742/743/753 (RM0433, section 20).

The direct lines are requests that wake from stop mode: their interrupts reach the NVIC without the
controller. What concerns the D3 domain (pending masks and clears) reads back.
"""

from __future__ import annotations

from simgate.peripheral.port.exti_lines import Bank, ExtiLines
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

_BANKS = (
    Bank(0x80, 0x84, 0x00, 0x04, 0x08, 0x88, 0x003F_FFFF, 0xFFC0_0000, 0xFFC0_0000, "1"),
    Bank(0x90, 0x94, 0x20, 0x24, 0x28, 0x98, 0x000A_0000, 0xFFF5_DFFF, 0, "2"),
    Bank(0xA0, 0xA4, 0x40, 0x44, 0x48, 0xA8, 0x0074_0000, 0x0181_FFFF, 0, "3"),
)
_D3 = (
    Register(0x0C, "D3PMR1", 0, 0x0238_FFFF),
    Register(0x10, "D3PCR1L"),
    Register(0x14, "D3PCR1H", 0, 0x000C_0FC0),
    Register(0x2C, "D3PMR2", 0, 0x003F_020C),
    Register(0x30, "D3PCR2L", 0, 0x000C_00F0),
    Register(0x34, "D3PCR2H", 0, 0x0000_0FFF),
    Register(0x4C, "D3PMR3", 0, 0x0100_0000),
    Register(0x54, "D3PCR3H", 0, 0x000C_0000),
)


@peripheral("IRQControllers.STM32H7_EXTI")
class Stm32H7Exti(ExtiLines):
    """Lines 0 to 15 are pins, 16 PVD, 17 RTC alarms, 18 tamper, 19 RTC wake-up, 20 and 21 COMP."""

    SOFTWARE_PULSES = True

    def banks(self) -> tuple[Bank, ...]:
        """Lines 0 to 88."""
        return _BANKS

    def registers(self) -> tuple[Register, ...]:
        """RM0433, table of 20.6.32."""
        return (*(register for bank in _BANKS for register in bank.registers("CPU")), *_D3)
