"""Watchpoints: a run ends after the instruction that touched a watched byte, however it did."""

from __future__ import annotations

import struct

import pytest

from simgate.core import Clocks, Core, StopKind

CODE, RAM = 0x0800_0000, 0x2000_0000
DEVICE, PPB = 0x4000_0000, 0xE000_ED08
TOP = RAM + 0x2000
START = CODE + 0x100
NOP, B_SELF = 0xBF00, 0xE7FE


def place(*halfwords: int) -> Core:
    """A core whose next instruction is the first of these; r1 points to RAM, r2 to 8 bytes on."""
    core = Core("cortex-m4f", Clocks.of_mips(100), initial_vtor=CODE)
    core.map_memory(CODE, 0x1_0000, False)
    core.map_memory(RAM, 0x2000, True)
    core.map_device(DEVICE, 0x400, lambda offset, width: 7, lambda offset, width, value: None)
    core.write(CODE, struct.pack("<II", TOP, START | 1))
    core.write(START, struct.pack(f"<{len(halfwords)}H", *halfwords))
    assert core.reset()
    core.store(0xE000_ED88, 4, 0xF << 20)  # CPACR: floating point
    core.write_register("r1", RAM)
    core.write_register("r2", RAM + 8)
    return core


def wide(encoding: int) -> tuple[int, int]:
    return encoding >> 16, encoding & 0xFFFF


# what, instruction, watched address and size, address and width of the access, is it a store
ACCESSES = [
    ("ldr", (0x6808,), (RAM, 4), (RAM, 4), False),
    ("ldrb", (0x7808,), (RAM, 4), (RAM, 1), False),
    ("ldr of the word around", (0x6808,), (RAM + 3, 1), (RAM, 4), False),
    ("ldrsh", wide(0xF9B10002), (RAM + 3, 1), (RAM + 2, 2), False),
    ("ldr pre", wide(0xF8510F04), (RAM + 4, 4), (RAM + 4, 4), False),
    ("str", (0x6008,), (RAM, 4), (RAM, 4), True),
    ("strb post", wide(0xF8010B01), (RAM, 1), (RAM, 1), True),
    ("ldrd", wide(0xE9D13400), (RAM + 4, 4), (RAM + 4, 4), False),
    ("strd", wide(0xE9C13400), (RAM + 4, 4), (RAM + 4, 4), True),
    ("ldm", (0xC978,), (RAM + 8, 4), (RAM + 8, 4), False),
    ("stm", (0xC178,), (RAM + 8, 4), (RAM + 8, 4), True),
    ("push", (0xB40F,), (TOP - 12, 4), (TOP - 12, 4), True),
    ("pop", (0xBC01,), (TOP - 4, 4), (TOP - 4, 4), False),
    ("vldr", wide(0xED910A00), (RAM, 4), (RAM, 4), False),
    ("vstm", wide(0xECA10A04), (RAM + 12, 4), (RAM + 12, 4), True),
    ("vldm", wide(0xECB10A04), (RAM + 12, 4), (RAM + 12, 4), False),
    ("ldrex", wide(0xE8513F00), (RAM, 4), (RAM, 4), False),
    ("tbb", wide(0xE8D1F003), (RAM, 1), (RAM, 1), False),
    ("literal", (0x4800,), (START + 4, 4), (START + 4, 4), False),
    ("ldrsb", wide(0xF9110003), (RAM, 1), (RAM, 1), False),
]


@pytest.mark.parametrize("before", [0, 3], ids=["first", "fourth"])
@pytest.mark.parametrize("what", ACCESSES, ids=lambda what: what[0])
def test_every_kind_of_access(
    what: tuple[str, tuple[int, ...], tuple[int, int], tuple[int, int], bool], before: int
) -> None:
    name, code, watched, access, is_store = what
    core = place(*[NOP] * before, *code, NOP, NOP, NOP, NOP, NOP, B_SELF)
    core.write_register("r3", 0)
    if name == "pop":
        core.write_register("sp", TOP - 4)
    address, width = access
    if name == "literal" and before % 2:
        watched, address = (START + 8, 4), START + 8
    core.watch(*watched, not is_store, is_store)
    stop = core.run(core.ticks + 20)
    assert stop.kind is StopKind.WATCHPOINT
    assert core.watch_hit == (START + 2 * before, address, width, is_store)
    assert core.instructions == before + 1
    if name != "tbb":
        assert stop.pc == START + 2 * (before + len(code))
    # The run goes on, and nothing is hit again.
    stop = core.run(core.ticks + 5)
    assert stop.kind is StopKind.DEADLINE
    assert core.watch_hit is None


