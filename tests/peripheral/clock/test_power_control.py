"""Power control of F7 (RM0385, 4), G4 (RM0440, 6) and H7 (RM0433, 6)."""

from __future__ import annotations

import pytest

from simgate.peripheral.clock import stm32f7_pwr, stm32g4_pwr, stm32h7_pwr
from simgate.peripheral.clock.stm32_pwr import Stm32Pwr
from simgate.peripheral.clock.stm32f7_pwr import Stm32F7Pwr
from simgate.peripheral.clock.stm32g4_pwr import Stm32G4Pwr
from simgate.peripheral.clock.stm32h7_pwr import Stm32H7Pwr
from simgate.peripheral.reset_cause import ResetCause

DBP = 1 << 8


@pytest.mark.parametrize("model", [Stm32Pwr, Stm32F7Pwr, Stm32G4Pwr, Stm32H7Pwr])
def test_dbp_opens_the_backup_domain_until_a_reset(host, model):
    pwr = model("pwr", {}, host)
    pwr.reset()
    pwr.write(0, 4, pwr.read(0, 4) | DBP)
    assert host.signal("PWR_DBP").level
    pwr.system_reset(ResetCause.SOFTWARE)
    assert not host.signal("PWR_DBP").level


def test_f7_over_drive(host):
    pwr = Stm32F7Pwr("pwr", {}, host)
    cr1, csr1 = stm32f7_pwr.CR1, stm32f7_pwr.CSR1
    oden, odswen, vosrdy = 1 << 16, 1 << 17, 1 << 14
    assert [pwr.read(offset, 4) for offset in (0, 4, 8, 12)] == [0xC000, 0, 0, 0]
    pwr.write(cr1, 4, 0xC000 | odswen)
    assert not pwr.read(csr1, 4) & odswen  # switching needs over-drive first
    pwr.write(cr1, 4, 0xC000 | oden)
    assert pwr.read(csr1, 4) & (oden | odswen) == oden
    pwr.write(cr1, 4, 0xC000 | oden | odswen)
    assert pwr.read(csr1, 4) & (oden | odswen) == oden | odswen
    pwr.write(cr1, 4, 0x8000)
    assert pwr.read(csr1, 4) == 0
    host.advance(50e-6)
    assert pwr.read(csr1, 4) == vosrdy
    pwr.write(cr1, 4, 0)  # reserved
    assert pwr.read(cr1, 4) == 0x8000


def test_g4_ranges_and_boost(host):
    pwr = Stm32G4Pwr("pwr", {}, host)
    pwr.reset()
    names = ("CR1", "CR2", "CR3", "CR4", "SR1", "CR5")
    assert [pwr.value(name) for name in names] == [0x200, 0, 0x8000, 0, 0, 0x100]
    assert pwr.read(stm32g4_pwr.SR2, 4) == 0
    for forbidden in (0, 0x600):
        pwr.write(stm32g4_pwr.CR1, 4, forbidden)
        assert pwr.read(stm32g4_pwr.CR1, 4) == 0x200
    pwr.write(stm32g4_pwr.CR1, 4, 0x400)
    assert pwr.read(stm32g4_pwr.SR2, 4) == 0
    pwr.write(stm32g4_pwr.CR1, 4, 0x200)
    assert pwr.read(stm32g4_pwr.SR2, 4) == 1 << 10
    host.advance(6e-6)
    assert pwr.read(stm32g4_pwr.SR2, 4) == 0
    assert not pwr.boost
    pwr.write(stm32g4_pwr.CR5, 4, 0)
    assert pwr.boost


def test_h7_takes_one_configuration_of_its_supply(host):
    pwr = Stm32H7Pwr("pwr", {}, host)
    pwr.reset()
    names = ("CR1", "CSR1", "CR2", "CR3", "CPUCR", "D3CR", "WKUPEPR")
    expected = [0xF000C000, 0x4000, 0, 6, 0, 0x4000, 0]
    assert [pwr.value(name) for name in names] == expected
    host.advance(1e-3)
    ready = 1 << 13
    assert not pwr.read(stm32h7_pwr.CSR1, 4) & ready
    pwr.write(stm32h7_pwr.D3CR, 4, 0xC000)
    assert pwr.read(stm32h7_pwr.D3CR, 4) == 0x4000  # not in Run* mode
    pwr.write(stm32h7_pwr.CR3, 4, 2)
    assert pwr.read(stm32h7_pwr.CR3, 4) == 2
    host.advance(6e-6)
    assert pwr.read(stm32h7_pwr.CSR1, 4) == 0x4000 | ready
    pwr.write(stm32h7_pwr.D3CR, 4, 0xC000)
    assert pwr.read(stm32h7_pwr.D3CR, 4) == 0xC000
    assert pwr.read(stm32h7_pwr.CSR1, 4) == 0x4000
    host.advance(6e-6)
    assert pwr.read(stm32h7_pwr.D3CR, 4) == 0xC000 | ready
    assert pwr.read(stm32h7_pwr.CSR1, 4) == 0xC000 | ready
    pwr.write(stm32h7_pwr.CR3, 4, 1)
    pwr.system_reset(ResetCause.SOFTWARE)
    assert pwr.read(stm32h7_pwr.CR3, 4) == 2  # once, until the power goes
    pwr.reset()
    assert pwr.read(stm32h7_pwr.CR3, 4) == 6


def test_h7_regulators_of_usb_and_backup(host):
    pwr = Stm32H7Pwr("pwr", {}, host)
    pwr.write(stm32h7_pwr.CR2, 4, 1)
    assert pwr.read(stm32h7_pwr.CR2, 4) == 1 << 16 | 1
    pwr.write(stm32h7_pwr.CR3, 4, 1 << 24 | 2)
    assert pwr.read(stm32h7_pwr.CR3, 4) == 1 << 26 | 1 << 24 | 2
