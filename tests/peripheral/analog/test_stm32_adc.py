"""The ADC of F4 and F7, register by register against RM0090, section 13."""

from __future__ import annotations

import pytest

from simgate.errors import EngineError
from simgate.peripheral.analog.stm32_adc import (
    ADON,
    ALIGN,
    AWD,
    AWDEN,
    AWDIE,
    AWDSGL,
    CONT,
    CR1,
    CR2,
    DDS,
    DISCEN,
    DMA,
    DR,
    EOC,
    EOCIE,
    EOCS,
    HTR,
    JAUTO,
    JDISCEN,
    JDR1,
    JEOC,
    JEOCIE,
    JOFR1,
    JSQR,
    JSTRT,
    JSWSTART,
    LTR,
    OVR,
    OVRIE,
    SCAN,
    SMPR1,
    SMPR2,
    SQR1,
    SQR3,
    SR,
    STRT,
    SWSTART,
    Stm32Adc,
)
from simgate.peripheral.analog.stm32_adc_common import CCR, CSR, TSVREFE, VBATE
from simgate.peripheral.dma.stm32_dma import Stm32Dma
from simgate.peripheral.model import AttachError

RISING, TIM2_TRGO, TIM1_CC4 = 1 << 28, 6 << 24, 0 << 16


def switch_on(f4, cr2=0, cr1=0):
    f4.adc.write(CR1, 4, cr1)
    f4.adc.write(CR2, 4, cr2 | ADON)
    f4.cycles(126)  # 3 us


def sequence(adc, *channels):
    adc.write(SQR3, 4, sum(channel << 5 * rank for rank, channel in enumerate(channels)))
    adc.write(SQR1, 4, len(channels) - 1 << 20)


def test_reset_values(f4):
    words = {offset: f4.adc.read(offset, 4) for offset in range(0, 0x50, 4)}
    assert words.pop(HTR) == 0xFFF
    assert set(words.values()) == {0}
    assert [f4.common.read(offset, 4) for offset in (0, 4, 8)] == [0, 0, 0]


def test_reserved_bits_stay_0(f4):
    for offset in range(0, 0x4C, 4):
        f4.adc.write(offset, 4, 0xFFFFFFFF if offset != CR2 else 0xFFFFFFFF & ~ADON)
    assert f4.adc.read(CR1, 4) == 0x07C0FFFF
    assert f4.adc.read(CR2, 4) == 0x3F3F0F02  # SWSTART and JSWSTART are taken at once
    assert f4.adc.read(SQR1, 4) == 0x00FFFFFF
    assert f4.adc.read(SR, 4) == 0


def test_a_conversion_takes_its_sampling_time_and_a_cycle_a_bit(f4):
    sequence(f4.adc, 5)
    switch_on(f4)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    assert f4.adc.read(CR2, 4) == ADON
    assert f4.adc.read(SR, 4) == STRT
    f4.cycles(14)
    assert f4.adc.read(SR, 4) == STRT
    f4.cycles(1)  # 3 + 12
    assert f4.adc.read(SR, 4) == STRT | EOC
    assert f4.adc.read(DR, 4) == 2048
    assert f4.adc.read(SR, 4) == STRT


@pytest.mark.parametrize(
    ("smp", "resolution", "cycles"),
    [(1, 0, 27), (7, 0, 492), (0, 1, 13), (0, 2, 11), (0, 3, 9), (2, 3, 34)],
)
def test_sampling_time_and_resolution(f4, smp, resolution, cycles):
    sequence(f4.adc, 5)
    f4.adc.write(SMPR2, 4, smp << 15)
    switch_on(f4, cr1=resolution << 24)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(cycles - 1)
    assert not f4.adc.read(SR, 4) & EOC
    f4.cycles(1)
    assert f4.adc.read(SR, 4) & EOC
    assert f4.adc.read(DR, 4) == 2048 >> 2 * resolution


def test_the_prescaler_slows_it_down(f4):
    f4.common.write(CCR, 4, 3 << 16)  # / 8: 10.5 MHz
    sequence(f4.adc, 5)
    switch_on(f4)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(59)
    assert not f4.adc.read(SR, 4) & EOC
    f4.cycles(1)
    assert f4.adc.read(SR, 4) & EOC


