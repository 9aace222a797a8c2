"""RM0433, section 8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.peripheral.clock.stm32h7_rcc import (
    BDCR,
    CFGR,
    CIER,
    CIFR,
    CR,
    CSION,
    CSIRDY,
    HSEON,
    HSERDY,
    HSION,
    HSIRDY,
    PLL_DIVIDERS,
    PLL_ON,
    PLL_READY,
    PLLCFGR,
    PLLCKSELR,
    RSR,
    Stm32H7Rcc,
)
from simgate.peripheral.reset_cause import ResetCause

RESET_VALUES = {  # RM0433, table of 8.7.49
    "CR": 0x00000025,
    "HSICFGR": 0x40000000,
    "CSICFGR": 0x20000000,
    "CFGR": 0,
    "D1CFGR": 0,
    "PLLCKSELR": 0x02020200,
    "PLLCFGR": 0x01FF0000,
    "PLL1DIVR": 0x01010280,
    "PLL3DIVR": 0x01010280,
    "BDCR": 0,
    "CSR": 0,
    "AHB4ENR": 0,
    "APB4ENR": 0x00010000,
    "AHB3LPENR": 0xF0015131,
    "AHB2LPENR": 0xE0000271,
    "APB1LLPENR": 0xE8FFC3FF,
    "APB4LPENR": 0x0021DEAA,
}
FROM_HSE = 2


@pytest.fixture
def rcc(host):
    rcc = Stm32H7Rcc("rcc", {}, host)
    rcc.reset()
    return rcc


def test_reset_values(rcc):
    assert {name: rcc.value(name) for name in RESET_VALUES} == RESET_VALUES


def test_oscillators(rcc):
    rcc.write(CR, 4, HSION | CSION | HSEON | 1 << 12)
    expected = HSIRDY | CSIRDY | HSERDY | 1 << 13
    assert rcc.read(CR, 4) & expected == expected
    rcc.write(CFGR, 4, 1)
    assert rcc.system_clock == "CSI"
    rcc.write(CR, 4, HSION)
    assert rcc.read(CR, 4) & (CSION | CSIRDY) == CSION | CSIRDY


def test_the_way_to_pll1(rcc):
    rcc.write(CR, 4, HSION | HSEON)
    rcc.write(PLLCKSELR, 4, 0x02020010 | FROM_HSE)
    rcc.write(PLL_DIVIDERS[0], 4, 0x010102DF)
    rcc.write(CR, 4, HSION | HSEON | PLL_ON[0])
    assert rcc.read(CR, 4) & PLL_READY[0]
    rcc.write(CFGR, 4, 3)
    assert rcc.read(CFGR, 4) == 3 | 3 << 3
    rcc.write(PLL_DIVIDERS[0], 4, 0)
    assert rcc.read(PLL_DIVIDERS[0], 4) == 0x010102DF
    rcc.write(CR, 4, 0)
    assert rcc.read(CR, 4) & (PLL_ON[0] | HSEON | HSION) == PLL_ON[0] | HSEON


def test_what_a_running_pll_keeps(rcc):
    rcc.write(CR, 4, HSION | PLL_ON[1])
    rcc.write(PLLCKSELR, 4, FROM_HSE)
    assert rcc.read(PLLCKSELR, 4) == 0x00020000  # PLLSRC and DIVM2 stay, DIVM1 and DIVM3 go
    rcc.write(PLLCFGR, 4, 0)
    assert rcc.read(PLLCFGR, 4) == 7 << 19
    rcc.write(PLLCFGR, 4, 0x11)  # FRACEN of the first and the second: can always be written
    assert rcc.read(PLLCFGR, 4) == 7 << 19 | 0x11
    rcc.write(PLL_DIVIDERS[1], 4, 0)
    assert rcc.read(PLL_DIVIDERS[1], 4) == 0x01010280
    rcc.write(PLL_DIVIDERS[2], 4, 0)
    assert rcc.read(PLL_DIVIDERS[2], 4) == 0


def test_a_pll_without_its_input_or_output(rcc):
    rcc.write(PLLCKSELR, 4, 3)
    rcc.write(CR, 4, HSION | PLL_ON[0])
    assert not rcc.read(CR, 4) & PLL_READY[0]
    rcc.write(CR, 4, HSION)
    rcc.write(PLLCKSELR, 4, 0)
    rcc.write(PLLCFGR, 4, 0)  # DIVP1EN = 0
    rcc.write(CR, 4, HSION | PLL_ON[0])
    rcc.write(CFGR, 4, 3)
    assert rcc.system_clock == "HSI"


def test_the_core_s_registers_show_twice(rcc, host):
    rcc.write(0x140, 4, 1)  # RCC_C1_AHB4ENR
    assert rcc.read(0xE0, 4) == 1
    assert host.gates["gpioPortA"]
    assert rcc.read(0x130, 4) == rcc.read(RSR, 4) == 0x00FA0000


def test_flags_of_resets(rcc):
    rcc.write(RSR, 4, 1 << 16)
    assert rcc.read(RSR, 4) == 0
    rcc.system_reset(ResetCause.SOFTWARE)
    assert rcc.read(RSR, 4) == 1 << 24 | 1 << 22 | 1 << 17
    rcc.write(RSR, 4, 1 << 16)
    rcc.system_reset(ResetCause.WINDOW_WATCHDOG)
    assert rcc.read(RSR, 4) == 1 << 28 | 1 << 22 | 1 << 17


def test_ready_interrupts(rcc, host):
    host.signal("PWR_DBP").set(True)
    rcc.write(CIER, 4, 0x3FF)
    rcc.write(BDCR, 4, 1)
    rcc.write(CR, 4, HSION | PLL_ON[2])
    assert rcc.read(CIFR, 4) == 1 << 1 | 1 << 8
    assert rcc.output(None).level


def test_dmamux1_runs_with_either_dma(rcc, host):
    assert not host.gates["dmamux1"]
    rcc.write(0xD8, 4, 2)
    assert host.gates["dmamux1"]
    rcc.write(0xD8, 4, 1)
    assert host.gates["dmamux1"]
    rcc.write(0xD8, 4, 0)
    assert not host.gates["dmamux1"]


@given(
    st.lists(st.tuples(st.sampled_from([CR, PLLCKSELR, PLLCFGR, CFGR]), st.integers(0, 2**32 - 1)))
)
def test_the_chip_always_has_a_clock(quiet_host, writes):
    rcc = Stm32H7Rcc("rcc", {}, quiet_host())
    ready = {"HSI": HSIRDY, "CSI": CSIRDY, "HSE": HSERDY, "PLL1": PLL_READY[0]}
    for offset, value in writes:
        rcc.write(offset, 4, value)
        assert rcc.read(CR, 4) & ready[rcc.system_clock]
