"""Random code with random handlers: what happens does not depend on how the run is cut.

Nothing of this code makes sense; it faults, nests, locks up, returns to nowhere.
"""

from __future__ import annotations

import random
import struct

import pytest

from simgate.core import Clocks, Core, Stop, StopKind
from simgate.result import FaultKind

CODE, RAM, SIZE = 0x0800_0000, 0x2000_0000, 0x1000
TICKS, CASES, MOST = 300, 20, 100
RESUMED = {FaultKind.STACK_OVERFLOW, FaultKind.FLASH_STORE}
# what firmware does about exceptions, to be met more often than at random
LIKELY = (
    (0x4770,), (0x4770,), (0x4770,), (0xDF00,), (0xBE00,), (0xBF30,), (0xBF20,), (0xBF40,),
    (0xDE00,), (0xB672,), (0xB662,), (0xB671,), (0xB661,), (0x4708,), (0xBD00,), (0xB500,),
    (0x6001,), (0x6008,), (0x6011,), (0x6812,), (0xF380, 0x8808), (0xF380, 0x8809),
    (0xF380, 0x8814), (0xF381, 0x8811), (0xEEB0, 0x0A40), (0xED2D, 0x8A01), (0xFB90, 0xF0F1),
)  # fmt: skip
SYSTEM = (0xD04, 0xD10, 0xD14, 0xD18, 0xD1C, 0xD20, 0xD24, 0xD28, 0xD2C, 0xD88, 0xDFC, 0xF34, 0xF38,
          0x100, 0x180, 0x200, 0x280, 0x400, 0xF00, 0x010, 0x014, 0x018, 0xD94)  # fmt: skip


def code(rng: random.Random, halfwords: int) -> bytes:
    words: list[int] = []
    while len(words) < halfwords:
        words += rng.choice(LIKELY) if rng.random() < 0.4 else (rng.getrandbits(16),)
    return struct.pack(f"<{halfwords}H", *words[:halfwords])


def place(seed: int) -> Core:
    rng = random.Random(seed)
    core = Core("cortex-m4f", Clocks.of_mips(100), initial_vtor=CODE, interrupts=16)
    core.stop_on_fault = rng.random() < 0.3
    core.map_memory(CODE, SIZE, False)
    core.map_memory(RAM, SIZE, True)
    core.write(CODE, code(rng, SIZE // 2))
    vectors = [RAM + SIZE - 8 * rng.randrange(20)]
    for _ in range(31):
        vectors.append(CODE + 2 * rng.randrange(0x60, SIZE // 2) + (rng.random() < 0.97))
    vectors[1] |= 1
    core.write(CODE, struct.pack("<32I", *vectors))
    core.write(RAM, rng.randbytes(SIZE))
    if rng.random() < 0.3:
        core.set_stack_limit(RAM + SIZE - 0x400)
    if rng.random() < 0.3:
        core.set_process_stacks([(RAM + 0x100, RAM + 0x400), (RAM + 0x400, RAM + 0x800)])
    assert core.reset()
    interesting = [0, 1, 0xFFFFFFF1, 0xFFFFFFF9, 0xFFFFFFFD, 0xFFFFFFE9, 0x10000000, RAM + 0x400,
                   RAM + 0x200, CODE + 0x101, 0x05FA0700, 0xFFFFFFFF]  # fmt: skip
    for number in range(13):
        address = 0xE000E000 + rng.choice(SYSTEM)
        value = rng.choice([rng.choice(interesting), rng.getrandbits(32), address, RAM + 64])
        core.write_register(f"r{number}", value)
    core.write_register("psp", RAM + 4 * rng.randrange(SIZE // 4))
    for _ in range(rng.randrange(8)):
        core.store(0xE000E000 + rng.choice(SYSTEM), 4, rng.getrandbits(32))
    for _ in range(rng.randrange(6)):
        number = rng.randrange(16)
        core.schedule(rng.randrange(TICKS), lambda number=number: core.pend(number))
    return core


def finish(core: Core, pieces: list[int]) -> list[Stop]:
    """Runs to the last of these ticks; every stop that is not the end of a piece."""
    stops: list[Stop] = []
    for end in pieces:
        while len(stops) < MOST:
            stop = core.run(end)
            if stop.kind in (StopKind.DEADLINE, StopKind.SLEEPING):
                break
            stops.append(stop)
            if stop.kind is StopKind.RESET:
                core.reset()
            elif stop.fault is not None and not stop.fault.exception | (stop.fault.kind in RESUMED):
                return stops
    return stops


def state(core: Core) -> tuple[object, ...]:
    return (
        core.registers(), core.fault_status, core.exception_counts, core.faults_taken,
        core.tail_chained, core.instructions, core.ticks, core.deepest, core.read(RAM, SIZE),
    )  # fmt: skip


@pytest.mark.parametrize("block", range(3))
def test_the_pieces_do_not_matter(block: int) -> None:
    taken = faulted = 0
    for seed in range(block * CASES, (block + 1) * CASES):
        whole, cut, single = place(seed), place(seed), place(seed)
        stops = finish(whole, [TICKS])
        cuts = sorted(random.Random(seed).sample(range(TICKS), 9))
        assert finish(cut, [*cuts, TICKS]) == stops, seed
        assert state(cut) == state(whole), seed
        assert finish(single, list(range(1, TICKS + 1))) == stops, seed
        assert state(single) == state(whole), seed
        taken += sum(whole.exception_counts.values())
        faulted += whole.faults_taken
    assert taken > CASES
    assert faulted > CASES // 2