def test_the_voltage_is_that_of_the_end_of_the_sampling(f4, host):
    times = []
    f4.adc.connect(5, lambda time_s: times.append(time_s * host.tick_hz) or 0.0)
    f4.adc.write(SMPR2, 4, 1 << 15)
    sequence(f4.adc, 5)
    switch_on(f4)
    begin = host.ticks()
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(100)
    assert times == pytest.approx([begin + 15 * f4.CYCLE])


def test_the_first_conversion_waits_for_the_stabilisation(f4, host):
    sequence(f4.adc, 5)
    f4.adc.write(CR2, 4, ADON)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(126 + 14)
    assert not f4.adc.read(SR, 4) & EOC
    f4.cycles(1)
    assert f4.adc.read(SR, 4) & EOC


def test_off_it_converts_nothing_and_says_so(f4):
    f4.adc.write(CR2, 4, SWSTART)
    f4.cycles(1000)
    assert f4.adc.read(SR, 4) == 0
    assert "while it was off" in f4.adc.remarks()[0]


@pytest.mark.parametrize(
    ("volts", "code"),
    [(0.0, 0), (-1.0, 0), (3.3, 4095), (5.0, 4095), (3.3 / 4096, 1), (3.3 / 4096 * 0.49, 0)],
)
def test_codes(f4, volts, code):
    f4.adc.connect(5, lambda time_s: volts)
    sequence(f4.adc, 5)
    switch_on(f4)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(20)
    assert f4.adc.read(DR, 4) == code


@pytest.mark.parametrize(
    ("resolution", "left"), [(0, 2048 << 4), (1, 512 << 6), (2, 128 << 8), (3, 32 << 2)]
)
def test_left_alignment(f4, resolution, left):
    sequence(f4.adc, 5)
    switch_on(f4, cr1=resolution << 24)
    f4.adc.write(CR2, 4, ADON | ALIGN | SWSTART)
    f4.cycles(20)
    assert f4.adc.read(DR, 4) == left


def four_channels(f4):
    for channel in range(4):
        f4.adc.connect(channel, lambda time_s, code=100 + channel: code * 3.3 / 4096)
    sequence(f4.adc, 0, 1, 2, 3)


def test_scan_with_eocs_flags_each_conversion(f4):
    four_channels(f4)
    switch_on(f4, EOCS, SCAN)
    f4.adc.write(CR2, 4, ADON | EOCS | SWSTART)
    seen = []
    for _ in range(4):
        f4.cycles(15)
        assert f4.adc.read(SR, 4) & EOC
        seen.append(f4.adc.read(DR, 4))
    assert seen == [100, 101, 102, 103]
    f4.cycles(100)
    assert not f4.adc.read(SR, 4) & EOC


def test_scan_without_eocs_flags_the_last_and_misses_no_overrun(f4):
    four_channels(f4)
    switch_on(f4, 0, SCAN)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(59)
    assert not f4.adc.read(SR, 4) & (EOC | OVR)
    f4.cycles(1)
    assert f4.adc.read(SR, 4) == STRT | EOC
    assert f4.adc.read(DR, 4) == 103


def test_without_scan_only_the_first_is_converted(f4):
    four_channels(f4)
    switch_on(f4)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(15)
    assert f4.adc.read(DR, 4) == 100
    f4.cycles(100)
    assert not f4.adc.read(SR, 4) & EOC


def test_discontinuous_mode_converts_discnum_a_trigger(f4):
    four_channels(f4)
    switch_on(f4, EOCS, SCAN | DISCEN | 2 << 13)  # three at a time

    def burst():
        f4.adc.write(CR2, 4, ADON | EOCS | SWSTART)
        found = []
        for _ in range(6):
            f4.cycles(15)
            if f4.adc.read(SR, 4) & EOC:
                found.append(f4.adc.read(DR, 4))
        return found

    assert [burst(), burst(), burst()] == [[100, 101, 102], [103], [100, 101, 102]]


def test_continuous_mode_does_not_drift(f4, host):
    f4.common.write(CCR, 4, 2 << 16)  # / 6: 14 MHz, a cycle of 12 ticks
    f4.adc.connect(5, lambda time_s: 0)
    sequence(f4.adc, 5)
    switch_on(f4, CONT)
    begin = host.ticks()
    f4.adc.write(CR2, 4, ADON | CONT | SWSTART)
    ends = []
    f4.adc.output("IRQ").sinks.append(lambda level: ends.append(host.ticks()) if level else None)
    f4.adc.write(CR1, 4, EOCIE)
    for _ in range(100):
        host.advance_ticks(15 * 12)
        f4.adc.read(DR, 4)
    assert ends == [begin + 15 * 12 * (n + 1) for n in range(100)]
    f4.adc.write(CR2, 4, ADON)  # without CONT the running one is the last
    host.advance_ticks(15 * 12)
    f4.adc.read(DR, 4)
    host.advance_ticks(1000 * 12)
    assert not f4.adc.read(SR, 4) & EOC


