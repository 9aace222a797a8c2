"""Faults of instructions: kind, exact PC and address, registers as before; exact stops; code that
changes; stop points."""

from __future__ import annotations

import struct

import pytest

from simgate.core import Clocks, Core, StopKind, _native

CODE, RAM = 0x0800_0000, 0x2000_0000
CODE_SIZE, RAM_SIZE = 0x1_0000, 0x1000
TOP = RAM + RAM_SIZE


def place(*halfwords: int, at: int = CODE + 0x100, fpu: bool = True) -> Core:
    """A core whose next instruction is the first of these."""
    core = Core("cortex-m4f" if fpu else "cortex-m4", Clocks.of_mips(100), initial_vtor=CODE)
    core.map_memory(CODE, CODE_SIZE, False)
    core.map_memory(RAM, RAM_SIZE, True)
    core.write(CODE, struct.pack("<II", TOP, at | 1))
    core.write(at, struct.pack(f"<{len(halfwords)}H", *halfwords))
    assert core.reset()
    for i in range(13):
        core.write_register(f"r{i}", 0x100 + i)
    return core


def wide(encoding: int) -> tuple[int, int]:
    return encoding >> 16, encoding & 0xFFFF


NOP, B_SELF = 0xBF00, 0xE7FE
# what, instruction, registers, kind, address
FAULTS = [
    ("ldr", (0x6808,), {"r1": 0x60000000}, "UNMAPPED", 0x60000000),
    ("str", (0x6008,), {"r1": 0x10000000}, "UNMAPPED", 0x10000000),
    ("ldr past the end", (0x6808,), {"r1": TOP - 2}, "UNMAPPED", TOP),
    ("ldrb.w post", wide(0xF8110B01), {"r1": TOP}, "UNMAPPED", TOP),
    ("str.w pre", wide(0xF8410D04), {"r1": RAM}, "UNMAPPED", RAM - 4),
    ("str to Flash", (0x6008,), {"r1": CODE + 8}, "FLASH_STORE", CODE + 8),
    ("strd to Flash", wide(0xE9C12300), {"r1": CODE + 8}, "FLASH_STORE", CODE + 8),
    ("ldrd", wide(0xE9D12300), {"r1": RAM + 2}, "UNALIGNED", RAM + 2),
    ("strd", wide(0xE9C12300), {"r1": RAM + 1}, "UNALIGNED", RAM + 1),
    ("ldm", (0xC90C,), {"r1": RAM + 2}, "UNALIGNED", RAM + 2),
    ("ldm across the end", (0xC90C,), {"r1": TOP - 4}, "UNMAPPED", TOP),
    ("stm", (0xC10C,), {"r1": RAM + 1}, "UNALIGNED", RAM + 1),
    ("pop beyond", (0xBC01,), {"sp": TOP}, "UNMAPPED", TOP),
    ("push below", (0xB401,), {"sp": RAM}, "UNMAPPED", RAM - 4),
    ("ldrex", wide(0xE8512F00), {"r1": RAM + 2}, "UNALIGNED", RAM + 2),
    ("udf", (0xDE01,), {}, "UNDEFINED", 0),
    ("udf.w", wide(0xF7F0A000), {}, "UNDEFINED", 0),
    ("double precision, FPU off", wide(0xEE310B02), {}, "NO_COPROCESSOR", 0),
    ("vsel, FPU off", wide(0xFE000A81), {}, "NO_COPROCESSOR", 0),
    ("mrc p15", wide(0xEE110F10), {}, "NO_COPROCESSOR", 0),
    ("blx pc", (0x47F8,), {}, "UNSUPPORTED", 0),
    ("vadd, FPU off", wide(0xEE300A81), {}, "NO_COPROCESSOR", 0),
]


@pytest.mark.parametrize("before", [0, 3], ids=["first", "fourth"])
@pytest.mark.parametrize("what", FAULTS, ids=lambda what: what[0])
def test_fault(what: tuple[str, tuple[int, ...], dict[str, int], str, int], before: int) -> None:
    _, code, registers, kind, address = what
    core = place(*[NOP] * before, *code, NOP, B_SELF)
    for name, value in registers.items():
        core.write_register(name, value)
    start = core.registers()
    stop = core.run(core.ticks + 100)
    assert stop.kind is StopKind.FAULT
    fault = core.fault_record
    assert fault is not None
    at = CODE + 0x100 + 2 * before
    assert fault[0] == getattr(_native, f"FAULT_{kind}")
    assert (stop.pc, fault[1]) == (at, at)
    if address:
        assert fault[2] == address
    assert fault[3] == (code[0] if len(code) == 1 else code[0] << 16 | code[1])
    assert core.instructions == before
    end = core.registers()
    assert {**end, "pc": 0} == {**start, "pc": 0}


