"""What is at an address of a real image on a real board."""

from __future__ import annotations

import pytest

from simgate.board import find_board
from simgate.debug.places import PlaceKind, Places, StackArea
from simgate.debug.program import Program
from simgate.image import Image


@pytest.fixture(scope="module")
def places(apps) -> Places:
    board = find_board("stm32f407")
    program = Program(Image.read(apps["fault_unaligned_ldrd"]), board.memories)
    return Places(program, board, [StackArea("main stack", 0x20000000, 0x20000C00)])


@pytest.mark.parametrize(
    ("address", "kind", "text"),
    [
        (0x20000C00, PlaceKind.DATA, "words in .bss"),
        (0x20000C01, PlaceKind.DATA, "words+0x1 in .bss"),
        (0x20000BFC, PlaceKind.STACK, "main stack, 4 B below its top"),
        (0x20010000, PlaceKind.MEMORY, "sram+0x10000, where the image has put nothing"),
        (0x20020000, PlaceKind.NOTHING, "in no memory of the board; right behind the end of sram"),
        (0x1FFFFFFC, PlaceKind.NOTHING, "in no memory of the board; 4 B before sram"),
        (0x60000000, PlaceKind.NOTHING, "in no memory of the board"),
        (0x40004404, PlaceKind.PERIPHERAL, "usart2+0x4, a register of a peripheral"),
        (0x40006404, PlaceKind.NOT_MODELLED, "peripheral not modelled: CAN1+0x4"),
        (0x22000028, PlaceKind.PERIPHERAL, "bit-band alias of bit 2 of 0x20000001"),
        (0xE000ED04, PlaceKind.SYSTEM, "the processor's own registers"),
        (0xE0042000, PlaceKind.PERIPHERAL, "dbgmcu, a register of a peripheral"),
        (0x08000000, PlaceKind.DATA, "vector_table in .vectors"),
        (0x00000004, PlaceKind.DATA, "vector_table+0x4 in .vectors, through the alias of"),
    ],
)
def test_an_address_has_a_place(places: Places, address: int, kind: PlaceKind, text: str) -> None:
    place = places.at(address)
    assert place.kind is kind
    assert place.text.startswith(text)


def test_code_has_function_and_line(places: Places, apps) -> None:
    main = Image.read(apps["fault_unaligned_ldrd"]).symbol("main").address
    place = places.at(main + 2)
    assert (place.kind, place.name, place.offset, place.section) == (
        PlaceKind.CODE,
        "main",
        2,
        ".text",
    )
    assert place.location is not None
    assert place.location.line is not None
    alias = places.at(main - 0x08000000)
    assert alias.name == "main"
    assert "through the alias of" in alias.text
