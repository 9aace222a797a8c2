"""Erasing and programming in each family, as the manuals' sequences have it."""

from __future__ import annotations

import pytest

from simgate.errors import EngineError
from simgate.peripheral.base import PeripheralError
from simgate.peripheral.flash import stm32f4_flash_controller as f4
from simgate.peripheral.flash import stm32g4_flash_controller as g4
from simgate.peripheral.flash import stm32h7_flash_controller as h7
from simgate.peripheral.reset_cause import ResetCause
from simgate.platform import Reference

KIB = 1024
KEYS = (0x45670123, 0xCDEF89AB)
OPTION_KEYS = (0x08192A3B, 0x4C5D6E7F)


def unlock(controller, register, keys=KEYS):
    for key in keys:
        controller.write(register, 4, key)


# ---- F4 and F7 ----


@pytest.fixture(params=[f4.Stm32F4FlashController, f4.Stm32F7FlashController])
def sectors(host, request):
    host.add_flash("flash", 1 << 20)
    controller = request.param("flash_controller", {"flash": Reference("flash")}, host)
    controller.reset()
    return controller


def test_a_store_to_a_locked_flash_is_refused_and_flagged(host, sectors):
    memory = host.flashes["flash"]
    assert memory.store(0, 4, 0) is False
    assert sectors.read(f4.SR, 4) == f4.PGSERR
    assert memory.bytes[:4] == b"\xff\xff\xff\xff"


def test_programming_clears_bits_and_is_busy(host, sectors):
    memory = host.flashes["flash"]
    unlock(sectors, f4.KEYR)
    sectors.write(f4.CR, 4, f4.PG | 2 << 8 | f4.EOPIE)  # words
    assert memory.store(0x100, 4, 0x12345678) is True
    assert memory.bytes[0x100:0x104] == bytes.fromhex("78563412")
    assert sectors.read(f4.SR, 4) & f4.BSY
    host.advance(20e-6)
    assert sectors.read(f4.SR, 4) == f4.EOP
    assert sectors.output(None).level
    sectors.write(f4.SR, 4, f4.EOP)
    assert not sectors.output(None).level
    assert memory.store(0x100, 4, 0xFFFF0000) is True
    assert memory.bytes[0x100:0x104] == bytes.fromhex("00003412")  # the 1s were not set
    assert any("0x08000100" in remark for remark in host.remarks)


def test_the_parallelism_must_fit(host, sectors):
    unlock(sectors, f4.KEYR)
    sectors.write(f4.CR, 4, f4.PG | 2 << 8)
    assert host.flashes["flash"].store(0, 1, 0) is True
    assert sectors.read(f4.SR, 4) == f4.PGPERR
    assert host.flashes["flash"].bytes[0] == 0xFF


def test_double_words_are_two_words_and_need_a_voltage(host, sectors):
    unlock(sectors, f4.KEYR)
    sectors.write(f4.CR, 4, f4.PG | 3 << 8)
    memory = host.flashes["flash"]
    memory.store(0, 4, 0x11223344)
    memory.store(4, 4, 0x55667788)
    assert sectors.read(f4.SR, 4) == f4.BSY
    assert memory.bytes[:8] == bytes.fromhex("4433221188776655")
    assert any("VPP" in remark for remark in host.remarks)


def test_erasing_sets_one_sector_and_counts(host, sectors):
    memory = host.flashes["flash"]
    memory.bytes[:] = bytes(1 << 20)
    unlock(sectors, f4.KEYR)
    sectors.write(f4.CR, 4, f4.SER | 1 << 3 | f4.STRT)
    size = sectors.banks()[0].sizes[1]
    assert memory.bytes.count(0xFF) == size
    assert memory.bytes[size] == memory.bytes[2 * size - 1] == 0xFF
    assert sectors.read(f4.CR, 4) & f4.STRT
    host.advance(3.0)
    assert not sectors.read(f4.SR, 4) & f4.BSY
    assert not sectors.read(f4.CR, 4) & f4.STRT
    assert (sectors.erase_count(1), sectors.erase_count(0), sectors.write_count(1)) == (1, 0, 0)


