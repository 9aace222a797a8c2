"""Power control of STM32G4 (RM0440, section 6)."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.clock.power_control import PowerControl
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

CR1, CR2, CR3, CR4, SR1, SR2, SCR, CR5 = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18, 0x80
_VOS, _RANGE_1, _RANGE_2 = 3 << 9, 1 << 9, 2 << 9
_LPR, _REGLPF = 1 << 14, 1 << 9
_VOSF = 1 << 10
_R1MODE = 1 << 8
# pull-ups and pull-downs in standby: port A to G, and the pins that have none (6.4.9 to 6.4.22)
_PULLS = (
    (0x20, "PUCRA", 0xBFFF),
    (0x24, "PDCRA", 0x5FFF),
    (0x28, "PUCRB", 0xFFFF),
    (0x2C, "PDCRB", 0xFFEF),
    *((0x30 + 8 * i, f"PUCR{port}", 0xFFFF) for i, port in enumerate("CDEF")),
    *((0x34 + 8 * i, f"PDCR{port}", 0xFFFF) for i, port in enumerate("CDEF")),
    (0x50, "PUCRG", 0x07FF),
    (0x54, "PDCRG", 0x07FF),
)


@peripheral("Miscellaneous.STM32G4_PWR")
class Stm32G4Pwr(PowerControl):
    """Ranges, and the boost mode of range 1 that more than 150 MHz need (6.1.5)."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._settled_at = 0
        self._on_read = {SR2: self._read_sr2, SCR: lambda: 0}
        self._on_write = {CR1: self._write_cr1}

    def registers(self) -> tuple[Register, ...]:
        """RM0440, table of 6.4.24; the wake-up and standby flags are never set."""
        return (
            Register(CR1, "CR1", 0x0000_0200, 0x0000_470F | 1 << 8),
            Register(CR2, "CR2", 0, 0x0000_00CF),
            Register(CR3, "CR3", 0x0000_8000, 0x0000_E51F),
            Register(CR4, "CR4", 0, 0x0000_031F),
            Register(SR1, "SR1", 0, 0),
            Register(SR2, "SR2", 0, 0),
            Register(SCR, "SCR", 0, 0),
            *(Register(offset, name, 0, pins) for offset, name, pins in _PULLS),
            Register(CR5, "CR5", _R1MODE, _R1MODE),
        )

    def reset(self) -> None:
        """To the state after power-on: in range 1, settled."""
        super().reset()
        self._settled_at = 0

    @property
    def boost(self) -> bool:
        """Range 1 in boost mode."""
        return self._values[CR1] & _VOS == _RANGE_1 and not self._values[CR5] & _R1MODE

    def _write_cr1(self, value: int, mask: int) -> None:
        before = self._values[CR1] & _VOS
        if mask & _VOS and value & _VOS not in (_RANGE_1, _RANGE_2):
            mask &= ~_VOS  # forbidden by hardware (6.4.1)
        after = self.store(CR1, value, mask)
        if before == _RANGE_2 and after & _VOS == _RANGE_1:
            self._settle()
        self._unlock_backup(after)

    def _read_sr2(self) -> int:
        value = self._values[SR2] | (0 if self.settled else _VOSF)
        return value | (_REGLPF if self._values[CR1] & _LPR else 0)