def test_an_overrun_keeps_the_old_value_and_stops_the_group(f4):
    levels = iter(range(1, 100))
    f4.adc.connect(5, lambda time_s: next(levels) * 3.3 / 4096)
    sequence(f4.adc, 5)
    switch_on(f4, EOCS | CONT, OVRIE)
    f4.adc.write(CR2, 4, ADON | EOCS | CONT | SWSTART)
    f4.cycles(30)
    assert f4.adc.read(SR, 4) == STRT | EOC | OVR
    assert f4.adc.output("IRQ").level
    assert f4.adc.read(DR, 4) == 1
    f4.adc.write(CR2, 4, ADON | EOCS | CONT | SWSTART)
    f4.cycles(100)
    assert not f4.adc.read(SR, 4) & EOC  # no trigger counts while OVR is set
    f4.adc.write(SR, 4, ~OVR & 0xFFFFFFFF)
    assert not f4.adc.output("IRQ").level
    f4.adc.write(CR2, 4, ADON | EOCS | CONT | SWSTART)
    f4.cycles(15)
    assert f4.adc.read(DR, 4) == 3


def test_flags_are_cleared_by_writing_0(f4):
    sequence(f4.adc, 5)
    switch_on(f4, 0, EOCIE)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(15)
    assert f4.adc.output(None).level
    f4.adc.write(SR, 4, 0xFFFFFFFF)
    assert f4.adc.read(SR, 4) == STRT | EOC
    f4.adc.write(SR, 4, ~EOC & 0xFFFFFFFF)
    assert f4.adc.read(SR, 4) == STRT
    assert not f4.adc.output(None).level


# ---- injected ----


def test_injected_channels_begin_at_jsq_4_minus_jl_and_have_offsets(f4):
    four_channels(f4)
    # two: JSQ3 = channel 2, JSQ4 = channel 3
    f4.adc.write(JSQR, 4, 1 << 20 | 3 << 15 | 2 << 10)
    f4.adc.write(JOFR1, 4, 200)
    switch_on(f4, 0, SCAN | JEOCIE)
    f4.adc.write(CR2, 4, ADON | JSWSTART)
    f4.cycles(29)
    assert f4.adc.read(SR, 4) == JSTRT
    f4.cycles(1)
    assert f4.adc.read(SR, 4) == JSTRT | JEOC
    assert f4.adc.output(None).level
    assert f4.adc.read(JDR1, 4) == (102 - 200) & 0xFFFF  # sign-extended
    assert f4.adc.read(JDR1 + 4, 4) == 103


def test_an_injected_one_interrupts_a_regular_one_which_begins_again(f4):
    four_channels(f4)
    f4.adc.write(JSQR, 4, 7 << 15)
    switch_on(f4, EOCS, SCAN)
    f4.adc.write(CR2, 4, ADON | EOCS | SWSTART)
    f4.cycles(15)
    f4.adc.read(DR, 4)
    f4.cycles(10)  # into the second
    # with SCAN and JL = 0 only JSQ4 is converted
    f4.adc.write(CR2, 4, ADON | EOCS | JSWSTART)
    f4.cycles(15)
    assert f4.adc.read(SR, 4) & JEOC
    assert not f4.adc.read(SR, 4) & EOC
    f4.cycles(14)
    assert not f4.adc.read(SR, 4) & EOC
    f4.cycles(1)
    assert f4.adc.read(DR, 4) == 101


def test_auto_injection_follows_the_regular_group(f4):
    four_channels(f4)
    f4.adc.write(JSQR, 4, 5 << 15)
    switch_on(f4, 0, SCAN | JAUTO)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(60)
    assert f4.adc.read(SR, 4) == STRT | EOC
    f4.cycles(15)
    assert f4.adc.read(SR, 4) & JEOC
    assert f4.adc.read(JDR1, 4) == 2048


