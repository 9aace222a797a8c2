"""RM0385, section 5: what F74x/75x have beyond the F4."""

from __future__ import annotations

import pytest

from simgate.peripheral.clock.stm32f7_rcc import CR, PLLSAICFGR, Stm32F7Rcc

RESET_VALUES = {  # RM0385, table of 5.3.27
    "CR": 0x00000083,
    "PLLCFGR": 0x24003010,
    "CFGR": 0,
    "CIR": 0,
    "AHB1ENR": 0x00100000,
    "APB1ENR": 0,
    "AHB1LPENR": 0x7EF7B7FF,
    "AHB2LPENR": 0x000000F1,
    "AHB3LPENR": 0x00000003,
    "APB1LPENR": 0xFFFFCBFF,
    "APB2LPENR": 0x04F77F33,
    "BDCR": 0,
    "CSR": 0x0E000000,
    "PLLI2SCFGR": 0x24003000,
    "PLLSAICFGR": 0x24003000,
    "DCKCFGR1": 0,
    "DCKCFGR2": 0,
}
HSION, PLLSAION = 1 << 0, 1 << 28


@pytest.fixture
def rcc(host):
    rcc = Stm32F7Rcc("rcc", {}, host)
    rcc.reset()
    return rcc


def test_reset_values(rcc):
    assert {name: rcc.value(name) for name in RESET_VALUES} == RESET_VALUES


def test_the_third_pll(rcc):
    rcc.write(PLLSAICFGR, 4, 0x24003400)
    rcc.write(CR, 4, HSION | PLLSAION)
    assert rcc.read(CR, 4) >> 28 & 3 == 3
    rcc.write(PLLSAICFGR, 4, 0x24003000)
    assert rcc.read(PLLSAICFGR, 4) == 0x24003400


def test_gates_that_the_f4_lacks(rcc, host):
    rcc.write(0x40, 4, 1 << 24 | 1 << 30)  # APB1ENR
    assert host.gates["i2c4"]
    assert host.gates["uart7"]
    assert not host.gates["uart8"]
    rcc.write(0x44, 4, 1 << 13)  # APB2ENR
    assert host.gates["spi4"]
