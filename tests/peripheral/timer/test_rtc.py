"""The RTCs against RM0090 section 26 and RM0440 section 35: calendar, alarms, wake-up, backup."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.peripheral.reset_cause import ResetCause
from simgate.peripheral.timer.calendar_alarm import Alarm
from simgate.peripheral.timer.calendar_time import CalendarTime, from_registers, to_bcd
from simgate.peripheral.timer.stm32f4_rtc import Stm32F4Rtc
from simgate.peripheral.timer.stm32g4_rtc import Stm32G4Rtc

LSE = 32_768


def power(host):
    host.signal("PWR_DBP").set(True)
    host.signal("RTCCLK").set(True)


def put(rtc, **registers):
    for name, value in registers.items():
        rtc.write(rtc._offsets[name], 4, value)


def get(rtc, name):
    return rtc.read(rtc._offsets[name], 4)


def unlock(rtc):
    put(rtc, WPR=0xCA)
    put(rtc, WPR=0x53)


def wait_for(rtc, host, register, bits):
    """As firmware polls; within two cycles of RTCCLK."""
    for _ in range(100):
        if get(rtc, register) & bits == bits:
            return
        host.advance(1e-6)
    raise AssertionError(f"{register} never had 0x{bits:x}")


def set_calendar(rtc, host, time, date):
    unlock(rtc)
    put(rtc, **{rtc.STATUS: 0x80})
    wait_for(rtc, host, rtc.STATUS, 0x40)
    put(rtc, TR=time, DR=date)
    put(rtc, **{rtc.STATUS: 0})


def shown(rtc):
    return get(rtc, "TR"), get(rtc, "DR")


@pytest.fixture(params=["f4", "f7", "g4"])
def rtc(request, host):
    if request.param == "g4":
        made = Stm32G4Rtc("rtc", {}, host)
    else:
        made = Stm32F4Rtc("rtc", {"family": request.param}, host)
    made.reset()
    power(host)
    return made


@pytest.fixture
def f4(host):
    made = Stm32F4Rtc("rtc", {}, host)
    made.reset()
    power(host)
    return made


@pytest.fixture
def g4(host):
    made = Stm32G4Rtc("rtc", {}, host)
    made.reset()
    power(host)
    return made


def status_of(rtc):
    """ALRAF, ALRBF, WUTF, TSF, TSOVF at bits 0 to 4."""
    return get(rtc, "SR") if isinstance(rtc, Stm32G4Rtc) else get(rtc, "ISR") >> 8


def clear(rtc, bits):
    if isinstance(rtc, Stm32G4Rtc):
        put(rtc, SCR=bits)
    else:
        put(rtc, ISR=~(bits << 8 | 0x80))


def test_reset_values(rtc):
    assert get(rtc, rtc.STATUS) == 0x07
    assert shown(rtc) == (0, 0x2101)
    expected = {"CR": 0, "PRER": 0x7F00FF, "WUTR": 0xFFFF, "ALRMAR": 0, "SSR": 0xFF}
    assert {name: get(rtc, name) for name in expected} == expected


def test_nothing_is_written_without_dbp(rtc, host):
    host.signal("PWR_DBP").set(False)
    unlock(rtc)
    put(rtc, CR=0x40)
    assert get(rtc, "CR") == 0
    assert len(set(host.remarks)) == 1


def test_nothing_is_written_without_the_keys_and_a_wrong_key_locks(rtc):
    put(rtc, CR=0x40)
    assert get(rtc, "CR") == 0
    put(rtc, WPR=0xCA)
    put(rtc, WPR=0x55)
    put(rtc, CR=0x40)
    assert get(rtc, "CR") == 0
    unlock(rtc)
    put(rtc, CR=0x40)
    assert get(rtc, "CR") == 0x40
    unlock(rtc)  # once more: open still
    put(rtc, CR=0)
    assert get(rtc, "CR") == 0
    put(rtc, WPR=0xFF)
    put(rtc, CR=0x40)
    assert get(rtc, "CR") == 0


def test_the_calendar_counts_seconds_of_lse(rtc, host):
    host.advance(59.999)
    assert get(rtc, "TR") == 0x59
    get(rtc, "DR")
    host.advance(0.002)
    assert get(rtc, "TR") == 0x0100


def test_the_calendar_stands_still_without_rtcclk(rtc, host):
    host.signal("RTCCLK").set(False)
    host.advance(5)
    assert get(rtc, "TR") == 0
    host.signal("RTCCLK_LSI").set(True)
    host.signal("RTCCLK").set(True)
    get(rtc, "DR")
    host.advance(32.768)  # LSI at 32 kHz makes a second of 1.024 s
    assert get(rtc, "TR") == 0x32


def test_the_time_is_set_in_initialisation_only(rtc, host):
    unlock(rtc)
    put(rtc, TR=0x123456)
    assert get(rtc, "TR") == 0
    get(rtc, "DR")
    put(rtc, **{rtc.STATUS: 0x80})
    assert get(rtc, rtc.STATUS) & 0x40 == 0
    host.advance(2 / LSE)
    assert get(rtc, rtc.STATUS) & 0xC0 == 0xC0
    put(rtc, TR=0x123456)
    host.advance(10)
    assert get(rtc, "TR") == 0x123456
    get(rtc, "DR")
    put(rtc, **{rtc.STATUS: 0})
    host.advance(4.5)
    assert get(rtc, "TR") == 0x123500


@pytest.mark.parametrize(
    ("date", "next_date"),
    [
        (0x23_0000 | 2 << 13 | 0x0228, 0x23_0000 | 3 << 13 | 0x0301),
        (0x24_0000 | 3 << 13 | 0x0228, 0x24_0000 | 4 << 13 | 0x0229),
        (0x24_0000 | 4 << 13 | 0x0229, 0x24_0000 | 5 << 13 | 0x0301),
        (0x24_0000 | 7 << 13 | 0x0630, 0x24_0000 | 1 << 13 | 0x0701),
        (0x99_0000 | 4 << 13 | 0x1231, 0x00_0000 | 5 << 13 | 0x0101),
    ],
)
def test_midnights(rtc, host, date, next_date):
    """Ends of February in and out of leap years, of a week, of the century."""
    set_calendar(rtc, host, 0x235959, date)
    host.advance(1.0)
    assert shown(rtc) == (0, next_date)


def test_the_year_ends_with_its_weekday(rtc, host):
    set_calendar(rtc, host, 0x235958, 0x25_0000 | 3 << 13 | 0x1231)  # Wednesday 2025-12-31
    host.advance(1.5)
    assert shown(rtc) == (0x235959, 0x25_0000 | 3 << 13 | 0x1231)
    host.advance(1)
    assert shown(rtc) == (0, 0x26_0000 | 4 << 13 | 0x0101)
    assert get(rtc, rtc.STATUS) & 0x10  # INITS: a year has been set


def test_twelve_hours(rtc, host):
    set_calendar(rtc, host, 0x115959, 0x242101)
    put(rtc, CR=0x40)
    assert get(rtc, "TR") == 0x115959
    get(rtc, "DR")
    host.advance(1)
    assert get(rtc, "TR") == 0x400000 | 0x120000


def test_an_hour_is_added_and_taken_for_summer_time(rtc, host):
    set_calendar(rtc, host, 0x233000, 0x242101)
    put(rtc, CR=1 << 16)
    assert get(rtc, "TR") == 0x003000
    get(rtc, "DR")
    put(rtc, CR=1 << 17)
    assert shown(rtc) == (0x233000, 0x242101)
    assert get(rtc, "CR") == 0


def test_sub_seconds_count_down_and_reading_them_locks_time_and_date(rtc, host):
    set_calendar(rtc, host, 0x235959, 0x242131)
    host.advance(0.75)
    assert get(rtc, "SSR") == 255 - 192
    host.advance(0.5)
    assert shown(rtc) == (0x235959, 0x242131)
    assert get(rtc, "TR") == 0


def test_bypshad_shows_what_is(rtc, host):
    set_calendar(rtc, host, 0x235959, 0x242131)
    put(rtc, CR=0x20)
    host.advance(0.75)
    get(rtc, "SSR")
    host.advance(0.5)
    assert get(rtc, "TR") == 0


def test_rsf_falls_by_software_and_rises_by_itself(rtc, host):
    host.advance(1)
    assert get(rtc, rtc.STATUS) & 0x20
    unlock(rtc)
    put(rtc, **{rtc.STATUS: ~0xA0 & 0xFFFFFFFF})
    assert not get(rtc, rtc.STATUS) & 0x20
    wait_for(rtc, host, rtc.STATUS, 0x20)


def test_a_shift_moves_the_sub_seconds(rtc, host):
    set_calendar(rtc, host, 0x000010, 0x242101)
    host.advance(0.5)
    put(rtc, SHIFTR=1 << 31 | 64)  # 0.75 s ahead
    assert get(rtc, "SSR") == 255 - 64
    assert get(rtc, "TR") == 0x11


def test_an_alarm_at_a_time_of_the_day(rtc, host):
    alarms = []
    rtc.output("AlarmIRQ").sinks.append(lambda level: alarms.append((host.now_s, level)))
    set_calendar(rtc, host, 0x072950, 0x242101)
    start = host.now_s
    put(rtc, ALRMAR=1 << 31 | 0x073000)
    put(rtc, CR=0x1100)
    host.advance(9.9)
    assert status_of(rtc) & 1 == 0
    host.advance(0.2)
    assert status_of(rtc) & 1 == 1
    clear(rtc, 1)
    host.advance(86_400)
    assert [round(when - start) for when, level in alarms if level] == [10, 86_410]
    assert alarms[0][0] - start == pytest.approx(10, abs=2 / LSE)


def test_an_alarm_without_interrupt_shows_its_flag_and_costs_no_call(rtc, host):
    unlock(rtc)
    put(rtc, ALRMBR=0x80808005 | 1 << 31)
    put(rtc, CR=0x200)
    host.advance(5.1)
    assert not host._calls
    assert status_of(rtc) & 2


def test_an_alarm_by_date_and_by_weekday(rtc, host):
    set_calendar(rtc, host, 0x235959, 0x24_0000 | 7 << 13 | 0x0630)
    put(rtc, ALRMAR=0x01000000, ALRMBR=1 << 30 | 0x01000000)
    put(rtc, CR=0x300)
    host.advance(0.5)
    assert status_of(rtc) & 3 == 0
    host.advance(1)
    assert status_of(rtc) & 3 == 3


def test_an_alarm_of_sub_seconds_comes_several_times_a_second(rtc, host):
    fired = []
    unlock(rtc)
    rtc.output("AlarmIRQ").sinks.append(lambda level: level and fired.append(host.now_s))
    put(rtc, ALRMAR=0x80808080, ALRMASSR=6 << 24 | 63)
    put(rtc, CR=0x1100)
    for _ in range(8):
        host.advance(0.125)
        clear(rtc, 1)
    assert fired == pytest.approx([0.25, 0.5, 0.75, 1.0], abs=1e-3)


def test_alarm_registers_are_written_while_it_is_off(rtc, host):
    unlock(rtc)
    put(rtc, CR=0x100)
    assert get(rtc, rtc.STATUS) & 1 == 0
    put(rtc, ALRMAR=5)
    assert get(rtc, "ALRMAR") == 0
    put(rtc, CR=0)
    wait_for(rtc, host, rtc.STATUS, 1)
    put(rtc, ALRMAR=5)
    assert get(rtc, "ALRMAR") == 5


@pytest.mark.parametrize(
    ("choice", "count", "period"),
    [(0, 2047, 1.0), (3, 0x3FFF, 1.0), (2, 0, 4 / LSE), (4, 1, 2.0), (6, 0, 65_537.0)],
)
def test_wake_ups(rtc, host, choice, count, period):
    fired = []
    rtc.output("WakeupIRQ").sinks.append(lambda level: level and fired.append(host.now))
    unlock(rtc)
    put(rtc, WUTR=count)
    put(rtc, CR=choice)
    put(rtc, CR=choice | 0x4400)
    host.advance(period * 1.001 + 1e-6)
    assert status_of(rtc) & 4
    clear(rtc, 4)
    host.advance(period)
    clear(rtc, 4)
    host.advance(period)
    ticks = period * host.tick_hz
    assert fired == pytest.approx([ticks, 2 * ticks, 3 * ticks], abs=1)


def test_the_wake_up_timer_is_set_while_it_is_off(rtc, host):
    unlock(rtc)
    put(rtc, CR=0x404)
    put(rtc, WUTR=7)
    assert (get(rtc, "WUTR"), get(rtc, rtc.STATUS) & 4) == (0xFFFF, 0)
    put(rtc, CR=0)
    wait_for(rtc, host, rtc.STATUS, 4)
    put(rtc, WUTR=7)
    assert get(rtc, "WUTR") == 7


def test_a_timestamp_and_its_overflow(rtc, host):
    set_calendar(rtc, host, 0x101112, 0x24_0000 | 5 << 13 | 0x0719)
    put(rtc, CR=0x8800)
    pin = rtc.input(0)
    host.advance(0.5)
    pin(True)
    assert rtc.output("TimestampIRQ").level
    assert (get(rtc, "TSTR"), get(rtc, "TSDR")) == (0x101112, 5 << 13 | 0x0719)
    assert get(rtc, "TSSSR") == 127
    pin(False)
    pin(True)
    assert status_of(rtc) & 0x18 == 0x18


def test_backup_registers_need_no_key_and_outlive_a_reset(f4, host):
    put(f4, BKP3R=0xCAFE)
    f4.system_reset(ResetCause.SOFTWARE)
    host.advance(3)
    assert (get(f4, "BKP3R"), get(f4, "TR")) == (0xCAFE, 3)
    f4.reset()  # BDCR.BDRST
    assert get(f4, "BKP3R") == 0


def test_tamper_takes_the_backup_registers(f4):
    put(f4, BKP0R=1, BKP19R=2, TAFCR=5)
    f4.input(1)(True)
    assert (get(f4, "BKP0R"), get(f4, "BKP19R"), get(f4, "ISR") >> 13 & 1) == (0, 0, 1)
    assert f4.output("TimestampIRQ").level


def test_tamp_of_g4_holds_the_backup_registers(g4, host):
    read, write = g4.region("tamp")
    write(0x100, 4, 0xCAFE)
    write(0x17C, 4, 0xBEEF)
    g4.system_reset(ResetCause.INDEPENDENT_WATCHDOG)
    assert (read(0x100, 4), read(0x17C, 4), read(0, 4)) == (0xCAFE, 0xBEEF, 0xFFFF0000)
    write(0x00, 4, 1)
    write(0x2C, 4, 1)
    g4.input(1)(True)
    assert (read(0x100, 4), read(0x34, 4)) == (0, 1)
    write(0x3C, 4, 1)
    assert not g4.output("TimestampIRQ").level


def test_misr_shows_enabled_flags(g4, host):
    unlock(g4)
    put(g4, WUTR=0, CR=4)
    put(g4, CR=0x404)
    host.advance(1.1)
    assert (get(g4, "SR"), get(g4, "MISR")) == (4, 0)
    put(g4, CR=0x4404)
    assert get(g4, "MISR") == 4


@given(st.integers(0, 25 * 1461 * 86400 - 1), st.booleans())
def test_registers_hold_what_the_gregorian_calendar_says(second, twelve):
    moment = CalendarTime().later(second)
    expected = datetime.datetime(2000, 1, 1) + datetime.timedelta(seconds=second)
    assert moment.date == (expected.year - 2000, expected.month, expected.day)
    assert moment.clock == (expected.hour, expected.minute, expected.second)
    again = from_registers(moment.time_register(twelve), moment.date_register(), twelve)
    assert again == moment


@given(
    st.integers(0, 4 * 86400),
    st.integers(0, 59),
    st.integers(0, 59),
    st.integers(0, 23),
    st.integers(0, 15),
)
def test_the_next_alarm_is_the_first_second_that_matches(second, s, m, h, masks):
    register = to_bcd(s) | to_bcd(m) << 8 | to_bcd(h) << 16
    register |= 2 << 24
    for bit, place in enumerate((7, 15, 23, 31)):
        register |= (masks >> bit & 1) << place
    now = CalendarTime().later(second)
    found = Alarm(register, 0, False).next_second(now, 1)

    def matches(moment):
        hour, minute, second = moment.clock
        return (
            (masks & 1 or second == s)
            and (masks & 2 or minute == m)
            and (masks & 4 or hour == h)
            and (masks & 8 or moment.date[2] == 2)
        )

    assert found is not None and matches(now.later(found))
    assert not any(matches(now.later(early)) for early in range(max(1, found - 4000), found))
