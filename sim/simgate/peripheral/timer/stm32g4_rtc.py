"""RTC with ICSR, SR, MISR and SCR, and TAMP beside it (RM0440 sections 35 and 36)."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.base import Read, Write
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral
from simgate.peripheral.timer.real_time_clock import RealTimeClock
from simgate.peripheral.wire import Sink

ICSR, SR, MISR, SCR = 0x0C, 0x50, 0x54, 0x5C
TAMP_SR, TAMP_MISR, TAMP_SCR, BKP0R = 0x30, 0x34, 0x3C, 0x100
_BACKUP_REGISTERS = 32
_TAMP1 = 1 << 0  # TAMP1E in CR1, TAMP1IE in IER, TAMP1F in SR
_TAMP1NOER, _TAMP1TRG = 1 << 0, 1 << 24  # CR2


class TamperRegisters(RegisterBlock):
    """TAMP: backup registers, and the first tamper pin."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_read[TAMP_MISR] = lambda: self.value("SR") & self.value("IER")
        self._on_write[TAMP_SCR] = self._clear

    def registers(self) -> tuple[Register, ...]:
        """RM0440, 36.6.14."""
        backup = (Register(BKP0R + 4 * i, f"BKP{i}R") for i in range(_BACKUP_REGISTERS))
        return (
            Register(0x00, "CR1", 0xFFFF_0000, 0x003C_0007),
            Register(0x04, "CR2", 0, 0x0707_0007),
            Register(0x0C, "FLTCR", 0, 0xFF),
            Register(0x2C, "IER", 0, 0x003C_0007),
            Register(TAMP_SR, "SR", 0, 0),
            Register(TAMP_MISR, "MISR", 0, 0),
            Register(TAMP_SCR, "SCR", 0, 0),
            *backup,
        )

    @property
    def asks(self) -> bool:
        """An enabled interrupt waits."""
        return bool(self.value("SR") & self.value("IER"))

    def tamper(self, level: bool) -> None:
        """The pin TAMP_IN1 changed: its active edge takes the backup registers away (36.3.4)."""
        control = self.value("CR2")
        if self.value("CR1") & _TAMP1 and level != bool(control & _TAMP1TRG):
            self._values[TAMP_SR] |= _TAMP1
            if not control & _TAMP1NOER:
                for index in range(_BACKUP_REGISTERS):
                    self._values[BKP0R + 4 * index] = 0

    def _clear(self, value: int, mask: int) -> None:
        self._values[TAMP_SR] &= ~(value & mask)


@peripheral("Timers.STM32G4_RTC")
class Stm32G4Rtc(RealTimeClock):
    """RTC, and TAMP as its region "tamp". Input 0 is RTC_TS, input 1 is TAMP_IN1."""

    STATUS = "ICSR"

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._free = frozenset({"SCR"})
        self._tamp = TamperRegisters(f"{name}'s TAMP", {}, host)
        self._on_read[SR] = self._read_sr
        self._on_read[MISR] = self._read_misr
        self._on_write[ICSR] = self.write_lower_status
        self._on_write[SCR] = lambda value, mask: self.clear_flags(~(value & mask))

    def registers(self) -> tuple[Register, ...]:
        """RM0440, 35.6.24."""
        return (
            Register(0x00, "TR", 0, 0x007F_7F7F),
            Register(0x04, "DR", 0x2101, 0x00FF_FF3F),
            Register(0x08, "SSR", 0, 0),
            Register(ICSR, "ICSR", 0x07),
            Register(0x10, "PRER", 0x007F_00FF, 0x007F_7FFF),
            Register(0x14, "WUTR", 0xFFFF, 0xFFFF),
            Register(0x18, "CR", 0, 0xE7FF_FF7F),
            Register(0x24, "WPR"),
            Register(0x28, "CALR", 0, 0xE1FF),
            Register(0x2C, "SHIFTR", 0, 0),
            Register(0x30, "TSTR", 0, 0),
            Register(0x34, "TSDR", 0, 0),
            Register(0x38, "TSSSR", 0, 0),
            Register(0x40, "ALRMAR"),
            Register(0x44, "ALRMASSR", 0, 0x0F00_7FFF),
            Register(0x48, "ALRMBR"),
            Register(0x4C, "ALRMBSSR", 0, 0x0F00_7FFF),
            Register(SR, "SR", 0, 0),
            Register(MISR, "MISR", 0, 0),
            Register(SCR, "SCR", 0, 0),
        )

    def reset(self) -> None:
        """As after a reset of the backup domain, and power-on."""
        self._tamp.reset()
        super().reset()

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The RTC's window, or TAMP's."""
        if name == "tamp":
            return self._read_tamp, self._write_tamp
        return super().region(name)

    def input(self, line: int) -> Sink:
        """Input 0 is RTC_TS, input 1 is TAMP_IN1."""
        return self._change_tamper_pin if line == 1 else super().input(line)

    def _read_tamp(self, offset: int, width: int) -> int:
        return self._tamp.read(offset, width)

    def _write_tamp(self, offset: int, width: int, value: int) -> None:
        if self.may_write():
            self._tamp.write(offset, width, value)
            self._settle()

    def _change_tamper_pin(self, level: bool) -> None:
        self._tamp.tamper(level)
        self._settle()

    def _tamper_request(self) -> bool:
        return self._tamp.asks

    def _read_status(self) -> int:
        return self.lower_status()

    def _read_sr(self) -> int:
        self.catch_up()
        return self._flags

    def _read_misr(self) -> int:
        """The flags whose interrupts are enabled (35.6.20)."""
        self.catch_up()
        control = self.value("CR")
        enabled = control >> 12 & 0xF | (control >> 15 & 1) << 4
        return self._flags & enabled
