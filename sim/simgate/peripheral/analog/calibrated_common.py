"""The registers that ADCs of G4 and H7 share (RM0440, 21.8; RM0433, 25.7).

CSR shows two status registers, CCR has the clock's source and prescaler and switches the internal
inputs, CDR shows the results of two ADCs. The dual modes themselves are not modelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from simgate.peripheral.analog.adc import AdcCommon
from simgate.peripheral.analog.calibrated_adc import CalibratedAdc
from simgate.peripheral.analog.calibrated_registers import ADEN
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register

CSR, CCR, CDR = 0x00, 0x08, 0x0C
_PRESCALERS = (1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256)


class CalibratedAdcCommon(AdcCommon):
    """``frequency`` is AHB's in hertz, ``kernelFrequency`` the asynchronous clock's."""

    ATTRIBUTES = frozenset({"frequency", "kernelFrequency"})
    WINDOW = 0x100
    BUS_HZ: ClassVar[int]
    KERNEL_HZ: ClassVar[int]
    DIVIDER: ClassVar[int] = 1  # that nothing switches
    CCR_WRITABLE: ClassVar[int]
    SWITCHES: ClassVar[dict[int, str]]  # bits of CCR that connect an internal input
    MAXIMUM_HZ: ClassVar[int]  # data sheets, ADC characteristics

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._bus_hz = self.integer("frequency", self.BUS_HZ)
        self._kernel_hz = self.integer("kernelFrequency", self.KERNEL_HZ)
        self._on_read = {CSR: self._read_csr, CDR: self._read_cdr}
        self._on_write = {CCR: self._write_ccr}
        self._connected: frozenset[str] = frozenset()

    def registers(self) -> tuple[Register, ...]:
        """RM0440, 21.8; RM0433, 25.7."""
        return (
            Register(CSR, "CSR", 0, 0),
            Register(CCR, "CCR", 0, self.CCR_WRITABLE),
            Register(CDR, "CDR", 0, 0),
        )

    def reset(self) -> None:
        """The asynchronous clock, undivided; internal inputs off."""
        super().reset()
        self._connected = frozenset()
        self.clock_changed()

    def clock_hz(self) -> Fraction:
        """By CKMODE: the asynchronous clock over PRESC, or the bus's over 1, 2 or 4."""
        ccr = self.value("CCR")
        mode = ccr >> 16 & 3
        if mode:
            return Fraction(self._bus_hz, (1 << (mode - 1)) * self.DIVIDER)
        select = min(ccr >> 18 & 15, len(_PRESCALERS) - 1)
        return Fraction(self._kernel_hz, _PRESCALERS[select] * self.DIVIDER)

    def connected(self) -> frozenset[str]:
        """By CCR."""
        return self._connected

    def remarks(self) -> tuple[str, ...]:
        """A clock that the data sheet does not allow."""
        hertz = self.clock_hz()
        used = any(adc.value("CR") & ADEN for adc in self.adcs)
        if hertz <= self.MAXIMUM_HZ or not used:
            return ()
        return (
            f"{self.name}: the ADCs' clock is {float(hertz) / 1e6:g} MHz (CCR.CKMODE, CCR.PRESC); "
            f"the data sheet allows {self.MAXIMUM_HZ / 1e6:g} MHz",
        )

    def _pair(self) -> list[CalibratedAdc]:
        return [adc for adc in self.adcs if isinstance(adc, CalibratedAdc)][:2]

    def _read_csr(self) -> int:
        return sum((adc.status & 0x7FF) << 16 * n for n, adc in enumerate(self._pair()))

    def _read_cdr(self) -> int:
        return sum((adc.data & 0xFFFF) << 16 * n for n, adc in enumerate(self._pair()))

    def _write_ccr(self, value: int, mask: int) -> None:
        stored = self.store(CCR, value, mask)
        if stored & 0x1F:
            self.host.touched(f"{self.name}: CCR.DUAL, two ADCs in step")
        self._connected = frozenset(
            kind for bit, kind in self.SWITCHES.items() if stored >> bit & 1
        )
        self.clock_changed()
