"""The independent watchdog: keys, update times, and when it bites."""

from __future__ import annotations

import pytest

from simgate.errors import EngineError
from simgate.peripheral.watchdog.stm32_independent_watchdog import (
    FEED,
    KR,
    PR,
    RLR,
    SR,
    START,
    UNLOCK,
    WINR,
    Stm32IndependentWatchdog,
)

F4 = {"frequency": 32_000, "windowOption": False, "defaultPrescaler": 0}


@pytest.fixture
def iwdg(host):
    return Stm32IndependentWatchdog("iwdg", F4, host)


def started(iwdg, host, prescaler: int, reload: int) -> None:
    """As the HAL does it: start, unlock, set, wait, feed."""
    iwdg.write(KR, 4, START)
    iwdg.write(KR, 4, UNLOCK)
    iwdg.write(PR, 4, prescaler)
    iwdg.write(RLR, 4, reload)
    host.advance(0.001)
    assert iwdg.read(SR, 4) == 0
    iwdg.write(KR, 4, FEED)


def test_reset_values(iwdg):
    assert [iwdg.read(offset, 4) for offset in (KR, PR, RLR, SR)] == [0, 0, 0xFFF, 0]


def test_pr_and_rlr_are_locked_until_the_key_and_after_any_other(iwdg):
    iwdg.write(RLR, 4, 100)
    assert iwdg.read(RLR, 4) == 0xFFF
    iwdg.write(KR, 4, UNLOCK)
    iwdg.write(RLR, 4, 0xF064)
    iwdg.write(PR, 4, 3)
    assert (iwdg.read(RLR, 4), iwdg.read(PR, 4)) == (0x64, 3)
    iwdg.write(KR, 4, FEED)
    iwdg.write(PR, 4, 1)
    assert iwdg.read(PR, 4) == 3


def test_updates_take_five_periods_of_lsi(iwdg, host):
    iwdg.write(KR, 4, START)
    iwdg.write(KR, 4, UNLOCK)
    iwdg.write(PR, 4, 1)
    assert iwdg.read(SR, 4) == 1
    iwdg.write(RLR, 4, 9)
    assert iwdg.read(SR, 4) == 3
    host.advance(5 / 32_000 + 1e-6)
    assert iwdg.read(SR, 4) == 0


@pytest.mark.parametrize(
    ("prescaler", "reload", "lasts_s"),
    [
        (0, 0, 0.000125),  # RM0090, 21.3: the shortest
        (0, 319, 0.040),
        (2, 0xFFF, 2.048),
        (6, 0xFFF, 32.768),
        (7, 0xFFF, 32.768),
    ],
)
def test_it_bites_when_the_time_is_over(iwdg, host, prescaler, reload, lasts_s):
    started(iwdg, host, prescaler, reload)
    host.advance(lasts_s * 0.99)
    assert host.resets == []
    host.advance(lasts_s * 0.02)
    (cause,) = host.resets
    assert cause == (
        "the independent watchdog 'iwdg' was not fed in time: "
        f"it was last fed {lasts_s * 1e3:.3f} ms ago"
    )


def test_one_that_was_never_fed_says_so(iwdg, host):
    iwdg.write(KR, 4, START)
    host.advance(0.511)
    assert host.resets == []
    host.advance(0.002)
    assert host.resets[0].endswith("it has never been fed")


def test_feeding_keeps_it_quiet_and_leaves_one_planned_call(iwdg, host):
    started(iwdg, host, 0, 319)
    for _ in range(100):
        host.advance(0.030)
        iwdg.write(KR, 4, FEED)
    assert host.resets == []
    assert len(host._calls) <= 3
    host.advance(0.041)
    assert len(host.resets) == 1


def test_a_new_prescaler_lasts_for_what_is_left_of_the_count(iwdg, host):
    started(iwdg, host, 0, 319)
    host.advance(0.020)  # 160 counts are left
    iwdg.write(KR, 4, UNLOCK)
    iwdg.write(PR, 4, 1)
    host.advance(0.038)
    assert host.resets == []
    host.advance(0.003)
    assert len(host.resets) == 1


def test_a_reset_stops_it(iwdg, host):
    started(iwdg, host, 0, 10)
    iwdg.reset()
    host.advance(10)
    assert host.resets == []
    assert iwdg.read(RLR, 4) == 0xFFF


def test_the_window_bites_who_feeds_too_early(host):
    iwdg = Stm32IndependentWatchdog("iwdg", {"frequency": 32_000}, host)
    started(iwdg, host, 0, 319)
    iwdg.write(KR, 4, UNLOCK)
    iwdg.write(WINR, 4, 160)
    host.advance(0.010)
    iwdg.write(KR, 4, FEED)  # 10 ms into the 40: 240 are left
    assert "fed too early" in host.resets[0]


@pytest.mark.parametrize("wrong", [{"frequency": 0}, {"windowOption": 1}, {"frequency": "32k"}])
def test_wrong_attributes(host, wrong):
    with pytest.raises(EngineError):
        Stm32IndependentWatchdog("iwdg", wrong, host)
