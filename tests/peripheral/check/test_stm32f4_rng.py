"""The random number generator: when numbers are ready, its errors, its interrupt."""

from __future__ import annotations

import pytest

from simgate.peripheral.check.stm32f4_rng import (
    CECS,
    CED,
    CEIS,
    CR,
    DR,
    DRDY,
    IE,
    RNGEN,
    SECS,
    SEIS,
    SR,
    Stm32F4Rng,
)
from simgate.platform import EnumName


@pytest.fixture
def rng(host):
    return Stm32F4Rng("rng", {}, host)


def test_reset_values(rng):
    assert [rng.read(offset, 4) for offset in (CR, SR, DR)] == [0, 0, 0]


def test_a_number_takes_40_cycles_of_48_mhz(rng, host):
    rng.write(CR, 4, RNGEN)
    host.advance_ticks(139)  # 40 / 48 MHz at 168 MHz: 140 ticks
    assert rng.read(SR, 4) == 0
    host.advance_ticks(1)
    assert rng.read(SR, 4) == DRDY
    assert rng.read(DR, 4) != 0
    assert rng.read(SR, 4) == 0
    assert rng.read(DR, 4) == 0  # read before it is ready
    host.advance_ticks(140)
    assert rng.read(SR, 4) == DRDY


def drain(rng, host, count):
    rng.write(CR, 4, RNGEN)
    words = []
    while len(words) < count:
        if rng.read(SR, 4) & DRDY:
            words.append(rng.read(DR, 4))
        host.advance_ticks(10)
    return words


def test_the_same_numbers_each_run_and_no_number_twice(rng, host):
    words = drain(rng, host, 50)
    assert words == drain(Stm32F4Rng("rng", {}, host), host, 50)
    assert words != drain(Stm32F4Rng("rng2", {}, host), host, 50)
    assert len(set(words)) == 50


def test_the_interrupt(rng, host):
    rng.write(CR, 4, RNGEN | IE)
    assert not rng.output("IRQ").level
    host.advance_ticks(140)
    assert rng.output("IRQ").level
    rng.read(DR, 4)
    assert not rng.output("IRQ").level


def test_h7_has_four_words_every_213_cycles_and_ced(host):
    h7 = {"series": EnumName(("STM32Series", "H7")), "frequency": 168_000_000}
    rng = Stm32F4Rng("rng", h7, host)
    rng.write(CR, 4, RNGEN | CED)
    assert rng.read(CR, 4) == RNGEN | CED
    host.advance_ticks(213)
    for _ in range(4):
        assert rng.read(SR, 4) == DRDY
        rng.read(DR, 4)
    assert rng.read(SR, 4) == 0
    rng.commands()["RaiseClockError"]()
    assert rng.read(SR, 4) == 0  # the check is off


def test_f4_has_no_ced(rng):
    rng.write(CR, 4, CED)
    assert rng.read(CR, 4) == 0


def test_a_seed_error_lasts_until_it_is_cleared_and_the_unit_begins_anew(rng, host):
    rng.write(CR, 4, RNGEN | IE)
    rng.commands()["RaiseSeedError"]()
    assert rng.read(SR, 4) == SEIS | SECS
    assert rng.output(None).level
    host.advance_ticks(1000)
    assert not rng.read(SR, 4) & DRDY
    rng.write(SR, 4, 0)
    assert rng.read(SR, 4) == SECS
    rng.write(CR, 4, 0)
    rng.write(CR, 4, RNGEN)
    host.advance_ticks(140)
    assert rng.read(SR, 4) == DRDY


def test_a_clock_error_goes_with_its_cause(rng, host):
    rng.write(CR, 4, RNGEN)
    rng.commands()["RaiseClockError"]()
    assert rng.read(SR, 4) == CEIS | CECS
    rng.commands()["ClearClockError"]()
    assert rng.read(SR, 4) == CEIS
    host.advance_ticks(140)
    assert rng.read(SR, 4) == CEIS | DRDY
