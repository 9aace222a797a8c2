"""ADC of the STM32H742/743/753 (RM0433, section 25), revision V of the silicon.

16 bits and less, oversampling up to 1024 with shifts both ways, signed offsets of 26 bits, three
analogue watchdogs with thresholds of 26 bits, PCSEL in front of the inputs. The clock is divided by
two behind the prescaler, as from revision V on.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from simgate.peripheral.analog.calibrated_adc import CalibratedAdc
from simgate.peripheral.analog.calibrated_common import CalibratedAdcCommon
from simgate.peripheral.analog.calibrated_registers import (
    ADCALDIF,
    ADVREGEN,
    AWD2CR,
    AWD3CR,
    CFGR,
    CFGR2,
    CR,
    DEEPPWD,
    JQDIS,
    JSQR,
    OFR1,
    SMPR2,
    shared_registers,
)
from simgate.peripheral.analog.internal import BATTERY, H7_INPUTS, REFERENCE, TEMPERATURE
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

PCSEL, LTR1, HTR1, LTR2, HTR2, LTR3, HTR3 = 0x1C, 0x20, 0x24, 0xB0, 0xB4, 0xB8, 0xBC
DIFSEL, CALFACT, CALFACT2 = 0xC0, 0xC4, 0xC8

LDORDY = 1 << 12  # ISR
BOOST, ADCALLIN, LINCALRDY = 3 << 8, 1 << 16, 0x3F << 22  # CR
SSATE = 1 << 31  # OFRx
_THRESHOLDS = {1: (LTR1, HTR1), 2: (LTR2, HTR2), 3: (LTR3, HTR3)}
_BITS = (16, 14, 12, 10, 8, 14, 12, 8)  # by RES; the last three: power-optimised, revision V
_LINEARITY_CYCLES = 165_010
_FACTORS = (0x400, 0x401)  # a plausible calibration: single-ended, differential
_WIDEST = (1 << 26) - 1


@peripheral("Analog.STM32H7_ADC")
class Stm32H7Adc(CalibratedAdc):
    """One ADC."""

    CHANNELS = 20
    SAMPLING = (3, 5, 17, 33, 65, 129, 775, 1621)
    REGULATOR_S = Fraction(10, 10**6)  # data sheet: tADCVREG_STUP
    CALIBRATION_CYCLES = 1280
    DIFSEL = DIFSEL
    CR_PLAIN = ADVREGEN | DEEPPWD | ADCALDIF | ADCALLIN | BOOST | LINCALRDY
    DEFAULT_CLOCK_HZ = 30_000_000

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_write[PCSEL] = self._configurer(PCSEL)

    def registers(self) -> tuple[Register, ...]:
        """RM0433, 25.6."""
        return (
            *shared_registers(),
            Register(CFGR, "CFGR", JQDIS, 0xFFFF7FFF),
            Register(CFGR2, "CFGR2", 0, 0xF3FF7FE3),
            Register(SMPR2, "SMPR2", 0, 0x3FFFFFFF),
            Register(PCSEL, "PCSEL", 0, 0xFFFFF),
            *(Register(low, f"LTR{n}", 0, _WIDEST) for n, (low, _) in _THRESHOLDS.items()),
            *(Register(high, f"HTR{n}", _WIDEST, _WIDEST) for n, (_, high) in _THRESHOLDS.items()),
            Register(JSQR, "JSQR", 0, 0xFBEFBFFF),
            *(Register(OFR1 + 4 * n, f"OFR{n + 1}", 0, 0xFFFFFFFF) for n in range(4)),
            Register(AWD2CR, "AWD2CR", 0, 0xFFFFF),
            Register(AWD3CR, "AWD3CR", 0, 0xFFFFF),
            Register(DIFSEL, "DIFSEL", 0, 0xFFFFF),
            Register(CALFACT, "CALFACT", 0, 0x07FF07FF),
            Register(CALFACT2, "CALFACT2", 0, 0x3FFFFFFF),
        )

    def bits(self) -> int:
        """CFGR.RES."""
        return _BITS[self._values[CFGR] >> 2 & 7]

    def conversion_halves(self, bits: int) -> int:
        """Half a cycle and one for two bits."""
        return bits + 1

    def ratio(self) -> int:
        """CFGR2.OSVR: 1 to 1024."""
        return (self._values[CFGR2] >> 16 & 0x3FF) + 1

    def shifted(self, total: int) -> int:
        """OVSS to the right."""
        return total >> min(self._values[CFGR2] >> 5 & 15, 11)

    def dma_mode(self) -> tuple[bool, bool]:
        """CFGR.DMNGT: 1 is one-shot, 3 circular; 2 feeds the DFSDM."""
        mode = self._values[CFGR] & 3
        if mode == 2:
            self.host.touched(f"{self.name}: CFGR.DMNGT, results to the DFSDM")
        return bool(mode & 1), mode == 3

    def finish(self, channel: int, code: int, oversampled: bool) -> int:
        """Offset, then the shift to the left or RSHIFT."""
        values = self._values
        bits = self._full_scale.bit_length() - 1
        for index in range(4):
            word = values[OFR1 + 4 * index]
            offset = word & _WIDEST
            if offset and word >> 26 & 31 == channel:
                code -= offset
                if word & SSATE:
                    half = 1 << (bits - 1)
                    code = min(max(code, -half), half - 1)
                if values[CFGR2] >> (11 + index) & 1:
                    code >>= 1
                break
        return code << (values[CFGR2] >> 28) & 0xFFFFFFFF

    def is_plain(self) -> bool:
        """No offset, no shift, every channel connected."""
        values = self._values
        offsets = any(values[offset] & _WIDEST for offset in range(OFR1, OFR1 + 16, 4))
        steps = self._regular.steps
        connected = all(values[PCSEL] >> step.channel & 1 for step in steps)
        return connected and not offsets and not values[CFGR2] >> 28

    def outside(self, watchdog: int, code: int, oversampled: bool) -> bool:
        """Thresholds are of 16 bits, or of what oversampling makes of them."""
        wide = code if oversampled else code << (17 - self._full_scale.bit_length())
        low, high = _THRESHOLDS[watchdog]
        return not self._values[low] <= wide <= self._values[high]

    def calibration_cycles(self) -> int:
        """The linearity takes much longer than the offset."""
        return (_LINEARITY_CYCLES if self._values[CR] & ADCALLIN else 0) + self.CALIBRATION_CYCLES

    def calibrated(self) -> None:
        """CALFACT_S or CALFACT_D; the linearity's words are ready."""
        factor = self._values[CALFACT]
        if self._values[CR] & ADCALDIF:
            factor = factor & 0x7FF | _FACTORS[1] << 16
        else:
            factor = factor & 0x7FF0000 | _FACTORS[0]
        self._values[CALFACT] = factor
        if self._values[CR] & ADCALLIN:
            self._values[CR] |= LINCALRDY

    def regulator_ready(self) -> None:
        """ISR.LDORDY shows it."""
        if self._values[CR] & ADVREGEN:
            self._isr |= LDORDY

    def _raw(self, channel: int, time_s: float) -> int:
        if not self._values[PCSEL] >> channel & 1:
            self._complain(f"channel {channel} was converted, which PCSEL does not connect")
            return 0
        return super()._raw(channel, time_s)


