"""A firmware that is a list of what it says and when: waits are tested without a core."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.engine.base import Halt
from simgate.engine.terminal_tester import TerminalTester
from simgate.image import Image
from simgate.machine import Machine
from simgate.result import StopReason


class FakeUart:
    name = "usart2"

    def __init__(self) -> None:
        self.listeners: list[Callable[[int], None]] = []
        self.received = bytearray()
        self.on_write: Callable[[bytes], None] = lambda data: None

    @property
    def pending(self) -> int:
        return 0

    def write(self, data: bytes) -> None:
        self.received += data
        self.on_write(data)


class FakeRun:
    """Virtual time, and calls that are due at some time; `say` makes the firmware speak."""

    def __init__(self) -> None:
        self.uart = FakeUart()
        self.now_s = 0.0
        self.ends_with: Halt | None = None  # once nothing is left to do
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._stop = False

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        self._count += 1
        self._due.append((self.now_s + seconds, self._count, callback))
        self._due.sort()

    def say(self, at_s: float, data: bytes) -> None:
        for byte in data:
            self.after(at_s - self.now_s, lambda byte=byte: self._hear(byte))

    def _hear(self, byte: int) -> None:
        for listener in list(self.uart.listeners):
            listener(byte)

    def clock(self) -> float:
        return self.now_s

    def stop(self) -> None:
        self._stop = True

    def run(self, seconds: float) -> Halt:
        end_s = self.now_s + seconds
        self._stop = False
        while self._due and self._due[0][0] <= end_s:
            self.now_s, _, callback = self._due.pop(0)
            callback()
            if self._stop:
                return Halt(StopReason.DONE, 0, self.now_s)
        if self.ends_with is not None:
            return self.ends_with
        self.now_s = end_s
        return Halt(StopReason.TIME, 0, self.now_s)

    def tester(self, **options) -> TerminalTester:
        return TerminalTester(
            self.uart,
            clock=self.clock,
            run=self.run,
            stop=self.stop,
            after=self.after,
            **options,
        )


@pytest.fixture
def fake() -> FakeRun:
    return FakeRun()


# ---- real images on the strict engine ----

_START = """
extern unsigned __data_load[], __data_start[], __data_end[], __bss_start[], __bss_end[];
int main(void);
void HardFault_Handler(void) __attribute__((weak));
void SysTick_Handler(void) __attribute__((weak));
void USART2_IRQHandler(void) __attribute__((weak));
void Reset_Handler(void);
void Reset_Handler(void) {
    *(volatile unsigned *)0xE000ED88 |= 0xFu << 20;
    for (unsigned *to = __data_start, *from = __data_load; to < __data_end;) { *to++ = *from++; }
    for (unsigned *to = __bss_start; to < __bss_end;) { *to++ = 0; }
    main();
    for (;;) { }
}
__attribute__((section(".vectors"), used)) void *const vectors[16 + 39] = {
    [0] = (void *)STACK_TOP, [1] = Reset_Handler, [3] = HardFault_Handler,
    [15] = SysTick_Handler, [16 + 38] = USART2_IRQHandler,
};
"""
_SCRIPT = """
ENTRY(Reset_Handler)
SECTIONS {
    .text 0x08000000 : { KEEP(*(.vectors)) *(.text*) *(.rodata*) . = ALIGN(4); }
    __data_load = LOADADDR(.data);
    .data 0x20000000 : AT(LOADADDR(.text) + SIZEOF(.text)) {
        __data_start = .; *(.data*) . = ALIGN(4); __data_end = .;
    }
    .bss (NOLOAD) : { __bss_start = .; *(.bss*) *(COMMON) . = ALIGN(4); __bss_end = .; }
    .simgate.layers 0 (INFO) : { KEEP(*(.simgate.layers)) }
}
__stack_limit = 0x2001FC00;
"""
_FLAGS = (
    "-mcpu=cortex-m4",
    "-mthumb",
    "-mfpu=fpv4-sp-d16",
    "-mfloat-abi=hard",
    "-O1",
    "-g",
    "-std=gnu11",
    "-ffreestanding",
    "-nostartfiles",
    "-nostdlib",
    "-fno-tree-loop-distribute-patterns",
    "-DSTACK_TOP=0x20020000",
)


@pytest.fixture
def compile_c(tmp_path: Path) -> Callable[..., Path]:
    """C text with `main` to an ELF for the STM32F407; options go to the compiler."""

    def build(source: str, *options: str, script: str = _SCRIPT) -> Path:
        (tmp_path / "start.c").write_text(_START)
        (tmp_path / "main.c").write_text(source)
        (tmp_path / "link.ld").write_text(script)
        elf = tmp_path / "image.elf"
        sources = ("start.c", "main.c", "-lgcc")
        subprocess.run(
            ["arm-none-eabi-gcc", *_FLAGS, *options, "-T", "link.ld", *sources, "-o", str(elf)],
            cwd=tmp_path,
            check=True,
        )
        return elf

    return build


@pytest.fixture
def machine_of() -> Iterator[Callable[..., Machine]]:
    """A machine on the STM32F407 board for an ELF."""
    made: list[Machine] = []

    def make(elf: Path, **options: object) -> Machine:
        machine = Machine(find_board("stm32f407"), Image.read(elf), **options)
        made.append(machine)
        return machine

    yield make
    for machine in made:
        machine.close()
