"""What a platform's bus writes in its ``init`` is in the memories, whatever kind they are."""

from __future__ import annotations

import pytest

from simgate.board import find_board
from simgate.core import Clocks, Core
from simgate.engine.strict.chip import Chip
from simgate.engine.strict.clock import Clock
from simgate.errors import PlatformError


def chip_of(description):
    core = Core("cortex-m4f", Clocks(168_000_000, 168_000_000, 168_000_000))
    return Chip(description, core, Clock(core, 168_000_000))


@pytest.mark.parametrize(
    ("board", "address", "value"),
    [
        ("stm32f407", 0x1FFF7A2A, 1502),
        ("stm32g474", 0x1FFF75AA, 1655),
        ("stm32f746", 0x1FF0F44A, 1502),
        ("stm32h743", 0x1FF1E860, 24149),
    ],
)
def test_the_reference_of_the_factory(board, address, value):
    chip = chip_of(find_board(board).description)
    (view,) = chip.find_memory(address, 2)
    assert int.from_bytes(view, "little") == value


@pytest.mark.parametrize(
    ("board", "size", "number"),
    [
        ("stm32f407", 0x1FFF7A22, 0x1FFF7A10),
        ("stm32g474", 0x1FFF75E0, 0x1FFF7590),
        ("stm32f746", 0x1FF0F442, 0x1FF0F420),
        ("stm32h743", 0x1FF1E880, 0x1FF1E800),
    ],
)
def test_the_size_of_the_flash_and_the_number_of_the_chip(board, size, number):
    chip = chip_of(find_board(board).description)
    (view,) = chip.find_memory(size, 2)
    flashes = [a for a in chip.areas if a.name.startswith("flash") and a.alias_of is None]
    assert int.from_bytes(view, "little") == sum(area.size for area in flashes) >> 10
    (view,) = chip.find_memory(number, 12)
    assert bytes(view).hex() == "210030000c51373435353833"


def test_a_word_for_no_memory_is_an_error(tmp_path):
    extra = tmp_path / "extra.repl"
    extra.write_text("sysbus:\n    init add:\n        WriteWord 0x1FFFFFF0 1\n")
    board = find_board("stm32f407", extra=[extra])
    with pytest.raises(PlatformError, match="no memory at 0x1ffffff0"):
        chip_of(board.description)
