"""The ADC of the G4, register by register against RM0440, section 21."""

from __future__ import annotations

import pytest

from simgate.peripheral.analog.calibrated_common import CCR, CSR
from simgate.peripheral.analog.calibrated_registers import (
    ADCAL,
    ADCALDIF,
    ADDIS,
    ADEN,
    ADRDY,
    ADSTART,
    ADSTP,
    ADVREGEN,
    AUTDLY,
    AWD1,
    AWD1EN,
    AWD1SGL,
    AWD2,
    AWD2CR,
    CFGR,
    CFGR2,
    CONT,
    CR,
    DEEPPWD,
    DISCEN,
    DR,
    EOC,
    EOS,
    EOSMP,
    IER,
    ISR,
    JADSTART,
    JAUTO,
    JDR1,
    JEOC,
    JEOS,
    JQDIS,
    JSQR,
    OFR1,
    OVR,
    OVRMOD,
    ROVSE,
    SMPR1,
)
from simgate.peripheral.analog.stm32f3_adc import (
    ALIGN,
    CALFACT,
    DIFSEL,
    DMACFG,
    DMAEN,
    GAIN,
    GCOMP,
    OFFSET_EN,
    OFFSETPOS,
    SATEN,
    SMPPLUS,
    TR1,
    TR2,
    TR3,
    Stm32F3Adc,
    Stm32G4AdcCommon,
)

TIM2_TRGO, RISING = 11 << 5, 1 << 10


def test_reset_values(g4):
    words = {offset: g4.adc.read(offset, 4) for offset in range(0, 0xC4, 4)}
    present = {offset: word for offset, word in words.items() if word}
    assert present == {
        CR: DEEPPWD,
        CFGR: JQDIS,
        TR1: 0x0FFF0000,
        TR2: 0x00FF0000,
        TR3: 0x00FF0000,
    }


def test_the_way_up(g4, host):
    adc = g4.adc
    adc.write(CR, 4, 0)
    adc.write(CR, 4, ADVREGEN)
    host.advance(20e-6)
    adc.write(CR, 4, ADVREGEN | ADCAL)
    g4.cycles(115)
    assert adc.read(CR, 4) & ADCAL
    g4.cycles(1)
    assert adc.read(CR, 4) == ADVREGEN
    assert adc.read(CALFACT, 4) == 0x40
    adc.write(CR, 4, ADVREGEN | ADCAL | ADCALDIF)
    g4.cycles(116)
    assert adc.read(CALFACT, 4) == 0x410040
    adc.write(CR, 4, ADVREGEN | ADEN)
    assert adc.read(ISR, 4) == 0
    g4.cycles(15)
    assert adc.read(ISR, 4) == ADRDY
    adc.write(CR, 4, ADVREGEN | ADDIS)
    assert adc.read(CR, 4) == ADVREGEN
    assert adc.read(ISR, 4) == 0
    assert adc.remarks() == ()


def test_without_its_regulator_nothing_works_and_it_says_so(g4):
    g4.adc.write(CR, 4, ADEN)
    assert not g4.adc.read(CR, 4) & ADEN
    assert "regulator was off" in g4.adc.remarks()[0]


def test_too_early_is_remarked_on(g4):
    g4.adc.write(CR, 4, ADVREGEN)
    g4.adc.write(CR, 4, ADVREGEN | ADEN)
    assert "before the regulator was up" in g4.adc.remarks()[0]


def test_a_start_without_aden_is_remarked_on(g4):
    g4.power()
    g4.start()
    assert not g4.adc.read(CR, 4) & ADSTART
    assert "while it was off" in g4.adc.remarks()[0]


@pytest.mark.parametrize(
    ("smp", "resolution", "cycles"),
    [(0, 0, 15), (1, 0, 19), (7, 0, 653), (0, 1, 13), (0, 2, 11), (0, 3, 9), (4, 0, 60)],
)
def test_conversion_times(g4, smp, resolution, cycles):
    g4.sequence(5)
    g4.adc.write(SMPR1, 4, smp << 15)
    g4.adc.write(CFGR, 4, JQDIS | resolution << 3)
    g4.enable()
    g4.start()
    assert g4.adc.read(CR, 4) & ADSTART
    g4.cycles(cycles - 0.5)
    assert g4.adc.read(ISR, 4) == 0
    g4.cycles(0.5)
    assert g4.adc.read(ISR, 4) == EOC | EOS | EOSMP
    assert not g4.adc.read(CR, 4) & ADSTART  # single, by software
    assert g4.adc.read(DR, 4) == 2048 >> 2 * resolution
    assert g4.adc.read(ISR, 4) == EOS | EOSMP


