"""Firmware of this folder, built, and run on the strict core and on QEMU; what each one logged."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from simgate.core import Clocks, Core, Stop, StopKind
from simgate.image import Image

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
FIRMWARE = HERE / "firmware"
RAM = 0x2000_0000
CODE_SIZE, RAM_SIZE, END_SIZE = 0x1_0000, 0x2_0000, 0x1000
BIT_BAND = 0x2200_0000
ENDS = {  # of what else is mapped on those machines
    "cortex-m4f": (0x2400_0000,),
    "cortex-m7": (0x2400_0000, 0x6100_0000),
}
SYS_WRITE0, SYS_EXIT = 0x04, 0x18
BUDGET = 20_000_000  # instructions

COMPILER = (
    "arm-none-eabi-gcc -mthumb -mfloat-abi=softfp -O1 -std=gnu11 -Wall -Wextra -Werror "
    "-ffreestanding -fno-tree-loop-distribute-patterns -nostdlib"
)
FOR_CPU = {
    "cortex-m4f": ("-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16"),
    "cortex-m7": ("-mcpu=cortex-m7", "-mfpu=fpv5-d16"),
}
MACHINES = {"cortex-m4f": "mps2-an386", "cortex-m7": "mps2-an500"}
QEMU = (
    "qemu-system-arm -display none -monitor none -serial none -icount shift=5,sleep=off "
    "-semihosting-config enable=on,target=native"
)


@dataclass(frozen=True)
class Build:
    """Compiles programs, each once; what all share is compiled once for a processor."""

    folder: Path

    def program(self, name: str, cpu: str) -> Path:
        """The ELF of programs/<name>.c (or .S)."""
        if shutil.which("arm-none-eabi-gcc") is None:
            pytest.skip("arm-none-eabi-gcc is not installed")
        elf = self.folder / f"{name}.{cpu}.elf"
        if not elf.exists():
            (source,) = PROGRAMS.glob(f"{name}.*")
            script = FIRMWARE / "link.ld"
            link = f"-Wl,-T,{script},--no-warn-rwx-segments"
            self._compile(cpu, "-I", FIRMWARE, link, *self._shared(cpu), source, "-o", elf, "-lgcc")
        return elf

    def _shared(self, cpu: str) -> list[Path]:
        objects = []
        for source in sorted([*FIRMWARE.glob("*.c"), *FIRMWARE.glob("*.S")]):
            objects.append(self.folder / f"{source.stem}.{cpu}.o")
            if not objects[-1].exists():
                self._compile(cpu, "-c", source, "-o", objects[-1])
        return objects

    def _compile(self, cpu: str, *arguments: str | Path) -> None:
        subprocess.run([*COMPILER.split(), *FOR_CPU[cpu], *arguments], check=True)


def on_qemu(elf: Path, cpu: str) -> list[str]:
    """Its log, a line each."""
    if shutil.which("qemu-system-arm") is None:
        pytest.skip("qemu-system-arm is not installed")
    command = [*QEMU.split(), "-M", MACHINES[cpu], "-kernel", str(elf)]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    return (run.stdout + run.stderr).splitlines()


class Strict:
    """The strict core as such a machine; it goes on after faults, as QEMU does."""

    def __init__(self, elf: Path, cpu: str, priority_mask: int = 0xF0) -> None:
        self.image = image = Image.read(elf)
        self.core = Core(cpu, Clocks.of_mips(100), interrupts=32, priority_mask=priority_mask)
        self.core.stop_on_fault = False
        self.core.map_memory(0, CODE_SIZE, True)
        self.core.map_memory(RAM, RAM_SIZE, True)
        self.core.map_bitband(BIT_BAND, 32 * RAM_SIZE, RAM)
        for end in ENDS[cpu]:
            self.core.map_memory(end - END_SIZE, END_SIZE, True)
        for segment in image.segments:
            self.core.write(segment.physical_address, segment.data)
        self.console = image.symbol("semihosting_call").address
        self.core.add_stop(self.console)
        assert self.core.reset()
        self.lines: list[str] = []

    def symbol(self, name: str) -> int:
        """Its address, without the Thumb bit."""
        return self.image.symbol(name).address

    def run(self) -> Stop:
        """To SYS_EXIT, or to where it cannot go on."""
        while True:
            stop = self.core.run(self.core.ticks + BUDGET)
            if (stop.kind, stop.pc) != (StopKind.STOP_POINT, self.console):
                return stop
            operation = self.core.read_register("r0")
            if operation == SYS_EXIT:
                return stop
            assert operation == SYS_WRITE0
            self.lines.append(self._text(self.core.read_register("r1")))
            self.core.write_register("pc", stop.pc + 2)

    def _text(self, address: int) -> str:
        text = self.core.read(address, RAM + RAM_SIZE - address)
        return text[: text.index(0)].decode().rstrip("\n")


def on_strict(elf: Path, cpu: str, priority_mask: int = 0xF0) -> list[str]:
    """Its log, a line each."""
    machine = Strict(elf, cpu, priority_mask)
    stop = machine.run()
    if machine.lines[-1:] != ["end:"]:
        machine.lines.append(f"it stopped: {stop}")
    return machine.lines
