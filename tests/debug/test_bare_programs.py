"""Programs of a few lines, without start-up code, as the least helpful firmware is built."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

NESTED = """
#include <stdint.h>
#define REGISTER(address) (*(volatile uint32_t *)(address))
void reset(void), outer(void), inner(void);
static void hang(void) { for (;;) {} }
__attribute__((section(".vectors"), used)) void (*const vectors[])(void) = {
    (void (*)(void))0x20020000, reset, [2 ... 15] = hang, outer, inner};
volatile float level = 1.5f;
__attribute__((noipa)) static void broken(volatile uint32_t *where) { *where = 3; level += 1; }
void inner(void) { broken((volatile uint32_t *)0x90000000); level += 2; }
void outer(void) {
    level *= 3;
    REGISTER(0xE000E200) = 2; /* pends the other, which has the higher priority */
    __asm volatile("dsb\\nisb");
    level += 1;
}
__attribute__((noinline)) static void work(void) {
    level *= 2;
    REGISTER(0xE000E200) = 1;
    __asm volatile("dsb\\nisb");
    level += 1;
}
void reset(void) {
    REGISTER(0xE000ED88) |= 0xF << 20; /* the FPU */
    __asm volatile("dsb\\nisb");
    REGISTER(0xE000E400) = 0x4080;
    REGISTER(0xE000E100) = 3;
    work();
    for (;;) {}
}
"""


@pytest.fixture
def bare(tmp_path: Path) -> Callable[[str], Path]:
    """Compiles a C text, its section .vectors at the beginning of Flash."""

    def compile_text(text: str) -> Path:
        source, elf = tmp_path / "bare.c", tmp_path / "bare.elf"
        source.write_text(text)
        flags = "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -O2 -g -nostdlib"
        starts = "-Wl,--section-start=.vectors=0x08000000,-Ttext=0x08000200,-Tdata=0x20000000"
        command = ["arm-none-eabi-gcc", *flags.split(), starts, "-Wl,-e,reset", source, "-o", elf]
        subprocess.run(command, check=True)
        return elf

    return compile_text


def test_the_deepest_moment_may_be_in_a_nested_handler(bare, report_of) -> None:
    """Run to that instruction again, the core has not entered the handler yet."""
    report = report_of(bare(NESTED), on_fault="follow")
    frames = [frame.where.function for frame in report.deepest.chain.frames]
    assert frames == ["inner", "outer", "work", "reset"]
    assert [frame.where.function for frame in report.backtrace.frames] == ["broken", *frames]


def test_a_program_without_a_vector_table(bare, report_of) -> None:
    text = "__attribute__((section('.vectors'))) const int x[] = {5, 6};void reset(void) {for(;;);}"
    report = report_of(bare(text.replace("'", '"')), on_fault="follow")
    assert report.instructions == 0
    (remark,) = (one for one in report.remarks if "reset" in one)
    assert "reset took SP 0x00000005 and PC 0x00000006 from the vector table at 0x0800" in remark