def test_smpplus(g4):
    g4.sequence(5)
    g4.adc.write(SMPR1, 4, SMPPLUS)
    g4.enable()
    g4.start()
    g4.cycles(15.5)
    assert not g4.adc.read(ISR, 4) & EOC
    g4.cycles(0.5)
    assert g4.adc.read(ISR, 4) & EOC


@pytest.mark.parametrize(
    ("ccr", "hertz"),
    [(0, 10_500_000), (2 << 18, 2_625_000), (1 << 16, 168_000_000), (3 << 16, 42_000_000)],
)
def test_clocks(g4, ccr, hertz):
    g4.common.write(CCR, 4, ccr)
    assert g4.common.clock_hz() == hertz


def test_a_long_sequence(g4):
    for channel in range(16):
        g4.adc.connect(channel, lambda time_s, code=channel + 50: code * 3.3 / 4096)
    g4.sequence(*range(16))
    g4.enable()
    g4.start()
    seen = []
    for _ in range(16):
        g4.cycles(15)
        seen.append(g4.adc.read(DR, 4))
    assert seen == list(range(50, 66))
    assert g4.adc.read(ISR, 4) & EOS


def test_continuous_until_stopped(g4):
    g4.sequence(5)
    g4.adc.write(CFGR, 4, CONT | OVRMOD)
    g4.enable()
    g4.start()
    g4.cycles(15 * 10)
    assert g4.adc.read(CR, 4) & ADSTART
    g4.start(ADSTP)
    assert not g4.adc.read(CR, 4) & ADSTART
    g4.adc.write(ISR, 4, 0x7FF)
    g4.cycles(100)
    assert g4.adc.read(ISR, 4) == 0


def test_overrun_keeps_or_overwrites(g4):
    levels = iter(range(1, 100))
    g4.adc.connect(5, lambda time_s: next(levels) * 3.3 / 4096)
    g4.sequence(5)
    g4.adc.write(CFGR, 4, CONT)
    g4.adc.write(IER, 4, OVR)
    g4.enable()
    g4.start()
    g4.cycles(30)
    assert g4.adc.output("IRQ").level
    assert g4.adc.read(DR, 4) == 1
    g4.adc.write(ISR, 4, OVR)
    assert not g4.adc.output(None).level
    g4.adc.write(CFGR, 4, CONT | OVRMOD)
    g4.cycles(45)
    assert g4.adc.read(ISR, 4) & OVR
    assert g4.adc.read(DR, 4) == 5


def test_auto_delay_waits_for_the_reader(g4):
    g4.sequence(5)
    g4.adc.write(CFGR, 4, CONT | AUTDLY)
    g4.enable()
    g4.start()
    g4.cycles(200)
    assert g4.adc.read(ISR, 4) == EOC | EOS | EOSMP
    g4.adc.read(DR, 4)
    g4.cycles(14.5)
    assert not g4.adc.read(ISR, 4) & EOC
    g4.cycles(0.5)
    assert g4.adc.read(ISR, 4) & EOC


def test_discontinuous(g4):
    for channel in range(4):
        g4.adc.connect(channel, lambda time_s, code=channel + 50: code * 3.3 / 4096)
    g4.sequence(0, 1, 2)
    g4.adc.write(CFGR, 4, DISCEN | 1 << 17)
    g4.enable()

    def burst():
        g4.start()
        found = []
        for _ in range(4):
            g4.cycles(15)
            if g4.adc.read(ISR, 4) & EOC:
                found.append(g4.adc.read(DR, 4))
        return found

    assert [burst(), burst(), burst()] == [[50, 51], [52], [50, 51]]


def test_injected(g4):
    g4.adc.connect(6, lambda time_s: 3.3 / 4)
    g4.adc.write(JSQR, 4, 1 | 5 << 9 | 6 << 15)
    g4.enable()
    g4.start(JADSTART)
    g4.cycles(15)
    assert g4.adc.read(ISR, 4) == JEOC
    assert g4.adc.read(JDR1, 4) == 2048
    assert g4.adc.read(ISR, 4) == 0
    g4.cycles(15)
    assert g4.adc.read(ISR, 4) == JEOC | JEOS
    assert g4.adc.read(JDR1 + 4, 4) == 1024
    assert not g4.adc.read(CR, 4) & JADSTART


