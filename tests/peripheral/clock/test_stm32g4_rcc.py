"""RM0440, section 7."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.peripheral.clock.stm32g4_rcc import (
    BDCR,
    CFGR,
    CICR,
    CIER,
    CIFR,
    CR,
    CRRCR,
    CSR,
    HSEON,
    HSERDY,
    HSION,
    HSIRDY,
    PLLCFGR,
    PLLON,
    PLLRDY,
    Stm32G4Rcc,
)
from simgate.peripheral.reset_cause import ResetCause

RESET_VALUES = {  # RM0440, table of 7.4.28; HSICAL and HSI48CAL, which differ from chip to chip: 0
    "CR": 0x00000500,
    "ICSCR": 0x40000000,
    "CFGR": 0x00000005,
    "PLLCFGR": 0x00001000,
    "CIER": 0,
    "CIFR": 0,
    "AHB1ENR": 0x00000100,
    "AHB2ENR": 0,
    "APB1ENR1": 0x00000400,
    "APB1ENR2": 0,
    "APB2ENR": 0,
    "AHB2SMENR": 0x050F667F,
    "APB1SMENR1": 0xD2FECD3F,
    "APB2SMENR": 0x0437F801,
    "CCIPR": 0,
    "BDCR": 0,
    "CSR": 0x0C000000,
}
FROM_HSI, FROM_HSE, PLLREN = 2, 3, 1 << 24


@pytest.fixture
def rcc(host):
    rcc = Stm32G4Rcc("rcc", {}, host)
    rcc.reset()
    return rcc


def test_reset_values(rcc):
    assert {name: rcc.value(name) for name in RESET_VALUES} == RESET_VALUES
    assert rcc.system_clock == "HSI"


def test_the_way_to_the_pll(rcc):
    rcc.write(CR, 4, HSION | HSEON)
    assert rcc.read(CR, 4) == HSION | HSIRDY | HSEON | HSERDY
    rcc.write(PLLCFGR, 4, 85 << 8 | 5 << 4 | FROM_HSE)
    rcc.write(CR, 4, HSION | HSEON | PLLON)
    assert rcc.read(CR, 4) & PLLRDY
    rcc.write(CFGR, 4, 3)
    assert rcc.read(CFGR, 4) == 3 | 1 << 2  # output R is off: still on HSI
    rcc.write(PLLCFGR, 4, rcc.read(PLLCFGR, 4) | PLLREN)  # may come after PLLON
    assert rcc.read(CFGR, 4) == 3 | 3 << 2
    rcc.write(PLLCFGR, 4, 0)
    assert rcc.read(PLLCFGR, 4) == PLLREN | 85 << 8 | 5 << 4 | FROM_HSE
    rcc.write(CR, 4, 0)
    assert rcc.read(CR, 4) == HSEON | HSERDY | PLLON | PLLRDY


@pytest.mark.parametrize("source", [0, 1, FROM_HSE])
def test_a_pll_needs_its_input(rcc, source):
    rcc.write(PLLCFGR, 4, source)
    rcc.write(CR, 4, HSION | PLLON)
    assert not rcc.read(CR, 4) & PLLRDY


def test_ready_interrupts(rcc):
    irq = rcc.output(None)
    rcc.write(CIER, 4, 1 << 4 | 1 << 10)
    rcc.write(CR, 4, HSION | HSEON)
    rcc.write(CRRCR, 4, 1)
    assert rcc.read(CRRCR, 4) == 3
    assert rcc.read(CIFR, 4) == 1 << 4 | 1 << 10
    rcc.write(CICR, 4, 1 << 4)
    assert irq.level
    rcc.write(CICR, 4, 1 << 10)
    assert not irq.level


def test_the_lsi_and_the_flags_of_resets(rcc):
    rcc.write(CSR, 4, 1)
    assert rcc.read(CSR, 4) == 0x0C000003
    rcc.write(CSR, 4, 1 << 23 | 1)
    assert rcc.read(CSR, 4) == 3
    rcc.system_reset(ResetCause.INDEPENDENT_WATCHDOG)
    assert rcc.read(CSR, 4) == 1 << 29 | 1 << 26


@pytest.mark.parametrize(
    ("cause", "bit"), [(ResetCause.WINDOW_WATCHDOG, 30), (ResetCause.OPTION_BYTES, 25)]
)
def test_each_cause_of_a_reset_has_its_flag(rcc, cause, bit):
    rcc.write(CSR, 4, 1 << 23)
    rcc.system_reset(cause)
    assert rcc.read(CSR, 4) == 1 << bit | 1 << 26


def test_the_backup_domain(rcc, host):
    rcc.write(BDCR, 4, 1)
    assert rcc.read(BDCR, 4) == 0
    host.signal("PWR_DBP").set(True)
    rcc.write(BDCR, 4, 1)
    rcc.write(BDCR, 4, 0x8101)
    assert rcc.read(BDCR, 4) == 0x8103
    rcc.system_reset(ResetCause.SOFTWARE)
    assert rcc.read(BDCR, 4) == 0x8103


def test_gates(rcc, host):
    assert host.gates["rtc"]
    assert not host.gates["adc2"]
    rcc.write(0x4C, 4, 1 << 13 | 1 << 6)
    assert host.gates["adc1"]
    assert host.gates["adc2"]
    assert host.gates["gpioPortG"]
    assert not host.gates["adc3"]
    rcc.write(0x2C, 4, 1 << 14)
    assert {"adc3", "adc4", "adc5"} <= set(host.models_reset)


@given(st.lists(st.tuples(st.sampled_from([CR, PLLCFGR, CFGR]), st.integers(0, 2**32 - 1))))
def test_the_chip_always_has_a_clock(quiet_host, writes):
    rcc = Stm32G4Rcc("rcc", {}, quiet_host())
    ready = {"HSI": HSIRDY, "HSE": HSERDY, "PLL": PLLRDY}
    for offset, value in writes:
        rcc.write(offset, 4, value)
        assert rcc.read(CR, 4) & ready[rcc.system_clock]
