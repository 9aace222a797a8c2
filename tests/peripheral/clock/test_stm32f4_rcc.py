from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.peripheral.clock.stm32f4_rcc import BDCR, CFGR, CIR, CR, CSR, PLLCFGR, Stm32F4Rcc
from simgate.peripheral.reset_cause import ResetCause

APB1RSTR, APB1ENR = 0x20, 0x40
HSION, HSIRDY, HSEON, HSERDY, PLLON, PLLRDY = (1 << n for n in (0, 1, 16, 17, 24, 25))


@pytest.fixture
def rcc(host):
    return Stm32F4Rcc("rcc", {}, host)


RESET_VALUES = {  # RM0090, 7.3.24 register map; HSICAL, which differs from chip to chip, is 0
    0x00: 0x00000083,
    0x04: 0x24003010,
    0x08: 0,
    0x0C: 0,
    0x30: 0x00100000,
    0x40: 0,
    0x44: 0,
    0x50: 0x7E6791FF,
    0x54: 0x000000F1,
    0x58: 0x00000001,
    0x60: 0x36FEC9FF,
    0x64: 0x00075F33,
    0x70: 0,
    0x74: 0x0E000000,
    0x80: 0,
    0x84: 0x20003000,
}


def test_reset_values(rcc):
    assert {offset: rcc.read(offset, 4) for offset in RESET_VALUES} == RESET_VALUES


def test_oscillators_are_ready_when_they_are_on(rcc, host):
    rcc.write(CR, 4, rcc.read(CR, 4) | HSEON)
    assert rcc.read(CR, 4) & (HSEON | HSERDY) == HSEON | HSERDY
    rcc.write(CR, 4, rcc.read(CR, 4) & ~HSEON)
    assert rcc.read(CR, 4) & (HSEON | HSERDY) == 0
    host.signal("PWR_DBP").set(True)
    for register in (BDCR, CSR):
        rcc.write(register, 4, 1)
        assert rcc.read(register, 4) & 3 == 3


def test_the_switch_waits_until_the_clock_is_ready(rcc):
    rcc.write(CFGR, 4, 2)  # PLL, which is off
    assert rcc.read(CFGR, 4) & 0xF == 2
    rcc.write(CR, 4, HSION | PLLON)
    assert rcc.read(CFGR, 4) & 0xF == 0xA
    assert rcc.system_clock == "PLL"


def test_the_system_clock_cannot_be_switched_off(rcc):
    rcc.write(CR, 4, 0)
    assert rcc.read(CR, 4) & (HSION | HSIRDY) == HSION | HSIRDY
    rcc.write(PLLCFGR, 4, 1 << 22 | 0x3010)  # from HSE
    rcc.write(CR, 4, HSION | HSEON | PLLON)
    rcc.write(CFGR, 4, 2)
    rcc.write(CR, 4, 0)
    assert rcc.read(CR, 4) & (HSEON | PLLON | HSION) == HSEON | PLLON


def test_a_running_pll_keeps_its_factors(rcc):
    rcc.write(CR, 4, HSION | PLLON)
    rcc.write(PLLCFGR, 4, 0x07405408)
    assert rcc.read(PLLCFGR, 4) == 0x24003010
    rcc.write(CR, 4, HSION)
    rcc.write(PLLCFGR, 4, 0x07405408)
    assert rcc.read(PLLCFGR, 4) == 0x27405408  # bits 31:28 are reserved and keep 2


def test_reset_flags_go_by_rmvf_and_rmvf_is_seen_by_nobody(rcc):
    rcc.write(CSR, 4, 1 << 24)
    assert rcc.read(CSR, 4) == 0


def test_the_backup_domain_is_write_protected(rcc, host):
    rcc.write(BDCR, 4, 0x8101)
    assert rcc.read(BDCR, 4) == 0
    assert "write-protected" in host.remarks[0]


def test_backup_domain_reset(rcc, host):
    host.signal("PWR_DBP").set(True)
    rcc.write(BDCR, 4, 0x8101)
    assert rcc.read(BDCR, 4) == 0x8103
    assert host.signal("RTCCLK").level
    rcc.write(BDCR, 4, 0x8201)
    assert rcc.read(BDCR, 4) == 0x8103  # the RTC's clock is chosen once
    rcc.write(BDCR, 4, 1 << 16)
    assert rcc.read(BDCR, 4) == 1 << 16
    assert host.models_reset == ["rtc"]
    assert not host.signal("RTCCLK").level


def test_a_pll_needs_its_input(rcc):
    rcc.write(PLLCFGR, 4, 1 << 22 | 0x3010)
    rcc.write(CR, 4, HSION | PLLON)
    assert not rcc.read(CR, 4) & PLLRDY
    rcc.write(CR, 4, HSION | HSEON | PLLON)
    assert rcc.read(CR, 4) & PLLRDY


def test_the_bypass_is_set_while_hse_is_off(rcc):
    bypass = 1 << 18
    rcc.write(CR, 4, HSION | HSEON)
    rcc.write(CR, 4, HSION | HSEON | bypass)
    assert not rcc.read(CR, 4) & bypass
    rcc.write(CR, 4, HSION)
    rcc.write(CR, 4, HSION | bypass)
    assert rcc.read(CR, 4) & bypass


def test_ready_interrupts(rcc):
    irq = rcc.output(None)
    rcc.write(CIR, 4, 1 << 11)  # HSERDYIE
    rcc.write(CR, 4, HSION | HSEON)
    assert rcc.read(CIR, 4) == 1 << 11 | 1 << 3
    assert irq.level
    rcc.write(CIR, 4, 1 << 11 | 1 << 19)
    assert rcc.read(CIR, 4) == 1 << 11
    assert not irq.level


def test_enable_bits_open_models_and_reset_bits_reset_them(rcc, host):
    rcc.reset()
    assert not host.gates["usart2"]
    rcc.write(APB1ENR, 4, 1 << 17)
    assert host.gates["usart2"]
    assert not host.gates["usart3"]
    rcc.write(APB1RSTR, 4, 1 << 17)
    rcc.write(APB1RSTR, 4, 0)
    assert host.models_reset == ["usart2", "usart2"]
    rcc.system_reset(ResetCause.SOFTWARE)
    assert not host.gates["usart2"]
    assert rcc.read(CSR, 4) == 0x1E000000
    rcc.write(CSR, 4, 1 << 24)
    rcc.system_reset(ResetCause.WINDOW_WATCHDOG)
    assert rcc.read(CSR, 4) == 0x44000000


@given(st.lists(st.tuples(st.sampled_from([CR, PLLCFGR, CFGR]), st.integers(0, 2**32 - 1))))
def test_the_chip_always_has_a_clock(quiet_host, writes):
    rcc = Stm32F4Rcc("rcc", {}, quiet_host())
    ready = {"HSI": HSIRDY, "HSE": HSERDY, "PLL": PLLRDY}
    for offset, value in writes:
        rcc.write(offset, 4, value)
        assert rcc.read(CR, 4) & ready[rcc.system_clock]
        assert (rcc.read(CR, 4) & 0x00010001) << 1 == rcc.read(CR, 4) & 0x00020002
