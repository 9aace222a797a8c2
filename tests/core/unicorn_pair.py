"""The core and Unicorn side by side: random instructions with random operands and state on both.

``encodings.txt`` lists the encodings. ``SIMGATE_CASES`` (default 60) is the number of cases an
encoding; the sequence of cases is always the same.
"""

from __future__ import annotations

import os
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from simgate.core import Clocks, Core, StopKind

unicorn = pytest.importorskip("unicorn")
import unicorn.arm_const as arm  # noqa: E402  skipped without it

CASES = int(os.environ.get("SIMGATE_CASES", "60"))
CODE, CODE_SIZE = 0x0800_0000, 0x1_0000
FIRST = CODE + 0x4000  # literals lie on both sides
RAM, RAM_SIZE = 0x2000_0000, 0x4000
MIDDLE = RAM + RAM_SIZE // 2
APSR = 0xF80F_0000
Q = 1 << 27

CORE_NAMES = [f"r{i}" for i in range(13)] + ["sp", "lr"]
CORE_IDS = [getattr(arm, f"UC_ARM_REG_R{i}") for i in range(13)] + [
    arm.UC_ARM_REG_SP,
    arm.UC_ARM_REG_LR,
]
FP_NAMES = [f"s{i}" for i in range(32)]
FP_IDS = [getattr(arm, f"UC_ARM_REG_S{i}") for i in range(32)]

WORDS = [
    0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000,
    0x80000001, 0xFFFF8000, 0xFFFFFFFE, 0xFFFFFFFF, 0x80008000, 0x7FFF7FFF, 0x7F807F80,
]  # fmt: skip
FLOATS = [
    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007FFFFF, 0x00800000, 0x80800000,
    0x00FFFFFF, 0x01000000, 0x3F800000, 0xBF800000, 0x3F800001, 0x3F7FFFFF, 0x40000000,
    0x3F000000, 0x3EFFFFFF, 0xBF000000, 0x3FC00000, 0x40200000, 0x4B000000, 0x4B800000,
    0x4EFFFFFF, 0x4F000000, 0xCF000000, 0xCF000001, 0x4F7FFFFF, 0x4F800000, 0x477FE000,
    0x477FF000, 0x33000000, 0x33000001, 0x38800000, 0x387FFFFF, 0x7F7FFFFF, 0xFF7FFFFF,
    0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC01234, 0x7F800001, 0xFFA00000,
    0x7FFFFFFF,
]  # fmt: skip


@dataclass(frozen=True)
class Encoding:
    name: str
    bits: str
    kind: str
    condition: str


def encodings(file: str = "encodings.txt") -> list[Encoding]:
    result = []
    for line in Path(__file__).with_name(file).read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|", 3)] + ["", ""]
        bits = parts[1].replace(" ", "")
        assert len(bits) in (16, 32), line
        result.append(Encoding(parts[0], bits, parts[2], parts[3]))
    return result


CORE_FIELDS = {"alu": "dnmatu", "sp": "", "memory": "dnmatu", "branch": "n", "odd": "m",
               "fp": "", "fpcore": "tu", "fpmemory": "n"}  # fmt: skip


def modified(imm: int) -> bool:
    """ThumbExpandImm has a defined value."""
    return imm >> 8 == 0 or imm >> 10 != 0 or imm & 0xFF != 0


def fixed(imm: int, word: int) -> bool:
    """`imm` is i:imm4 as the pattern has it: fraction bits are size - imm4:i."""
    value = (imm & 0xF) << 1 | imm >> 4
    return value <= (32 if word else 16)


def d_single(field: int) -> int:
    """Number of the S register of a field D:Vd."""
    return (field & 0xF) << 1 | field >> 4


def draw(encoding: Encoding, rng: random.Random) -> tuple[int, dict[str, int]]:
    """A random instruction word of this encoding, and its fields."""
    bits = encoding.bits
    while True:
        fields: dict[str, int] = {}
        for letter in sorted(set(bits) - {"0", "1"}):
            width = bits.count(letter)
            if width == 4 and letter in CORE_FIELDS[encoding.kind] and "e" not in bits[:12]:
                fields[letter] = rng.choice([*range(13), 14])
            else:
                fields[letter] = rng.getrandbits(width)
        known = {"modified": modified, "fixed": fixed, "d_single": d_single, "bin": bin}
        if encoding.condition in ("", "noq") or eval(encoding.condition, known, dict(fields)):
            break
    left = {letter: bits.count(letter) for letter in fields}
    word = 0
    for bit in bits:
        if bit in "01":
            word = word << 1 | int(bit)
        else:
            left[bit] -= 1
            word = word << 1 | (fields[bit] >> left[bit] & 1)
    return word, fields


def code_of(encoding: Encoding, word: int) -> bytes:
    if len(encoding.bits) == 16:
        return struct.pack("<H", word)
    return struct.pack("<HH", word >> 16, word & 0xFFFF)


@dataclass
class State:
    core: list[int]
    apsr: int
    fp: list[int]
    fpscr: int


def random_word(rng: random.Random) -> int:
    return rng.choice(WORDS) if rng.random() < 0.4 else rng.getrandbits(32)


def random_float(rng: random.Random) -> int:
    choice = rng.random()
    if choice < 0.4:
        return rng.choice(FLOATS)
    if choice < 0.7:  # moderate numbers, that meet each other
        return rng.getrandbits(1) << 31 | rng.randint(115, 140) << 23 | rng.getrandbits(23)
    return rng.getrandbits(32)


