"""ADCs with their common registers, and what is on their channels."""

from __future__ import annotations

import pytest

from simgate.peripheral.analog.stm32_adc import Stm32Adc
from simgate.peripheral.analog.stm32_adc_common import Stm32F4AdcCommon


class F4:
    """ADC1 to ADC3 of an F407 at 42 MHz: an ADC cycle lasts 4 ticks."""

    CYCLE = 4

    def __init__(self, host) -> None:
        self.host = host
        self.common = Stm32F4AdcCommon("adcCommon", {}, host)
        self.adcs = [Stm32Adc(f"adc{n}", {}, host) for n in (1, 2, 3)]
        for adc in self.adcs:
            adc.attach(None, self.common)
        for model in (self.common, *self.adcs):
            model.reset()
        self.adc = self.adcs[0]
        self.adc.connect(5, lambda time_s: 1.65)

    def cycles(self, count) -> None:
        self.host.advance_ticks(count * self.CYCLE)


@pytest.fixture
def f4(host):
    return F4(host)
