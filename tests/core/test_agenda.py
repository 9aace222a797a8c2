"""Planned calls: exact, in order, from anywhere."""

from __future__ import annotations

import random

import pytest

from simgate.core import Clocks, Core, StopKind

LOOP = "loop:   nop\n        b loop\n"


def test_a_call_comes_exactly_at_its_tick(boot) -> None:
    bench = boot(LOOP)
    seen: list[tuple[int, int]] = []
    bench.core.schedule(77, lambda: seen.append((bench.core.ticks, bench.core.pc)))
    bench.core.run(1000)
    assert seen == [(77, bench.symbols["loop"] + 2)]


def test_calls_come_in_order_and_ties_as_they_were_planned(boot) -> None:
    bench = boot(LOOP)
    generator = random.Random(7)
    shuffled = [(generator.randrange(50) * 3, n) for n in range(300)]
    seen: list[tuple[int, int]] = []
    for tick, n in shuffled:
        bench.core.schedule(tick, lambda t=tick, n=n: seen.append((t, n)))  # type: ignore[misc]
    bench.core.run(1000)
    assert seen == sorted(shuffled)


def test_cancelled_calls_do_not_come(boot) -> None:
    bench = boot(LOOP)
    seen: list[int] = []
    handles = [bench.core.schedule(n + 1, lambda n=n: seen.append(n)) for n in range(100)]
    for handle in handles[::2]:
        assert bench.core.cancel(handle)
        assert not bench.core.cancel(handle)
    bench.core.run(1000)
    assert seen == list(range(1, 100, 2))
    assert not bench.core.cancel(handles[1])
    assert not bench.core.cancel(123456789)


def test_a_call_may_plan_the_next(boot) -> None:
    bench = boot(LOOP)
    seen: list[int] = []

    def again() -> None:
        seen.append(bench.core.ticks)
        bench.core.schedule(bench.core.ticks + 10, again)

    bench.core.schedule(10, again)
    bench.core.run(100)
    assert seen == [10, 20, 30, 40, 50, 60, 70, 80, 90]  # what is due at 100 comes with the next
    bench.core.run(101)
    assert seen[-1] == 100


def test_what_is_past_comes_at_once(boot) -> None:
    bench = boot(LOOP)
    bench.core.run(50)
    seen: list[int] = []
    bench.core.schedule(10, lambda: seen.append(bench.core.ticks))
    bench.core.run(60)
    assert seen == [50]


def test_a_device_plans_from_inside_an_access(boot) -> None:
    bench = boot("        ldr r0, =0x40000000\n        str r0, [r0]\nloop:   b loop\n")
    seen: list[int] = []

    def write(offset: int, width: int, value: int) -> None:
        assert bench.core.instructions == 1
        bench.core.schedule(bench.core.ticks + 5, lambda: seen.append(bench.core.ticks))

    bench.core.map_device(0x40000000, 0x100, lambda o, w: 0, write)
    bench.core.run(100)
    assert seen == [6]


def test_an_interrupt_from_a_planned_call_is_taken_at_that_tick(boot) -> None:
    bench = boot(LOOP)
    bench.core.store(0xE000E100, 4, 1 << 4)
    bench.core.schedule(33, lambda: bench.core.set_irq(4, True))
    bench.run_to("log_exception")
    assert (bench.core.ticks, bench.core.ipsr) == (33, 20)


def test_a_call_may_end_the_run(boot) -> None:
    bench = boot(LOOP)
    bench.core.schedule(33, bench.core.request_stop)
    stop = bench.core.run(1000)
    assert (stop.kind, stop.ticks) == (StopKind.REQUESTED, 33)
    assert bench.core.run(1000).kind is StopKind.DEADLINE


def test_an_exception_of_a_call_comes_out_of_run(boot) -> None:
    bench = boot(LOOP)

    def fail() -> None:
        raise ZeroDivisionError("planned")

    seen: list[int] = []
    bench.core.schedule(33, fail)
    bench.core.schedule(33, lambda: seen.append(1))
    with pytest.raises(ZeroDivisionError, match="planned") as caught:
        bench.core.run(1000)
    assert caught.traceback[-1].name == "fail"
    assert (bench.core.ticks, seen) == (33, [])
    assert bench.core.run(1000).kind is StopKind.DEADLINE
    assert seen == [1]


@pytest.mark.parametrize("tick", [-1, 2**64, 1.5, "3", None])
def test_a_tick_is_a_number_of_64_bits(tick: object) -> None:
    core = Core("cortex-m4", Clocks.of_mips(1))
    with pytest.raises((ValueError, TypeError)):
        core.schedule(tick, print)  # type: ignore[arg-type]
