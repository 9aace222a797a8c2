"""Which encodings are instructions at all: a sample of all, against Unicorn.

UNPREDICTABLE encodings (FAULT_UNSUPPORTED here) are nobody's promise and are left out. Bits that
should be zero or one are not looked at here, where Unicorn refuses them: those classes are listed,
as are the instructions of other profiles that it executes. SIMGATE_CASES=5000 asks 400,000 of each.
"""

from __future__ import annotations

import os
import random
import struct

import pytest

from simgate.core import Clocks, Core, StopKind, _native

unicorn = pytest.importorskip("unicorn")
import unicorn.arm_const as arm  # noqa: E402  skipped without it

SAMPLE = int(os.environ.get("SIMGATE_CASES", "60")) * 60
CODE, RAM = 0x0800_0000, 0x2000_0000
AT = CODE + 0x400
EXCEPTION_NO_COPROCESSOR = 17

# mask, value: refused by Unicorn for bits that should be zero or one, and executed here
TOLERATED = [
    (0xFF600000, 0xE8400000),  # LDREX, STREX and their kind
    (0xFFF08000, 0xEAC08000),  # PKHBT, PKHTB
    (0xFA008000, 0xF2000000),  # saturation, bit fields: i, and the bit beside imm2
    (0xFBE0D000, 0xF3808000),  # MSR
    (0xFBE0D000, 0xF3E08000),  # MRS
    (0xFFE0D700, 0xF3A08000),  # YIELD is reported as if it were none; hints
    (0xFFF0D000, 0xF3B08000),  # barriers, CLREX
    (0xFF000F10, 0xEE000A10),  # VMOV between core and S registers, VMRS, VMSR
    (0xFF000F10, 0xEE000B10),  # VMOV between core and halves of D registers
    (0xFFFF0000, 0xBF100000),  # YIELD
]  # fmt: skip
NOT_ASKED = [  # what leaves the straight line for good
    (0xFFEF0000, 0xBF200000), (0xFFE0D7FE, 0xF3A08002),  # WFE, WFI
    (0xFF000000, 0xDF000000), (0xFF000000, 0xBE000000),  # SVC, BKPT
    (0xFE508000, 0xE8108000), (0xFF70F000, 0xF850F000),  # LDM and LDR of PC
    (0xFF000000, 0xBD000000), (0xFFF000E0, 0xE8D00000),  # POP of PC, TBB
]  # fmt: skip
FOREIGN = [  # executed by Unicorn, UNDEFINED on M-profile
    (0xF800D001, 0xF000C000),  # BLX (immediate)
    (0xFF000000, 0xF9000000),  # element loads and stores of Advanced SIMD
    (0xFFE000C0, 0xE8C00080), (0xFFE000C0, 0xE8C000C0), (0xFFE000F0, 0xE8C00070),  # Armv8, LDREXD
    (0xFF1F0000, 0xF80F0000),  # stores relative to PC
    (0xFFF70000, 0xB6500000),  # SETEND
]  # fmt: skip


def matches(word: int, classes: list[tuple[int, int]]) -> bool:
    return any(word & mask == value for mask, value in classes)


class Ours:
    def __init__(self, cpu: str) -> None:
        self.core = core = Core(cpu, Clocks.of_mips(100))
        core.map_memory(CODE, 0x1_0000, False)
        core.map_memory(RAM, 0x4_0000, True)
        core.store(0xE000_ED88, 4, 0xF << 20)
        core.store(0xE000_EF34, 4, 0)

    def __call__(self, code: bytes) -> str:
        core = self.core
        core.write(AT, code)
        for number in range(13):
            core.write_register(f"r{number}", RAM + 0x2_0000 + 0x100 * number)
        core.write_register("sp", RAM + 0x2_0000)
        core.write_register("lr", RAM + 0x2_0E00)
        core.write_register("xpsr", 1 << 24)
        for mask in ("primask", "faultmask", "basepri"):
            core.write_register(mask, 0)
        core.write_register("control", 4)
        core.write_register("pc", AT)
        stop = core.run(core.ticks + 1)
        if stop.kind is not StopKind.FAULT:
            return "defined"
        assert stop.fault is not None
        core.dismiss_fault()
        return {
            _native.FAULT_UNDEFINED: "undefined",
            _native.FAULT_NO_COPROCESSOR: "no coprocessor",
            _native.FAULT_UNSUPPORTED: "unpredictable",
            _native.FAULT_INVALID_STATE: "even target",
        }.get(stop.fault.native_kind, "defined")


