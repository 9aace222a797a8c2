"""The window watchdog: its counter, its window, its early wake-up."""

from __future__ import annotations

import pytest

from simgate.errors import EngineError
from simgate.peripheral.reset_cause import ResetCause
from simgate.peripheral.watchdog.stm32_window_watchdog import (
    CFR,
    CR,
    EWI,
    EWIF,
    SR,
    WDGA,
    Stm32H7SystemWindowWatchdog,
    Stm32WindowWatchdog,
)

COUNT = 4 * 4096  # ticks of a count at 42 MHz, on a core of 168 MHz


@pytest.fixture
def wwdg(host):
    return Stm32WindowWatchdog("wwdg", {"frequency": 42_000_000}, host)


def test_reset_values(wwdg):
    assert [wwdg.read(offset, 4) for offset in (CR, CFR, SR)] == [0x7F, 0x7F, 0]


def test_it_bites_t_5_0_plus_one_counts_after_it_was_loaded(wwdg, host):
    wwdg.write(CR, 4, WDGA | 0x7F)
    host.advance_ticks(64 * COUNT - 1)
    assert host.resets == []
    host.advance_ticks(1)
    assert host.resets == ["the window watchdog 'wwdg' was not fed in time: it has never been fed"]
    assert host.causes == [ResetCause.WINDOW_WATCHDOG]


@pytest.mark.parametrize(("wdgtb", "longest_ms"), [(0, 6.24), (1, 12.48), (2, 24.97), (3, 49.93)])
def test_the_longest_times_of_the_manual_hold(wwdg, host, wdgtb, longest_ms):
    # 64 * 4096 * 2^WDGTB / PCLK1, RM0090, 22.4
    wwdg.write(CFR, 4, wdgtb << 7 | 0x7F)
    wwdg.write(CR, 4, WDGA | 0x7F)
    host.advance(longest_ms * 0.999e-3)
    assert host.resets == []
    host.advance(longest_ms * 0.002e-3)
    assert len(host.resets) == 1


def test_the_counter_can_be_read(wwdg, host):
    wwdg.write(CR, 4, WDGA | 0x50)
    host.advance_ticks(3 * COUNT)
    assert wwdg.read(CR, 4) == WDGA | 0x4D


def test_the_early_wake_up_comes_at_0x40_and_feeding_in_it_saves(wwdg, host):
    wwdg.write(CFR, 4, EWI | 0x7F)
    wwdg.write(CR, 4, WDGA | 0x50)
    host.advance_ticks(16 * COUNT - 1)
    assert not wwdg.output(None).level
    host.advance_ticks(1)
    assert wwdg.output(None).level
    assert wwdg.read(SR, 4) == EWIF
    wwdg.write(SR, 4, 0)
    assert not wwdg.output("IRQ").level
    wwdg.write(CR, 4, WDGA | 0x50)
    host.advance_ticks(17 * COUNT - 1)
    assert host.resets == []
    host.advance_ticks(1)
    assert "was last fed 1.658 ms ago" in host.resets[0]


def test_feeding_above_the_window_bites(wwdg, host):
    wwdg.write(CFR, 4, 0x60)
    wwdg.write(CR, 4, WDGA | 0x7F)
    host.advance_ticks(30 * COUNT)  # 0x61
    wwdg.write(CR, 4, WDGA | 0x7F)
    assert "fed too early" in host.resets[0]


def test_feeding_within_the_window_does_not(wwdg, host):
    wwdg.write(CFR, 4, 0x60)
    wwdg.write(CR, 4, WDGA | 0x7F)
    for _ in range(20):
        host.advance_ticks(31 * COUNT)  # 0x60
        wwdg.write(CR, 4, 0x7F)
    assert host.resets == []


def test_a_load_below_0x40_bites_at_once(wwdg, host):
    wwdg.write(CR, 4, WDGA | 0x3F)
    assert "0x3f" in host.resets[0]


def test_wdga_and_ewi_are_cleared_by_a_reset_only(wwdg, host):
    wwdg.write(CFR, 4, EWI | 0x7F)
    wwdg.write(CFR, 4, 0x7F)
    wwdg.write(CR, 4, WDGA | 0x7F)
    wwdg.write(CR, 4, 0x7F)
    assert wwdg.read(CFR, 4) == EWI | 0x7F
    assert wwdg.read(CR, 4) == WDGA | 0x7F
    wwdg.reset()
    assert wwdg.read(CR, 4) == 0x7F
    host.advance(1)
    assert host.resets == []


def test_one_that_is_not_activated_counts_and_does_nothing(wwdg, host):
    host.advance_ticks(70 * COUNT)
    assert wwdg.read(CR, 4) == 0x39
    assert wwdg.read(SR, 4) == 0
    assert host.resets == []


def test_g4_and_h7_have_three_bits_of_prescaler_at_bit_11(host):
    wwdg = Stm32H7SystemWindowWatchdog("wwdg1", {"apbFrequency": 42_000_000}, host)
    wwdg.write(CFR, 4, 7 << 11 | 0x7F)
    wwdg.write(CR, 4, WDGA | 0x40)
    host.advance_ticks(COUNT * 128 - 1)
    assert host.resets == []
    host.advance_ticks(1)
    assert len(host.resets) == 1


def test_a_clock_of_0_hz_is_refused(host):
    with pytest.raises(EngineError, match="above 0"):
        Stm32WindowWatchdog("wwdg", {"frequency": 0}, host)
