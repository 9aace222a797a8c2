"""ADCs with their common registers, and what is on their channels."""

from __future__ import annotations

import pytest

from simgate.peripheral.analog.stm32_adc import Stm32Adc
from simgate.peripheral.analog.stm32_adc_common import Stm32F4AdcCommon
from simgate.peripheral.analog.stm32f3_adc import Stm32F3Adc, Stm32G4AdcCommon
from simgate.peripheral.analog.stm32h7_adc import Stm32H7Adc, Stm32H7AdcCommon


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


class Pair:
    """Two ADCs of a later generation, powered, 16 ticks a cycle of the ADC's clock."""

    CYCLE = 16

    def __init__(self, host, kind, common_kind, names, kernel_hz) -> None:
        self.host = host
        attributes = {"kernelFrequency": kernel_hz, "frequency": 168_000_000}
        self.common = common_kind("adcCommon", attributes, host)
        self.adcs = [kind(name, {}, host) for name in names]
        for adc in self.adcs:
            adc.attach(None, self.common)
        for model in (self.common, *self.adcs):
            model.reset()
        self.adc = self.adcs[0]
        self.adc.connect(5, lambda time_s: 1.65)

    def cycles(self, count) -> None:
        ticks = count * self.CYCLE
        assert ticks == int(ticks)
        self.host.advance_ticks(int(ticks))

    def power(self) -> None:
        self.adc.write(0x08, 4, 1 << 28)
        self.host.advance(20e-6)

    def enable(self) -> None:
        self.power()
        self.adc.write(0x08, 4, 1 << 28 | 1)
        self.cycles(20)
        assert self.adc.read(0, 4) & 1
        self.adc.write(0, 4, 1)

    def sequence(self, *channels) -> None:
        words = [len(channels) - 1, 0, 0, 0]
        for rank, channel in enumerate(channels, 1):
            words[rank // 5] |= channel << 6 * (rank % 5)
        for offset, word in zip((0x30, 0x34, 0x38, 0x3C), words, strict=True):
            self.adc.write(offset, 4, word)

    def start(self, bit=1 << 2) -> None:
        self.adc.write(0x08, 4, self.adc.read(0x08, 4) | bit)


@pytest.fixture
def g4(host):
    return Pair(host, Stm32F3Adc, Stm32G4AdcCommon, ("adc1", "adc2"), 10_500_000)


@pytest.fixture
def h7(host):
    pair = Pair(host, Stm32H7Adc, Stm32H7AdcCommon, ("adc3",), 21_000_000)
    pair.adc.write(0x1C, 4, 0xFFFFF)
    return pair
