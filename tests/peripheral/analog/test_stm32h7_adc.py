"""The ADC of the H7 where it differs from the G4's, against RM0433, section 25."""

from __future__ import annotations

import pytest

from simgate.peripheral.analog.calibrated_common import CCR
from simgate.peripheral.analog.calibrated_registers import (
    ADCAL,
    ADVREGEN,
    AWD1,
    AWD1EN,
    AWD3,
    AWD3CR,
    CFGR,
    CFGR2,
    CR,
    DEEPPWD,
    DR,
    EOC,
    ISR,
    JQDIS,
    OFR1,
    ROVSE,
    SMPR1,
)
from simgate.peripheral.analog.stm32h7_adc import (
    ADCALLIN,
    BOOST,
    CALFACT,
    HTR1,
    HTR2,
    HTR3,
    LDORDY,
    LINCALRDY,
    LTR3,
    PCSEL,
    SSATE,
)


def test_reset_values(h7):
    h7.adc.reset()
    words = {offset: h7.adc.read(offset, 4) for offset in range(0, 0xCC, 4)}
    present = {offset: word for offset, word in words.items() if word}
    widest = 0x03FFFFFF
    assert present == {CR: DEEPPWD, CFGR: JQDIS, HTR1: widest, HTR2: widest, HTR3: widest}


def test_the_regulator_shows_when_it_is_up_and_boost_is_stored(h7, host):
    h7.adc.write(CR, 4, ADVREGEN | BOOST)
    host.advance(9e-6)
    assert h7.adc.read(ISR, 4) == 0
    host.advance(2e-6)
    assert h7.adc.read(ISR, 4) == LDORDY
    assert h7.adc.read(CR, 4) == ADVREGEN | BOOST


@pytest.mark.parametrize(("linearity", "cycles"), [(0, 1280), (ADCALLIN, 166_290)])
def test_calibrations(h7, linearity, cycles):
    h7.power()
    h7.adc.write(CR, 4, ADVREGEN | ADCAL | linearity)
    h7.cycles(cycles - 1)
    assert h7.adc.read(CR, 4) & ADCAL
    h7.cycles(1)
    assert not h7.adc.read(CR, 4) & ADCAL
    assert h7.adc.read(CALFACT, 4) == 0x400
    assert bool(h7.adc.read(CR, 4) & LINCALRDY) is bool(linearity)


@pytest.mark.parametrize(
    ("smp", "resolution", "cycles", "code"),
    [
        (0, 0, 10, 32768),
        (1, 0, 11, 32768),
        (7, 0, 819, 32768),
        (0, 1, 9, 8192),
        (0, 2, 8, 2048),
        (0, 3, 7, 512),
        (0, 7, 6, 128),
        (3, 6, 23, 2048),
    ],
)
def test_conversion_times(h7, smp, resolution, cycles, code):
    h7.sequence(5)
    h7.adc.write(SMPR1, 4, smp << 15)
    h7.adc.write(CFGR, 4, resolution << 2)
    h7.enable()
    h7.start()
    h7.cycles(cycles - 0.5)
    assert not h7.adc.read(ISR, 4) & EOC
    h7.cycles(0.5)
    assert h7.adc.read(ISR, 4) & EOC
    assert h7.adc.read(DR, 4) == code


def test_the_clock_is_halved_behind_the_prescaler(h7):
    assert h7.common.clock_hz() == 10_500_000
    h7.common.write(CCR, 4, 3 << 16)
    assert h7.common.clock_hz() == 21_000_000


def convert(h7, channel=5):
    h7.sequence(channel)
    h7.start()
    h7.cycles(12 * 1024)
    h7.adc.write(ISR, 4, 0x7FF)
    return h7.adc.read(DR, 4)


def test_a_channel_that_pcsel_does_not_connect(h7):
    h7.enable()
    h7.adc.write(PCSEL, 4, 1 << 4)
    assert convert(h7) == 0
    assert "PCSEL" in h7.adc.remarks()[0]


@pytest.mark.parametrize(
    ("cfgr2", "value"),
    [
        (ROVSE | 1023 << 16, 32768 * 1024),
        (ROVSE | 1023 << 16 | 10 << 5, 32768),
        (ROVSE | 2 << 16, 32768 * 3),
        (4 << 28, 32768 << 4),
    ],
)
def test_oversampling_and_shifts(h7, cfgr2, value):
    h7.enable()
    h7.adc.write(CFGR2, 4, cfgr2)
    assert convert(h7) == value


@pytest.mark.parametrize(
    ("ofr", "cfgr2", "value"),
    [
        (5 << 26 | 32768, 0, 0),
        (5 << 26 | 32769, 0, 0xFFFFFFFF),
        (SSATE | 5 << 26 | 4, 0, 32764),
        (6 << 26 | 32768, 0, 32768),
        (5 << 26 | 32764, 1 << 11, 2),
    ],
)
def test_offsets(h7, ofr, cfgr2, value):
    h7.enable()
    h7.adc.write(OFR1, 4, ofr)
    h7.adc.write(CFGR2, 4, cfgr2)
    assert convert(h7) == value


def test_ssate_saturates_to_signed(h7):
    h7.adc.connect(5, lambda time_s: 3.3)
    h7.enable()
    h7.adc.write(OFR1, 4, SSATE | 5 << 26 | 1)
    assert convert(h7) == 32767


def test_watchdogs(h7):
    h7.enable()
    h7.adc.write(CFGR, 4, AWD1EN)
    h7.adc.write(AWD3CR, 4, 1 << 5)
    h7.sequence(5)
    h7.start()
    h7.cycles(10)
    assert not h7.adc.read(ISR, 4) & (AWD1 | AWD3)
    h7.adc.write(HTR1, 4, 32767)
    h7.adc.write(LTR3, 4, 32769)
    h7.start()
    h7.cycles(10)
    assert h7.adc.read(ISR, 4) & (AWD1 | AWD3) == AWD1 | AWD3


def test_internal_channels(h7):
    h7.enable()
    h7.common.write(CCR, 4, 7 << 22)
    for celsius in (25, 30, 110):
        h7.adc.temperature_c = celsius
        found = (convert(h7, 18) - 12313) * 80 / (15490 - 12313) + 30
        assert found == pytest.approx(celsius, abs=0.1)
    assert convert(h7, 19) == 24149
    assert convert(h7, 17) == 16384