def test_auto_injection(g4):
    g4.sequence(5)
    g4.adc.write(JSQR, 4, 5 << 9)
    g4.adc.write(CFGR, 4, JAUTO)
    g4.enable()
    g4.start()
    g4.cycles(30)
    assert g4.adc.read(ISR, 4) == EOC | EOS | EOSMP | JEOC | JEOS


def test_external_triggers_count_after_adstart(g4, host):
    g4.sequence(5)
    g4.adc.write(CFGR, 4, TIM2_TRGO | RISING)
    g4.enable()
    host.signal("TIM2_TRGO").pulse()
    g4.cycles(20)
    assert g4.adc.read(ISR, 4) == 0
    g4.start()
    g4.cycles(20)
    assert g4.adc.read(ISR, 4) == 0
    for _ in range(3):
        host.signal("TIM2_TRGO").pulse()
        g4.cycles(15)
        assert g4.adc.read(ISR, 4) & EOC
        g4.adc.read(DR, 4)
    assert g4.adc.read(CR, 4) & ADSTART


def test_the_other_adcs_have_other_triggers(host):
    common = Stm32G4AdcCommon("adc345Common", {}, host)
    third, first = Stm32F3Adc("adc3", {}, host), Stm32F3Adc("adc1", {}, host)
    assert common.triggers(first, injected=False)[0] == "TIM1_CC1"
    assert common.triggers(third, injected=False)[0] == "TIM3_CC1"
    assert common.triggers(third, injected=False)[11] == "TIM2_TRGO"
    assert common.triggers(third, injected=True)[27] == "HRTIM_ADC_TRG1"
    assert len(common.triggers(third, injected=True)) == 31


def test_dma_circular_and_its_overrun(g4, host):
    g4.sequence(5)
    g4.adc.write(CFGR, 4, CONT | DMAEN | DMACFG)
    taken = []
    serving = [True]

    def serve(level):
        if level and serving[0]:
            taken.append(g4.adc.region(None)[0](DR, 2))

    host.signal("ADC1").sinks.append(serve)
    g4.enable()
    g4.start()
    g4.cycles(15 * 5)
    assert taken == [2048] * 5
    assert not g4.adc.read(ISR, 4) & (EOC | OVR)
    serving[0] = False
    g4.cycles(30)
    assert g4.adc.read(ISR, 4) & OVR
    assert not host.signal("ADC1").level


def test_dma_one_shot_ends_without_overrun(g4, host):
    g4.sequence(5)
    g4.adc.write(CFGR, 4, CONT | DMAEN)
    taken = []

    def serve(level):
        if level and len(taken) < 3:
            taken.append(g4.adc.read(DR, 4))

    host.signal("ADC1").sinks.append(serve)
    g4.enable()
    g4.start()
    g4.cycles(15 * 20)
    assert len(taken) == 3
    assert not g4.adc.read(ISR, 4) & OVR
    assert not host.signal("ADC1").level


def convert(g4, channel=5):
    g4.sequence(channel)
    g4.start()
    g4.cycles(20 * 256)
    g4.adc.write(ISR, 4, 0x7FF)
    return g4.adc.read(DR, 4)


@pytest.mark.parametrize(
    ("ofr", "cfgr", "value"),
    [
        (OFFSET_EN | 5 << 26 | 48, 0, 2000),
        (OFFSET_EN | 5 << 26 | 48 | OFFSETPOS, 0, 2096),
        (OFFSET_EN | 5 << 26 | 2049, 0, 0xFFFF),
        (OFFSET_EN | 5 << 26 | 2049 | SATEN, 0, 0),
        (OFFSET_EN | 5 << 26 | 4095 | OFFSETPOS, 0, 4095),
        (OFFSET_EN | 6 << 26 | 48, 0, 2048),
        (5 << 26 | 48, 0, 2048),
        (OFFSET_EN | 5 << 26 | 48, ALIGN, 2000 << 3),
        (0, ALIGN, 2048 << 4),
    ],
)
def test_offsets_and_alignment(g4, ofr, cfgr, value):
    g4.enable()
    g4.adc.write(OFR1, 4, ofr)
    g4.adc.write(CFGR, 4, cfgr)
    assert convert(g4) == value


def test_gain(g4):
    g4.enable()
    g4.adc.write(GCOMP, 4, 0x1800)  # 1.5
    assert convert(g4) == 2048
    g4.adc.write(CFGR2, 4, GAIN)
    assert convert(g4) == 3072


