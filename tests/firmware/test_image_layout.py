"""What the linker script and the start-up code promise, read from the ELF."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from simgate.image import Image
from simgate.toolchain import build_app, find_tools

APPS = Path(__file__).parent / "apps"
FLASH, SRAM = 0x0800_0000, 0x2000_0000
INTERRUPTS = 82
USART2_POSITION = 38
RESERVED_EXCEPTIONS = {7, 8, 9, 10, 13}


@pytest.fixture(scope="module")
def hello(image_of: Callable[[str], Path]) -> Image:
    return Image.read(image_of("hello"))


def vectors(image: Image) -> tuple[int, ...]:
    content = image.section_data(".vectors")
    assert content is not None
    return struct.unpack(f"<{16 + INTERRUPTS}I", content)


def test_the_vector_table_stands_where_the_chip_looks_for_it(hello: Image) -> None:
    table = vectors(hello)

    assert hello.symbol("vector_table").address == FLASH
    assert table[0] == hello.symbol("__stack_top").address
    assert table[1] == hello.symbol("Reset_Handler").address | 1
    assert hello.entry & ~1 == hello.symbol("Reset_Handler").address


def test_every_exception_and_interrupt_has_a_handler(hello: Image) -> None:
    table = vectors(hello)
    default = hello.symbol("default_handler").address | 1

    assert {i for i, handler in enumerate(table) if handler == 0} == RESERVED_EXCEPTIONS
    assert table[15] == hello.symbol("SysTick_Handler").address | 1
    assert table[16 + USART2_POSITION] == hello.symbol("USART2_IRQHandler").address | 1
    own = {0, 1, 15, 16 + USART2_POSITION} | RESERVED_EXCEPTIONS
    assert all(handler == default for i, handler in enumerate(table) if i not in own)


def test_the_stack_lies_at_the_bottom_of_sram(hello: Image) -> None:
    assert hello.symbol("__stack_limit").address == SRAM
    assert hello.symbol("__stack_top").address == SRAM + 3072


def test_the_stack_size_is_an_option(tmp_path: Path) -> None:
    elf = build_app(APPS / "hello", build_directory=tmp_path, options={"STACK_SIZE": "1024"})

    assert Image.read(elf).symbol("__stack_top").address == SRAM + 1024


def test_initial_values_are_loaded_in_flash_behind_the_code(
    image_of: Callable[[str], Path],
) -> None:
    image = Image.read(image_of("start_state"))
    data = next(section for section in image.sections if section.name == ".data")

    assert data.size == image.symbol("__data_end").address - image.symbol("__data_start").address
    assert data.size >= 16
    assert data.load_address == image.symbol("__data_load").address
    assert FLASH < data.load_address < FLASH + 0x10_0000
    assert struct.pack("<3I", 11, 22, 33) in (image.section_data(".data") or b"")


def test_only_flash_is_programmed(image_of: Callable[[str], Path]) -> None:
    image = Image.read(image_of("start_state"))

    for segment in image.segments:
        if segment.data:
            end = segment.physical_address + len(segment.data)
            assert FLASH <= segment.physical_address < end <= FLASH + 0x10_0000


def test_the_same_sources_give_the_same_bytes_anywhere(
    image_of: Callable[[str], Path], tmp_path: Path
) -> None:
    elsewhere = build_app(APPS / "hello", build_directory=tmp_path / "a" / "deeper" / "tree")

    content = elsewhere.read_bytes()
    assert content == image_of("hello").read_bytes()
    assert str(tmp_path).encode() not in content
    assert str(APPS).encode() not in content


def test_source_lines_are_named_from_the_firmware_folder(hello: Image) -> None:
    line = hello.source_line(hello.symbol("clock_start").address)

    assert line is not None
    assert line.file == "firmware/board/stm32f407/clock.c"


def test_nothing_of_printf_or_the_heap_is_linked(image_of: Callable[[str], Path]) -> None:
    nm = find_tools().compiler.with_name("arm-none-eabi-nm")
    names = subprocess.check_output([nm, image_of("front_end_probe")], text=True)

    for unwanted in ("printf", "malloc", "_sbrk", "__libc_init", "__aeabi_d", "__aeabi_f"):
        assert unwanted not in names
