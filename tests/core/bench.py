"""Small programs for the core: assembled from text, placed at 0, with RAM at 0x20000000."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from simgate.core import Clocks, Core, Stop, StopKind

RAM = 0x2000_0000
RAM_SIZE = 0x1_0000
STACK_TOP = RAM + 0x8000
LOG = RAM + 0x9000  # a pointer to the next free word, then the words
CODE_SIZE = 0x1_0000

LINKER_SCRIPT = """
ENTRY(reset)
SECTIONS { .text 0 : { *(.vectors) *(.text*) *(.rodata*) }
           .bss 0x20004000 (NOLOAD) : { *(.bss*) *(.data*) *(COMMON) }
           /DISCARD/ : { *(.ARM.*) *(.comment) } }
"""

BEFORE = f"""
        .syntax unified
        .cpu cortex-m4
        .fpu fpv4-sp-d16
        .thumb
        .text
        .thumb_func
log_exception:
        mrs     r0, ipsr
        ldr     r1, ={LOG:#x}
        ldr     r2, [r1]
        cbnz    r2, 1f
        add     r2, r1, #4
1:      str     r0, [r2]
        add     r2, r2, #4
        str     r2, [r1]
log_return:
        bx      lr
        .ltorg
        .global reset
        .thumb_func
reset:
"""

# 64 vectors: `vector_<number>` where the program has that label, `log_exception` elsewhere.
AFTER = f"""
        .ltorg
        .section .vectors, "a"
        .word {STACK_TOP:#x}
        .word reset
        .altmacro
        .macro vector n
        .ifdef vector_\\n
        .word vector_\\n + 1
        .else
        .word log_exception
        .endif
        .endm
        .set n, 2
        .rept 62
        vector %n
        .set n, n + 1
        .endr
"""


@dataclass
class Bench:
    """A core with one program in it, reset."""

    core: Core
    symbols: dict[str, int]
    code: memoryview
    ram: memoryview

    def word(self, address: int) -> int:
        return int(struct.unpack("<I", self.core.read(address, 4))[0])

    def words(self, address: int, count: int) -> list[int]:
        return list(struct.unpack(f"<{count}I", self.core.read(address, 4 * count)))

    def log(self) -> list[int]:
        """What `log_exception` wrote: exception numbers in order of their entry."""
        end = self.word(LOG)
        return self.words(LOG + 4, (end - LOG - 4) // 4) if end else []

    def run_to(self, symbol: str | int, *, within: int = 1_000_000) -> Stop:
        """Runs to the first instruction at a label, and checks that it arrived."""
        address = self.symbols[symbol] if isinstance(symbol, str) else symbol
        self.core.add_stop(address)
        stop = self.core.run(self.core.ticks + within)
        self.core.remove_stop(address)
        assert stop.kind is StopKind.STOP_POINT, stop
        assert stop.pc == address
        return stop

    def set(self, **registers: int) -> None:
        for name, value in registers.items():
            self.core.write_register(name, value)

    def __getitem__(self, register: str) -> int:
        return self.core.read_register(register)


Assemble = Callable[[str], tuple[bytes, dict[str, int]]]
Boot = Callable[..., Bench]


def build(folder: Path, source: Path, *options: str) -> tuple[bytes, dict[str, int]]:
    """Compiles one file; returns the bytes from address 0 on, and its labels."""
    if shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("arm-none-eabi-gcc is not installed")
    script, elf, binary = folder / "link.ld", folder / "a.elf", folder / "a.bin"
    script.write_text(LINKER_SCRIPT)
    tool = "arm-none-eabi-"
    flags = ["-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard", "-nostdlib"]
    link = f"-Wl,-T,{script},--no-warn-rwx-segments"
    subprocess.run(
        [tool + "gcc", *flags, *options, link, source, "-o", elf, "-lgcc"],
        check=True,
    )
    subprocess.run([tool + "objcopy", "-O", "binary", "-j", ".text", elf, binary], check=True)
    listing = subprocess.run([tool + "nm", elf], check=True, capture_output=True, text=True)
    symbols = {}
    for line in listing.stdout.splitlines():
        *address, kind, name = line.split()
        if address and kind not in "aA":
            symbols[name] = int(address[0], 16) & ~1
    return binary.read_bytes(), symbols


def place(
    program: bytes,
    symbols: dict[str, int],
    cpu: str = "cortex-m4f",
    clocks: Clocks | None = None,
) -> Bench:
    core = Core(cpu, clocks or Clocks.of_mips(100))
    code = core.map_memory(0, CODE_SIZE, False)
    ram = core.map_memory(RAM, RAM_SIZE, True)
    code[: len(program)] = program
    core.invalidate(0, CODE_SIZE)
    assert core.reset()
    return Bench(core, symbols, code, ram)