def test_discontinuous_injection_takes_one_a_trigger(f4):
    four_channels(f4)
    f4.adc.write(JSQR, 4, 1 << 20 | 3 << 15 | 2 << 10)
    switch_on(f4, 0, SCAN | JDISCEN)
    f4.adc.write(CR2, 4, ADON | JSWSTART)
    f4.cycles(40)
    assert f4.adc.read(JDR1, 4) == 102
    assert not f4.adc.read(SR, 4) & JEOC
    f4.adc.write(CR2, 4, ADON | JSWSTART)
    f4.cycles(40)
    assert f4.adc.read(JDR1 + 4, 4) == 103
    assert f4.adc.read(SR, 4) & JEOC


# ---- triggers, DMA, watchdog ----


@pytest.mark.parametrize(("edge", "starts"), [(1, [1, 1]), (2, [0, 1]), (3, [1, 2])])
def test_the_edge_of_an_external_trigger(f4, host, edge, starts):
    count = 0

    def volts(time_s):
        nonlocal count
        count += 1
        return 0.0

    f4.adc.connect(5, volts)
    sequence(f4.adc, 5)
    switch_on(f4, TIM2_TRGO | edge << 28)
    seen = []
    for level in (True, False):
        host.signal("TIM2_TRGO").set(level)
        f4.cycles(20)
        seen.append(count)
    assert seen == starts


def test_only_the_selected_trigger_counts(f4, host):
    sequence(f4.adc, 5)
    switch_on(f4, TIM2_TRGO | RISING)
    host.signal("TIM3_TRGO").pulse()
    f4.cycles(20)
    assert f4.adc.read(SR, 4) == 0
    f4.adc.write(CR2, 4, ADON | 8 << 24 | RISING)
    host.signal("TIM2_TRGO").pulse()
    f4.cycles(20)
    assert f4.adc.read(SR, 4) == 0
    host.signal("TIM3_TRGO").pulse()
    f4.cycles(20)
    assert f4.adc.read(SR, 4) == STRT | EOC


def test_an_injected_external_trigger(f4, host):
    f4.adc.write(JSQR, 4, 5 << 15)
    switch_on(f4, TIM1_CC4 | 1 << 20)
    host.signal("TIM1_CC4").pulse()
    f4.cycles(15)
    assert f4.adc.read(JDR1, 4) == 2048


def collect(f4, host):
    """A DMA controller that serves at once."""
    taken = []

    def serve(level):
        if level:
            taken.append(f4.adc.region(None)[0](DR, 2))

    host.signal("ADC1").sinks.append(serve)
    return taken


def test_dma_takes_every_conversion(f4, host):
    taken = collect(f4, host)
    four_channels(f4)
    switch_on(f4, DMA | DDS | CONT, SCAN | EOCIE)
    f4.adc.write(CR2, 4, ADON | DMA | DDS | CONT | SWSTART)
    f4.cycles(15 * 12)
    assert taken == [100, 101, 102, 103] * 3
    assert not f4.adc.read(SR, 4) & (OVR | EOC)


def test_dma_that_is_not_served_overruns(f4, host):
    four_channels(f4)
    switch_on(f4, DMA | DDS, SCAN)
    f4.adc.write(CR2, 4, ADON | DMA | DDS | SWSTART)
    f4.cycles(15)
    assert host.signal("ADC1").level
    f4.cycles(15)
    assert f4.adc.read(SR, 4) & OVR
    assert not host.signal("ADC1").level
    assert f4.adc.read(DR, 4) == 100


@pytest.mark.parametrize("between", [[], [ADON], [0]], ids=["", "DMA off", "ADON off"])
def test_after_an_overrun_is_cleared_the_next_trigger_converts_again(f4, host, between):
    """13.8.2: DMA set up anew, OVR cleared, a trigger; nobody reads DR."""
    four_channels(f4)
    switch_on(f4, DMA | DDS, SCAN)
    f4.adc.write(CR2, 4, ADON | DMA | DDS | SWSTART)
    f4.cycles(15 * 2)
    assert f4.adc.read(SR, 4) & OVR
    for cr2 in between:
        f4.adc.write(CR2, 4, cr2)
    taken = collect(f4, host)
    f4.adc.write(SR, 4, ~OVR & 0x3F)
    switch_on(f4, DMA | DDS, SCAN)
    f4.adc.write(CR2, 4, ADON | DMA | DDS | SWSTART)
    f4.cycles(15 * 5)
    assert taken == [100, 101, 102, 103]
    assert not f4.adc.read(SR, 4) & OVR