@pytest.mark.parametrize(
    ("ratio", "shift", "value"), [(0, 1, 2048), (3, 0, 2048 * 16), (7, 8, 2048), (7, 4, 2048 * 16)]
)
def test_oversampling(g4, ratio, shift, value):
    g4.enable()
    g4.adc.write(CFGR2, 4, ROVSE | ratio << 2 | shift << 5)
    assert convert(g4) == value


def test_oversampling_averages_what_the_channel_did_meanwhile(g4, host):
    times = []
    g4.adc.connect(5, lambda time_s: times.append(time_s * host.tick_hz) or 0.0)
    g4.enable()
    g4.adc.write(CFGR2, 4, ROVSE | 1 << 2)  # four
    begin = host.ticks()
    convert(g4)
    expected = [begin + (15 * n + 2.5) * g4.CYCLE for n in range(4)]
    assert times == pytest.approx(expected)


@pytest.mark.parametrize(
    ("plus", "minus", "code"), [(1.65, 1.65, 2048), (3.3, 0, 4095), (0, 3.3, 0)]
)
def test_differential(g4, plus, minus, code):
    g4.adc.connect(5, lambda time_s: plus)
    g4.adc.connect(6, lambda time_s: minus)
    g4.adc.write(DIFSEL, 4, 1 << 5)
    g4.enable()
    assert convert(g4) == code


@pytest.mark.parametrize(
    ("register", "word", "flag"),
    [
        (TR1, 2047 << 16, AWD1),
        (TR1, 2048 << 16 | 2048, 0),
        (TR2, 127 << 16, AWD2),
        (TR2, 128 << 16 | 128, 0),
    ],
)
def test_watchdogs(g4, register, word, flag):
    g4.enable()
    g4.adc.write(AWD2CR, 4, 1 << 5)
    g4.adc.write(CFGR, 4, AWD1EN | AWD1SGL | 5 << 26)
    g4.adc.write(register, 4, word)
    g4.adc.write(IER, 4, AWD1 | AWD2)
    g4.sequence(5)
    g4.start()
    g4.cycles(15)
    assert g4.adc.read(ISR, 4) & (AWD1 | AWD2) == flag
    assert g4.adc.output(None).level is bool(flag)


def test_the_filter_of_the_first_watchdog(g4):
    g4.enable()
    g4.adc.write(CFGR, 4, AWD1EN | CONT | OVRMOD)
    g4.adc.write(TR1, 4, 100 << 16 | 2 << 12)  # three in a row
    g4.sequence(5)
    g4.start()
    g4.cycles(30)
    assert not g4.adc.read(ISR, 4) & AWD1
    g4.cycles(15)
    assert g4.adc.read(ISR, 4) & AWD1


def test_internal_channels_fit_the_calibration_words(g4):
    g4.adc.write(SMPR1 + 4, 4, 0)
    g4.enable()
    assert convert(g4, 16) == 0
    g4.common.write(CCR, 4, 7 << 22)
    # read with VREF+ = 3.3 V; the words were taken at 3.0 V
    for celsius in (25, 30, 130):
        g4.adc.temperature_c = celsius
        at_3_volts = convert(g4, 16) * 3.3 / 3.0
        found = (at_3_volts - 0x40E) * 100 / (0x563 - 0x40E) + 30
        assert found == pytest.approx(celsius, abs=0.6)
    assert convert(g4, 18) * 3.3 / 3.0 == pytest.approx(0x677, abs=1)
    assert convert(g4, 17) == round(4096 / 3)


def test_csr(g4):
    g4.sequence(5)
    g4.enable()
    g4.start()
    g4.cycles(15)
    assert g4.common.read(CSR, 4) == EOC | EOS | EOSMP


def test_what_dma_took_before_a_stop_is_no_end_of_the_next_transfer(g4, host):
    """One-shot mode (21.4.26): a conversion that nobody takes after a new start is an overrun."""
    served = []
    host.signal("ADC1").sinks.append(
        lambda level: level and not served and served.append(g4.adc.read(DR, 4))
    )
    g4.adc.write(CFGR, 4, DMAEN | CONT)
    g4.sequence(5)
    g4.enable()
    g4.start()
    g4.cycles(15 * 2)
    assert len(served) == 1
    g4.adc.write(CR, 4, g4.adc.read(CR, 4) | ADSTP)
    g4.start()
    g4.cycles(15 * 3)
    assert g4.adc.read(ISR, 4) & OVR
