"""Small firmwares, built from a few lines of C, and one builder for them all."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from simgate.image import Image

LINKER_SCRIPT = """
ENTRY(start)
MEMORY
{{
    FLASH (rx)  : ORIGIN = 0x08000000, LENGTH = 1M
    RAM   (rwx) : ORIGIN = 0x20000000, LENGTH = 128K
}}
SECTIONS
{{
    .vectors : {{ KEEP(*(.vectors)) }} > FLASH
    .text : {{ *(.text .text.*) }} > FLASH
    .rodata : ALIGN(64) {{ *(.rodata .rodata.*) }} > FLASH
    .stack (NOLOAD) : {{ {stack_start} . += 0x400; {stack_end} }} > RAM
    .data : ALIGN(8) {{ *(.data .data.*) }} > RAM AT > FLASH
    .ramfunc : ALIGN(4) {{ *(.ramfunc) }} > RAM AT > FLASH
    .bss (NOLOAD) : ALIGN(32) {{ *(.bss .bss.* COMMON) }} > RAM
    .heap (NOLOAD) : ALIGN(8) {{ . += 0x200; }} > RAM
    .notes 0 (INFO) : {{ KEEP(*(.notes)) }}
    {extra}
}}
"""

SOURCE = """
__attribute__((used, section(".vectors"))) static const unsigned vectors[2] = {0x20000400u, 0};
const signed char kws_weights_0[100] = {1};
const int kws_bias_0[5] = {2};
extern const int other_name_of_bias __attribute__((alias("kws_bias_0")));
const char text[30] = "constant";
int initial = 7;
char zero[50];
__attribute__((used, section(".notes"))) static const char note[40] = "not loaded";
__attribute__((section(".ramfunc"), noinline, long_call)) int fast(int a) {
    return a * a + initial;
}
EXTRA
void start(void) {
    for (;;) {
        zero[kws_bias_0[0]] = (char)fast(kws_weights_0[1] + text[2] + other_name_of_bias);
    }
}
"""


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Image]:
    """An image of the source above with more C, other stack symbols or more linker script."""

    def build_image(
        more: str = "",
        *,
        stack_start: str = "__stack_limit = .;",
        stack_end: str = "__stack_top = .;",
        extra: str = "",
        source: str = "firmware.c",
    ) -> Image:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        script = folder / "firmware.ld"
        script.write_text(
            LINKER_SCRIPT.format(stack_start=stack_start, stack_end=stack_end, extra=extra)
        )
        code = folder / source
        code.write_text(SOURCE.replace("EXTRA", more))
        output = folder / "firmware.elf"
        command = ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-O1", "-nostdlib"]
        command += ["-ffreestanding", "-Wl,--no-warn-rwx-segments", f"-Wl,-T,{script}"]
        subprocess.run([*command, "-o", str(output), str(code)], check=True, capture_output=True)
        return Image.read(output)

    return build_image
