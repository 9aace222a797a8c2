"""Guest instructions a second on the network, the strict engine and Unicorn in turn.

Both have run the network once before; seconds are the thread's processor time, so that a busy
machine does not blur them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from simgate.board import find_board
from simgate.image import Image
from simgate.machine import Machine
from simgate.platform import describe
from simgate.platform.facts import memories
from tools.bench.figure import Figure
from tools.bench.keyword_spotter import NETWORK, KeywordSpotter
from tools.bench.unicorn_peer import Memory, call

RUNS = 15


def _second_clip(app: KeywordSpotter, spans: tuple[str, ...] = ()) -> Machine:
    """A fresh machine that has answered one clip and has the next one on its wire."""
    machine = Machine(find_board(app.board), Image.read(app.elf), spans=spans)
    app.boot(machine)
    app.send(machine, 0)
    app.answer(machine)
    app.send(machine, 1)
    return machine


def _at_network(app: KeywordSpotter, started: int) -> Machine:
    """The same at exactly `started` instructions."""
    machine = _second_clip(app)
    while machine.instructions < started:
        # Sleep makes time pass without instructions, so this may take several steps.
        machine.run_for((started - machine.instructions) / (machine.board.mips * 1e6))
    return machine


def _pairs(app: KeywordSpotter) -> Iterator[tuple[float, float]]:
    """Instructions a second, strict and Unicorn, measured one after the other."""
    board = find_board(app.board)
    areas = tuple(
        Memory(area.base, area.size)
        for area in memories(describe(board.repl))
        if area.alias_of is None
    )
    flash = next(area for area in areas if area.base == 0x08000000)
    with _second_clip(app, spans=(NETWORK,)) as machine:
        app.answer(machine)
        _, span = machine.result().spans
    for _ in range(RUNS):
        with _at_network(app, span.started) as machine:
            peer_count, peer_s = call(machine, areas, flash)
            begin = time.thread_time()
            machine.run_for(span.instructions / (board.mips * 1e6))
            own_s = time.thread_time() - begin
            own_count = machine.instructions - span.started
            # SysTick interrupts the network on the strict engine; Unicorn has none.
            if not 0 <= span.instructions - peer_count < span.instructions / 1000:
                raise RuntimeError(
                    f"Unicorn counted {peer_count:,} instructions, strict {span.instructions:,}"
                )
            yield own_count / own_s, peer_count / peer_s


def network_speed(app: KeywordSpotter, runs: int) -> float:
    """Guest instructions a second on the network, the best of so many runs."""
    with _second_clip(app, spans=(NETWORK,)) as machine:
        app.answer(machine)
        _, span = machine.result().spans
    best = 0.0
    for _ in range(runs):
        with _at_network(app, span.started) as machine:
            begin = time.thread_time()
            machine.run_for(span.instructions / (machine.board.mips * 1e6))
            elapsed_s = time.thread_time() - begin
            best = max(best, (machine.instructions - span.started) / elapsed_s)
    return best


def measure(app: KeywordSpotter) -> list[Figure]:
    """Simulation speed with every check on."""
    pairs = list(_pairs(app))
    own = [pair[0] / 1e6 for pair in pairs]
    peer = [pair[1] / 1e6 for pair in pairs]
    ratio = statistics.median(pair[0] / pair[1] for pair in pairs)
    median, best = statistics.median, max  # other tenants of the machine only ever slow a run
    hook = "Unicorn, block hook"
    return [
        Figure(
            "network, guest MIPS, median", median(own), "MIPS", 700.0, False, median(peer), hook
        ),
        Figure("network, guest MIPS, best", best(own), "MIPS", None, False, best(peer), hook),
        Figure("network, against Unicorn, median", ratio, "x"),
    ]
