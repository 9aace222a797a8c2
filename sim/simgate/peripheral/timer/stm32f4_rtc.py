"""RTC with ISR and its own backup registers (RM0090 section 26 for F407, RM0385 section 29 for
F746, RM0433 section 46 for H743)."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral
from simgate.peripheral.timer.real_time_clock import TAMP1F, RealTimeClock
from simgate.peripheral.wire import Sink

ISR, TAMPER, BKP0R = 0x0C, 0x40, 0x50
_TAMP1E, _TAMP1TRG, _TAMPIE = 1 << 0, 1 << 1, 1 << 2  # TAFCR, TAMPCR (26.6.17, 29.6.16)


@peripheral("Timers.STM32F4_RTC")
class Stm32F4Rtc(RealTimeClock):
    """Input 0 is RTC_TS, input 1 is RTC_TAMP1.

    Attributes:
        family: "f4" with 20 backup registers; "f7", "h7" with 32.
    """

    ATTRIBUTES = RealTimeClock.ATTRIBUTES | {"family"}
    STATUS = "ISR"

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        self._older = attributes.get("family", "f4") == "f4"
        self._backup = tuple(BKP0R + 4 * index for index in range(20 if self._older else 32))
        super().__init__(name, attributes, host)
        self._free = frozenset({"TAFCR"} | {f"BKP{i}R" for i in range(len(self._backup))})
        self._on_write[ISR] = self._write_isr

    def registers(self) -> tuple[Register, ...]:
        """RM0090, table 26.6.21; RM0385, 29.6.21."""
        table = [
            Register(0x00, "TR", 0, 0x007F_7F7F),
            Register(0x04, "DR", 0x2101, 0x00FF_FF3F),
            Register(0x08, "CR", 0, 0x00FF_FF7F | (0x80 if self._older else 0x0100_0000)),
            Register(ISR, "ISR", 0x07),
            Register(0x10, "PRER", 0x007F_00FF, 0x007F_7FFF),
            Register(0x14, "WUTR", 0xFFFF, 0xFFFF),
            Register(0x1C, "ALRMAR"),
            Register(0x20, "ALRMBR"),
            Register(0x24, "WPR"),
            Register(0x28, "SSR", 0, 0),
            Register(0x2C, "SHIFTR", 0, 0),
            Register(0x30, "TSTR", 0, 0),
            Register(0x34, "TSDR", 0, 0),
            Register(0x38, "TSSSR", 0, 0),
            Register(0x3C, "CALR", 0, 0xE1FF),
            Register(TAMPER, "TAFCR", 0, 0x0007_FF07 if self._older else 0x01FF_FFFF),
            Register(0x44, "ALRMASSR", 0, 0x0F00_7FFF),
            Register(0x48, "ALRMBSSR", 0, 0x0F00_7FFF),
        ]
        if self._older:
            table.append(Register(0x18, "CALIBR", 0, 0x9F))
        else:
            table.append(Register(0x4C, "OR", 0, 0x3))
        table += [Register(offset, f"BKP{i}R") for i, offset in enumerate(self._backup)]
        return tuple(table)

    def input(self, line: int) -> Sink:
        """Input 0 is RTC_TS, input 1 is RTC_TAMP1."""
        return self._change_tamper_pin if line == 1 else super().input(line)

    def _read_status(self) -> int:
        self.catch_up()
        return self.lower_status() | self._flags << 8

    def _write_isr(self, value: int, mask: int) -> None:
        self._flags &= (value | ~mask) >> 8
        self.write_lower_status(value, mask)

    def _clear_flags_only(self, offset: int, width: int, value: int) -> None:
        lanes = ((1 << width * 8) - 1) << (offset & 3) * 8
        self._flags &= (value << (offset & 3) * 8 | ~lanes) >> 8

    def _tamper_request(self) -> bool:
        return bool(self._flags & TAMP1F and self.value("TAFCR") & _TAMPIE)

    def _change_tamper_pin(self, level: bool) -> None:
        """A tamper event takes the backup registers away (26.3.14)."""
        control = self.value("TAFCR")
        if control & _TAMP1E and level != bool(control & _TAMP1TRG):
            self.catch_up()
            self._flags |= TAMP1F
            for offset in self._backup:
                self._values[offset] = 0
            self._settle()