@pytest.mark.parametrize("cr2", [ADON, 0], ids=["DMA off", "ADON off"])
def test_a_result_that_dma_never_took_is_no_overrun_of_the_next_start(f4, host, cr2):
    four_channels(f4)
    switch_on(f4, DMA | DDS)
    f4.adc.write(CR2, 4, ADON | DMA | DDS | SWSTART)
    f4.cycles(15)
    f4.adc.write(CR2, 4, cr2)
    taken = collect(f4, host)
    switch_on(f4, DMA | DDS)
    f4.adc.write(CR2, 4, ADON | DMA | DDS | SWSTART)
    f4.cycles(15)
    assert taken == [100]
    assert not f4.adc.read(SR, 4) & OVR


def test_with_dds_0_the_end_of_the_transfer_is_no_overrun(f4, host):
    taken = []

    def serve(level):
        if level and len(taken) < 3:
            taken.append(f4.adc.read(DR, 4))

    host.signal("ADC1").sinks.append(serve)
    four_channels(f4)
    switch_on(f4, DMA | CONT, SCAN)
    f4.adc.write(CR2, 4, ADON | DMA | CONT | SWSTART)
    f4.cycles(15 * 20)
    assert taken == [100, 101, 102]
    assert not f4.adc.read(SR, 4) & OVR
    assert not host.signal("ADC1").level
    f4.adc.write(CR2, 4, ADON | CONT)
    f4.adc.write(CR2, 4, ADON | DMA | CONT)
    f4.cycles(15)
    assert host.signal("ADC1").level


def test_with_dds_0_the_controllers_last_transfer_is_the_end_even_of_a_ring(f4, host):
    taken = []

    def serve(level):
        if level:
            host.signal("ADC1_LAST").set(len(taken) == 2)
            taken.append(f4.adc.read(DR, 4))

    host.signal("ADC1").sinks.append(serve)
    four_channels(f4)
    switch_on(f4, DMA | CONT, SCAN)
    f4.adc.write(CR2, 4, ADON | DMA | CONT | SWSTART)
    f4.cycles(15 * 20)
    assert taken == [100, 101, 102]
    assert not f4.adc.read(SR, 4) & OVR


@pytest.mark.parametrize(
    ("high", "low", "fires"), [(2047, 0, True), (2048, 2048, False), (4095, 2049, True)]
)
def test_the_analogue_watchdog(f4, high, low, fires):
    f4.adc.write(HTR, 4, high)
    f4.adc.write(LTR, 4, low)
    sequence(f4.adc, 5)
    switch_on(f4, 0, AWDEN | AWDIE)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(15)
    assert bool(f4.adc.read(SR, 4) & AWD) is fires
    assert f4.adc.output(None).level is fires


def test_the_watchdog_of_one_channel(f4):
    f4.adc.write(HTR, 4, 10)
    sequence(f4.adc, 5)
    switch_on(f4, 0, AWDEN | AWDSGL | 6)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(15)
    assert not f4.adc.read(SR, 4) & AWD


# ---- what is on the channels ----


def convert(f4, channel):
    sequence(f4.adc, channel)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(600)
    return f4.adc.read(DR, 4)


def test_fed_codes_come_one_a_conversion_then_what_is_connected(f4):
    switch_on(f4)
    feed = f4.adc.commands()["FeedSample"]
    feed(7, 5, 2)
    feed(9, 5)
    assert [convert(f4, 5) for _ in range(4)] == [7, 7, 9, 2048]
    feed(11, 5, -1)
    assert [convert(f4, 5) for _ in range(3)] == [11, 11, 11]


def test_fed_files(f4, tmp_path):
    switch_on(f4)
    path = tmp_path / "codes.txt"
    path.write_text("1\n2\n3\n")
    f4.adc.commands()["FeedSample"](path, 4, 2)
    assert [convert(f4, 4) for _ in range(7)] == [1, 2, 3, 1, 2, 3, 0]
    path.write_text("1\nx\n")
    with pytest.raises(EngineError, match=r"codes.txt:2: a whole number"):
        f4.adc.commands()["FeedSample"](path, 4)


