"""A debugger may have the core come back after each exception entry, before the handler runs."""

from __future__ import annotations

from simgate.core import StopKind

PEND = """
        ldr     r0, =0xE000ED04
        mov     r1, #0x10000000         @ PENDSVSET
        str     r1, [r0]
here:   nop
        b       .
"""


def test_the_core_stops_at_the_handler_and_nothing_of_it_has_executed(boot) -> None:
    bench = boot(PEND)
    core = bench.core
    core.stop_on_entry = True

    stop = core.run(100)

    assert stop.kind is StopKind.ENTRY
    assert stop.pc == bench.symbols["log_exception"]
    assert (core.instructions, core.ipsr, core.exceptions) == (3, 14, 1)
    assert bench.log() == []

    assert core.run(100).kind is StopKind.DEADLINE
    assert bench.log() == [14]


def test_without_it_a_run_goes_on_to_its_deadline(boot) -> None:
    bench = boot(PEND)

    assert bench.core.stop_on_entry is False
    assert bench.core.run(100).kind is StopKind.DEADLINE
    assert bench.log() == [14]


def test_a_run_ends_at_an_instruction_count_however_long_it_sleeps(boot) -> None:
    bench = boot("""
        ldr     r0, =0xE000E010         @ SysTick every 1000 ticks
        ldr     r1, =999
        str     r1, [r0, #4]
        str     r1, [r0, #8]
        movs    r1, #7
        str     r1, [r0]
1:      wfi
        b       1b
    """)
    core = bench.core

    assert core.run(10_000_000, 0.0, 200).kind is StopKind.DEADLINE

    assert core.instructions == 200
    assert core.ticks == core.instructions + core.skipped > 5_000
    assert core.run(10_000_000, 0.0, 200).ticks == core.ticks  # it is there already