def test_only_what_is_asked_for() -> None:
    core = place(0x6808, 0x6048, B_SELF)  # LDR r0, [r1]; STR r0, [r1, #4]
    core.watch(RAM, 4, False, True)
    core.watch(RAM + 4, 4, True, False)
    assert core.run(core.ticks + 10).kind is StopKind.DEADLINE


def test_neighbours_are_not_hit() -> None:
    core = place(0x7808, 0x7088, B_SELF)  # LDRB r0, [r1]; STRB r0, [r1, #2]
    core.watch(RAM + 1, 1, True, True)
    assert core.run(core.ticks + 10).kind is StopKind.DEADLINE


def test_devices_and_system_registers() -> None:
    core = place(0x6808, 0x6010, B_SELF)  # LDR r0, [r1]; STR r0, [r2]
    core.write_register("r1", DEVICE + 4)
    core.write_register("r2", PPB)
    core.watch(DEVICE, 8, True, True)
    core.watch(PPB, 4, True, True)
    assert core.run(core.ticks + 10).kind is StopKind.WATCHPOINT
    assert core.watch_hit == (START, DEVICE + 4, 4, False)
    assert core.read_register("r0") == 7
    assert core.run(core.ticks + 10).kind is StopKind.WATCHPOINT
    assert core.watch_hit == (START + 2, PPB, 4, True)


def test_bit_band_touches_what_lies_behind_it() -> None:
    core = place(0x6008, B_SELF)  # STR r0, [r1]
    core.map_bitband(0x2200_0000, 0x4_0000, RAM)
    core.write_register("r0", 1)
    core.write_register("r1", 0x2200_0000 + 0x10 * 32 + 3 * 4)
    core.watch(RAM + 0x10, 4, False, True)
    assert core.run(core.ticks + 10).kind is StopKind.WATCHPOINT
    assert core.watch_hit == (START, RAM + 0x10, 4, True)
    assert core.read(RAM + 0x10, 1) == b"\x08"


def test_a_frame_pushed_over_a_watched_word() -> None:
    core = place(NOP, NOP, B_SELF)
    core.write(CODE + 4 * 14, struct.pack("<I", (START + 4) | 1))  # PendSV
    core.run(core.ticks + 1)
    core.watch(TOP - 8, 4, False, True)  # where the return address of the frame goes
    core.store(0xE000_ED04, 4, 1 << 28)
    stop = core.run(core.ticks + 10)
    assert stop.kind is StopKind.WATCHPOINT
    assert core.watch_hit == (START + 2, TOP - 8, 4, True)
    assert (core.instructions, core.ipsr, stop.pc) == (1, 14, START + 4)


def test_taken_away_again() -> None:
    core = place(0x6008, 0x6008, B_SELF)
    core.watch(RAM, 4, True, True)
    assert core.run(core.ticks + 10).kind is StopKind.WATCHPOINT
    core.unwatch(RAM, 4)
    assert core.run(core.ticks + 10).kind is StopKind.DEADLINE
    with pytest.raises(ValueError, match="not watched"):
        core.unwatch(RAM, 4)


MISUSES = [(RAM, 0, True, True), (RAM, 4, False, False), (0xFFFF_FFFF, 2, True, True)]


@pytest.mark.parametrize("misuse", MISUSES)
def test_what_cannot_be_watched(misuse: tuple[int, int, bool, bool]) -> None:
    with pytest.raises(ValueError, match="cannot watch"):
        place(NOP).watch(*misuse)


def test_a_debuggers_and_a_hosts_accesses_hit_nothing() -> None:
    core = place(NOP, NOP, B_SELF)
    core.watch(RAM, 4, True, True)
    core.read(RAM, 4)
    core.write(RAM, b"1234")
    core.load(RAM, 4)
    core.store(RAM, 4, 5)
    assert core.run(core.ticks + 2).kind is StopKind.DEADLINE
    assert core.watch_hit is None


def test_a_deadline_at_the_same_instruction_comes_second() -> None:
    core = place(0x6008, NOP, B_SELF)
    core.watch(RAM, 4, False, True)
    deadline = core.ticks + 1
    assert core.run(deadline).kind is StopKind.WATCHPOINT
    assert core.run(deadline).kind is StopKind.DEADLINE


def test_every_store_of_a_loop_is_seen() -> None:
    # 1: STR r0, [r1]; ADDS r0, #1; B 1b
    core = place(0x6008, 0x3001, 0xE7FC)
    core.run(core.ticks + 300)  # handlers have settled on their quickest form
    core.watch(RAM + 2, 1, False, True)
    first = core.read_register("r0")
    for i in range(50):
        assert core.run(core.ticks + 10).kind is StopKind.WATCHPOINT
        assert core.read_register("r0") == first + i
