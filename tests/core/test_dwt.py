"""The cycle counter counts instructions, or what its clock makes of them."""

from __future__ import annotations

from simgate.core import Clocks

CTRL, CYCCNT, LAR, DEMCR = 0xE0001000, 0xE0001004, 0xE0001FB0, 0xE000EDFC
TRCENA = 1 << 24
LOOP = "loop:   b loop\n"


def test_it_counts_instructions_while_trace_and_counter_are_on(boot) -> None:
    bench = boot(LOOP)
    core = bench.core
    core.store(CTRL, 4, 1)
    core.run(100)
    assert core.load(CYCCNT, 4) == 0  # DEMCR.TRCENA is off
    core.store(DEMCR, 4, TRCENA)
    core.run(150)
    assert core.load(CYCCNT, 4) == 50
    core.store(CTRL, 4, 0)
    core.run(200)
    assert core.load(CYCCNT, 4) == 50
    core.store(CYCCNT, 4, 0xFFFFFFFF)
    core.store(CTRL, 4, 1)
    core.run(202)
    assert core.load(CYCCNT, 4) == 1


def test_the_way_firmware_measures(boot) -> None:
    bench = boot(f"""
        ldr     r0, ={DEMCR:#x}
        ldr     r1, [r0]
        orr     r1, r1, #0x1000000
        str     r1, [r0]
        ldr     r0, ={LAR:#x}
        ldr     r1, =0xC5ACCE55
        str     r1, [r0]
        ldr     r0, ={CTRL:#x}
        movs    r1, #0
        str     r1, [r0, #4]
        ldr     r1, [r0]
        orr     r1, r1, #1
        str     r1, [r0]
        ldr     r2, [r0, #4]
        nop
        nop
        ldr     r3, [r0, #4]
        b       .
""")
    bench.core.run(50)
    assert bench["r3"] - bench["r2"] == 3
    assert bench["r1"] == 0x40000001  # four comparators
    assert bench.core.stubs_touched == ()


def test_it_has_a_clock_of_its_own(boot) -> None:
    clocks = Clocks(tick_hz=100, systick_hz=100, dwt_hz=168)
    bench = boot(LOOP, clocks=clocks)
    bench.core.store(DEMCR, 4, TRCENA)
    bench.core.store(CTRL, 4, 1)
    seen = []
    for until in (1, 2, 3, 100, 1000):
        bench.core.run(until)
        seen.append(bench.core.load(CYCCNT, 4))
    assert seen == [1, 3, 5, 168, 1680]


def test_what_is_not_modelled_reads_as_zero_and_is_noted(boot) -> None:
    bench = boot(LOOP)
    assert bench.core.load(0xE0001020, 4) == 0
    bench.core.store(0xE0000E00, 4, 1)
    bench.core.store(0xE0001020, 4, 5)
    assert bench.core.load(0xE0042000, 4) == 0
    assert bench.core.stubs_touched == (0xE0001020, 0xE0000E00, 0xE0042000)
