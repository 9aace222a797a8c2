"""What the models of peripherals cost the host: a register read, a write, an interrupt.

A loop of two instructions runs on the core and touches one register of a real model; what the loop
costs without it (a load from RAM in its place) is taken off.
"""

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

RUNS = 7
INSTRUCTIONS = 400_000  # a run
HZ = 168_000_000
RAM, CODE = 0x2000_0000, 0x200
LOAD, STORE, AGAIN = 0x6808, 0x6008, 0xE7FD  # LDR r0, [r1]; STR r0, [r1]; B .-2
RCC, GPIO, USART = 0x4002_3800, 0x4002_0000, 0x4000_4400
PLATFORM = f"""
nvic: IRQControllers.NVIC @ sysbus 0xE000E000
    systickFrequency: {HZ}

rcc: Miscellaneous.STM32F4_RCC @ sysbus 0x{RCC:08x}
gpioPortA: GPIOPort.STM32_GPIOPort @ sysbus <0x{GPIO:08x}, +0x400>
usart2: UART.STM32_UART @ sysbus <0x{USART:08x}, +0x100>
    -> nvic@38
"""
LOOPS = (
    ("register read that does nothing (RCC_CFGR)", LOAD, RCC + 0x08),
    ("register read with a call (USART_DR)", LOAD, USART + 0x04),
    ("register write (GPIO_BSRR, a pin toggles)", STORE, GPIO + 0x18),
)


def _chip(instruction: int) -> Chip:
    core = Core("cortex-m4f", Clocks.of_mips(HZ // 1_000_000))
    core.map_memory(0, 0x1000, False)
    core.map_memory(RAM, 0x1000, True)
    core.write(0, struct.pack("<2I", RAM + 0x1000, CODE | 1))
    core.write(CODE, struct.pack("<2H", instruction, AGAIN))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chip.repl"
        path.write_text(PLATFORM)
        chip = Chip(describe(path), core, Clock(core, HZ))
    chip.reset()
    assert core.reset()
    for name in chip.models:
        chip.host.gate(name, True)
    return chip


def _seconds(instruction: int, address: int) -> float:
    """Of one turn of the loop: the median of several runs."""
    core = _chip(instruction).core
    core.write_register("r1", address)
    core.write_register("r0", 1)
    times = []
    for _ in range(RUNS):
        begin = time.thread_time()
        stop = core.run(core.ticks + INSTRUCTIONS)
        times.append(time.thread_time() - begin)
        assert stop.kind is StopKind.DEADLINE, stop
    return statistics.median(times) / (INSTRUCTIONS / 2)


def measure(app: KeywordSpotter) -> list[Figure]:
    """One figure a kind of access."""
    return [
        Figure(name, (_seconds(code, address) - _seconds(code, RAM)) * 1e6, "us of the host")
        for name, code, address in LOOPS
    ]
