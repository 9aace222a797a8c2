"""What DMA moves past a data cache that nobody maintained is told."""

from __future__ import annotations

import pytest

from simgate.core import Clocks, Core
from simgate.engine.strict.coherency import Transfer, coherency_remarks
from simgate.platform.facts import MemoryArea

CCR, MPU_CTRL, MPU_RNR, MPU_RBAR, MPU_RASR = (
    0xE000_ED14,
    0xE000_ED94,
    0xE000_ED98,
    0xE000_ED9C,
    0xE000_EDA0,
)
DCIMVAC, DCCMVAC, DCCSW, DCCIMVAC = 0xE000_EF5C, 0xE000_EF68, 0xE000_EF6C, 0xE000_EF70
DATA_CACHE = 1 << 16
AXI, DTCM, FLASH = 0x2400_0000, 0x2000_0000, 0x0800_0000
AREAS = (
    MemoryArea("axiSram", AXI, 0x1000, False),
    MemoryArea("dtcm", DTCM, 0x1000, False),
    MemoryArea("flashBank1", FLASH, 0x1000, True),
)


@pytest.fixture
def core():
    made = Core("cortex-m7", Clocks.of_mips(480), priority_mask=0xF0)
    for area in AREAS:
        made.map_memory(area.base, area.size, not area.is_flash)
    made.write(FLASH, (0x2000_1000).to_bytes(4, "little") + (FLASH | 9).to_bytes(4, "little"))
    made.reset()
    made.store(CCR, 4, made.load(CCR, 4) | DATA_CACHE)
    return made


def read(address, size):
    return Transfer("dma1 stream 0", address, size, False)


def written(address, size):
    return Transfer("dma1 stream 0", address, size, True)


def test_nothing_was_done(core):
    assert coherency_remarks(core, AREAS, [read(AXI, 64), written(AXI + 256, 33)]) == (
        "dma1 stream 0 read 64 bytes at 0x24000000 (axiSram) with the data cache on, and the line "
        "at 0x24000000 was never cleaned: silicon may give old bytes",
        "dma1 stream 0 wrote 33 bytes at 0x24000100 (axiSram) with the data cache on, and the line "
        "at 0x24000100 was never invalidated: silicon may give old bytes",
    )


def test_each_line_counts(core):
    core.store(DCCMVAC, 4, AXI + 4)
    core.store(DCIMVAC, 4, AXI + 256)
    first, second = coherency_remarks(core, AREAS, [read(AXI, 64), written(AXI + 256, 33)])
    assert "the line at 0x24000020 was never cleaned" in first
    assert "the line at 0x24000120 was never invalidated" in second
    core.store(DCCIMVAC, 4, AXI + 32)
    core.store(DCCIMVAC, 4, AXI + 256 + 32)
    assert coherency_remarks(core, AREAS, [read(AXI, 64), written(AXI + 256, 33)]) == ()


def test_the_wrong_operation_does_not_count(core):
    core.store(DCIMVAC, 4, AXI)
    assert coherency_remarks(core, AREAS, [read(AXI, 32)])


def test_an_operation_on_the_whole_cache_counts_everywhere(core):
    core.store(DCCSW, 4, 0)
    assert coherency_remarks(core, AREAS, [read(AXI, 64)]) == ()


def test_more_ranges_than_are_kept_count_everywhere(core):
    for index in range(65):
        core.store(DCCMVAC, 4, AXI + 64 * index)
    assert core.cleaned_lines is None


def test_a_loop_over_a_buffer_is_one_range(core):
    for line in range(AXI, AXI + 4096, 32):
        core.store(DCCMVAC, 4, line)
    assert core.cleaned_lines == [(AXI, AXI + 4095)]


def test_what_dma_filled_need_not_be_cleaned(core):
    core.store(DCIMVAC, 4, AXI)
    assert coherency_remarks(core, AREAS, [written(AXI, 32), read(AXI, 32)]) == ()


@pytest.mark.parametrize("address", [DTCM, FLASH, 0x4000_0000])
def test_what_is_not_cached_is_not_told(core, address):
    assert coherency_remarks(core, AREAS, [read(address, 32), written(address, 32)]) == ()


def test_without_the_cache_nothing_is_told(core):
    core.store(CCR, 4, core.load(CCR, 4) & ~DATA_CACHE)
    assert coherency_remarks(core, AREAS, [read(AXI, 32)]) == ()


@pytest.mark.parametrize(
    ("attributes", "told_of_read", "told_of_write"),
    [  # TEX << 19 | S << 18 | C << 17 | B << 16
        (1 << 19, False, False),  # normal, not cached
        (1 << 17, False, True),  # write-through
        (1 << 17 | 1 << 16, True, True),  # write-back
        (1 << 17 | 1 << 16 | 1 << 18, False, False),  # shared
        (1 << 16, False, False),  # device
    ],
)
def test_regions_of_the_mpu(core, attributes, told_of_read, told_of_write):
    core.store(MPU_RNR, 4, 0)
    core.store(MPU_RBAR, 4, AXI)
    core.store(MPU_RASR, 4, attributes | 3 << 24 | 11 << 1 | 1)  # 4 KiB, full access
    core.store(MPU_CTRL, 4, 5)
    assert bool(coherency_remarks(core, AREAS, [read(AXI, 32)])) is told_of_read
    assert bool(coherency_remarks(core, AREAS, [written(AXI, 32)])) is told_of_write
