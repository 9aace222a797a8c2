"""ADC of the STM32G4 (RM0440, section 21), under Renode's name for this map of registers.

12 bits and less, gain compensation, offsets that add or subtract, alignment, a filter in front of
the first analogue watchdog. The two others compare the upper eight bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from simgate.peripheral.analog.adc import Adc
from simgate.peripheral.analog.calibrated_adc import CalibratedAdc
from simgate.peripheral.analog.calibrated_common import CalibratedAdcCommon
from simgate.peripheral.analog.calibrated_registers import (
    ADCALDIF,
    AWD2CR,
    AWD3CR,
    CFGR,
    CFGR2,
    CR,
    JQDIS,
    JSQR,
    OFR1,
    SMPR1,
    SMPR2,
    shared_registers,
)
from simgate.peripheral.analog.internal import BATTERY, G4_INPUTS, REFERENCE, TEMPERATURE
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

TR1, TR2, TR3, DIFSEL, CALFACT, GCOMP = 0x20, 0x24, 0x28, 0xB0, 0xB4, 0xC0

DMAEN, DMACFG, ALIGN, GAIN = 1 << 0, 1 << 1, 1 << 15, 1 << 16  # CFGR; the last one: CFGR2
OFFSETPOS, SATEN, OFFSET_EN = 1 << 24, 1 << 25, 1 << 31  # OFRx
SMPPLUS = 1 << 31  # SMPR1
_FACTORS = (0x40, 0x41)  # a plausible calibration: single-ended, differential


@peripheral("Analog.STM32F3_ADC")
class Stm32F3Adc(CalibratedAdc):
    """One ADC."""

    SAMPLING = (5, 13, 25, 49, 95, 185, 495, 1281)
    REGULATOR_S = Fraction(20, 10**6)  # data sheet: tADCVREG_STUP
    CALIBRATION_CYCLES = 116
    DIFSEL = DIFSEL
    DEFAULT_CLOCK_HZ = 42_500_000

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_write[TR1] = self._configurer(TR1)
        self._on_write[GCOMP] = self._configurer(GCOMP)
        self._outside_in_a_row = 0

    def registers(self) -> tuple[Register, ...]:
        """RM0440, 21.7."""
        return (
            *shared_registers(),
            Register(CFGR, "CFGR", JQDIS, 0xFFFFFFFB),
            Register(CFGR2, "CFGR2", 0, 0x0E0107FF),
            Register(SMPR2, "SMPR2", 0, 0x07FFFFFF),
            Register(SMPR1, "SMPR1", 0, 0x3FFFFFFF | SMPPLUS),
            Register(TR1, "TR1", 0x0FFF0000, 0x0FFF7FFF),
            Register(TR2, "TR2", 0x00FF0000, 0x00FF00FF),
            Register(TR3, "TR3", 0x00FF0000, 0x00FF00FF),
            Register(JSQR, "JSQR", 0, 0xFBEFBFFF),
            *(Register(OFR1 + 4 * n, f"OFR{n + 1}", 0, 0xFF000FFF) for n in range(4)),
            Register(AWD2CR, "AWD2CR", 0, 0x7FFFF),
            Register(AWD3CR, "AWD3CR", 0, 0x7FFFF),
            Register(DIFSEL, "DIFSEL", 0, 0x7FFFE),
            Register(CALFACT, "CALFACT", 0, 0x007F007F),
            Register(GCOMP, "GCOMP", 0, 0x3FFF),
        )

    def bits(self) -> int:
        """CFGR.RES."""
        return 12 - 2 * (self._values[CFGR] >> 3 & 3)

    def conversion_halves(self, bits: int) -> int:
        """Half a cycle and one a bit."""
        return 2 * bits + 1

    def sampling(self, select: int) -> int:
        """SMPPLUS makes 3.5 cycles of the 2.5."""
        if select == 0 and self._values[SMPR1] & SMPPLUS:
            return 7
        return self.SAMPLING[select]

    def ratio(self) -> int:
        """CFGR2.OVSR: 2 to 256."""
        return 2 << (self._values[CFGR2] >> 2 & 7)

    def shifted(self, total: int) -> int:
        """CFGR2.OVSS to the right; 16 bits are kept."""
        return total >> min(self._values[CFGR2] >> 5 & 15, 8) & 0xFFFF

    def dma_mode(self) -> tuple[bool, bool]:
        """CFGR.DMAEN, CFGR.DMACFG."""
        cfgr = self._values[CFGR]
        return bool(cfgr & DMAEN), bool(cfgr & DMACFG)

    def finish(self, channel: int, code: int, oversampled: bool) -> int:
        """Gain, offset, alignment; oversampling switches the last two off."""
        values = self._values
        if values[CFGR2] & GAIN:
            code = min(code * values[GCOMP] >> 12, 0xFFFF if oversampled else self._full_scale - 1)
        if oversampled:
            return code
        bits = self._full_scale.bit_length() - 1
        signed = False
        for offset in range(OFR1, OFR1 + 16, 4):
            word = values[offset]
            if word & OFFSET_EN and word >> 26 & 31 == channel:
                shift = (word & 0xFFF) >> (12 - bits)
                code = code + shift if word & OFFSETPOS else code - shift
                signed = not word & SATEN and not word & OFFSETPOS
                if not signed:
                    code = min(max(code, 0), self._full_scale - 1)
                break
        if values[CFGR] & ALIGN:
            left = (16 - bits if bits > 6 else 2) - (1 if signed else 0)
            code <<= left
        return code & 0xFFFF

    def is_plain(self) -> bool:
        """No gain, no offset, aligned to the right."""
        values = self._values
        offsets = any(values[offset] & OFFSET_EN for offset in range(OFR1, OFR1 + 16, 4))
        return not offsets and not values[CFGR] & ALIGN and not values[CFGR2] & GAIN

    def outside(self, watchdog: int, code: int, oversampled: bool) -> bool:
        """12 bits for the first, 8 for the others, whatever the resolution."""
        wide = code >> 4 if oversampled else code << (13 - self._full_scale.bit_length())
        if watchdog > 1:
            word = self._values[TR2 if watchdog == 2 else TR3]
            return not word & 0xFF <= wide >> 4 <= word >> 16 & 0xFF
        word = self._values[TR1]
        if word & 0xFFF <= wide <= word >> 16 & 0xFFF:
            self._outside_in_a_row = 0
            return False
        self._outside_in_a_row += 1
        return self._outside_in_a_row > (word >> 12 & 7)

    def calibrated(self) -> None:
        """CALFACT_S or CALFACT_D."""
        factor = self._values[CALFACT]
        if self._values[CR] & ADCALDIF:
            factor = factor & 0x7F | _FACTORS[1] << 16
        else:
            factor = factor & 0x7F0000 | _FACTORS[0]
        self._values[CALFACT] = factor


@peripheral("Analog.STM32G4_ADC_Common")
class Stm32G4AdcCommon(CalibratedAdcCommon):
    """Of ADC1 and 2, or of ADC3 to 5, whose triggers differ (RM0440, tables 163 to 166)."""

    INPUTS = G4_INPUTS
    BUS_HZ = 170_000_000
    KERNEL_HZ = 170_000_000
    CCR_WRITABLE = 0x01FFEF1F
    SWITCHES: ClassVar[dict[int, str]] = {22: REFERENCE, 23: TEMPERATURE, 24: BATTERY}
    MAXIMUM_HZ = 60_000_000
    REGULAR_TRIGGERS = (
        *("TIM1_CC1", "TIM1_CC2", "TIM1_CC3", "TIM2_CC2", "TIM3_TRGO", "TIM4_CC4", "EXTI_11"),
        *("TIM8_TRGO", "TIM8_TRGO2", "TIM1_TRGO", "TIM1_TRGO2", "TIM2_TRGO", "TIM4_TRGO"),
        *("TIM6_TRGO", "TIM15_TRGO", "TIM3_CC4", "TIM20_TRGO", "TIM20_TRGO2", "TIM20_CC1"),
        *("TIM20_CC2", "TIM20_CC3", "HRTIM_ADC_TRG1", "HRTIM_ADC_TRG3", "HRTIM_ADC_TRG5"),
        *("HRTIM_ADC_TRG6", "HRTIM_ADC_TRG7", "HRTIM_ADC_TRG8", "HRTIM_ADC_TRG9"),
        *("HRTIM_ADC_TRG10", "LPTIM1_OUT", "TIM7_TRGO"),
    )
    INJECTED_TRIGGERS = (
        *("TIM1_TRGO", "TIM1_CC4", "TIM2_TRGO", "TIM2_CC1", "TIM3_CC4", "TIM4_TRGO", "EXTI_15"),
        *("TIM8_CC4", "TIM1_TRGO2", "TIM8_TRGO", "TIM8_TRGO2", "TIM3_CC3", "TIM3_TRGO"),
        *("TIM3_CC1", "TIM6_TRGO", "TIM15_TRGO", "TIM20_TRGO", "TIM20_TRGO2", "TIM20_CC4"),
        *("HRTIM_ADC_TRG2", "HRTIM_ADC_TRG4", "HRTIM_ADC_TRG5", "HRTIM_ADC_TRG6"),
        *("HRTIM_ADC_TRG7", "HRTIM_ADC_TRG8", "HRTIM_ADC_TRG9", "HRTIM_ADC_TRG10"),
        *("TIM16_CC1", None, "LPTIM1_OUT", "TIM7_TRGO"),
    )
    # where ADC3 to 5 have something else
    _OTHER_REGULAR: ClassVar[dict[int, str]] = {
        0: "TIM3_CC1",
        1: "TIM2_CC3",
        3: "TIM8_CC1",
        5: "EXTI_2",
        6: "TIM4_CC1",
        15: "TIM2_CC1",
        19: "HRTIM_ADC_TRG2",
        20: "HRTIM_ADC_TRG4",
    }
    _OTHER_INJECTED: ClassVar[dict[int, str]] = {
        3: "TIM8_CC2",
        4: "TIM4_CC3",
        6: "TIM4_CC4",
        11: "TIM1_CC3",
        13: "EXTI_3",
        18: "TIM20_CC2",
        27: "HRTIM_ADC_TRG1",
        28: "HRTIM_ADC_TRG3",
    }

    def triggers(self, adc: Adc, *, injected: bool) -> tuple[str | None, ...]:
        """By EXTSEL or JEXTSEL of that ADC."""
        names = super().triggers(adc, injected=injected)
        if adc.name in ("adc1", "adc2"):
            return names
        other = self._OTHER_INJECTED if injected else self._OTHER_REGULAR
        return tuple(other.get(select, name) for select, name in enumerate(names))