def test_unaligned_single_accesses_are_allowed() -> None:
    core = place(0x6808, 0x6048, B_SELF)  # LDR r0, [r1]; STR r0, [r1, #4]
    core.write(RAM, bytes(range(16)))
    core.write_register("r1", RAM + 1)
    core.run(core.ticks + 2)
    assert core.read_register("r0") == 0x04030201
    assert core.read(RAM + 5, 4) == bytes([1, 2, 3, 4])


def test_branch_to_an_even_address() -> None:
    core = place(0x4788)  # BLX r1
    core.write_register("r1", CODE + 0x200)
    stop = core.run(core.ticks + 5)
    assert core.fault_record is not None
    assert core.fault_record[0] == _native.FAULT_INVALID_STATE
    assert core.fault_record[1:3] == (CODE + 0x100, CODE + 0x200)
    assert stop.pc == CODE + 0x200
    assert core.read_register("lr") == CODE + 0x103
    assert core.instructions == 1


def test_bx_pc_leaves_thumb_state() -> None:
    """PC reads as the instruction's address plus 4, whose lowest bit is zero (A7.7.20)."""
    core = place(0x4778)  # BX pc
    stop = core.run(core.ticks + 5)
    assert core.fault_record is not None
    assert core.fault_record[0] == _native.FAULT_INVALID_STATE
    assert stop.pc == CODE + 0x104
    assert core.instructions == 1


def test_mov_pc_pc_skips_an_instruction() -> None:
    core = place(0x46FF, 0x2001, 0x2102, B_SELF)  # MOV pc, pc; MOVS r0, #1; MOVS r1, #2
    core.run(core.ticks + 2)
    assert core.read_register("r0") == 0x100
    assert core.read_register("r1") == 2


FETCHES = [
    (0x4000_0000, "MPU_FETCH"),  # execute never, whatever is there
    (0xA000_0000, "MPU_FETCH"),
    (0xE000_0000, "MPU_FETCH"),
    (0x3000_0000, "UNMAPPED_FETCH"),
    (CODE + CODE_SIZE, "UNMAPPED_FETCH"),
]


@pytest.mark.parametrize(("target", "kind"), FETCHES)
def test_fetch_from_nowhere(target: int, kind: str) -> None:
    core = place(NOP, 0x4708)  # BX r1
    core.write_register("r1", target | 1)
    stop = core.run(core.ticks + 5)
    assert core.fault_record is not None
    assert core.fault_record[0] == getattr(_native, f"FAULT_{kind}")
    assert (stop.pc, core.fault_record[2], core.instructions) == (target, target, 2)


def test_the_stack_limit_holds_to_the_word() -> None:
    core = place(0xB40F, 0xB40F, 0xB401, B_SELF)  # PUSH {r0-r3} twice, PUSH {r0}
    core.set_stack_limit(TOP - 32)
    stop = core.run(core.ticks + 2)
    assert stop.kind is StopKind.DEADLINE
    assert core.lowest_sp == TOP - 32
    stop = core.run(core.ticks + 5)
    assert stop.kind is StopKind.FAULT
    assert core.fault_record is not None
    assert core.fault_record[0] == _native.FAULT_STACK_OVERFLOW
    assert core.fault_record[1:3] == (CODE + 0x104, TOP - 36)
    assert core.read_register("sp") == TOP - 32
    assert core.read(TOP - 36, 4) == bytes(4)


def test_divide_by_zero_with_and_without_its_trap() -> None:
    core = place(*wide(0xFBB0F2F1), *wide(0xFBB0F2F1), B_SELF)  # UDIV r2, r0, r1
    core.write_register("r1", 0)
    core.run(core.ticks + 1)
    assert core.read_register("r2") == 0
    core.store(0xE000_ED14, 4, 0x210)  # CCR.DIV_0_TRP
    core.run(core.ticks + 1)
    assert core.fault_record is not None
    assert core.fault_record[0] == _native.FAULT_DIVIDE_BY_ZERO


def test_unaligned_trap() -> None:
    core = place(0x6808, 0x6808, B_SELF)
    core.write_register("r1", RAM + 2)
    core.run(core.ticks + 1)
    core.store(0xE000_ED14, 4, 0x208)  # CCR.UNALIGN_TRP
    core.run(core.ticks + 1)
    assert core.fault_record is not None
    assert core.fault_record[0] == _native.FAULT_UNALIGNED


# CMP r0, #7; ITETE EQ; ADDEQ r1, #1; ADDNE r2, #1; ADDEQ r3, #1; ADDNE r4, #1; SUBS r0, #1; B .-14
LOOP = (0x2807, 0xBF0B, 0x3101, 0x3201, 0x3301, 0x3401, 0x3801, 0xE7F7)


