"""Boards by name and by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from simgate.board import Board, find_board, known_boards
from simgate.errors import BoardError, PlatformError
from simgate.platform.facts import system

REPOSITORY = Path(__file__).resolve().parents[1]


def test_a_board_by_name() -> None:
    board = find_board("stm32f407")
    assert board.name == "stm32f407"
    assert (board.clock_hz, board.mips, board.cpu_type) == (168_000_000, 168.0, "cortex-m4f")
    assert board.description.entry("usart2").type == "UART.STM32_UART"
    assert {(area.name, area.size) for area in board.memories} >= {
        ("flash", 1 << 20),
        ("sram", 128 << 10),
        ("ccm", 64 << 10),
    }


def test_a_board_by_file(tmp_path: Path) -> None:
    mine = tmp_path / "mine.repl"
    text = (REPOSITORY / "platforms" / "chip" / "stm32f407.repl").read_text()
    mine.write_text(text.replace("PerformanceInMips: 168", "PerformanceInMips: 42"))
    for name in (mine, str(mine)):
        board = find_board(name)
        assert (board.name, board.repl, board.mips) == ("mine", mine, 42.0)


def test_an_unknown_board_lists_the_known_ones() -> None:
    with pytest.raises(BoardError) as caught:
        find_board("STM32F405")
    assert "no board 'STM32F405'; did you mean 'stm32f407'?" in caught.value.message
    assert "stm32f407" in caught.value.hint
    with pytest.raises(BoardError) as caught:
        find_board("arduino")
    assert caught.value.message == "no board 'arduino'"


def test_a_file_that_is_missing_or_no_board(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match=r"absent\.repl"):
        find_board(tmp_path / "absent.repl")
    empty = tmp_path / "empty.repl"
    empty.write_text("")
    with pytest.raises(PlatformError, match="no CPU"):
        find_board(empty)


def test_a_path_as_a_name_finds_nothing_outside() -> None:
    with pytest.raises(BoardError):
        find_board("../platforms/stm32f407")


def test_known_boards() -> None:
    assert known_boards() == ("stm32f407", "stm32f746", "stm32g474", "stm32h743")


@pytest.mark.parametrize("name", known_boards())
def test_a_board_is_described_by_its_strict_file_and_renode_gets_the_other(name: str) -> None:
    board = find_board(name)
    assert board.repl == REPOSITORY / "platforms" / f"{name}.repl"
    assert board.description.path == REPOSITORY / "platforms" / "strict" / f"{name}.repl"
    assert find_board(board.repl) == board


def _kib(board: Board, name: str) -> list[tuple[int, int]]:
    found = [area for area in board.memories if area.name == name]
    return [(area.base, area.size >> 10) for area in found]


def test_memories_are_those_of_the_chips() -> None:
    f407, f746, g474, h743 = (find_board(name) for name in known_boards())
    assert _kib(f407, "flash") == [(0x0800_0000, 1024), (0, 1024)]
    assert _kib(f407, "ccm") == [(0x1000_0000, 64)]
    assert _kib(f746, "flash") == [(0x0800_0000, 1024), (0x0020_0000, 1024)]
    assert _kib(f746, "itcm") == [(0, 16)]
    assert [_kib(f746, name) for name in ("dtcm", "sram1", "sram2")] == [
        [(0x2000_0000, 64)], [(0x2001_0000, 240)], [(0x2004_C000, 16)]
    ]  # fmt: skip
    assert _kib(g474, "flash") == [(0x0800_0000, 512), (0, 512)]
    assert _kib(g474, "sram") == [(0x2000_0000, 96)]
    assert _kib(g474, "ccm") == [(0x1000_0000, 32), (0x2001_8000, 32)]
    assert _kib(h743, "flashBank2") == [(0x0810_0000, 1024)]
    assert _kib(h743, "dtcm") == [(0x2000_0000, 128)]
    assert _kib(h743, "axiSram") == [(0x2400_0000, 512)]
    assert _kib(h743, "sram3") == [(0x3004_0000, 32), (0x1004_0000, 32)]
    assert _kib(h743, "sram4") == [(0x3800_0000, 64)]


def test_clocks_and_processors_are_those_of_the_chips() -> None:
    facts = {name: system(find_board(name).description) for name in known_boards()}
    assert {
        name: (fact.cpu_type, fact.mips, fact.mpu_regions, fact.interrupts)
        for name, fact in facts.items()
    } == {
        "stm32f407": ("cortex-m4f", 168, 8, 82),
        "stm32f746": ("cortex-m7-sp", 216, 8, 98),
        "stm32g474": ("cortex-m4f", 170, 8, 102),
        "stm32h743": ("cortex-m7", 480, 16, 150),
    }
    for fact in facts.values():
        assert fact.systick_hz == fact.dwt_hz == fact.mips * 1e6
        assert fact.priority_mask == 0xF0
