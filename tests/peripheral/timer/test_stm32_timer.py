"""Timers, register by register, against RM0090 sections 17 to 20 and their like."""

from __future__ import annotations

import pytest

from simgate.errors import EngineError
from simgate.peripheral.timer.stm32_timer import Stm32Timer
from simgate.peripheral.timer.timer_registers import CCR1, CNT, CR1, SR

HZ = 84_000_000  # half of the host's ticks: a count every two


def make(host, name="tim2", limit=0xFFFF, family="f4", frequency=HZ):
    attributes = {"frequency": frequency, "initialLimit": limit, "family": family}
    timer = Stm32Timer(name, attributes, host)
    timer.reset()
    return timer


@pytest.fixture
def tim3(host):
    return make(host, "tim3")


def put(timer, **registers):
    names = {name: offset for offset, name in timer._names.items()}
    for name, value in registers.items():
        timer.write(names[name], 4, value)


def get(timer, name):
    names = {name: offset for offset, name in timer._names.items()}
    return timer.read(names[name], 4)


def clocks(host, count):
    """Let that many of the timer's clocks pass."""
    host.advance_ticks(count * host.tick_hz // HZ)


def edges_of(wire, host):
    seen: list[tuple[int, bool]] = []
    wire.sinks.append(lambda level: seen.append((host.now // 2, level)))
    return seen


@pytest.mark.parametrize(("name", "limit"), [("tim1", 0xFFFF), ("tim2", 0xFFFFFFFF)])
def test_reset_values(host, name, limit):
    timer = make(host, name, limit)
    values = {register: get(timer, register) for register in timer._names.values()}
    assert values.pop("ARR") == limit
    assert set(values.values()) == {0}


def test_a_basic_timer_lacks_channels(host):
    tim6 = make(host, "tim6")
    tim6.write(CCR1, 4, 7)
    assert tim6.read(CCR1, 4) == 0
    assert host.notes == ["tim6: reserved offset 0x034"]


def test_only_the_bits_that_the_timer_has_are_kept(host):
    written = {}
    for name in ("tim1", "tim3", "tim6", "tim10"):
        timer = make(host, name)
        put(timer, DIER=0xFFFFFFFF, CR1=0xFFFFFFFE)
        written[name] = get(timer, "DIER"), timer.value("CR1")
    assert written == {
        "tim1": (0x7FFF, 0x3FE),
        "tim3": (0x5F5F, 0x3FE),
        "tim6": (0x101, 0x8E),
        "tim10": (0x3, 0x38E),
    }


def test_a_name_without_a_number_or_an_unknown_family_is_refused(host):
    with pytest.raises(EngineError, match="ends in its number"):
        make(host, "timer")
    with pytest.raises(EngineError, match="none of f4, f7, g4, h7"):
        make(host, "tim2", family="f1")


def test_the_count_follows_time_and_costs_no_call(tim3, host):
    put(tim3, ARR=999, PSC=83, EGR=1, CR1=1)
    clocks(host, 84 * 10 + 83)
    assert tim3.read(CNT, 4) == 10
    clocks(host, 1)
    assert tim3.read(CNT, 4) == 11
    clocks(host, 84 * 10**9)
    assert tim3.read(CNT, 4) == 11
    assert not host._calls


def test_an_uneven_ratio_of_clocks_does_not_drift(host):
    timer = make(host, "tim2", 0xFFFFFFFF, frequency=84_000_001)
    put(timer, CR1=1)
    host.advance(10)
    assert timer.read(CNT, 4) == 840_000_010


def test_the_prescaler_waits_for_an_update_event(tim3, host):
    put(tim3, CR1=1, PSC=9, ARR=99)
    clocks(host, 50)
    assert tim3.read(CNT, 4) == 50
    clocks(host, 50)  # the counter wraps: now it counts every tenth clock
    clocks(host, 30)
    assert tim3.read(CNT, 4) == 3


def test_ug_starts_anew_and_sets_uif_unless_urs(tim3, host):
    put(tim3, CR1=1, PSC=3)
    clocks(host, 50)
    put(tim3, EGR=1)
    assert (tim3.read(CNT, 4), tim3.read(SR, 4)) == (0, 1)
    put(tim3, SR=0, CR1=1 | 4, EGR=1)
    assert tim3.read(SR, 4) == 0


def test_udis_keeps_shadows_and_makes_no_update(tim3, host):
    put(tim3, CR1=3, ARR=9, PSC=7)
    clocks(host, 25)
    assert (tim3.read(CNT, 4), tim3.read(SR, 4) & 1) == (5, 0)
    put(tim3, EGR=1)
    assert (tim3.read(CNT, 4), tim3.read(SR, 4) & 1) == (0, 0)


def test_flags_are_cleared_by_zeros_only(tim3):
    put(tim3, EGR=0b11)
    assert tim3.read(SR, 4) == 0b11
    put(tim3, SR=0xFFFF)
    assert tim3.read(SR, 4) == 0b11
    put(tim3, SR=~2)
    assert tim3.read(SR, 4) == 0b01


def test_arr_is_preloaded_with_arpe_only(tim3, host):
    put(tim3, ARR=99, CR1=0x81)
    put(tim3, ARR=49)
    clocks(host, 100 + 10)
    assert tim3.read(CNT, 4) == 10
    clocks(host, 50)
    assert tim3.read(CNT, 4) == 10
    put(tim3, CR1=1, ARR=19)
    clocks(host, 10)
    assert tim3.read(CNT, 4) == 0


def test_a_reload_value_below_the_count_lets_it_run_to_the_end(tim3, host):
    put(tim3, CR1=1, CNT=100, SR=0, ARR=50)
    clocks(host, 0x10000 - 100)
    assert (tim3.read(CNT, 4), tim3.read(SR, 4) & 1) == (0, 0)
    clocks(host, 51)
    assert (tim3.read(CNT, 4), tim3.read(SR, 4) & 1) == (0, 1)


def test_counting_down(tim3, host):
    put(tim3, ARR=9, CR1=0x10, EGR=1, SR=0)
    put(tim3, CR1=0x11)
    clocks(host, 3)
    assert (tim3.read(CNT, 4), tim3.read(CR1, 4)) == (6, 0x11)
    clocks(host, 7)
    assert (tim3.read(CNT, 4), tim3.read(SR, 4) & 1) == (9, 1)


def test_centre_aligned_updates_at_both_ends(tim3, host):
    put(tim3, ARR=4, CR1=0x60 | 1)
    counts, turns = [], []
    for clock in range(1, 11):
        clocks(host, 1)
        counts.append((tim3.read(CNT, 4), tim3.read(CR1, 4) >> 4 & 1))
        if tim3.read(SR, 4) & 1:
            turns.append(clock)
            put(tim3, SR=0)
    assert [count for count, _ in counts] == [1, 2, 3, 4, 3, 2, 1, 0, 1, 2]
    assert [down for _, down in counts] == [0, 0, 0, 1, 1, 1, 1, 0, 0, 0]
    assert turns == [4, 8]


def test_a_repetition_counter_thins_out_updates(host):
    tim1 = make(host, "tim1")
    put(tim1, ARR=9, RCR=2, EGR=1, SR=0, CR1=1)
    clocks(host, 29)
    assert tim1.read(SR, 4) & 1 == 0
    clocks(host, 1)
    assert tim1.read(SR, 4) & 1 == 1


def test_one_pulse_stops_at_the_update(tim3, host):
    put(tim3, ARR=99, CR1=0x09)
    clocks(host, 1000)
    assert (tim3.read(CR1, 4), tim3.read(CNT, 4), tim3.read(SR, 4) & 1) == (0x08, 0, 1)


def test_the_update_interrupt_comes_to_the_tick_and_once_until_cleared(tim3, host):
    irq = edges_of(tim3.output(None), host)
    put(tim3, PSC=83, ARR=999, EGR=1, SR=0, DIER=1, CR1=1)
    host.advance(0.0025)
    assert irq == [(84_000, True)]
    put(tim3, SR=0)
    host.advance(0.001)
    assert irq == [(84_000, True), (210_000, False), (252_000, True)]


def test_an_advanced_timer_has_its_own_lines(host):
    tim1 = make(host, "tim1")
    lines = {
        name: tim1.output(f"{name}Interrupt")
        for name in ("Update", "CaptureCompare", "Trigger", "Commutation", "Break")
    }
    put(tim1, DIER=0xFF)
    for bit, name in ((1, "Update"), (2, "CaptureCompare"), (0x20, "Commutation")):
        put(tim1, EGR=bit)
        assert [key for key, wire in lines.items() if wire.level] == [name]
        put(tim1, SR=0)
    put(tim1, EGR=0x40)
    assert lines["Trigger"].level
    put(tim1, SR=0, EGR=0x80)
    assert lines["Break"].level and tim1.output(None).level


def test_compare_sets_its_flag_and_interrupt(tim3, host):
    irq = edges_of(tim3.output(None), host)
    put(tim3, ARR=999, CCR1=300, CCR2=1200, DIER=2, CR1=1)
    clocks(host, 299)
    assert tim3.read(SR, 4) == 0
    clocks(host, 1)
    assert tim3.read(SR, 4) & 2
    assert irq == [(300, True)]
    clocks(host, 699)
    assert not tim3.read(SR, 4) & 4
    clocks(host, 1)  # a compare value beyond ARR is met at the overflow
    assert tim3.read(SR, 4) & 4


def test_compare_values_are_preloaded_with_ocpe(tim3, host):
    put(tim3, ARR=99, CCMR1=0x0008, CCR1=50, EGR=1, SR=0, CR1=1)
    put(tim3, CCR1=60)
    clocks(host, 50)
    assert tim3.read(SR, 4) & 2
    put(tim3, SR=0)
    clocks(host, 50 + 59)
    assert not tim3.read(SR, 4) & 2
    clocks(host, 1)
    assert tim3.read(SR, 4) & 2


@pytest.mark.parametrize(
    ("mode", "ccer", "expected"),
    [
        (6, 1, [(0, True), (30, False), (100, True), (130, False), (200, True)]),
        (7, 1, [(30, True), (100, False), (130, True), (200, False)]),
        (6, 3, [(30, True), (100, False), (130, True), (200, False)]),
        (3, 1, [(30, True), (130, False)]),
        (1, 1, [(30, True)]),
        (5, 1, [(0, True)]),
        (4, 3, [(0, True)]),
        (0, 1, []),
    ],
)
def test_output_modes(tim3, host, mode, ccer, expected):
    pin = edges_of(tim3.output(0), host)
    put(tim3, ARR=99, CCR1=30, CCMR1=mode << 4, CCER=ccer, CR1=1)
    clocks(host, 200)
    assert pin == expected


def test_centre_aligned_pwm_is_symmetric(tim3, host):
    put(tim3, ARR=8, CCR1=4, CCMR1=0x60, CCER=1, CR1=0x60)
    pin = edges_of(tim3.output(0), host)
    put(tim3, CR1=0x61)
    clocks(host, 32)
    assert pin == [(4, False), (12, True), (20, False), (28, True)]


def test_pwm_of_nought_and_of_more_than_the_period(tim3, host):
    pin = edges_of(tim3.output(0), host)
    put(tim3, ARR=99, CCR1=0, CCMR1=0x60, CCER=1, CR1=1)
    clocks(host, 500)
    assert pin == []
    put(tim3, CCR1=100)
    clocks(host, 500)
    assert pin == [(500, True)]


def test_outputs_of_an_advanced_timer_need_moe_and_fall_at_a_break(host):
    tim1 = make(host, "tim1")
    put(tim1, ARR=99, CCR1=50, CCMR1=0x60, CCER=5, CR2=1 << 9, CR1=1)
    pin, complement = tim1.output("CH1"), tim1.output("CH1N")
    assert (pin.level, complement.level) == (False, True)  # idle states
    put(tim1, BDTR=0x9000)
    assert (pin.level, complement.level) == (True, False)
    tim1.input(5)(True)
    tim1.input(5)(False)  # BKP = 0: active low
    assert (pin.level, complement.level) == (False, True)
    assert tim1.read(SR, 4) & 0x80


def test_aoe_brings_the_outputs_on_at_an_update(host):
    tim1 = make(host, "tim1")
    pin = edges_of(tim1.output("CH1"), host)
    put(tim1, ARR=99, CCR1=50, CCMR1=0x60, CCER=1, BDTR=0x4000, CR1=1)
    clocks(host, 160)
    assert pin == [(100, True), (150, False)]


def test_one_pulse_of_a_chosen_width_after_a_delay(tim3, host):
    pin = edges_of(tim3.output(0), host)
    put(tim3, ARR=99, CCR1=30, CCMR1=0x70, CCER=1, CR1=9)
    clocks(host, 1000)
    assert pin == [(30, True), (100, False)]
    assert tim3.read(CR1, 4) == 8


def test_a_trigger_interrupt_needs_no_slave_mode(host):
    tim2, tim3 = make(host, "tim2"), make(host, "tim3")
    put(tim2, ARR=9, CR2=0x20, CR1=1)
    put(tim3, SMCR=0x10)
    clocks(host, 15)
    assert tim3.read(SR, 4) == 0
    put(tim3, DIER=0x40)
    clocks(host, 10)
    assert tim3.output(None).level


def test_pwm_input_measures_period_and_width(host):
    """Two channels on one pin, its rising edge resets the counter (RM0090, 18.3.6)."""
    timer = make(host, "tim5")
    put(timer, CCMR1=0x0201, CCER=0x31, SMCR=0x54, CR1=1)
    ti1 = timer.input(0)
    for _ in range(3):
        ti1(True)
        clocks(host, 30)
        ti1(False)
        clocks(host, 70)
    assert (get(timer, "CCR1"), get(timer, "CCR2")) == (100, 30)


def test_trgo_at_updates_drives_a_slave_as_a_prescaler(host):
    tim2, tim3 = make(host, "tim2"), make(host, "tim3")
    put(tim3, SMCR=0x17, ARR=4, CR1=1)  # external clock 1 from ITR1, which is TIM2
    put(tim2, ARR=9, CR2=0x20, CR1=1)
    clocks(host, 39)
    assert tim3.read(CNT, 4) == 3
    clocks(host, 11)
    assert (tim3.read(CNT, 4), tim3.read(SR, 4) & 1) == (0, 1)


def test_a_slave_that_listens_later_is_served_as_well(host):
    tim2, tim3 = make(host, "tim2"), make(host, "tim3")
    put(tim2, ARR=9, CR2=0x20, CR1=1)
    clocks(host, 25)
    assert not host._calls
    put(tim3, SMCR=0x17, CR1=1)
    clocks(host, 25)
    assert tim3.read(CNT, 4) == 3
    put(tim3, SMCR=0)
    assert not host._calls


def test_slave_modes_trigger_reset_and_gate(host):
    tim2, tim3 = make(host, "tim2"), make(host, "tim3")
    put(tim2, CR2=0x10)  # TRGO is CEN
    put(tim3, SMCR=0x16)
    put(tim2, CR1=1)
    assert (tim3.read(CR1, 4), tim3.read(SR, 4)) == (1, 0x40)
    clocks(host, 10)
    put(tim3, SMCR=0x15)
    clocks(host, 10)
    put(tim2, CR1=0)
    clocks(host, 10)
    assert tim3.read(CNT, 4) == 20
    put(tim3, SMCR=0x14, SR=0)
    put(tim2, CR1=1)
    assert (tim3.read(CNT, 4), tim3.read(SR, 4) & 0x41) == (0, 0x41)


def test_a_g4_knows_more_internal_triggers(host):
    tim8, tim2 = make(host, "tim8", family="g4"), make(host, "tim2", family="g4")
    put(tim2, SMCR=0x10_0017, CR1=1)  # TS 9 is ITR5: TIM8
    put(tim8, CR2=0x20, ARR=9, CR1=1)
    clocks(host, 25)
    assert tim2.read(CNT, 4) == 2


def test_dma_requests_are_one_pulse_an_item(tim3, host):
    update = edges_of(host.signal("TIM3_UP"), host)
    compare = edges_of(host.signal("TIM3_CH1"), host)
    put(tim3, ARR=9, CCR1=5, DIER=0x300, CR1=1)
    clocks(host, 25)
    assert [when for when, level in update if level] == [10, 20]
    assert [when for when, level in compare if level] == [5, 15, 25]


def test_a_burst_fills_registers_in_turn(tim3, host):
    asked = edges_of(host.signal("TIM3_UP"), host)
    put(tim3, DCR=0x020D, DIER=0x100, ARR=9, CR1=1)  # three transfers from CCR1
    clocks(host, 10)
    assert len(asked) == 6
    put(tim3, DMAR=11)
    put(tim3, DMAR=22)
    put(tim3, DMAR=33)
    put(tim3, DMAR=44)
    assert [get(tim3, name) for name in ("CCR1", "CCR2", "CCR3")] == [44, 22, 33]


def test_input_capture_and_overcapture(tim3, host):
    put(tim3, CCMR1=0x0201, CCER=0x31, CR1=1)  # channel 1 rising, channel 2 the same pin falling
    ti1 = tim3.input(0)
    clocks(host, 100)
    ti1(True)
    clocks(host, 40)
    ti1(False)
    assert tim3.read(SR, 4) & 6 == 6
    assert (get(tim3, "CCR1"), get(tim3, "CCR2")) == (100, 140)
    assert tim3.read(SR, 4) & 6 == 0
    for level in (True, False, True):
        ti1(level)
    assert tim3.read(SR, 4) & 0x200


def test_encoder_mode_counts_both_ways(tim3):
    put(tim3, SMCR=3, CCMR1=0x0101, CNT=10, CR1=1)
    a, b = tim3.input(0), tim3.input(1)
    for line, level in ((a, True), (b, True), (a, False), (b, False)):
        line(level)
    assert tim3.read(CNT, 4) == 14
    for line, level in ((b, True), (a, True)):
        line(level)
    assert (tim3.read(CNT, 4), tim3.read(CR1, 4) & 0x10) == (12, 0x10)


@pytest.mark.parametrize(
    ("family", "mode", "counts"),
    [("g4", 1, [1, 1, 2, 2]), ("g4", 2, [0, 1, 1, 2]), ("f4", 1, [0, 1, 1, 2])],
)
def test_encoder_modes_1_and_2_count_the_edges_of_one_input(host, family, mode, counts):
    """RM0440, SMCR.SMS: 1 counts edges of TI1, 2 those of TI2; RM0090, 18.4.3: the other way."""
    timer = make(host, "tim3", family=family)
    put(timer, SMCR=mode, CCMR1=0x0101, CR1=1)
    found = []
    for line, level in ((0, True), (1, True), (0, False), (1, False)):
        timer.input(line)(level)
        found.append(timer.read(CNT, 4))
    assert found == counts


def test_uif_shows_in_the_count_of_newer_families(host):
    timer = make(host, "tim2", 0xFFFFFFFF, "f7")
    put(timer, ARR=9, CR1=0x801)
    clocks(host, 13)
    assert timer.read(CNT, 4) == 0x8000_0003


def test_trgo2_and_channel_5_of_newer_families(host):
    tim1 = make(host, "tim1", family="h7")
    trgo2 = edges_of(host.signal("TIM1_TRGO2"), host)
    put(tim1, ARR=99, CCR5=30, CCMR3=0x70, CR2=8 << 20, CR1=1)  # OC5REF, PWM2
    clocks(host, 130)
    assert trgo2 == [(30, True), (100, False), (130, True)]


@pytest.mark.parametrize("name", ["tim6", "tim15"])
def test_a_trigger_from_a_channel_that_is_not_there_stays_low(host, name):
    timer = make(host, name, family="g4")
    put(timer, CR2=0x70, ARR=9, CR1=1)
    clocks(host, 25)
    assert not host.signal(f"{name.upper()}_TRGO").level


def test_locked_bits_of_bdtr_stay(host):
    tim1 = make(host, "tim1")
    put(tim1, BDTR=0x0155)
    put(tim1, BDTR=0x83FF)
    assert get(tim1, "BDTR") == 0x8155


def test_extreme_rates_come_in_bundles(host):
    tim2, tim3 = make(host, "tim2"), make(host, "tim3")
    put(tim3, SMCR=0x17, CR1=1)
    put(tim2, ARR=1, CR2=0x20, CR1=1)
    calls = 0

    def count(_level: bool) -> None:
        nonlocal calls
        calls += host.now != count.last
        count.last = host.now

    count.last = -1
    host.signal("TIM2_TRGO").sinks.append(count)
    clocks(host, 40_000)
    assert tim3.read(CNT, 4) == pytest.approx(20_000, abs=20)
    assert calls < 40_000 * 2 / 32 + 64 + 2


def test_what_is_not_modelled_is_remarked(host):
    timer = make(host, "tim1", family="g4")
    put(timer, CCMR1=0x1_0040, CR1=0x1000)
    assert host.remarks == [
        "tim1: compare mode 12 of channel 1 is not modelled",
        "tim1: dithering (CR1.DITHEN) is not modelled",
    ]


def test_a_reset_forgets_plans(tim3, host):
    put(tim3, ARR=9, DIER=1, CR1=1)
    assert host._calls
    tim3.reset()
    assert not host._calls
    assert (get(tim3, "ARR"), tim3.read(CNT, 4)) == (0xFFFF, 0)


# ---- TRGO alone: pulses without the rest ----


@pytest.mark.parametrize(
    ("frequency", "prescaler", "reload"), [(HZ, 0, 5249), (108_000_000, 2, 99)]
)
@pytest.mark.parametrize("mode", [0, 0x10, 0x20])
def test_pulses_of_trgo_come_at_the_ticks_of_update_events(
    host, frequency, prescaler, reload, mode
):
    """Whether nobody else waits (the short way) or an interrupt is waited for, too."""
    seen = {}
    for name, dier in (("tim2", 0), ("tim5", 1)):
        timer = make(host, name, frequency=frequency)
        ticks = seen[name] = []
        host.signal(f"TIM{name[3]}_TRGO").sinks.append(
            lambda level, ticks=ticks: ticks.append(host.now) if level else None
        )
        timer.output("IRQ").sinks.append(
            lambda level, timer=timer: timer.write(SR, 4, 0) if level else None
        )
        put(timer, PSC=prescaler, ARR=reload, CR2=0x20, DIER=dier, CR1=mode, EGR=1)
        put(timer, SR=0)
        ticks.clear()
        put(timer, CR1=mode | 1)
    host.advance_ticks(60 * (prescaler + 1) * (reload + 1) * 2)
    assert len(seen["tim2"]) > 50
    assert seen["tim2"] == seen["tim5"]


def test_looking_at_the_timer_adds_no_pulse_and_loses_none(host):
    timer = make(host, "tim2")
    pulses = []
    host.signal("TIM2_TRGO").sinks.append(lambda level: pulses.append(host.now) if level else None)
    put(timer, ARR=99, CR2=0x20, CR1=1)
    for _ in range(7):
        clocks(host, 330)
        get(timer, "CNT")
        assert get(timer, "SR") & 1
        put(timer, SR=0)
    assert len(pulses) == 23
    assert pulses == [200 * (n + 1) for n in range(23)]
    put(timer, ARR=49)
    clocks(host, 100)
    assert len(pulses) == 25
    put(timer, CR1=0)
    clocks(host, 1000)
    assert len(pulses) == 25


def test_a_listener_that_writes_to_the_timer_finds_it_up_to_date(host):
    timer = make(host, "tim2")
    counts = []

    def look(level):
        if level:
            counts.append(get(timer, "CNT"))
            put(timer, SR=0)

    host.signal("TIM2_TRGO").sinks.append(look)
    put(timer, ARR=99, CR2=0x20, CR1=1)
    clocks(host, 1000)
    assert counts == [0] * 10
