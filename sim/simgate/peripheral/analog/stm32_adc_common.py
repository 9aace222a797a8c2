"""The registers that ADC1 to ADC3 of F4 and F7 share (RM0090, 13.13.15 on; RM0385, 15.13.15 on).

CSR shows the three status registers, CCR has the prescaler and switches the internal inputs, CDR
shows the results of ADC1 and ADC2. The dual and triple modes are not modelled; a firmware that
selects one is told of in the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from simgate.peripheral.analog.adc import AdcCommon
from simgate.peripheral.analog.internal import (
    BATTERY,
    F7_INPUTS,
    F407_INPUTS,
    REFERENCE,
    TEMPERATURE,
)
from simgate.peripheral.analog.stm32_adc import Stm32Adc
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

CSR, CCR, CDR = 0x00, 0x04, 0x08
VBATE, TSVREFE = 1 << 22, 1 << 23
_MAXIMUM_HZ = 36_000_000  # at VDDA of 2.4 V and more: data sheets, ADC characteristics


class _F4Common(AdcCommon):
    """``frequency`` is that of the bus APB2 in hertz, at full speed."""

    WINDOW = 0x100
    APB2_HZ: ClassVar[int]

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._bus_hz = self.integer("frequency", self.APB2_HZ)
        self._on_read = {CSR: self._read_csr, CDR: self._read_cdr}
        self._on_write = {CCR: self._write_ccr}
        self._connected: frozenset[str] = frozenset()

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 13.13.16 to 13.13.18."""
        return (
            Register(CSR, "CSR", 0, 0),
            Register(CCR, "CCR", 0, 0x00C3EF1F),
            Register(CDR, "CDR", 0, 0),
        )

    def reset(self) -> None:
        """Divided by two, internal inputs off."""
        super().reset()
        self._connected = frozenset()
        self.clock_changed()

    def clock_hz(self) -> Fraction:
        """PCLK2 over 2, 4, 6 or 8."""
        return Fraction(self._bus_hz, 2 * ((self.value("CCR") >> 16 & 3) + 1))

    def connected(self) -> frozenset[str]:
        """TSVREFE has the sensor and the reference, VBATE the battery."""
        return self._connected

    def remarks(self) -> tuple[str, ...]:
        """A clock that the data sheet does not allow."""
        hertz = self.clock_hz()
        used = any(adc.value("CR2") & 1 for adc in self.adcs)
        if hertz <= _MAXIMUM_HZ or not used:
            return ()
        return (
            f"{self.name}: the ADCs' clock is {float(hertz) / 1e6:g} MHz (CCR.ADCPRE); the data "
            f"sheet allows {_MAXIMUM_HZ / 1e6:g} MHz",
        )

    def _read_csr(self) -> int:
        status = 0
        for place, adc in enumerate(self._members()):
            status |= adc.status << 8 * place
        return status

    def _read_cdr(self) -> int:
        members = self._members()
        low = members[0].data if members else 0
        high = members[1].data if len(members) > 1 else 0
        return high << 16 | low

    def _members(self) -> list[Stm32Adc]:
        return [adc for adc in self.adcs if isinstance(adc, Stm32Adc)]

    def _write_ccr(self, value: int, mask: int) -> None:
        stored = self.store(CCR, value, mask)
        connected = {TEMPERATURE, REFERENCE} if stored & TSVREFE else set()
        if stored & VBATE:
            connected.add(BATTERY)
        self._connected = frozenset(connected)
        if stored & 0x1F:
            self.host.touched(f"{self.name}: CCR.MULTI, several ADCs in step")
        self.clock_changed()


@peripheral("Analog.STM32F4_ADC_Common")
class Stm32F4AdcCommon(_F4Common):
    """Of F405/F407; triggers: RM0090, 13.13.3."""

    APB2_HZ = 84_000_000
    INPUTS = F407_INPUTS
    REGULAR_TRIGGERS = (
        *("TIM1_CC1", "TIM1_CC2", "TIM1_CC3", "TIM2_CC2", "TIM2_CC3", "TIM2_CC4", "TIM2_TRGO"),
        *("TIM3_CC1", "TIM3_TRGO", "TIM4_CC4", "TIM5_CC1", "TIM5_CC2", "TIM5_CC3", "TIM8_CC1"),
        *("TIM8_TRGO", "EXTI_11"),
    )
    INJECTED_TRIGGERS = (
        *("TIM1_CC4", "TIM1_TRGO", "TIM2_CC1", "TIM2_TRGO", "TIM3_CC2", "TIM3_CC4", "TIM4_CC1"),
        *("TIM4_CC2", "TIM4_CC3", "TIM4_TRGO", "TIM5_CC4", "TIM5_TRGO", "TIM8_CC2", "TIM8_CC3"),
        *("TIM8_CC4", "EXTI_15"),
    )


@peripheral("Analog.STM32F7_ADC_Common")
class Stm32F7AdcCommon(_F4Common):
    """Of F74x/F75x; triggers: RM0385, 15.13.3."""

    APB2_HZ = 108_000_000
    INPUTS = F7_INPUTS
    REGULAR_TRIGGERS = (
        *("TIM1_CC1", "TIM1_CC2", "TIM1_CC3", "TIM2_CC2", "TIM5_TRGO", "TIM4_CC4", "TIM3_CC4"),
        *("TIM8_TRGO", "TIM8_TRGO2", "TIM1_TRGO", "TIM1_TRGO2", "TIM2_TRGO", "TIM4_TRGO"),
        *("TIM6_TRGO", None, "EXTI_11"),
    )
    INJECTED_TRIGGERS = (
        *("TIM1_TRGO", "TIM1_CC4", "TIM2_TRGO", "TIM2_CC1", "TIM3_CC4", "TIM4_TRGO", None),
        *("TIM8_CC4", "TIM1_TRGO2", "TIM8_TRGO", "TIM8_TRGO2", "TIM3_CC3", "TIM5_TRGO"),
        *("TIM3_CC1", "TIM6_TRGO"),
    )
