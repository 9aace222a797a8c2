"""Exceptions a second of host time: entry, an empty handler (BX LR), return.

The programs are a few halfwords, so that what is measured is entry and return, not what the
firmware does between them. Seconds are the thread's processor time.
"""

from __future__ import annotations

import statistics
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

from simgate.core import Clocks, Core, StopKind
from tools.bench.figure import Figure
from tools.bench.keyword_spotter import KeywordSpotter

RUNS = 9
EXCEPTIONS = 200_000  # a run
RAM, STACK_TOP = 0x2000_0000, 0x2000_1000
CODE, HANDLER = 0x200, 0x300
ICSR, SHPR3, SYST = 0xE000_ED04, 0xE000_ED20, 0xE000_E010
BX_LR = 0x4770


@dataclass(frozen=True, slots=True)
class Storm:
    """A program, and what sets it off."""

    name: str
    code: tuple[int, ...]  # from CODE on, in halfwords
    prepare: Callable[[Core], None] = lambda core: None


def _pend_sv(core: Core) -> None:
    core.write_register("r0", ICSR)
    core.write_register("r1", 1 << 28)


def _tick_every_20(core: Core) -> None:
    core.store(SYST + 4, 4, 19)
    core.store(SYST + 8, 4, 0)
    core.store(SYST, 4, 7)


STORMS = (
    Storm("SVC", (0xDF00, 0xE7FD)),  # SVC #0; B .-2
    Storm("PendSV, by STR to ICSR", (0x6001, 0xE7FD), _pend_sv),  # STR r1, [r0]; B .-2
    Storm("SysTick every 20 instructions", (0x3001, 0xE7FD), _tick_every_20),  # ADDS; B
)


def _core(storm: Storm) -> Core:
    core = Core("cortex-m4f", Clocks.of_mips(168))
    core.map_memory(0, 0x1000, False)
    core.map_memory(RAM, 0x1000, True)
    core.write(0, struct.pack("<16I", STACK_TOP, CODE | 1, *[HANDLER | 1] * 14))
    core.write(CODE, struct.pack(f"<{len(storm.code)}H", *storm.code))
    core.write(HANDLER, struct.pack("<H", BX_LR))
    assert core.reset()
    storm.prepare(core)
    return core


def _exceptions_a_second(core: Core) -> float:
    before, begin = core.exceptions, time.thread_time()
    while core.exceptions - before < EXCEPTIONS:
        stop = core.run(core.ticks + 500_000)
        assert stop.kind is StopKind.DEADLINE, stop
    return (core.exceptions - before) / (time.thread_time() - begin)


def measure(app: KeywordSpotter) -> list[Figure]:
    """One figure a kind of exception."""
    figures = []
    for storm in STORMS:
        core = _core(storm)
        _exceptions_a_second(core)  # decoded, and the processor's caches are warm
        median = statistics.median(_exceptions_a_second(core) for _ in range(RUNS))
        figures.append(
            Figure(f"exceptions, {storm.name}", median / 1e6, "M/s", target=1.0, at_most=False)
        )
    return figures
