"""Loads and stores of several words that fault in the middle, and bit-band, word by word.

Eight words may be accessed, from BASE on; before and behind them nothing is mapped, or the MPU
denies it. The fault must be told at the first word that is refused (in order of rising addresses),
with every register as it was and the words before it stored.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import pytest

from simgate.core import Clocks, Core, StopKind, _native

CODE, RAM, BITBAND = 0x0800_0000, 0x2000_0000, 0x2200_0000
START = CODE + 0x100
BASE = RAM + 0x1000
END = BASE + 32
FILLED = [0x1111_0000 + n for n in range(8)]


@dataclass(frozen=True)
class Access:
    """Words from the address in r1 on, whatever the way; `before`: downwards from it."""

    name: str
    halfwords: tuple[int, int]
    words: int
    is_store: bool
    before: bool = False
    registers: tuple[str, ...] = ()


CORE4 = ("r2", "r3", "r4", "r5")
SINGLE4 = ("s0", "s1", "s2", "s3")
ACCESSES = [
    Access("ldm", (0xE891, 0x003C), 4, False),
    Access("ldm with writeback", (0xE8B1, 0x003C), 4, False),
    Access("ldmdb", (0xE911, 0x003C), 4, False, True),
    Access("ldmdb with writeback", (0xE931, 0x003C), 4, False, True),
    Access("ldm of its own base", (0xE891, 0x001E), 4, False),
    Access("ldm of pc", (0xE8B1, 0x801C), 4, False),
    Access("ldrd", (0xE9D1, 0x2300), 2, False),
    Access("ldrd post", (0xE8F1, 0x2302), 2, False),
    Access("vldm", (0xECB1, 0x0A04), 4, False),
    Access("vldmdb", (0xED31, 0x0A04), 4, False, True),
    Access("vldr of two words", (0xED91, 0x0B00), 2, False),
    Access("stm", (0xE881, 0x003C), 4, True, registers=CORE4),
    Access("stm with writeback", (0xE8A1, 0x003C), 4, True, registers=CORE4),
    Access("stmdb", (0xE901, 0x003C), 4, True, True, CORE4),
    Access("stmdb with writeback", (0xE921, 0x003C), 4, True, True, CORE4),
    Access("strd", (0xE9C1, 0x2300), 2, True, registers=CORE4),
    Access("strd post", (0xE8E1, 0x2302), 2, True, registers=CORE4),
    Access("vstm", (0xECA1, 0x0A04), 4, True, registers=SINGLE4),
    Access("vstmdb", (0xED21, 0x0A04), 4, True, True, SINGLE4),
    Access("vstr of two words", (0xED81, 0x0B00), 2, True, registers=SINGLE4),
]


def place(limits: str) -> Core:
    core = Core("cortex-m4f", Clocks.of_mips(100), initial_vtor=CODE)
    core.map_memory(CODE, 0x1000, False)
    if limits == "unmapped":
        core.map_memory(BASE, 32, True)
    else:
        core.map_memory(RAM, 0x4000, True)
    core.write(CODE, struct.pack("<II", BASE + 32, START | 1))
    assert core.reset()
    core.store(0xE000_ED88, 4, 0xF << 20)  # CPACR
    if limits == "mpu":
        for number, attributes in ((0, 0x0600_0001 | 31 << 1), (1, 0x0300_0001 | 4 << 1)):
            core.store(0xE000_ED9C, 4, (0, BASE)[number] | 1 << 4 | number)
            core.store(0xE000_EDA0, 4, attributes & ~(7 << 24) | (0, 3)[number] << 24)
        core.store(0xE000_ED9C, 4, CODE | 1 << 4 | 2)
        core.store(0xE000_EDA0, 4, 0x0600_0001 | 11 << 1)
        core.store(0xE000_ED94, 4, 1)
    return core


@pytest.mark.parametrize("limits", ["unmapped", "mpu"])
@pytest.mark.parametrize("access", ACCESSES, ids=lambda access: access.name)
def test_a_fault_at_each_word(access: Access, limits: str) -> None:
    for beyond in range(1 - access.words, access.words):  # words by which it misses the eight
        if beyond == 0:
            continue
        core = place(limits)
        core.write(BASE, struct.pack("<8I", *FILLED))
        core.write(START, struct.pack("<2H", *access.halfwords))
        first = BASE + 4 * beyond if beyond < 0 else END - 4 * access.words + 4 * beyond
        for number in range(13):
            core.write_register(f"r{number}", 0x100 + number)
        for number in range(4):
            core.write_register(f"s{number}", 0x200 + number)
        core.write_register("r1", first + (4 * access.words if access.before else 0))
        begun = 4 if access.name.startswith("v") else 0  # CONTROL.FPCA
        before = {**core.registers(), "control": begun}
        assert core.run(core.ticks + 5).kind is StopKind.FAULT
        record = core.fault_record
        assert record is not None
        kind = _native.FAULT_UNMAPPED if limits == "unmapped" else _native.FAULT_MPU
        refused = first if beyond < 0 else END
        assert record[:3] == (kind, START, refused)
        assert record[4:6] == (4, access.is_store)
        assert core.registers() == before
        assert core.instructions == 0
        expected = list(FILLED)
        if access.is_store and beyond > 0:
            for n in range(access.words - beyond):
                expected[8 - access.words + beyond + n] = before[access.registers[n]]
        assert list(struct.unpack("<8I", core.read(BASE, 32))) == expected


# ---- bit-band ----


def bit_of(address: int, bit: int) -> int:
    return BITBAND + (address - RAM) * 32 + 4 * bit


def program(*halfwords: int) -> Core:
    core = place("open")
    core.map_bitband(BITBAND, 0x10_0000, RAM)
    core.write(START, struct.pack(f"<{len(halfwords)}H", *halfwords))
    return core


LOADS = {1: 0x7808, 2: 0x8808, 4: 0x6808}  # r0, [r1]
STORES = {1: 0x7008, 2: 0x8008, 4: 0x6008}


@pytest.mark.parametrize("width", [1, 2, 4])
def test_each_bit_of_a_word(width: int) -> None:
    core = program(LOADS[width], STORES[width])
    for bit in range(32):
        core.write(BASE, struct.pack("<I", 1 << bit))
        core.write_register("r1", bit_of(BASE, bit))
        core.write_register("pc", START)
        core.run(core.ticks + 1)
        assert core.read_register("r0") == 1
        core.write_register("r0", 0xFFFF_FFFE)  # bit 0 counts
        core.run(core.ticks + 1)
        assert core.read(BASE, 4) == bytes(4)
        core.write_register("pc", START + 2)
        core.write_register("r0", 0x0000_0001)
        core.run(core.ticks + 1)
        assert core.read(BASE, 4) == struct.pack("<I", 1 << bit)


@pytest.mark.parametrize("width", [1, 2, 4])
def test_a_devices_register_is_read_and_written_in_the_width_of_the_access(width: int) -> None:
    core = place("open")
    seen: list[tuple[int, ...]] = []

    def read(offset: int, size: int) -> int:
        seen.append((offset, size))
        return 0x81

    core.map_device(0x4000_0000, 0x100, read, lambda *values: seen.append(values))
    core.map_bitband(0x4200_0000, 0x100 * 32, 0x4000_0000)
    core.write(START, struct.pack("<H", STORES[width]))
    core.write_register("r0", 1)
    core.write_register("r1", 0x4200_0000 + 0x13 * 32 + 4 * 5)  # byte 0x13, bit 5
    core.run(core.ticks + 1)
    offset = 0x13 & -width
    value = 0x81 | 1 << 5 + 8 * (0x13 - offset)
    assert seen == [(offset, width), (offset, width, value)]


@pytest.mark.parametrize("code", [LOADS[4], STORES[4]])
def test_a_fault_behind_the_alias_is_told_at_the_alias(code: int) -> None:
    core = program(code)
    core.write_register("r1", bit_of(RAM + 0x4000, 3))  # nothing is there
    assert core.run(core.ticks + 1).kind is StopKind.FAULT
    record = core.fault_record
    assert record is not None
    assert record[:3] == (_native.FAULT_UNMAPPED, START, bit_of(RAM + 0x4000, 3))
    assert record[4:6] == (4, code == STORES[4])


@pytest.mark.parametrize("code", [LOADS[4], STORES[4], LOADS[2], STORES[2]])
def test_an_unaligned_access_to_the_alias(code: int) -> None:
    core = program(code)
    core.write_register("r1", bit_of(BASE, 3) + 1)
    assert core.run(core.ticks + 1).kind is StopKind.FAULT
    assert core.fault_record is not None
    assert core.fault_record[:3] == (_native.FAULT_UNALIGNED, START, bit_of(BASE, 3) + 1)


def test_the_mpu_looks_at_the_alias() -> None:
    core = program(LOADS[4], LOADS[4])
    core.store(0xE000_ED9C, 4, RAM | 1 << 4 | 0)
    core.store(0xE000_EDA0, 4, 0x0000_0001 | 13 << 1)  # 16 KiB of RAM: no access
    core.store(0xE000_ED94, 4, 5)
    core.write_register("r1", bit_of(BASE, 3))
    assert core.run(core.ticks + 1).kind is StopKind.DEADLINE


# ---- exclusive accesses ----

LDREX, STREX, CLREX = (0xE851, 0x0F00), (0xE841, 0x0200), (0xF3BF, 0x8F2F)  # r0/r2, [r1]


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ((*STREX,), [1]),
        ((*LDREX, *STREX), [0]),
        ((*LDREX, *STREX, *STREX), [0, 1]),
        ((*LDREX, *CLREX, *STREX), [1]),
        ((*LDREX, 0x6008, *STREX), [0]),  # the core's own STR leaves its monitor alone
    ],
)
def test_the_exclusive_monitor(code: tuple[int, ...], result: list[int]) -> None:
    core = program(*code)
    core.write_register("r1", BASE)
    found = []
    while core.pc < START + 2 * len(code):
        at = core.pc
        core.write_register("r0", 0xABCD)
        core.write(BASE, bytes(4))
        core.run(core.ticks + 1)
        if struct.unpack("<H", core.read(at, 2))[0] == STREX[0]:
            found.append(core.read_register("r2"))
            assert core.read(BASE, 4) == struct.pack("<I", 0 if found[-1] else 0xABCD)
    assert found == result