def test_every_stop_is_exact_inside_it_blocks_too() -> None:
    whole = place(*LOOP)
    trace = [whole.registers()]
    for _ in range(64):  # one at a time
        whole.run(whole.ticks + 1)
        trace.append(whole.registers())
    assert {(state["xpsr"] >> 25 & 3) | (state["xpsr"] >> 8 & 0xFC) for state in trace} > {0}
    for size in range(2, 40):
        core = place(*LOOP)
        for end in range(size, 65, size):
            stop = core.run(end)
            assert (stop.kind, stop.instructions) == (StopKind.DEADLINE, end)
            assert core.registers() == trace[end], f"{end} in pieces of {size}"


@pytest.mark.parametrize("offset", range(0, 16, 2))
def test_a_stop_point_anywhere(offset: int) -> None:
    core = place(*LOOP)
    core.add_stop(CODE + 0x100 + offset)
    for turn in range(3):
        stop = core.run(core.ticks + 100)
        assert (stop.kind, stop.pc) == (StopKind.STOP_POINT, CODE + 0x100 + offset)
        assert stop.instructions == 8 * turn + offset // 2
    core.remove_stop(CODE + 0x100 + offset)
    assert core.run(core.ticks + 100).kind is StopKind.DEADLINE


def test_a_store_into_code_is_executed_at_once() -> None:
    """STRH r1, [r0] over the very next instruction: MOVS r2, #1 becomes MOVS r2, #2."""
    at = RAM + 0x100
    core = place(0x8001, 0x2201, 0x3301, B_SELF, at=at)
    core.write_register("r0", at + 2)
    core.write_register("r1", 0x2202)
    core.run(core.ticks + 3)
    assert (core.read_register("r2"), core.read_register("r3")) == (2, 0x104)


def test_a_loop_that_rewrites_itself() -> None:
    """ADDS r1, #1; STRH r1, [r0] into the immediate of MOVS r2; B: r2 follows r1."""
    at = RAM + 0x100
    core = place(0x3101, 0x8041, 0x2200, 0xE7FB, at=at)
    core.write_register("r0", at + 2)
    core.write_register("r1", 0x2200)
    for turn in range(1, 20):
        core.run(core.ticks + 3)
        assert core.read_register("r2") == turn
        core.run(core.ticks + 1)


def test_data_beside_code_in_ram_stays_data() -> None:
    at = RAM + 0x100
    core = place(0x6008, 0x3101, 0xE7FC, at=at)  # STR r0, [r1]; ADDS r1, #1; B
    core.write_register("r1", RAM + 0x400)
    core.run(core.ticks + 300)
    assert core.read_register("r1") == RAM + 0x400 + 100


def test_a_literal_is_read_again_after_flash_was_programmed() -> None:
    core = place(0x4801, NOP, 0xE7FC, NOP, 0x1111, 0x1111)  # LDR r0, [pc, #4]
    core.run(core.ticks + 1)
    assert core.read_register("r0") == 0x11111111
    core.write(CODE + 0x108, b"\x22\x22\x22\x22")
    core.run(core.ticks + 3)
    assert core.read_register("r0") == 0x22222222


def test_exclusive_store_needs_its_load() -> None:
    strex, ldrex = wide(0xE8410200), wide(0xE8513F00)  # STREX r2, r0, [r1]; LDREX r3, [r1]
    core = place(*strex, *ldrex, *strex, *strex, B_SELF)
    core.write_register("r1", RAM)
    core.run(core.ticks + 1)
    assert (core.read_register("r2"), core.read(RAM, 4)) == (1, bytes(4))
    core.run(core.ticks + 2)
    assert (core.read_register("r2"), core.read(RAM, 4)) == (0, struct.pack("<I", 0x100))
    core.run(core.ticks + 1)
    assert core.read_register("r2") == 1


def test_a_device_sees_the_exact_count_and_stops_at_once() -> None:
    core = place(NOP, NOP, 0x6008, 0x3201, 0x6808, 0x3201, B_SELF)
    seen: list[tuple[int, int, int]] = []

    def read(offset: int, width: int) -> int:
        seen.append((core.instructions, offset, width))
        core.request_stop()
        return 0x1234

    def write(offset: int, width: int, value: int) -> None:
        seen.append((core.instructions, offset, value))
        core.request_stop()

    core.map_device(0x4000_0000, 0x400, read, write)
    core.write_register("r1", 0x4000_0010)
    stop = core.run(core.ticks + 100)
    assert (stop.kind, stop.instructions, stop.pc) == (StopKind.REQUESTED, 3, CODE + 0x106)
    stop = core.run(core.ticks + 100)
    assert (stop.kind, stop.instructions) == (StopKind.REQUESTED, 5)
    assert seen == [(2, 0x10, 0x100), (4, 0x10, 4)]
    assert core.read_register("r0") == 0x1234