@peripheral("Analog.STM32H7_ADC_Common")
class Stm32H7AdcCommon(CalibratedAdcCommon):
    """Of ADC1 and 2, or of ADC3; triggers: RM0433, tables 193 and 194."""

    INPUTS = H7_INPUTS
    BUS_HZ = 240_000_000
    KERNEL_HZ = 64_000_000
    DIVIDER = 2
    CCR_WRITABLE = 0x01FFCF1F
    SWITCHES: ClassVar[dict[int, str]] = {22: REFERENCE, 23: TEMPERATURE, 24: BATTERY}
    MAXIMUM_HZ = 50_000_000
    REGULAR_TRIGGERS = (
        *("TIM1_CC1", "TIM1_CC2", "TIM1_CC3", "TIM2_CC2", "TIM3_TRGO", "TIM4_CC4", "EXTI_11"),
        *("TIM8_TRGO", "TIM8_TRGO2", "TIM1_TRGO", "TIM1_TRGO2", "TIM2_TRGO", "TIM4_TRGO"),
        *("TIM6_TRGO", "TIM15_TRGO", "TIM3_CC4", "HRTIM_ADC_TRG1", "HRTIM_ADC_TRG3"),
        *("LPTIM1_OUT", "LPTIM2_OUT", "LPTIM3_OUT"),
    )
    INJECTED_TRIGGERS = (
        *("TIM1_TRGO", "TIM1_CC4", "TIM2_TRGO", "TIM2_CC1", "TIM3_CC4", "TIM4_TRGO", "EXTI_15"),
        *("TIM8_CC4", "TIM1_TRGO2", "TIM8_TRGO", "TIM8_TRGO2", "TIM3_CC3", "TIM3_TRGO"),
        *("TIM3_CC1", "TIM6_TRGO", "TIM15_TRGO", "HRTIM_ADC_TRG2", "HRTIM_ADC_TRG4"),
        *("LPTIM1_OUT", "LPTIM2_OUT", "LPTIM3_OUT"),
    )
