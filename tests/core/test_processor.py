"""Which processor a core is: identification, features, the Cortex-M7's caches and lock."""

from __future__ import annotations

import pytest

from simgate.core import Clocks, Core
from simgate.errors import EngineError

SCS = 0xE000_E000
CPUID, CCR, CLIDR, CTR, CCSIDR, CSSELR = (
    SCS + offset for offset in (0xD00, 0xD14, 0xD78, 0xD7C, 0xD80, 0xD84)
)
MVFR0, ICIALLU, DCISW, ITCMCR, DTCMCR = (SCS + o for o in (0xF40, 0xF50, 0xF60, 0xF90, 0xF94))
ICACHE, DCACHE, BRANCH_PREDICTION = 1 << 17, 1 << 16, 1 << 18
DEMCR, DWT_CTRL, DWT_LAR, DWT_LSR = 0xE000_EDFC, 0xE000_1000, 0xE000_1FB0, 0xE000_1FB4


def core(cpu: str, **options: int) -> Core:
    return Core(cpu, Clocks.of_mips(100), **options)


@pytest.mark.parametrize(
    ("cpu", "cpuid", "features"),
    [
        ("cortex-m4", 0x410FC241, [0, 0, 0]),
        ("cortex-m4f", 0x410FC241, [0x10110021, 0x11000011, 0]),
        ("cortex-m7", 0x411FC271, [0x10110221, 0x12000011, 0x40]),
        ("cortex-m7-sp", 0x410FC271, [0x10110021, 0x11000011, 0x40]),
        ("cortex-m7-nofpu", 0x411FC271, [0, 0, 0]),
    ],
)
def test_identification(cpu: str, cpuid: int, features: list[int]) -> None:
    here = core(cpu)
    assert here.load(CPUID, 4) == cpuid
    assert [here.load(MVFR0 + 4 * n, 4) for n in range(3)] == features


def test_another_revision() -> None:
    assert core("cortex-m7", cpuid=0x410FC270).load(CPUID, 4) == 0x410FC270


def test_unknown_processor_lists_the_known() -> None:
    with pytest.raises(EngineError, match="cortex-m0") as caught:
        core("cortex-m0")
    assert "cortex-m7-sp" in str(caught.value.hint)


def test_cortex_m4_has_no_caches() -> None:
    here = core("cortex-m4f")
    here.store(CCR, 4, 0xFFFFFFFF)
    assert here.load(CCR, 4) == 0x31B
    here.store(ICIALLU, 4, 0)
    assert here.cache_maintenance == 0
    assert ICIALLU in here.stubs_touched


def test_cache_geometry() -> None:
    """16 KiB each: 2 ways of 256 lines of instructions, 4 ways of 128 lines of data."""
    here = core("cortex-m7")
    assert here.load(CLIDR, 4) == 0x09000003
    assert here.load(CTR, 4) == 0x8303C003
    here.store(CSSELR, 4, 1)
    assert here.load(CCSIDR, 4) == 0xF0000000 | 255 << 13 | 1 << 3 | 1
    here.store(CSSELR, 4, 0)
    assert here.load(CCSIDR, 4) == 0xF0000000 | 127 << 13 | 3 << 3 | 1
    here.store(CSSELR, 4, 2)  # there is no second level
    assert here.load(CCSIDR, 4) == 0
    assert here.load(ITCMCR, 4) == 7 << 3 | 1  # 64 KiB, on
    assert here.load(DTCMCR, 4) == 8 << 3 | 1  # 128 KiB, on


def test_caches_are_switched_and_maintained() -> None:
    """What ST's SystemInit and HAL do through CMSIS: SCB_EnableICache, SCB_EnableDCache."""
    here = core("cortex-m7-sp")  # 4 KiB each
    assert here.load(CCR, 4) == BRANCH_PREDICTION | 1 << 9
    here.store(ICIALLU, 4, 0)
    here.store(CCR, 4, here.load(CCR, 4) | ICACHE)
    here.store(CSSELR, 4, 0)
    sizes = here.load(CCSIDR, 4)
    sets, ways = (sizes >> 13 & 0x7FFF) + 1, (sizes >> 3 & 0x3FF) + 1
    assert sets * ways * 32 == 4096
    for line in range(sets):
        for way in range(ways):
            here.store(DCISW, 4, line << 5 | way << 30)
    here.store(CCR, 4, here.load(CCR, 4) | DCACHE)
    assert here.load(CCR, 4) == BRANCH_PREDICTION | ICACHE | DCACHE | 1 << 9
    assert here.cache_maintenance == 1 + 128
    assert here.stubs_touched == ()


def test_cycle_counter_is_locked_on_the_cortex_m7() -> None:
    here = core("cortex-m7")
    here.store(DEMCR, 4, 1 << 24)
    assert here.load(DWT_LSR, 4) == 3
    here.store(DWT_CTRL, 4, 1)
    assert here.load(DWT_CTRL, 4) & 1 == 0
    here.store(DWT_LAR, 4, 0xC5ACCE55)
    here.store(DWT_CTRL, 4, 1)
    assert here.load(DWT_CTRL, 4) & 1 == 1
    assert here.load(DWT_LSR, 4) == 1
    assert core("cortex-m4f").load(DWT_LSR, 4) == 0
