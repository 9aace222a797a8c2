"""The boards' own firmware: memories, vectors, clocks, the tick and the console on each."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.image import Image
from simgate.machine import Machine
from simgate.result import RunResult
from simgate.toolchain import build_app

ROOT = Path(__file__).resolve().parents[2]
HELLO = Path(__file__).parent / "apps" / "hello"
# board: hertz, interrupts, empty positions, where the stack lies
BOARDS = {
    "stm32f407": (168_000_000, 82, set(), 0x2000_0000),
    "stm32g474": (170_000_000, 102, {85}, 0x2000_0000),
    "stm32f746": (216_000_000, 98, {79}, 0x2000_0000),
    "stm32h743": (
        480_000_000, 150, {42, 64, 65, 66, 67, 79, 123, 126, 143, 147, 148}, 0x2000_0000
    ),
}  # fmt: skip
USART2, DMA1_FIRST, TIM2 = 38, 11, 28
RESERVED = {7, 8, 9, 10, 13}


@dataclass(frozen=True)
class Booted:
    board: str
    image: Image
    lines: list[str]
    result: RunResult


@pytest.fixture(scope="module", params=BOARDS)
def booted(request: pytest.FixtureRequest) -> Booted:
    board: str = request.param
    folder = ROOT / "build" / "tests" / board / "hello"
    image = Image.read(build_app(HELLO, board=board, build_directory=folder))
    with Machine(find_board(board), image) as machine:
        terminal = machine.terminal("usart2", timeout=1.0)
        lines = [terminal.wait_for_next_line().line for _ in range(3)]
        machine.run_for(0.5)
        machine.uart("usart2").write(b"x")
        machine.run_for(0.001)
        return Booted(board, image, lines, machine.result())


def test_it_reaches_its_clock_and_ticks_in_milliseconds(booted: Booted) -> None:
    hertz = BOARDS[booted.board][0]
    assert booted.lines[0] == f"hello from {booted.board}"
    for number, line in enumerate(booted.lines[1:], 1):
        assert json.loads(line) == {"clock_hz": hertz, "tick_ms": 100 * number}
    stamps = [line.time_s for line in booted.result.uart][1:3]
    assert stamps == pytest.approx([0.1, 0.2], abs=1e-3)


def test_nothing_is_touched_that_is_not_there(booted: Booted) -> None:
    assert booted.result.fault is None
    assert booted.result.stubs == ()
    assert booted.result.remarks == ()


def test_a_byte_is_echoed_by_interrupt(booted: Booted) -> None:
    assert booted.result.uart[-1].text == "x"


def test_the_caches_of_a_cortex_m7_are_emptied_and_switched_on(booted: Booted) -> None:
    # one operation for all instructions, one a line of 32 bytes: 4 KiB and 16 KiB of data cache
    expected = {"stm32f746": 1 + 4096 // 32, "stm32h743": 1 + 16384 // 32}
    assert booted.result.cache_maintenance == expected.get(booted.board, 0)


def test_the_vector_table_has_every_position(booted: Booted) -> None:
    _, count, holes, _ = BOARDS[booted.board]
    content = booted.image.section_data(".vectors")
    assert content is not None
    table = struct.unpack(f"<{16 + count}I", content)
    assert {index for index, handler in enumerate(table[:16]) if handler == 0} == RESERVED
    assert {index for index, handler in enumerate(table[16:]) if handler == 0} == holes
    assert table[16 + USART2] == booted.image.symbol("USART2_IRQHandler").address | 1


def test_the_stack_lies_at_the_bottom_of_its_memory(booted: Booted) -> None:
    bottom = BOARDS[booted.board][3]
    assert booted.image.symbol("__stack_limit").address == bottom
    board = find_board(booted.board)
    below = [area for area in board.memories if area.base <= bottom - 4 < area.base + area.size]
    assert below == []  # an overflow meets nothing
