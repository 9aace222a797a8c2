from __future__ import annotations

import pytest

from simgate.peripheral.base import PeripheralError
from simgate.peripheral.flash.stm32f4_flash_controller import (
    ACR,
    CR,
    KEYR,
    OPTCR,
    OPTKEYR,
    SR,
    Stm32F4FlashController,
)

LOCK = 1 << 31


@pytest.fixture
def flash(host):
    return Stm32F4FlashController("flash_controller", {}, host)


def test_reset_values(flash):
    values = [flash.read(offset, 4) for offset in (ACR, KEYR, OPTKEYR, SR, CR, OPTCR)]
    assert values == [0, 0, 0, 0, 0x80000000, 0x0FFFAAED]


def test_wait_states_and_caches_read_back(flash):
    flash.write(ACR, 4, 0x705)
    assert flash.read(ACR, 4) == 0x705
    flash.write(ACR, 1, 0x03)  # HAL writes the latency as a byte
    assert flash.read(ACR, 4) == 0x703


def test_cr_opens_by_two_keys_and_is_locked_by_its_bit(flash):
    flash.write(CR, 4, 1)
    assert flash.read(CR, 4) == LOCK
    flash.write(KEYR, 4, 0x45670123)
    assert flash.read(CR, 4) == LOCK
    flash.write(KEYR, 4, 0xCDEF89AB)
    assert flash.read(CR, 4) == 0
    flash.write(CR, 4, 0x201)
    assert flash.read(CR, 4) == 0x201
    flash.write(CR, 4, LOCK)
    flash.write(CR, 4, 0x201)
    assert flash.read(CR, 4) == LOCK


def test_a_wrong_key_is_a_bus_error_and_shuts_it_until_reset(flash):
    with pytest.raises(PeripheralError, match="0x00000000"):
        flash.write(KEYR, 4, 0)
    with pytest.raises(PeripheralError):
        flash.write(KEYR, 4, 0x45670123)
    flash.reset()
    flash.write(KEYR, 4, 0x45670123)
    flash.write(KEYR, 4, 0xCDEF89AB)
    assert flash.read(CR, 4) == 0


def test_erasing_without_a_memory_is_refused_not_ignored(flash):
    flash.write(KEYR, 4, 0x45670123)
    flash.write(KEYR, 4, 0xCDEF89AB)
    with pytest.raises(PeripheralError, match="no memory to erase"):
        flash.write(CR, 4, 1 << 16 | 2)


def test_option_bytes(flash):
    read, write = flash.region("optionBytes")
    assert read(0, 2) == 0xAAEF
    assert read(1, 1) == 0xAA
    assert read(8, 4) == 0x0FFF
    with pytest.raises(PeripheralError):
        write(0, 4, 0)
    flash.write(OPTCR, 4, 0x0FFFAAE0)
    assert flash.read(OPTCR, 4) == 0x0FFFAAED
    flash.write(OPTKEYR, 4, 0x08192A3B)
    flash.write(OPTKEYR, 4, 0x4C5D6E7F)
    assert flash.read(OPTCR, 4) == 0x0FFFAAEC


def test_there_is_no_other_region(flash):
    with pytest.raises(KeyError):
        flash.region("nowhere")