class Theirs:
    def __init__(self, model: int) -> None:
        self.uc = uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        uc.ctl_set_cpu_model(model)
        uc.mem_map(CODE, 0x1_0000)
        uc.mem_map(RAM, 0x4_0000)
        uc.hook_add(unicorn.UC_HOOK_INTR, self._interrupt)
        self.exception = 0
        uc.mem_write(CODE, bytes.fromhex("b0eec00a"))  # VABS: begins an FP context
        uc.emu_start(CODE | 1, 0, count=1)

    def _interrupt(self, uc: object, number: int, data: object) -> None:
        self.exception = number
        self.uc.emu_stop()

    def __call__(self, code: bytes) -> str:
        uc = self.uc
        uc.mem_write(AT, code)
        uc.ctl_remove_cache(AT, AT + 4)
        registers = [(arm.UC_ARM_REG_R0 + n, RAM + 0x2_0000 + 0x100 * n) for n in range(13)]
        registers += [(arm.UC_ARM_REG_SP, RAM + 0x2_0000), (arm.UC_ARM_REG_LR, RAM + 0x2_0E00)]
        registers += [(arm.UC_ARM_REG_APSR_NZCVQG, 0)]
        uc.reg_write_batch(registers)
        self.exception = 0
        try:
            uc.emu_start(AT | 1, 0, count=1)
        except unicorn.UcError as error:
            if error.errno == unicorn.UC_ERR_INSN_INVALID:
                return "undefined"
        return "no coprocessor" if self.exception == EXCEPTION_NO_COPROCESSOR else "defined"


def words(rng: random.Random) -> list[int]:
    """Halfwords shifted up, then pairs; every first halfword of a pair is as likely."""
    result = [rng.randrange(0xE800) << 16 for _ in range(SAMPLE // 3)]
    for _ in range(SAMPLE):
        second = rng.getrandbits(16)
        if rng.random() < 0.3:
            second = second & 0xF0F0 | rng.choice([0x0F0F, 0, 0xA00, 0xB00, 0xF, 0xF00])
        result.append(rng.randrange(0xE800, 0x1_0000) << 16 | second)
    return result


@pytest.mark.parametrize(
    ("cpu", "model"),
    [("cortex-m4f", arm.UC_CPU_ARM_CORTEX_M4), ("cortex-m7", arm.UC_CPU_ARM_CORTEX_M7)],
)
def test_same_encodings_are_instructions(cpu: str, model: int) -> None:
    ours, theirs = Ours(cpu), Theirs(model)
    seen: dict[str, int] = {}
    for word in words(random.Random(cpu)):
        if matches(word, NOT_ASKED):
            continue
        code = struct.pack("<H", word >> 16)
        if word >> 16 >= 0xE800:
            code += struct.pack("<H", word & 0xFFFF)
        here, there = ours(code), theirs(code)
        seen[here] = seen.get(here, 0) + 1
        if here == there or here in ("unpredictable", "even target"):
            continue
        if here == "defined" and there == "undefined" and matches(word, TOLERATED):
            continue
        if here == "undefined" and there == "defined" and matches(word, FOREIGN):
            continue
        pytest.fail(f"{word:#010x}: {here} here, {there} on Unicorn")
    assert min(seen.get(kind, 0) for kind in ("defined", "undefined", "no coprocessor")) > 100
