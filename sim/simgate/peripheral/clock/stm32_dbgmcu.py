"""Debug unit of the microcontroller: which chip it is (RM0090, 38.6; RM0385, 40.6; RM0440, 47.6;
RM0433, 60.5.8).

Registers that say what stops while a debugger halts the core read back: nothing goes on here while
the core is halted.
"""

from __future__ import annotations

from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral
from simgate.peripheral.reset_cause import ResetCause

_FREEZE = (0x08, 0x0C, 0x10, 0x34, 0x3C, 0x4C, 0x54)  # on one family or another


@peripheral("Miscellaneous.STM32_DBGMCU")
class Stm32Dbgmcu(RegisterBlock):
    """``idCode``: REV_ID in the high half, DEV_ID in bits 11:0, as read from such a chip."""

    ATTRIBUTES = frozenset({"idCode"})
    WINDOW = 0x100

    def registers(self) -> tuple[Register, ...]:
        """IDCODE, CR, and the freeze registers."""
        return (
            Register(0x00, "IDCODE", self.integer("idCode", 0), 0),
            Register(0x04, "CR"),
            *(Register(offset, f"FREEZE_{offset:02X}") for offset in _FREEZE),
        )

    def system_reset(self, cause: ResetCause) -> None:
        """Power-on alone resets it."""
