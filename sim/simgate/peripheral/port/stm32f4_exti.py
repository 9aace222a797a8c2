"""External interrupt controller of F4 and F7 (RM0090, section 12.3; RM0385, section 11.9).

Which port drives line 0 to 15 is SYSCFG's matter, where the description wires the ports so; ports
that are wired to the controller itself all drive it.
"""

from __future__ import annotations

from simgate.peripheral.port.exti_lines import Bank, ExtiLines
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

IMR, EMR, RTSR, FTSR, SWIER, PR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14
_MOST_LINES = 24  # F7: 23 is LPTIM1


@peripheral("IRQControllers.STM32F4_EXTI")
class Stm32F4Exti(ExtiLines):
    """Wire n is the interrupt request of line n: pending and not masked."""

    ATTRIBUTES = frozenset({"numberOfOutputLines", "firstDirectLine"})

    def banks(self) -> tuple[Bank, ...]:
        """All lines have an edge detector."""
        lines = min(max(self.integer("numberOfOutputLines", 23), 1), _MOST_LINES)
        return (Bank(IMR, EMR, RTSR, FTSR, SWIER, PR, configurable=(1 << lines) - 1),)

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 12.3."""
        return self.banks()[0].registers("")
