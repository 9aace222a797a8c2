"""Whether anybody listens, or looks in between, changes nothing about a timer or an RTC."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgate.peripheral.timer.stm32_timer import Stm32Timer
from simgate.peripheral.timer.stm32f4_rtc import Stm32F4Rtc
from simgate.peripheral.timer.stm32g4_rtc import Stm32G4Rtc

TIMERS = [
    ("tim1", "f4"),
    ("tim1", "g4"),
    ("tim2", "h7"),
    ("tim3", "f4"),
    ("tim6", "f7"),
    ("tim9", "f4"),
    ("tim16", "g4"),
]
# (word of the window, value), then ticks to pass; small values make things happen
STEPS = st.lists(
    st.tuples(
        st.integers(0, 0x17),
        st.one_of(st.integers(0, 0xFF), st.integers(0, 2**32 - 1)),
        st.integers(0, 3000),
    ),
    max_size=25,
)
CLOCKING = 0x08  # SMCR may count edges, of which there are none here


def listen(host, timer):
    """Somebody at every wire, who only listens."""
    number = timer.kind.number
    for name in ("TRGO", "TRGO2", "UP", "TRIG", "COM", "CH1", "CH2", "CC1", "CC2"):
        host.signal(f"TIM{number}_{name}").sinks.append(lambda level: None)
    for source in (0, 1, None):
        timer.output(source).sinks.append(lambda level: None)


def state(timer):
    names = ("CR1", "SR", "CNT", "BDTR")  # looking at a capture would take its flag away
    return {name: timer.read(timer._offsets[name], 4) for name in names if name in timer._offsets}


@pytest.mark.parametrize(("name", "family"), TIMERS)
@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_a_timer(new_host, name, family, steps):
    states = []
    for watched, looked_at in ((False, False), (True, False), (False, True)):
        host = new_host()
        timer = Stm32Timer(name, {"frequency": 84_000_000, "family": family}, host)
        timer.reset()
        if watched:
            listen(host, timer)
        seen = []
        for word, value, ticks in steps:
            keep = 0xBFF8 if word * 4 == CLOCKING else 0xFFFFFFFF
            timer.write(4 * word, 4, value & keep)
            host.advance_ticks(ticks // 2)
            if looked_at:
                state(timer)
            host.advance_ticks(ticks - ticks // 2)
            seen.append(state(timer))
        states.append(seen)
    assert states[1] == states[0]
    assert states[2] == states[0]


RTC_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["CR", "ALRMAR", "ALRMASSR", "ALRMBR", "WUTR", "STATUS", "TR", "PRER"]),
        st.one_of(st.integers(0, 0xFF), st.integers(0, 2**32 - 1), st.just(0x80808080)),
        st.floats(0, 3),
    ),
    max_size=20,
)


@pytest.mark.parametrize("model", [Stm32F4Rtc, Stm32G4Rtc])
@settings(max_examples=25, deadline=None)
@given(steps=RTC_STEPS)
def test_an_rtc(new_host, model, steps):
    """Interrupts are planned for or not: the flags are the same."""
    enables = 0x7000
    states = []
    for planned in (0, enables):
        host = new_host()
        rtc = model("rtc", {}, host)
        rtc.reset()
        host.signal("PWR_DBP").set(True)
        host.signal("RTCCLK").set(True)
        rtc.write(rtc._offsets["WPR"], 4, 0xCA)
        rtc.write(rtc._offsets["WPR"], 4, 0x53)
        seen = []
        for name, value, seconds in steps:
            written = value & ~enables & ~0x03 | planned if name == "CR" else value
            register = rtc.STATUS if name == "STATUS" else name
            rtc.write(rtc._offsets[register], 4, written)
            host.advance(seconds)
            flags = rtc.read(rtc._offsets["SR" if model is Stm32G4Rtc else "ISR"], 4)
            time = rtc.live("TR") & 0x7F7F7F
            seen.append((flags, time))
        states.append(seen)
    assert states[0] == states[1]
