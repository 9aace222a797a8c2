"""Code that is overwritten after it ran: by the program, by a debugger, through a view of it.

A row of ``ADDS r0, #k`` ends with ``BX lr``. It is entered anywhere, instructions of it are
replaced, and the sum in r0 must always be that of the bytes as they are.
"""

from __future__ import annotations

import os
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from simgate.core import Clocks, Core, StopKind

FLASH, RAM, ALIAS = 0x0800_0000, 0x2000_0000, 0x1000_0000
START = FLASH + 0x100
ROW = RAM + 0xF80  # lies across the border of two granules
LENGTH = 256  # instructions
ADDS, BX_LR, B_SELF = 0x3000, 0x4770, 0xE7FE
# by the width of the store: STRB, STRH, STR r2, [r1]; BLX r3; B .
STORES = {1: 0x700A, 2: 0x800A, 4: 0x600A}


class Row:
    def __init__(self) -> None:
        self.core = core = Core("cortex-m4f", Clocks.of_mips(100), initial_vtor=FLASH)
        core.map_memory(FLASH, 0x1_0000, False)
        self.ram = core.map_memory(RAM, 0x1_0000, True)
        core.map_alias(ALIAS, 0x1_0000, RAM)
        core.write(FLASH, struct.pack("<II", RAM + 0x1_0000, START | 1))
        for number, store in enumerate(STORES.values()):
            core.write(START + 16 * number, struct.pack("<3H", store, 0x4798, B_SELF))
        assert core.reset()
        self.row = [ADDS | n % 7 for n in range(LENGTH)] + [BX_LR]
        core.write(ROW, struct.pack(f"<{LENGTH + 1}H", *self.row))

    def call(self, entry: int, alias: bool, width: int = 0, at: int = 0, value: int = 0) -> None:
        """Runs from instruction `entry` on, after a store of `value` at byte `at` of the row."""
        core = self.core
        number = list(STORES).index(width) if width else 0
        core.write_register("pc", START + 16 * number + (0 if width else 2))
        core.write_register("r0", 0)
        core.write_register("r1", ROW + at)
        core.write_register("r2", value)
        core.write_register("r3", (ALIAS - RAM if alias else 0) + ROW + 2 * entry | 1)
        core.add_stop(START + 16 * number + 4)
        assert core.run(core.ticks + 2000).kind is StopKind.STOP_POINT
        core.remove_stop(START + 16 * number + 4)
        assert core.read_register("r0") == sum(code & 0xFF for code in self.row[entry:LENGTH])

    def replace(self, at: int, data: bytes) -> None:
        """What the store or the debugger does, done to the model."""
        bytes_ = bytearray(struct.pack(f"<{LENGTH + 1}H", *self.row))
        bytes_[at : at + len(data)] = data
        self.row = list(struct.unpack(f"<{LENGTH + 1}H", bytes_))


ENTRIES = st.one_of(st.sampled_from([0, 1, 30, 63, 64, 65, 100]), st.integers(0, LENGTH))
STEP = st.tuples(
    st.sampled_from(["run", "store byte", "store half", "store word", "poke", "view", "stop"]),
    ENTRIES,
    st.booleans(),
    st.integers(0, LENGTH - 2),
    st.integers(0, 255),
)


@settings(max_examples=int(os.environ.get("SIMGATE_CASES", "40")), deadline=None)
@given(st.lists(STEP, min_size=5, max_size=40))
def test_what_runs_is_what_is_there(steps: list[tuple[str, int, bool, int, int]]) -> None:
    row = Row()
    for what, entry, alias, index, value in steps:
        code = struct.pack("<2H", ADDS | value, ADDS | value ^ 0xFF)
        match what:
            case "store byte":
                row.replace(2 * index, bytes([value]))
                row.call(entry, alias, 1, 2 * index, value)
            case "store half":
                row.replace(2 * index, code[:2])
                row.call(entry, alias, 2, 2 * index, ADDS | value)
            case "store word":
                row.replace(2 * index, code)
                row.call(entry, alias, 4, 2 * index, int.from_bytes(code, "little"))
            case "poke":
                row.replace(2 * index, code)
                row.core.write(ROW + 2 * index, code)
            case "view":
                row.replace(2 * index, code)
                at = ROW - RAM + 2 * index
                row.ram[at : at + 4] = code
                row.core.invalidate(ROW + 2 * index, 4)
            case "stop" if index >= entry:  # comes before the instruction, and leaves no trace
                row.core.add_stop(ROW + 2 * index)
                row.core.write_register("lr", START + 4 | 1)
                row.core.write_register("r0", 0)
                row.core.write_register("pc", ROW + 2 * entry)
                assert row.core.run(row.core.ticks + 2000).kind is StopKind.STOP_POINT
                assert row.core.pc == ROW + 2 * index
                wanted = sum(code & 0xFF for code in row.row[entry:index])
                assert row.core.read_register("r0") == wanted
                row.core.remove_stop(ROW + 2 * index)
        row.call(entry, alias)


def test_a_block_that_overlaps_a_dropped_one_is_still_watched_over() -> None:
    row = Row()
    for alias in (False, True):
        for entry in (0, 30, 200):
            row.call(entry, alias)
        row.replace(20, b"\x01")
        row.call(200, alias, 1, 20, 1)
        for value in (5, 6):
            row.replace(80, bytes([value]))
            row.call(30, alias, 1, 80, value)
            row.call(30, not alias)


def test_a_loop_that_patches_the_instruction_behind_the_store() -> None:
    """1: ADDS r3, #1; STRB r3, [r1]; patched: MOVS r0, #0; ADDS r2, r0; B 1b"""
    row = Row()
    core = row.core
    core.write(ROW, struct.pack("<5H", 0x3301, 0x700B, 0x2000, 0x1812, 0xE7FA))
    core.write_register("pc", ROW)
    core.write_register("r1", ROW + 4)
    core.write_register("r2", 0)
    core.write_register("r3", 0)
    core.run(core.ticks + 5 * 100)
    assert core.read_register("r2") == sum(range(101))
    assert core.instructions == 500


def test_a_constant_that_is_programmed_anew() -> None:
    """LDR r0, [pc, #1020], with its literal in another granule."""
    row = Row()
    core = row.core
    core.write(FLASH + 0xF00, struct.pack("<2H", 0x48FF, BX_LR))
    for value in (1, 2, 3):
        core.write(FLASH + 0xF04 + 1020, struct.pack("<I", value))
        core.write_register("pc", START + 2)
        core.write_register("r3", FLASH + 0xF00 | 1)
        core.run(core.ticks + 3)
        assert core.read_register("r0") == value


def test_data_beside_code_is_no_change_of_it() -> None:
    """ADDS r0, #1; STR r0, [r1]; B: stores a halfword behind itself."""
    row = Row()
    core = row.core
    core.write(ROW, struct.pack("<3H", 0x3001, 0x6008, 0xE7FC))
    core.write_register("pc", ROW)
    core.write_register("r0", 0)
    core.write_register("r1", ROW + 8)
    core.run(core.ticks + 3000)
    assert core.read(ROW + 8, 4) == struct.pack("<I", 1000)
