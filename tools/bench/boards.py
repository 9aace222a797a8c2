"""The keyword spotter on each board: what it costs there, and how fast it is simulated."""

from __future__ import annotations

import time

from simgate.board import find_board, known_boards
from simgate.image import Image
from simgate.machine import Machine
from simgate.measure import measure_footprint
from simgate.toolchain import build_app
from simgate.verdict.application import find_app
from simgate.verdict.estimation import estimate
from tools.bench import registers, streams, timers
from tools.bench.figure import Figure
from tools.bench.keyword_spotter import FRONT_END, NETWORK, ROOT, KeywordSpotter

CLIPS = 3


def measure(app: KeywordSpotter) -> list[Figure]:
    """Board by board, and what registers, interrupts, DMA and samples cost the host."""
    by_board = [figure for board in known_boards() for figure in _measure(app, board)]
    return [*registers.measure(app), *timers.measure(app), *streams.measure(app), *by_board]


def _measure(app: KeywordSpotter, name: str) -> list[Figure]:
    elf = build_app("kws", board=name, build_directory=ROOT / "build" / "bench" / name)
    image = Image.read(elf)
    board = find_board(name)
    with Machine(board, image, spans=(FRONT_END, NETWORK)) as machine:
        app.boot(machine)
        speeds = []
        for clip in range(CLIPS):
            app.send(machine, clip)
            before, begin = machine.instructions, time.thread_time()
            app.answer(machine)
            speeds.append((machine.instructions - before) / (time.thread_time() - begin))
        result = machine.result()
    assert result.fault is None, result.fault
    assert result.stack is not None
    count = {span.function: span.instructions for span in result.spans}
    footprint = measure_footprint(image)
    estimation = estimate(find_app("kws").on(name), elf=elf)
    time_ms, energy_mj = estimation.inference, estimation.energy.inference
    return [
        Figure("Flash", footprint.flash / 1024, "KiB", subject=name),
        Figure("RAM", footprint.ram / 1024, "KiB", subject=name),
        Figure("stack", result.stack.used, "B", subject=name),
        Figure("front end", count[FRONT_END], "instructions", subject=name),
        Figure("network", count[NETWORK], "instructions", subject=name),
        Figure("time", time_ms.best, "ms, estimated", subject=name),
        Figure("at least", time_ms.low, "ms", subject=name),
        Figure("at most", time_ms.high, "ms", subject=name),
        Figure("energy", energy_mj.best, "mJ, estimated", subject=name),
        Figure("speed", max(speeds) / 1e6, "MIPS", subject=name),
        Figure("of real time", max(speeds) / 1e6 / board.mips, "x", subject=name),
    ]
