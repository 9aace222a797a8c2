"""The memory protection unit (DDI 0403, B3.5): registers, permissions, who is looking.

The permissions are compared with a model of PMSAv7 that was written from the manual's pseudocode
and looks at one byte at a time.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgate.core import Clocks, Core, StopKind, _native

CODE, RAM, DEVICE = 0x0800_0000, 0x2000_0000, 0x4000_0000
RAM_SIZE = 0x1_0000
TOP = RAM + RAM_SIZE
TYPE, CTRL, RNR, RBAR, RASR = 0xE000ED90, 0xE000ED94, 0xE000ED98, 0xE000ED9C, 0xE000EDA0
ENABLE, HFNMIENA, PRIVDEFENA = 1, 2, 4
NOP, B_SELF = 0xBF00, 0xE7FE

# AP by name
NONE, PRIV, USER_RO, FULL, PRIV_RO, RO = 0, 1, 2, 3, 5, 6


def rasr(size: int, access: int, *, never: bool = False, disabled: int = 0) -> int:
    """RASR of an enabled region of `size` bytes, a power of two."""
    return (size.bit_length() - 2) << 1 | access << 24 | never << 28 | disabled << 8 | 1


@dataclass
class Model:
    """What B3.5.3 (ValidateAddress) says of one byte."""

    control: int = 0
    regions: dict[int, tuple[int, int]] = field(default_factory=dict)  # RBAR, RASR

    def permitted(self, address: int, kind: str, privileged: bool, negative: bool = False) -> bool:
        never = 0x4000_0000 <= address < 0x6000_0000 or address >= 0xA000_0000
        access: int | None = FULL
        if self.control & ENABLE and not (negative and not self.control & HFNMIENA):
            access = FULL if privileged and self.control & PRIVDEFENA else None
            for number in range(16):
                base, attributes = self.regions.get(number, (0, 0))
                bits = (attributes >> 1 & 31) + 1
                if not attributes & 1 or address >> bits != base >> bits:
                    continue
                if bits >= 8 and attributes >> 8 & 1 << (address >> (bits - 3) & 7):
                    continue
                access = attributes >> 24 & 7
                never = bool(attributes & 1 << 28) or address >= 0xE000_0000
        if access is None:
            return False
        reads = {FULL, USER_RO, RO, 7} | ({PRIV, PRIV_RO} if privileged else set())
        writes = {FULL} | ({PRIV, USER_RO} if privileged else set())
        if kind == "fetch":
            return access in reads and not never
        return access in (writes if kind == "store" else reads)


def place(*halfwords: int, cpu_type: str = "cortex-m4f") -> Core:
    core = Core(cpu_type, Clocks.of_mips(100), initial_vtor=CODE)
    core.map_memory(CODE, 0x1000, False)
    core.map_memory(RAM, RAM_SIZE, True)
    core.map_device(DEVICE, 0x400, lambda offset, width: 7, lambda offset, width, value: None)
    core.write(CODE, struct.pack("<II", TOP, (CODE + 0x100) | 1))
    core.write(CODE + 0x100, struct.pack(f"<{len(halfwords)}H", *halfwords))
    assert core.reset()
    return core


def region(core: Core, number: int, base: int, attributes: int) -> None:
    core.store(RBAR, 4, base | 1 << 4 | number)
    core.store(RASR, 4, attributes)


def unprivileged(core: Core) -> None:
    core.write_register("control", 1)


def without_its_exception(core: Core) -> None:
    """Undoes that a fault has pended an exception; the MPU and the registers stay."""
    kept = core.registers()
    core.write_register("control", 0)
    control = core.load(CTRL, 4)
    regions = []
    for number in range(core.load(TYPE, 4) >> 8):
        core.store(RNR, 4, number)
        regions.append((core.load(RBAR, 4), core.load(RASR, 4)))
    assert core.reset()
    for number, (base, attributes) in enumerate(regions):
        region(core, number, base & ~0xF, attributes)
    core.store(CTRL, 4, control)
    for name, value in kept.items():
        core.write_register(name, value)


def fault(core: Core, instructions: int = 1) -> tuple[str, int] | None:
    """Kind and address of the fault of the next instructions, or None."""
    stop = core.run(core.ticks + instructions)
    if stop.kind is StopKind.DEADLINE:
        return None
    record = core.fault_record
    assert record is not None, stop
    core.dismiss_fault()
    without_its_exception(core)
    names = {_native.FAULT_MPU: "mpu", _native.FAULT_MPU_FETCH: "fetch"}
    kind = record[10] or record[0]  # at a negative priority it is the cause of a lockup
    return names.get(kind, str(kind)), record[2]


# ---- registers ----


def test_registers_and_their_aliases() -> None:
    core = place()
    assert core.load(TYPE, 4) == 8 << 8
    core.store(TYPE, 4, 0xFFFF_FFFF)
    assert core.load(TYPE, 4) == 8 << 8
    core.store(RBAR, 4, 0x2000_0000 | 1 << 4 | 5)
    assert (core.load(RNR, 4), core.load(RBAR, 4)) == (5, 0x2000_0005)
    core.store(RBAR + 8, 4, 0x2000_00E0 | 1 << 4 | 6)  # RBAR_A1
    core.store(RASR + 16, 4, 0xFFFF_FFFF)  # RASR_A2
    assert (core.load(RNR, 4), core.load(RBAR + 24, 4)) == (6, 0x2000_00E6)
    assert core.load(RASR, 4) == 0x173F_FF3F
    core.store(RNR, 1, 5)
    assert (core.load(RBAR, 4), core.load(RASR, 4)) == (0x2000_0005, 0)
    core.store(RBAR, 4, 0x3000_0003)  # not VALID: the number stays
    assert (core.load(RNR, 4), core.load(RBAR, 4)) == (5, 0x3000_0005)
    core.store(RASR + 2, 2, 0x0306)  # a half of it
    assert core.load(RASR, 4) == 0x0306_0000
    core.store(CTRL, 4, 0xFFFF_FFFE)
    assert core.load(CTRL, 4) == HFNMIENA | PRIVDEFENA
    assert core.reset()
    assert (core.load(CTRL, 4), core.load(RASR, 4), core.stubs_touched) == (0, 0, ())


def test_a_region_that_does_not_exist_is_not_written() -> None:
    core = place()
    core.store(RBAR, 4, 0x2000_0000 | 1 << 4 | 2)
    core.store(RBAR, 4, 0x3000_0000 | 1 << 4 | 8)
    core.store(RNR, 4, 9)
    assert (core.load(RNR, 4), core.load(RBAR, 4)) == (2, 0x2000_0002)


def test_a_cortex_m7_may_have_sixteen_regions_and_a_core_none() -> None:
    core = Core("cortex-m7", Clocks.of_mips(100), mpu_regions=16)
    assert core.load(TYPE, 4) == 16 << 8
    core.store(RBAR, 4, 0x2000_0000 | 1 << 4 | 15)
    assert core.load(RBAR, 4) == 0x2000_000F
    core = Core("cortex-m4", Clocks.of_mips(100), mpu_regions=0)
    core.store(CTRL, 4, ENABLE)
    assert (core.load(TYPE, 4), core.load(CTRL, 4)) == (0, 0)


# ---- single cases, each by hand ----

LDR, STR, LDRB = 0x6808, 0x6008, 0x7808  # r0, [r1]


def test_the_higher_number_wins() -> None:
    core = place(LDR, STR, LDR, B_SELF)
    region(core, 0, RAM, rasr(RAM_SIZE, FULL))
    region(core, 3, RAM + 0x1000, rasr(0x20, NONE))
    region(core, 1, RAM + 0x1000, rasr(0x40, RO))
    core.store(CTRL, 4, ENABLE | PRIVDEFENA)
    core.write_register("r1", RAM + 0x1020)
    assert fault(core) is None
    assert fault(core) == ("mpu", RAM + 0x1020)  # the store: region 1 is read-only
    core.write_register("pc", CODE + 0x104)
    core.write_register("r1", RAM + 0x101C)
    assert fault(core) == ("mpu", RAM + 0x101C)  # region 3


def test_a_fault_leaves_everything_as_it_was() -> None:
    core = place(0xC10D, B_SELF)  # STM r1!, {r0, r2, r3}
    region(core, 0, RAM + 0x40, rasr(0x20, RO))
    core.store(CTRL, 4, ENABLE | PRIVDEFENA)
    for name, value in {"r0": 1, "r1": RAM + 0x38, "r2": 2, "r3": 3}.items():
        core.write_register(name, value)
    before = core.registers()
    assert core.run(core.ticks + 1).kind is StopKind.FAULT
    assert core.fault_record is not None
    assert core.fault_record[2] == RAM + 0x40
    assert core.fault_record[4:6] == (4, True)
    assert core.registers() == before
    assert struct.unpack("<3I", core.read(RAM + 0x38, 12)) == (1, 2, 0)  # the words before it


def test_subregions() -> None:
    core = place(LDR, B_SELF)
    region(core, 0, CODE, rasr(0x1000, RO))
    region(core, 1, RAM, rasr(0x800, FULL, disabled=0b1000_0010))
    core.store(CTRL, 4, ENABLE)
    unprivileged(core)
    for part in range(8):
        core.write_register("pc", CODE + 0x100)
        core.write_register("r1", RAM + 0x100 * part + 0xFC)
        expected = ("mpu", RAM + 0x100 * part + 0xFC) if part in (1, 7) else None
        assert fault(core) == expected, part


def test_a_word_across_a_border() -> None:
    core = place(LDR, B_SELF)
    region(core, 0, RAM + 0x20, rasr(0x20, NONE))
    core.store(CTRL, 4, ENABLE | PRIVDEFENA)
    core.write_register("r1", RAM + 0x1E)
    assert fault(core) == ("mpu", RAM + 0x20)


def test_the_background_is_for_the_privileged() -> None:
    core = place(LDR, LDR, B_SELF)
    region(core, 0, CODE, rasr(0x1000, RO))
    core.store(CTRL, 4, ENABLE | PRIVDEFENA)
    core.write_register("r1", RAM)
    assert fault(core) is None
    unprivileged(core)
    assert fault(core) == ("mpu", RAM)


def test_hfnmiena_and_faultmask() -> None:
    core = place(LDR, B_SELF)
    region(core, 0, RAM, rasr(RAM_SIZE, NONE))
    core.store(CTRL, 4, ENABLE | PRIVDEFENA)
    core.write_register("r1", RAM)
    assert fault(core) == ("mpu", RAM)
    core.reset()
    region(core, 0, RAM, rasr(RAM_SIZE, NONE))
    core.store(CTRL, 4, ENABLE | PRIVDEFENA)
    core.write_register("r1", RAM)
    core.write_register("faultmask", 1)
    assert fault(core) is None
    core.store(CTRL, 4, ENABLE | PRIVDEFENA | HFNMIENA)
    core.write_register("pc", CODE + 0x100)
    assert fault(core) == ("mpu", RAM)


def test_the_private_peripheral_bus_is_not_looked_at() -> None:
    core = place(LDR, B_SELF)
    region(core, 7, 0, rasr(1 << 32, NONE))
    region(core, 6, CODE, rasr(0x1000, RO))
    core.store(CTRL, 4, ENABLE | PRIVDEFENA)
    core.write_register("r1", CTRL)
    core.write_register("pc", CODE + 0x100)
    assert fault(core) == ("fetch", CODE + 0x100)
    core.reset()
    region(core, 7, CODE, rasr(0x1000, RO))
    core.store(CTRL, 4, ENABLE)
    core.write_register("r1", CTRL)
    assert fault(core) is None
    assert core.read_register("r0") == ENABLE


def test_devices_are_protected() -> None:
    core = place(LDR, B_SELF)
    region(core, 0, DEVICE, rasr(0x100, PRIV))
    region(core, 1, CODE, rasr(0x1000, RO))
    core.store(CTRL, 4, ENABLE)
    core.write_register("r1", DEVICE)
    assert fault(core) is None
    core.write_register("pc", CODE + 0x100)
    unprivileged(core)
    assert fault(core) == ("mpu", DEVICE)


def test_enabled_by_the_program_itself_for_its_next_instruction() -> None:
    # MSR CONTROL, r2; LDR r0, [r1]
    core = place(0xF382, 0x8814, LDR, B_SELF)
    region(core, 0, CODE, rasr(0x1000, RO))
    region(core, 1, RAM, rasr(RAM_SIZE, PRIV))
    core.store(CTRL, 4, ENABLE)
    core.write_register("r1", RAM)
    core.write_register("r2", 1)
    assert core.run(core.ticks + 10).kind is StopKind.FAULT
    assert core.fault_record is not None
    assert core.fault_record[0:3] == (_native.FAULT_MPU, CODE + 0x104, RAM)
    # STR r2, [r3]; LDR r0, [r1]
    core = place(0x601A, LDR, B_SELF)
    region(core, 0, RAM, rasr(RAM_SIZE, NONE))
    core.write_register("r1", RAM)
    core.write_register("r2", ENABLE | PRIVDEFENA)
    core.write_register("r3", CTRL)
    assert core.run(core.ticks + 10).kind is StopKind.FAULT
    assert core.fault_record is not None
    assert core.fault_record[0:3] == (_native.FAULT_MPU, CODE + 0x102, RAM)


def test_a_literal_that_may_not_be_read() -> None:
    core = place(0x4804, B_SELF)  # LDR r0, [pc, #16]
    core.write(CODE + 0x114, struct.pack("<I", 0x1234))
    assert fault(core) is None
    region(core, 0, CODE + 0x100, rasr(0x20, NONE, disabled=0))
    region(core, 1, CODE + 0x100, rasr(0x20, FULL))
    core.store(CTRL, 4, ENABLE | PRIVDEFENA)
    core.write_register("pc", CODE + 0x100)
    assert fault(core) is None
    core.write(CODE + 0x200, struct.pack("<HH", 0x4804, B_SELF))
    core.write(CODE + 0x214, struct.pack("<I", 0x4321))
    region(core, 2, CODE + 0x220 - 0x20, rasr(0x20, FULL))
    core.write_register("pc", CODE + 0x200)
    assert fault(core) is None
    assert core.read_register("r0") == 0x4321
    core.write(CODE + 0x300, struct.pack("<HH", 0x4807, B_SELF))  # LDR r0, [pc, #28]
    region(core, 3, CODE + 0x320, rasr(0x20, NONE))
    core.write_register("pc", CODE + 0x300)
    assert fault(core) == ("mpu", CODE + 0x320)


@pytest.mark.parametrize("before", [0, 1])
def test_execution_stops_where_it_is_denied(before: int) -> None:
    core = place()
    core.write(RAM, struct.pack("<H", NOP) * 64)
    if before:  # decoded while it was allowed
        core.write_register("pc", RAM)
        core.run(core.ticks + 40)
    region(core, 0, RAM + 0x20, rasr(0x20, FULL, never=True))
    core.store(CTRL, 4, ENABLE | PRIVDEFENA)
    core.write_register("pc", RAM + 0x10)
    stop = core.run(core.ticks + 100)
    assert stop.kind is StopKind.FAULT
    assert core.fault_record is not None
    assert core.fault_record[0:3] == (_native.FAULT_MPU_FETCH, RAM + 0x20, RAM + 0x20)
    core.dismiss_fault()
    core.store(CTRL, 4, PRIVDEFENA)
    core.write_register("pc", RAM + 0x10)
    assert core.run(core.ticks + 20).kind is StopKind.DEADLINE


def test_the_second_half_of_an_instruction_counts() -> None:
    core = place()
    core.write(RAM + 0x1E, struct.pack("<HH", 0xF3AF, 0x8000))  # NOP.W
    region(core, 0, RAM + 0x20, rasr(0x20, FULL, never=True))
    core.store(CTRL, 4, ENABLE | PRIVDEFENA)
    core.write_register("pc", RAM + 0x1E)
    assert core.run(core.ticks + 1).kind is StopKind.FAULT
    assert core.fault_record is not None
    assert core.fault_record[0:3] == (_native.FAULT_MPU_FETCH, RAM + 0x1E, RAM + 0x20)


# LDRT and the like: r0, [r1, #4]
UNPRIVILEGED = {
    "ldrt": (0xF851, 0x0E04), "strt": (0xF841, 0x0E04), "ldrbt": (0xF811, 0x0E04),
    "strbt": (0xF801, 0x0E04), "ldrht": (0xF831, 0x0E04), "strht": (0xF821, 0x0E04),
    "ldrsbt": (0xF911, 0x0E04), "ldrsht": (0xF931, 0x0E04),
}  # fmt: skip


@pytest.mark.parametrize("name", UNPRIVILEGED)
def test_unprivileged_accesses_of_privileged_code(name: str) -> None:
    core = place(*UNPRIVILEGED[name], *UNPRIVILEGED[name], *UNPRIVILEGED[name], B_SELF)
    core.write(RAM + 4, struct.pack("<I", 0x8765_F3F2))
    core.write_register("r0", 0xFFFF_FFF0)
    core.write_register("r1", RAM)
    assert fault(core) is None  # without an MPU: an ordinary access
    loaded = {
        "ldrt": 0x8765_F3F2, "ldrbt": 0xF2, "ldrht": 0xF3F2,
        "ldrsbt": 0xFFFF_FFF2, "ldrsht": 0xFFFF_F3F2,
    }  # fmt: skip
    stored = {"strt": 0xFFFF_FFF0, "strbt": 0x8765_F3F0, "strht": 0x8765_FFF0}
    if name in loaded:
        assert core.read_register("r0") == loaded[name]
    else:
        assert core.read(RAM + 4, 4) == struct.pack("<I", stored[name])
    region(core, 0, RAM, rasr(RAM_SIZE, PRIV))
    core.store(CTRL, 4, ENABLE | PRIVDEFENA)
    assert fault(core) == ("mpu", RAM + 4)
    core.store(CTRL, 4, 0)
    core.write_register("r1", 0xE000_ED14)  # and to the system space
    core.write_register("pc", CODE + 0x108)
    assert fault(core) == (str(_native.FAULT_PRIVILEGE), 0xE000_ED18)


# ---- against the model ----

ADDRESSES = st.one_of(
    st.sampled_from([RAM, RAM + 0x1F0, RAM + 0x1000, RAM + 0x8000]),  # again and again
    st.integers(RAM, TOP - 4),
    st.integers(0, RAM_SIZE // 32 - 1).map(lambda n: RAM + 32 * n),
    st.integers(1, RAM_SIZE // 32 - 1).map(lambda n: RAM + 32 * n - 2),
    st.integers(0, 15).map(lambda n: RAM + 4096 * n + 4092),
)


@st.composite
def regions(draw: st.DrawFn) -> tuple[int, int, int]:
    number = draw(st.integers(0, 6))
    bits = draw(st.sampled_from([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 29, 32]))
    base = draw(ADDRESSES) >> bits << bits
    access = draw(st.sampled_from([0, 1, 2, 3, 5, 6, 7]))
    disabled = draw(st.one_of(st.just(0), st.integers(0, 255))) if bits >= 8 else 0
    attributes = rasr(1 << bits, access, never=draw(st.booleans()), disabled=disabled)
    return number, base, attributes & ~draw(st.sampled_from([0, 0, 0, 1]))


ACCESSES = {
    # r0, [r1]: halfwords, bytes, kind, unprivileged whatever the mode
    "ldr": ((0x6808,), 4, "load", False),
    "str": ((0x6008,), 4, "store", False),
    "ldrb": ((0x7808,), 1, "load", False),
    "strb": ((0x7008,), 1, "store", False),
    "ldrh": ((0x8808,), 2, "load", False),
    "strh": ((0x8008,), 2, "store", False),
    "ldrt": ((0xF851, 0x0E00), 4, "load", True),
    "strt": ((0xF841, 0x0E00), 4, "store", True),
    "bx": ((0x4708,), 2, "fetch", False),
    "ldrd": ((0xE9D1, 0x0200), 8, "load", False),
    "strd": ((0xE9C1, 0x0200), 8, "store", False),
    "ldm": ((0xE891, 0x003D), 20, "load", False),
    "stm": ((0xE881, 0x003D), 20, "store", False),
    "vldm": ((0xEC91, 0x0A08), 32, "load", False),
    "vstm": ((0xEC81, 0x0A08), 32, "store", False),
    "ldrex": ((0xE851, 0x0F00), 4, "load", False),
}
STEPS = st.one_of(
    st.tuples(st.just("region"), regions()),
    st.tuples(st.just("control"), st.sampled_from([0, 1, 3, 5, 5, 7])),
    st.tuples(st.just("access"), st.tuples(
        st.sampled_from(sorted(ACCESSES)), ADDRESSES, st.booleans(), st.booleans())),
)  # fmt: skip


RUN = 200  # NOPs after a branch


def expected_fault(
    model: Model, name: str, address: int, privileged: bool, negative: bool
) -> tuple[str, int] | None:
    _, size, kind, never_privileged = ACCESSES[name]
    size = 2 * RUN if kind == "fetch" else size
    for byte in range(address, address + size, 2 if kind == "fetch" else 1):
        if not model.permitted(byte, kind, privileged and not never_privileged, negative):
            if kind == "fetch":
                return "fetch", byte
            return "mpu", byte if size <= 4 else byte & ~3
    return None


class Chip:
    """A core and the model of its MPU, with the same regions; RAM is full of NOPs and stays so."""

    def __init__(self) -> None:
        self.core = core = place()
        self.model = Model()
        self.at = {}
        where = CODE + 0x100
        for name, (halfwords, *_) in ACCESSES.items():
            core.write(where, struct.pack(f"<{len(halfwords)}H", *halfwords))
            self.at[name] = where
            where += 16
        core.write(RAM, struct.pack("<H", NOP) * (RAM_SIZE // 2))
        self.region(7, CODE, rasr(0x1000, RO))
        self.recover()

    def region(self, number: int, base: int, attributes: int) -> None:
        region(self.core, number, base, attributes)
        self.model.regions[number] = base, attributes

    def control(self, value: int) -> None:
        self.core.store(CTRL, 4, value)
        self.model.control = value

    def access(self, name: str, address: int, privileged: bool, negative: bool) -> None:
        core, size = self.core, ACCESSES[name][1]
        alignment = 2 if name == "bx" else 4 if size > 4 or name == "ldrex" else 1
        address = min(address, TOP - (2 * RUN if name == "bx" else size)) & -alignment
        for number in (0, 2, 3, 4, 5):
            core.write_register(f"r{number}", 0xBF00_BF00)
        for number in range(8):
            core.write_register(f"s{number}", 0xBF00_BF00)
        core.write_register("faultmask", int(negative))
        core.write_register("control", int(not privileged))
        core.write_register("r1", address | (name == "bx"))
        core.write_register("pc", self.at[name])
        found = fault(core, 1 if name != "bx" else 1 + RUN)
        assert found == expected_fault(self.model, name, address, privileged, negative), (
            name, hex(address), privileged, negative)  # fmt: skip
        self.recover()

    def recover(self) -> None:
        """Thread mode, privileged, and the MPU as it was: whatever a fault left."""
        self.core.reset()
        self.core.store(0xE000_ED88, 4, 0xF << 20)  # CPACR
        for number, (base, attributes) in self.model.regions.items():
            region(self.core, number, base, attributes)
        self.core.store(CTRL, 4, self.model.control)


@settings(max_examples=int(os.environ.get("SIMGATE_CASES", "60")), deadline=None)
@given(st.lists(STEPS, min_size=10, max_size=60))
def test_permissions_are_those_of_the_model(steps: list[tuple[str, Any]]) -> None:
    chip = Chip()
    for what, values in steps:
        if what == "region":
            chip.region(*values)
        elif what == "control":
            chip.control(values)
        else:
            chip.access(*values)
