"""Boards by name and by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from simgate.board import find_board, known_boards
from simgate.errors import BoardError, PlatformError

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
    text = (REPOSITORY / "platforms" / "stm32f407.repl").read_text()
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
    assert "stm32f407" in known_boards()
