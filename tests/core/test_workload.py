"""Whole firmware against Unicorn: registers and all of RAM at random instruction counts.

The firmware is workload.c with newlib, at every level of optimisation. ``SIMGATE_STOPS`` (default
1,000) is the number of stops over all of them.
"""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from simgate.core import Clocks, Core, StopKind

unicorn = pytest.importorskip("unicorn")
import unicorn.arm_const as arm  # noqa: E402  skipped without it

STOPS = int(os.environ.get("SIMGATE_STOPS", "1000"))
SOURCE = Path(__file__).with_name("program") / "workload.c"
CODE, CODE_SIZE = 0x0800_0000, 0x4_0000
RAM, RAM_SIZE = 0x2000_0000, 0x1_0000
STACK = RAM + RAM_SIZE
HARD = ["-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"]
BUILDS = {
    "O0-hard": ["-O0", *HARD],
    "O1-soft": ["-O1", "-mfloat-abi=soft"],
    "O2-hard": ["-O2", *HARD],
    "O3-hard": ["-O3", "-ffast-math", *HARD],
    "Os-hard": ["-Os", *HARD],
}
APSR = 0xF80F_0000

LINKER_SCRIPT = """
ENTRY(start)
SECTIONS {
    .text 0x08000000 : { *(.start) *(.text*) *(.rodata*) . = ALIGN(8); }
    .ARM.exidx : { *(.ARM.exidx*) . = ALIGN(8); data_load = .; }
    .data 0x20000000 : AT(data_load) { data_start = .; *(.data*) . = ALIGN(8); data_end = .; }
    .bss (NOLOAD) : { *(.bss*) *(COMMON) end = .; }
    /DISCARD/ : { *(.ARM.attributes) *(.comment) }
}
"""
START = f"""
        .syntax unified
        .cpu cortex-m4
        .thumb
        .section .start, "ax"
        .word {STACK:#x}
        .word start + 1
        .thumb_func
        .global start
start:  ldr     r0, =data_start
        ldr     r1, =data_end
        ldr     r2, =data_load
1:      cmp     r0, r1
        itt     lo
        ldrlo   r3, [r2], #4
        strlo   r3, [r0], #4
        blo     1b
        bl      main_loop
        .global _exit, _sbrk, __errno
        .thumb_func
_exit:
        .thumb_func
_sbrk:  b       .
        .thumb_func
__errno: ldr     r0, =0x2000f000
        bx      lr
"""


def build(folder: Path, options: list[str]) -> bytes:
    if shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("arm-none-eabi-gcc is not installed")
    (folder / "link.ld").write_text(LINKER_SCRIPT)
    (folder / "start.s").write_text(START)
    subprocess.run(
        ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", *options, "-std=gnu11", "-nostartfiles",
         "-Wl,-T,link.ld,--no-warn-rwx-segments", "start.s", str(SOURCE), "-o", "a.elf",
         "-lm", "-lc", "-lgcc"],
        check=True, cwd=folder,
    )  # fmt: skip
    subprocess.run(
        ["arm-none-eabi-objcopy", "-O", "binary", "-R", ".bss", "a.elf", "a.bin"],
        check=True, cwd=folder,
    )  # fmt: skip
    return (folder / "a.bin").read_bytes()


class Oracle:
    """Unicorn, stopped exactly after so many instructions."""

    def __init__(self, code: bytes) -> None:
        self.code = code
        self.uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        self.uc.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M4)
        self.uc.mem_map(CODE, CODE_SIZE)
        self.uc.mem_map(RAM, RAM_SIZE)
        self.uc.mem_write(CODE, code)
        sp, entry = struct.unpack_from("<II", code)
        self.uc.reg_write(arm.UC_ARM_REG_SP, sp)
        self.uc.reg_write(arm.UC_ARM_REG_LR, 0xFFFF_FFFF)
        self.pc = entry & ~1
        self.count = self.target = 0
        self.lengths: dict[tuple[int, int], int] = {}
        self.uc.hook_add(unicorn.UC_HOOK_BLOCK, self._block)

    def _length(self, address: int, size: int) -> int:
        """Instructions in a block."""
        at, end, count = address - CODE, address - CODE + size, 0
        while at < end:
            first = self.code[at] | self.code[at + 1] << 8
            at += 4 if first >= 0xE800 else 2
            count += 1
        return count

    def _block(self, uc: object, address: int, size: int, _: object) -> None:
        key = address, size
        length = self.lengths.get(key)
        if length is None:
            length = self.lengths[key] = self._length(address, size)
        if self.count + length > self.target:
            self.block = key
            self.uc.emu_stop()
        else:
            self.count += length

    def run(self, target: int, expected_pc: int) -> None:
        """Runs to `target` instructions; `expected_pc` is where that should be."""
        self.target = target
        self.uc.emu_start(self.pc | 1, 0)
        start, size = self.block
        left = target - self.count
        if left:
            assert start < expected_pc < start + size, f"{expected_pc:#x} is not in {start:#x}"
            assert self._length(start, expected_pc - start) == left
            self.uc.ctl_remove_cache(start, start + size)
            self.target = 1 << 62  # this block is counted by hand
            count = self.count
            self.uc.emu_start(start | 1, expected_pc)
            self.count = count + left
        else:
            assert start == expected_pc
        self.pc = expected_pc


@pytest.mark.parametrize("name", BUILDS)
def test_firmware(name: str, tmp_path: Path) -> None:
    code = build(tmp_path, BUILDS[name])
    core = Core("cortex-m4f", Clocks.of_mips(100), initial_vtor=CODE)
    flash = core.map_memory(CODE, CODE_SIZE, False)
    ram = core.map_memory(RAM, RAM_SIZE, True)
    flash[: len(code)] = code
    core.invalidate(CODE, CODE_SIZE)
    assert core.reset()
    core.store(0xE000_ED88, 4, 0xF << 20)
    oracle = Oracle(code)
    rng = random.Random(name)
    names = [f"r{i}" for i in range(13)] + ["sp", "lr", "fpscr"] + [f"s{i}" for i in range(32)]
    ids = [getattr(arm, f"UC_ARM_REG_{name.upper()}") for name in names]
    total = 0
    for number in range(STOPS // len(BUILDS)):
        total += rng.choice([rng.randint(1, 30), rng.randint(1, 1000), rng.randint(1, 20_000)])
        stop = core.run(total)
        assert stop.kind is StopKind.DEADLINE, stop
        assert stop.instructions == total
        oracle.run(total, stop.pc)
        registers = core.registers()
        ours = {name: registers[name] for name in names}
        theirs = dict(zip(names, oracle.uc.reg_read_batch(ids), strict=True))
        ours["apsr"] = registers["xpsr"] & APSR
        theirs["apsr"] = oracle.uc.reg_read(arm.UC_ARM_REG_XPSR) & APSR
        wrong = {
            name: (hex(value), hex(theirs[name]))
            for name, value in ours.items()
            if value != theirs[name]
        }
        assert not wrong, f"stop {number} at {total}, pc {stop.pc:#x}: ours, Unicorn's: {wrong}"
        assert bytes(oracle.uc.mem_read(RAM, RAM_SIZE)) == ram, f"RAM, stop {number} at {total}"
