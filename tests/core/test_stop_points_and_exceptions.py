"""A stop point is reported once for each arrival, whatever interrupts it."""

from __future__ import annotations

import pytest

from simgate.core import StopKind

LOOP = """
        nop
here:   adds    r4, #1
        b       here
vector_16:
handler:
        adds    r5, #1
        bx      lr
vector_3:
        b       .
"""


def at_stop(boot, text: str = LOOP):
    bench = boot(text)
    bench.core.store(0xE000E100, 4, 1)
    bench.core.add_stop(bench.symbols["here"])
    stop = bench.core.run(1000)
    assert (stop.kind, stop.pc) == (StopKind.STOP_POINT, bench.symbols["here"])
    return bench


@pytest.mark.parametrize("interrupts", [1, 2])
def test_an_interrupt_from_outside_does_not_report_it_again(boot, interrupts: int) -> None:
    bench = at_stop(boot)
    bench.core.pend(0)
    if interrupts == 2:
        bench.core.store(0xE000E100, 4, 2)
        bench.core.pend(1)  # tail-chained
    stop = bench.core.run(bench.core.ticks + 1000)
    assert (stop.kind, bench["r4"], bench["r5"]) == (StopKind.STOP_POINT, 1, 1)


def test_nor_does_one_that_preempts_the_handler(boot) -> None:
    bench = at_stop(boot)
    bench.core.store(0xE000E100, 4, 2)
    bench.core.store(0xE000E400, 2, 0x0080)
    bench.core.pend(0)
    bench.core.schedule(bench.core.ticks + 1, lambda: bench.core.pend(1))
    stop = bench.core.run(bench.core.ticks + 1000)
    assert (stop.kind, bench["r4"], bench["r5"]) == (StopKind.STOP_POINT, 1, 1)
    assert bench.log() == [17]


def test_one_in_the_handler_is_reported(boot) -> None:
    bench = at_stop(boot)
    bench.core.add_stop(bench.symbols["handler"])
    bench.core.pend(0)
    stop = bench.core.run(bench.core.ticks + 1000)
    assert stop.pc == bench.symbols["handler"]
    stop = bench.core.run(bench.core.ticks + 1000)
    assert (stop.pc, bench["r4"], bench["r5"]) == (bench.symbols["here"], 1, 1)


def test_an_interrupt_that_arrives_with_it_comes_first(boot) -> None:
    """Nothing was reported yet: the arrival is the one after the return."""
    bench = boot(LOOP)
    bench.core.store(0xE000E100, 4, 1)
    bench.core.add_stop(bench.symbols["here"])
    bench.core.schedule(1, lambda: bench.core.pend(0))
    stop = bench.core.run(1000)
    assert (stop.pc, bench["r4"], bench["r5"]) == (bench.symbols["here"], 0, 1)


def test_a_handler_that_returns_elsewhere_forgets_it(boot) -> None:
    bench = at_stop(
        boot,
        """
        nop
here:   adds    r4, #1
        nop
back:   b       here
vector_16:
        ldr     r0, [sp, #24]
        adds    r0, #4
        str     r0, [sp, #24]
        bx      lr
""",
    )
    bench.core.pend(0)
    stop = bench.core.run(bench.core.ticks + 1000)
    assert (stop.kind, stop.pc, bench["r4"]) == (StopKind.STOP_POINT, bench.symbols["here"], 0)


def test_at_a_faulting_instruction(boot) -> None:
    bench = at_stop(boot, LOOP.replace("adds    r4, #1", "udf #0"))
    assert bench.core.run(bench.core.ticks + 100).kind is StopKind.FAULT
    assert bench.core.run(bench.core.ticks + 100).kind is StopKind.DEADLINE
    assert bench.core.ipsr == 3
