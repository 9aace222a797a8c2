"""Machines come and go by the hundred in a suite: what they held is the host's again."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.image import Image
from simgate.machine import Machine

STATM = Path("/proc/self/statm")
PAGE = 4096
MACHINES = 40
MOST_BYTES = 100 << 20  # without giving tables back, each machine kept 10 MB


def resident() -> int:
    return int(STATM.read_text().split()[1]) * PAGE


@pytest.mark.skipif(not STATM.exists(), reason="only Linux tells a process's memory there")
def test_machines_give_their_memory_back(compile_c) -> None:
    elf = compile_c("int main(void) { for (;;) { } }")
    image, board = Image.read(elf), find_board("stm32f407")

    def use_one() -> None:
        with Machine(board, image) as machine:
            machine.run_for(0.001)

    use_one()
    gc.collect()
    before = resident()
    for _ in range(MACHINES):
        use_one()
    gc.collect()
    assert resident() - before < MOST_BYTES