def test_a_protected_sector_stays(host, sectors):
    unlock(sectors, f4.OPTKEYR, OPTION_KEYS)
    sectors.write(f4.OPTCR, 4, sectors.read(f4.OPTCR, 4) & ~(1 << 16))
    sectors.write(f4.OPTCR, 4, sectors.read(f4.OPTCR, 4) | 2)  # OPTSTRT
    host.advance(1.0)
    unlock(sectors, f4.KEYR)
    sectors.write(f4.CR, 4, f4.PG | 2 << 8)
    host.flashes["flash"].store(0, 4, 0)
    assert sectors.read(f4.SR, 4) & f4.WRPERR
    sectors.write(f4.SR, 4, f4.WRPERR)
    sectors.write(f4.CR, 4, f4.MER | f4.STRT)
    assert sectors.read(f4.SR, 4) & f4.WRPERR
    sectors.reset()
    assert not sectors.read(f4.OPTCR, 4) & 1 << 16  # option bytes outlive a reset


def test_sectors_of_the_two_families(host):
    host.add_flash("flash", 1 << 20)
    attributes = {"flash": Reference("flash")}
    of_f4 = f4.Stm32F4FlashController("f", attributes, host).banks()[0].sizes
    of_f7 = f4.Stm32F7FlashController("f", attributes, host).banks()[0].sizes
    assert [size // KIB for size in of_f4] == [16] * 4 + [64] + [128] * 7
    assert [size // KIB for size in of_f7] == [32] * 4 + [128] + [256] * 3
    assert sum(of_f4) == sum(of_f7) == 1 << 20


def test_wear_of_a_sector_that_is_not_there(sectors):
    with pytest.raises(EngineError, match="no sector 99"):
        sectors.erase_count(99)
    with pytest.raises(EngineError, match="no bank 2"):
        sectors.erase_count(0, 2)


# ---- G4 ----


@pytest.fixture
def pages(host):
    host.add_flash("flash", 512 * KIB)
    controller = g4.Stm32G4FlashController("flash_controller", {"flash": Reference("flash")}, host)
    controller.reset()
    return controller


def test_g4_reset_values(pages):
    values = [pages.read(offset, 4) for offset in (g4.ACR, g4.SR, g4.CR, g4.OPTR)]
    assert values == [0x00040600, 0, 0xC0000000, 0xFFEFF8AA]


def test_g4_programs_double_words(host, pages):
    memory = host.flashes["flash"]
    unlock(pages, g4.KEYR)
    pages.write(g4.CR, 4, g4.PG)
    assert memory.store(0x800, 4, 0x11223344)
    assert memory.bytes[0x800] == 0xFF  # not before the second word
    assert memory.store(0x804, 4, 0x55667788)
    assert memory.bytes[0x800:0x808] == bytes.fromhex("4433221188776655")
    assert pages.read(g4.SR, 4) == g4.BSY
    host.advance(100e-6)
    assert pages.read(g4.SR, 4) == 0


@pytest.mark.parametrize(
    ("stores", "error"),
    [
        ([(0x800, 2, 0)], g4.SIZERR),
        ([(0x804, 4, 0)], g4.PGAERR),
        ([(0x800, 4, 0), (0x808, 4, 0)], g4.PGAERR),
        ([(0x800, 4, 1), (0x804, 4, 1)] * 2, g4.PROGERR),
    ],
)
def test_g4_wrong_sequences(host, pages, stores, error):
    unlock(pages, g4.KEYR)
    pages.write(g4.CR, 4, g4.PG)
    for store in stores:
        host.flashes["flash"].store(*store)
        host.advance(1e-3)
    assert pages.read(g4.SR, 4) == error
    pages.write(g4.SR, 4, error)
    assert pages.read(g4.SR, 4) == 0


def test_g4_zeros_may_follow_another_value(host, pages):
    memory = host.flashes["flash"]
    unlock(pages, g4.KEYR)
    pages.write(g4.CR, 4, g4.PG)
    for word in (1, 0):
        memory.store(0, 4, word)
        memory.store(4, 4, word)
    assert memory.bytes[:8] == bytes(8)
    assert not pages.read(g4.SR, 4) & g4.PROGERR


def test_g4_erases_a_page_of_either_bank(host, pages):
    memory = host.flashes["flash"]
    memory.bytes[:] = bytes(512 * KIB)
    unlock(pages, g4.KEYR)
    pages.write(g4.CR, 4, g4.PER | 3 << 3)
    pages.write(g4.CR, 4, g4.PER | 3 << 3 | g4.STRT)
    assert memory.bytes[3 * 2048 : 4 * 2048] == b"\xff" * 2048
    pages.write(g4.CR, 4, g4.PER | g4.BKER | 5 << 3 | g4.STRT)
    start = 256 * KIB + 5 * 2048
    assert memory.bytes[start : start + 2048] == b"\xff" * 2048
    assert memory.bytes.count(0xFF) == 2 * 2048
    assert (pages.erase_count(3, 1), pages.erase_count(5, 2)) == (1, 1)
    assert pages.read(g4.SR, 4) == g4.BSY
    host.advance(50e-3)
    pages.write(g4.CR, 4, g4.MER2 | g4.STRT)
    assert memory.bytes.count(0xFF) == 256 * KIB + 2048


def test_g4_banks_swap_with_syscfg(host, pages):
    memory = host.flashes["flash"]
    memory.bytes[0], memory.bytes[256 * KIB] = 1, 2
    host.signal("FLASH_FB_MODE").set(True)
    assert (memory.bytes[0], memory.bytes[256 * KIB]) == (2, 1)
    unlock(pages, g4.KEYR)
    pages.write(g4.CR, 4, g4.PER | g4.BKER | g4.STRT)  # physical bank 2 lies below now
    assert (memory.bytes[0], memory.bytes[256 * KIB]) == (0xFF, 1)
    assert (pages.erase_count(0, 2), pages.erase_count(0, 1)) == (1, 0)
    host.signal("FLASH_FB_MODE").set(False)
    assert (memory.bytes[0], memory.bytes[256 * KIB]) == (1, 0xFF)


def test_g4_option_bfb2_swaps_when_it_is_loaded(host, pages):
    memory = host.flashes["flash"]
    memory.bytes[0] = 1
    unlock(pages, g4.KEYR)
    unlock(pages, g4.OPTKEYR, OPTION_KEYS)
    pages.write(g4.OPTR, 4, pages.read(g4.OPTR, 4) | g4.BFB2)
    pages.write(g4.CR, 4, g4.OPTSTRT)
    host.advance(0.1)
    pages.system_reset(ResetCause.SOFTWARE)
    assert (memory.bytes[0], pages.read(g4.OPTR, 4) & g4.BFB2) == (1, 0)  # not loaded yet
    unlock(pages, g4.KEYR)
    unlock(pages, g4.OPTKEYR, OPTION_KEYS)
    pages.write(g4.CR, 4, g4.OBL_LAUNCH)
    assert host.causes == [ResetCause.OPTION_BYTES]
    pages.system_reset(ResetCause.SOFTWARE)
    assert (memory.bytes[256 * KIB], pages.read(g4.OPTR, 4) & g4.BFB2) == (1, g4.BFB2)
    assert host.signal("FLASH_BFB2").level


# ---- H7 ----


@pytest.fixture
def words(host):
    host.add_flash("flashBank1", 1 << 20)
    host.add_flash("flashBank2", 1 << 20)
    attributes = {"flash1": Reference("flashBank1"), "flash2": Reference("flashBank2")}
    controller = h7.Stm32H7FlashController("flashController", attributes, host)
    controller.reset()
    return controller


def test_h7_reset_values(words):
    offsets = (h7.ACR, h7.CR, h7.SR, h7.OPTCR, h7.OPTSR_CUR, h7.CR + h7.BANK, h7.WPSN_CUR)
    values = [words.read(offset, 4) for offset in offsets]
    assert values == [0x37, 0x31, 0, 1, 0x1FC6AAF0, 0x31, 0xFF]


def test_h7_programs_words_of_32_bytes(host, words):
    memory = host.flashes["flashBank2"]
    unlock(words, h7.KEYR + h7.BANK)
    words.write(h7.CR + h7.BANK, 4, h7.PG | 3 << 4)
    for index in range(7):
        assert memory.store(64 + 4 * index, 4, index)
    assert words.read(h7.SR + h7.BANK, 4) == h7.WBNE
    assert memory.bytes[64] == 0xFF
    memory.store(64 + 28, 4, 7)
    assert memory.bytes[64:96] == b"".join(n.to_bytes(4, "little") for n in range(8))
    assert words.read(h7.SR + h7.BANK, 4) == h7.BSY | h7.QW
    assert words.read(h7.SR, 4) == 0
    host.advance(1e-3)
    assert words.read(h7.SR + h7.BANK, 4) == h7.EOP
    words.write(h7.CCR + h7.BANK, 4, h7.EOP)
    assert words.read(h7.SR + h7.BANK, 4) == 0


def test_h7_forces_an_incomplete_word(host, words):
    memory = host.flashes["flashBank1"]
    unlock(words, h7.KEYR)
    words.write(h7.CR, 4, h7.PG)
    memory.store(0, 4, 0)
    words.write(h7.CR, 4, h7.PG | h7.FW)
    assert memory.bytes[:8] == b"\0\0\0\0\xff\xff\xff\xff"


@pytest.mark.parametrize(("second", "error"), [(0, h7.STRBERR), (32, h7.INCERR)])
def test_h7_wrong_sequences(host, words, second, error):
    unlock(words, h7.KEYR)
    words.write(h7.CR, 4, h7.PG)
    for offset in (0, second):
        host.flashes["flashBank1"].store(offset, 4, 0)
    assert words.read(h7.SR, 4) & error


def test_h7_erases_a_sector(host, words):
    memory = host.flashes["flashBank1"]
    memory.bytes[:] = bytes(1 << 20)
    unlock(words, h7.KEYR)
    words.write(h7.CR, 4, h7.SER | 2 << 8 | h7.START | 1 << 16)
    assert memory.bytes.count(0xFF) == 128 * KIB
    host.advance(2.1)
    assert words.output(None).level  # EOPIE
    assert words.erase_count(2, 1) == 1


def test_h7_boot_addresses_are_option_bytes(host, words):
    words.write(h7.BOOT_PRG, 4, 0x1FF0_0810)
    assert words.read(h7.BOOT_PRG, 4) == 0x1FF0_0800  # locked
    unlock(words, h7.OPTKEYR, OPTION_KEYS)
    words.write(h7.BOOT_PRG, 4, 0x1FF0_0810)
    assert words.read(h7.BOOT_CUR, 4) == 0x1FF0_0800
    words.write(h7.OPTCR, 4, h7.OPTSTART)
    host.advance(0.2)
    assert words.read(h7.BOOT_CUR, 4) == 0x1FF0_0810


def test_h7_banks_swap_at_the_reset_after_the_option(host, words):
    one, two = host.flashes["flashBank1"], host.flashes["flashBank2"]
    one.bytes[0] = 1
    unlock(words, h7.OPTKEYR, OPTION_KEYS)
    words.write(h7.OPTSR_PRG, 4, words.read(h7.OPTSR_PRG, 4) | h7.SWAP_BANK)
    words.write(h7.OPTCR, 4, h7.OPTSTART)
    assert words.read(h7.OPTSR_CUR, 4) & 1
    host.advance(0.2)
    assert (one.bytes[0], words.read(h7.OPTCR, 4) >> 31) == (1, 0)
    words.system_reset(ResetCause.SOFTWARE)
    assert (two.bytes[0], words.read(h7.OPTCR, 4) >> 31) == (1, 1)
    words.system_reset(ResetCause.SOFTWARE)
    assert two.bytes[0] == 1


def test_what_is_not_modelled_is_refused(pages, words):
    unlock(pages, g4.KEYR)
    with pytest.raises(PeripheralError, match="FSTPG"):
        pages.write(g4.CR, 4, g4.FSTPG)
    unlock(words, h7.OPTKEYR, OPTION_KEYS)
    words.write(h7.OPTSR_PRG, 4, words.read(h7.OPTSR_PRG, 4) ^ 0x0100)
    with pytest.raises(PeripheralError, match="read protection"):
        words.write(h7.OPTCR, 4, h7.OPTSTART)
