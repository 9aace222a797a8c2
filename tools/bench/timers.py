"""What timers cost the host: a look at the count, an interrupt from its event to its end."""

from __future__ import annotations

import statistics
import struct
import tempfile
import time
from pathlib import Path

from simgate.core import Clocks, Core, StopKind
from simgate.engine.strict.chip import Chip
from simgate.engine.strict.clock import Clock
from simgate.platform import describe
from tools.bench.figure import Figure
from tools.bench.keyword_spotter import KeywordSpotter

RUNS = 5
HZ = 168_000_000
RAM, CODE, HANDLER = 0x2000_0000, 0x200, 0x300
TIM2, TIM2_IRQ = 0x4000_0000, 28
CR1, DIER, SR, CNT, ARR, CCMR1, CCER, CCR1 = 0x00, 0x0C, 0x10, 0x24, 0x2C, 0x18, 0x20, 0x34
NVIC_ISER = 0xE000_E100
PERIOD = 1000  # timer clocks, of two ticks each
TICKS = 2_000_000  # a run
EVENTS = TICKS // (2 * PERIOD)
LOAD, STORE, AGAIN, NOP, RETURN = 0x6808, 0x6008, 0xE7FD, 0xBF00, 0x4770
PLATFORM = f"""
nvic: IRQControllers.NVIC @ sysbus 0xE000E000
    systickFrequency: {HZ}

tim2: Timers.STM32_Timer @ sysbus 0x{TIM2:08x}
    frequency: {HZ // 2}
    initialLimit: 0xFFFFFFFF
    -> nvic@{TIM2_IRQ}
    0 -> led@0

led: Miscellaneous.LED @ none
"""


def _seconds(instruction: int, address: int, registers: dict[int, int]) -> float:
    """Of a run of a loop with that instruction, with the timer set up so."""
    core = Core("cortex-m4f", Clocks.of_mips(HZ // 1_000_000))
    core.map_memory(0, 0x1000, False)
    core.map_memory(RAM, 0x1000, True)
    vectors = [RAM + 0x1000, CODE | 1, *[0] * (14 + TIM2_IRQ), HANDLER | 1]
    core.write(0, struct.pack(f"<{len(vectors)}I", *vectors))
    core.write(CODE, struct.pack("<2H", instruction, AGAIN))
    core.write(HANDLER, struct.pack("<2H", STORE, RETURN))  # clears the flags
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chip.repl"
        path.write_text(PLATFORM)
        chip = Chip(describe(path), core, Clock(core, HZ))
    chip.reset()
    assert core.reset()
    for offset, value in {ARR: PERIOD - 1, **registers, CR1: 1}.items():
        chip.host.bus_write(TIM2 + offset, 4, value)
    core.store(NVIC_ISER, 4, 1 << TIM2_IRQ)
    core.write_register("r1", address)
    core.write_register("r0", 0)
    times = []
    for _ in range(RUNS):
        begin = time.thread_time()
        stop = core.run(core.ticks + TICKS)
        times.append(time.thread_time() - begin)
        assert stop.kind is StopKind.DEADLINE, stop
    return statistics.median(times)


def measure(app: KeywordSpotter) -> list[Figure]:
    """A look, an interrupt, an edge of PWM."""
    idle = _seconds(NOP, TIM2 + SR, {})
    look = _seconds(LOAD, TIM2 + CNT, {}) - _seconds(LOAD, RAM, {})
    interrupt = _seconds(NOP, TIM2 + SR, {DIER: 1}) - idle
    pwm = {CCMR1: 0x60, CCR1: PERIOD // 4, CCER: 1}
    edge = _seconds(NOP, TIM2 + SR, pwm) - idle
    unit = "us of the host"
    return [
        Figure("timer: a look at the count", look / (TICKS / 2) * 1e6, unit),
        Figure("timer: an interrupt, flag cleared in the handler", interrupt / EVENTS * 1e6, unit),
        Figure("timer: an edge of PWM at a pin", edge / EVENTS / 2 * 1e6, unit),
    ]