def test_fed_millivolts_and_the_default(f4):
    switch_on(f4)
    commands = f4.adc.commands()
    commands["SetDefaultValue"](825, 4)
    commands["FeedVoltageSampleToChannel"](4, 1650, 2)
    assert [convert(f4, 4) for _ in range(3)] == [2048, 2048, 1024]
    commands["SetDefaultValue"](0)
    assert convert(f4, 4) == 0


def test_a_channel_that_there_is_not(f4):
    with pytest.raises(EngineError, match="no channel 19"):
        f4.adc.commands()["FeedSample"](1, 19)


class Source(Stm32Adc):
    def voltage(self, time_s):
        return 1.0


def test_attaching(f4, host):
    f4.adc.attach(3, Source("mic", {}, host))
    with pytest.raises(AttachError, match="taken"):
        f4.adc.attach(3, Source("mic", {}, host))
    with pytest.raises(AttachError, match="no channel 19"):
        f4.adc.attach(19, Source("mic", {}, host))
    with pytest.raises(AttachError, match="number is missing"):
        f4.adc.attach(None, Source("mic", {}, host))
    with pytest.raises(AttachError, match="no analogue output"):
        f4.adc.attach(4, Stm32Adc("adc9", {}, host))


def test_the_temperature_sensor_fits_the_calibration_words(f4):
    cal_30, cal_110 = 0x3BF, 0x4B7  # as in the platform's system memory
    switch_on(f4)
    assert convert(f4, 16) == 0
    f4.common.write(CCR, 4, TSVREFE)
    for celsius in (25, 30, 85, 110):
        f4.adc.temperature_c = celsius
        found = (convert(f4, 16) - cal_30) * 80 / (cal_110 - cal_30) + 30
        assert found == pytest.approx(celsius, abs=0.5)
    assert convert(f4, 17) == 1502  # 1.21 V
    assert convert(f4, 18) == 0
    f4.common.write(CCR, 4, TSVREFE | VBATE)
    assert convert(f4, 18) == 2048  # half of 3.3 V


def test_csr_shows_all_three(f4):
    sequence(f4.adcs[1], 5)
    f4.adcs[1].write(CR2, 4, ADON)
    f4.cycles(126)
    f4.adcs[1].write(CR2, 4, ADON | SWSTART)
    f4.cycles(15)
    assert f4.common.read(CSR, 4) == (STRT | EOC) << 8


def test_adon_0_stops_everything(f4):
    sequence(f4.adc, 5)
    switch_on(f4, CONT)
    f4.adc.write(CR2, 4, ADON | CONT | SWSTART)
    f4.adc.write(CR2, 4, 0)
    f4.cycles(1000)
    assert not f4.adc.read(SR, 4) & EOC


def test_smpr1_is_for_channels_10_and_up(f4):
    f4.adc.write(SMPR1, 4, 7 << 6)  # channel 12
    sequence(f4.adc, 12)
    switch_on(f4)
    f4.adc.write(CR2, 4, ADON | SWSTART)
    f4.cycles(491)
    assert not f4.adc.read(SR, 4) & EOC
    f4.cycles(1)
    assert f4.adc.read(SR, 4) & EOC


def test_a_clock_beyond_the_data_sheet_is_remarked_on(f4):
    switch_on(f4)
    assert "42 MHz" in f4.common.remarks()[0]
    f4.common.write(CCR, 4, 1 << 16)
    assert f4.common.remarks() == ()


def test_with_dds_0_a_real_controllers_ring_goes_round_once(f4, host):
    dma = Stm32Dma("dma2", {}, host)
    dma.reset()
    host.windows.append((0x40012000, 0x50, *f4.adc.region(None)))
    read, write = dma.region(None)
    for offset, value in ((0x18, 0x40012000 + DR), (0x1C, host.RAM), (0x14, 6)):
        write(offset, 4, value)
    write(0x10, 4, 1 << 13 | 1 << 11 | 1 << 10 | 1 << 8 | 1)  # halfwords, circular, stream 0
    four_channels(f4)
    switch_on(f4, DMA | CONT, SCAN)
    f4.adc.write(CR2, 4, ADON | DMA | CONT | SWSTART)
    f4.cycles(15 * 20)
    taken = [int.from_bytes(host.memory[at : at + 2], "little") for at in range(0, 16, 2)]
    assert taken == [100, 101, 102, 103, 100, 101, 0, 0]
    assert read(0x14, 4) == 6
    assert not f4.adc.read(SR, 4) & OVR
