"""What samples cost the host: a timer triggers the ADC, DMA carries them to a ring in RAM.

The processor sleeps (WFI) meanwhile; the board is the STM32F407 as it is shipped, set up from
outside as its firmware would do it.
"""

from __future__ import annotations

import statistics
import struct
import time

from simgate.board import find_board
from simgate.core import Clocks, Core, StopKind
from simgate.engine.strict.chip import Chip
from simgate.engine.strict.clock import Clock
from tools.bench.figure import Figure
from tools.bench.keyword_spotter import KeywordSpotter

RUNS = 5
HZ = 168_000_000
RATE_HZ = 48_000
SECONDS = 0.2  # of a run, virtual
RAM, FLASH, CODE = 0x2000_0000, 0x0800_0000, 0x200
RCC, TIM2, ADC1, ADC_COMMON, DMA2 = (
    0x4002_3800, 0x4000_0000, 0x4001_2000, 0x4001_2300, 0x4002_6400,
)  # fmt: skip
ITEMS = 32_768  # of a copy


def _chip() -> Chip:
    """An STM32F407 whose program sleeps."""
    core = Core("cortex-m4f", Clocks.of_mips(HZ // 1_000_000), initial_vtor=FLASH)
    chip = Chip(find_board("stm32f407").description, core, Clock(core, HZ))
    core.write(FLASH, struct.pack("<2I", RAM + 0x2_0000, FLASH + CODE | 1))
    core.write(FLASH + CODE, struct.pack("<2H", 0xBF30, 0xE7FD))  # WFI; B .-2
    chip.reset()
    assert core.reset()
    for offset, bits in ((0x30, 0x60_0000), (0x40, 1), (0x44, 1 << 8)):  # DMA, TIM2, ADC1
        core.store(RCC + offset, 4, core.load(RCC + offset, 4) | bits)
    return chip


def _sleep(core: Core, seconds: float) -> float:
    """Host seconds that so much virtual time takes."""
    begin = time.thread_time()
    deadline = core.ticks + round(seconds * HZ)
    while core.ticks < deadline:
        stop = core.run(deadline)
        assert stop.kind in (StopKind.DEADLINE, StopKind.SLEEPING), stop
    return time.thread_time() - begin


def _samples(core: Core) -> None:
    """TIM2 triggers ADC1 (channel 5) RATE_HZ times a second; DMA2 stream 0 fills a ring of 512."""
    registers = (
        (DMA2 + 0x18, ADC1 + 0x4C),  # S0PAR
        (DMA2 + 0x1C, RAM),  # S0M0AR
        (DMA2 + 0x14, 512),  # S0NDTR
        (DMA2 + 0x10, 1 << 13 | 1 << 11 | 1 << 10 | 1 << 8 | 1),  # halfwords, MINC, CIRC, EN
        (ADC_COMMON + 0x04, 1 << 16),  # CCR: PCLK2 / 4
        (ADC1 + 0x34, 5),  # SQR3
        (ADC1 + 0x08, 1 << 28 | 6 << 24 | 1 << 9 | 1 << 8 | 1),  # TIM2_TRGO, DDS, DMA, ADON
        (TIM2 + 0x04, 2 << 4),  # CR2: update is TRGO
        (TIM2 + 0x2C, 84_000_000 // RATE_HZ - 1),  # ARR
        (TIM2 + 0x00, 1),  # CR1: CEN
    )
    for address, value in registers:
        core.store(address, 4, value)


def _copies(core: Core) -> None:
    """DMA2 stream 0 copies words from memory to memory."""
    registers = (
        (DMA2 + 0x08, 0x3D),  # LIFCR
        (DMA2 + 0x18, FLASH),
        (DMA2 + 0x1C, RAM),
        (DMA2 + 0x14, ITEMS // 2),
        (DMA2 + 0x10, 2 << 13 | 2 << 11 | 1 << 10 | 1 << 9 | 2 << 6 | 1),
    )
    for address, value in registers:
        core.store(address, 4, value)


def measure(app: KeywordSpotter) -> list[Figure]:
    """Microseconds of the host: an item of a copy, a sample from its sensor to RAM."""
    core = _chip().core
    copies = []
    for _ in range(RUNS):
        begin = time.thread_time()
        _copies(core)
        _sleep(core, 1e-2)
        copies.append(time.thread_time() - begin)
        assert core.load(DMA2, 4) & 1 << 5, "the copy has not ended"  # LISR.TCIF0

    chip = _chip()
    chip.models["adc1"].feed(_Ramp(), 5)
    _samples(chip.core)
    _sleep(chip.core, SECONDS)
    runs = [_sleep(chip.core, SECONDS) for _ in range(RUNS)]
    stored = struct.unpack("<512H", chip.core.read(RAM, 1024))
    assert len(set(stored)) > 100, "the ring holds no ramp"
    sample_s = statistics.median(runs) / (SECONDS * RATE_HZ)
    return [
        Figure(
            "item of a DMA copy, memory to memory",
            statistics.median(copies) / (ITEMS // 2) * 1e6,
            "us of the host",
        ),
        Figure(
            "sample: sensor, timer, ADC, DMA, ring in RAM", sample_s * 1e6, "us of the host", 5.0
        ),
        Figure("stream of 48 kHz, of real time", 1 / RATE_HZ / sample_s, "x", 1.0, False),
    ]


class _Ramp:
    """A voltage that rises from 0 to 3.3 V and falls back, ten times a second."""

    def at(self, time_s: float) -> tuple[float, ...]:
        """Volts."""
        return (3.3 * (time_s * 10 % 1),)
