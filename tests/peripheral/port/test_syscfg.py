"""SYSCFG: RM0090, 9.2; RM0385, 7.2; RM0440, 10.2; RM0433, 12.3."""

from __future__ import annotations

import pytest

from simgate.peripheral.base import PeripheralError
from simgate.peripheral.port.stm32_syscfg import Stm32F7Syscfg, Stm32Syscfg
from simgate.peripheral.port.stm32g4_syscfg import SCSR, SKR, Stm32G4Syscfg
from simgate.peripheral.port.stm32h7_syscfg import CCCSR, PWRCR, Stm32H7Syscfg

MODELS = [Stm32Syscfg, Stm32F7Syscfg, Stm32G4Syscfg, Stm32H7Syscfg]
EXTICR = (0x08, 0x0C, 0x10, 0x14)


@pytest.mark.parametrize("model", MODELS)
def test_port_a_drives_a_line_until_exticr_says_another(host, model):
    syscfg = model("syscfg", {}, host)
    syscfg.reset()
    assert [syscfg.read(offset, 4) for offset in EXTICR] == [0, 0, 0, 0]
    pa13, pc13 = syscfg.local_input(0, 13), syscfg.local_input(2, 13)
    line = syscfg.output(13)
    pc13(True)
    assert not line.level
    pa13(True)
    assert line.level
    pa13(False)
    syscfg.write(0x14, 4, 2 << 4)  # EXTICR4: line 13 is PC13's
    assert line.level  # the line follows at once
    pa13(True)
    pc13(False)
    assert not line.level
    assert not syscfg.output(12).level


@pytest.mark.parametrize("model", MODELS)
def test_receivers_that_are_not_there(host, model):
    syscfg = model("syscfg", {}, host)
    for index, line in ((16, 0), (0, 16), (-1, 0)):
        with pytest.raises(KeyError):
            syscfg.local_input(index, line)


def test_g4_reset_values(host):
    syscfg = Stm32G4Syscfg("syscfg", {}, host)
    syscfg.reset()
    assert [syscfg.read(offset, 4) for offset in range(0, 0x28, 4)] == [0, 0x7C000001, *[0] * 8]


def test_g4_bank_swap_is_told_to_the_flash(host):
    syscfg = Stm32G4Syscfg("syscfg", {}, host)
    syscfg.write(0, 4, 1 << 8)
    assert host.signal("FLASH_FB_MODE").level
    with pytest.raises(PeripheralError, match="MEMRMP"):
        syscfg.write(0, 4, 3)


def test_g4_erases_its_ccm_with_the_keys_only(host):
    host.bus_write_block = lambda address, data: written.append((address, data))
    written = []
    syscfg = Stm32G4Syscfg("syscfg", {}, host)
    syscfg.write(SCSR, 4, 1)
    syscfg.write(SKR, 4, 0x53)
    syscfg.write(SCSR, 4, 1)
    assert written == []
    syscfg.write(SKR, 4, 0xCA)
    syscfg.write(SKR, 4, 0x53)
    syscfg.write(SCSR, 4, 1)
    assert written == [(0x10000000, bytes(32768))]


def test_h7(host):
    syscfg = Stm32H7Syscfg("syscfg", {}, host)
    assert syscfg.read(0x04, 4) == 0x0F000000
    syscfg.write(CCCSR, 4, 1)
    assert syscfg.read(CCCSR, 4) == 0x101
    syscfg.write(PWRCR, 4, 1)
    assert syscfg.read(PWRCR, 4) == 1
    syscfg.write(0x18, 4, 1 << 3)
    syscfg.write(0x18, 4, 0)
    assert syscfg.read(0x18, 4) == 1 << 3  # a lock


def test_f7_has_nothing_to_remap_at_0(host):
    syscfg = Stm32F7Syscfg("syscfg", {}, host)
    syscfg.write(0, 4, 3)
    assert syscfg.read(0, 4) == 0
    with pytest.raises(PeripheralError, match="FMC"):
        syscfg.write(0, 4, 1 << 10)