def random_state(encoding: Encoding, fields: dict[str, int], rng: random.Random) -> State:
    core = [random_word(rng) for _ in range(15)]
    core[13] = MIDDLE + 4 * rng.randint(-64, 64)
    if "memory" in encoding.kind and "n" in fields:
        core[fields["n"]] = MIDDLE + 4 * rng.randint(-64, 64)
        if encoding.name.startswith(("access", "load", "store", "half", "byte")):
            core[fields["n"]] += rng.randrange(4) if rng.random() < 0.5 else 0
        if "m" in fields:
            core[fields["m"]] = rng.randint(0, 200)
    if encoding.kind == "odd":
        core[fields["m"]] |= 1
        core[fields["m"]] &= 0x0FFF_FFFF
    fpscr = rng.choice([0, 0x10, 0x10, 0x0100_0010, 0x0100_0000, 0x0200_0000, 0x0300_0000])
    if rng.random() < 0.4:
        fpscr |= rng.getrandbits(2) << 22
    if rng.random() < 0.3:
        fpscr |= 1 << 26
    return State(core, rng.getrandbits(32) & APSR, [random_float(rng) for _ in range(32)],
                 fpscr | rng.getrandbits(4) << 28)  # fmt: skip


StateOf = Callable[[Encoding, dict[str, int], random.Random], State]


class Pair:
    """The core under test and Unicorn, with the same memory."""

    def __init__(self, cpu: str = "cortex-m4f", model: int = arm.UC_CPU_ARM_CORTEX_M4) -> None:
        self.core = Core(cpu, Clocks.of_mips(100))
        self.code = self.core.map_memory(CODE, CODE_SIZE, False)
        self.ram = self.core.map_memory(RAM, RAM_SIZE, True)
        self.core.store(0xE000_ED88, 4, 0xF << 20)  # CPACR: CP10, CP11
        self.core.store(0xE000_EF34, 4, 0)  # FPCCR: no stacking, no FPDSCR at the first access
        self.uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        self.uc.ctl_set_cpu_model(model)
        self.uc.mem_map(CODE, CODE_SIZE)
        self.uc.mem_map(RAM, RAM_SIZE)
        content = random.Random(1).randbytes(RAM_SIZE)
        self.ram[:] = content
        self.uc.mem_write(RAM, content)
        self.place(bytes.fromhex("b0eec00a"))  # VABS: Unicorn too begins an FP context
        self.uc.emu_start(FIRST | 1, 0, count=1)

    def place(self, code: bytes) -> None:
        self.core.write(FIRST, code)
        self.uc.mem_write(FIRST, code)
        self.uc.ctl_remove_cache(FIRST, FIRST + len(code))

    def set(self, state: State, pc: int) -> None:
        self.core.dismiss_fault()  # of an earlier sequence
        write = self.core.write_register
        for name, value in zip(CORE_NAMES, state.core, strict=True):
            write(name, value)
        write("xpsr", state.apsr | 1 << 24)
        write("control", 4)
        for name, value in zip(FP_NAMES, state.fp, strict=True):
            write(name, value)
        write("fpscr", state.fpscr)
        write("pc", pc)
        pairs = list(zip(CORE_IDS, state.core, strict=True))
        pairs += zip(FP_IDS, state.fp, strict=True)
        pairs += [(arm.UC_ARM_REG_APSR_NZCVQG, state.apsr), (arm.UC_ARM_REG_FPSCR, state.fpscr)]
        self.uc.reg_write_batch(pairs)

    def ours(self) -> dict[str, int]:
        registers = self.core.registers()
        result = {name: registers[name] for name in (*CORE_NAMES, "pc", *FP_NAMES, "fpscr")}
        result["apsr"] = registers["xpsr"] & APSR
        return result

    def theirs(self) -> dict[str, int]:
        values = self.uc.reg_read_batch(
            [*CORE_IDS, arm.UC_ARM_REG_PC, *FP_IDS, arm.UC_ARM_REG_FPSCR, arm.UC_ARM_REG_XPSR]
        )
        result = dict(zip((*CORE_NAMES, "pc", *FP_NAMES, "fpscr", "apsr"), values, strict=True))
        result["apsr"] &= APSR
        return result

    def compare_memory(self) -> bool:
        return bytes(self.uc.mem_read(RAM, RAM_SIZE)) == self.ram


def difference(ours: dict[str, int], theirs: dict[str, int]) -> str:
    return ", ".join(
        f"{name} {ours[name]:#x} (Unicorn {theirs[name]:#x})"
        for name in ours
        if ours[name] != theirs[name]
    )


def check(
    pair: Pair, encoding: Encoding, draw_state: StateOf = random_state, cases: int = CASES
) -> None:
    """Draws instructions of one encoding, and runs each on both."""
    rng = random.Random(zlib.crc32(encoding.name.encode()))
    drawn = [draw(encoding, rng) for _ in range(cases)]
    pair.place(b"".join(code_of(encoding, word).ljust(8, b"\x00") for word, _ in drawn))
    for index, (word, fields) in enumerate(drawn):
        state = draw_state(encoding, fields, rng)
        pc = FIRST + 8 * index
        pair.set(state, pc)
        what = f"{word:#x} at case {index}, {fields}, before {state}"
        try:
            pair.uc.emu_start(pc | 1, 0, count=1)
        except unicorn.UcError as error:
            assert encoding.kind in ("branch", "odd"), f"Unicorn: {error}: {what}"
        stop = pair.core.run(pair.core.ticks + 1)
        assert stop.kind is StopKind.DEADLINE, f"{stop}: {what}"
        ours, theirs = pair.ours(), pair.theirs()
        theirs["sp"] &= ~3  # SP<1:0> are zero (B1.4.7); Unicorn keeps them
        if encoding.condition == "noq":
            ours["apsr"] |= Q
            theirs["apsr"] |= Q
        assert ours == theirs, f"{difference(ours, theirs)}: {what}"
        if "memory" in encoding.kind:
            assert pair.compare_memory(), what
