"""WFI, WFE, SEV, sleep on exit: time goes on while nothing executes."""

from __future__ import annotations

from simgate.core import StopKind

ISER, CSR, RVR, CVR, SCR = 0xE000E100, 0xE000E010, 0xE000E014, 0xE000E018, 0xE000ED10

WFI = """
        nop
        wfi
after:  nop
loop:   b       loop
"""


def test_wfi_skips_time_to_the_interrupt(boot) -> None:
    bench = boot(WFI)
    bench.core.store(RVR, 4, 9999)
    bench.core.store(CVR, 4, 0)
    bench.core.store(CSR, 4, 7)
    bench.run_to("log_exception")
    assert (bench.core.instructions, bench.core.ticks, bench.core.skipped) == (2, 10_000, 9_998)
    assert bench.word(bench["sp"] + 24) == bench.symbols["after"]


def test_nothing_to_wake_it(boot) -> None:
    bench = boot(WFI)
    stop = bench.core.run(1_000_000)
    assert (stop.kind, stop.ticks, stop.instructions) == (StopKind.SLEEPING, 1_000_000, 2)
    assert bench.core.sleeping
    assert bench.core.next_tick is None
    stop = bench.core.run(2_000_000)
    assert (stop.kind, stop.instructions) == (StopKind.SLEEPING, 2)
    bench.core.store(ISER, 4, 1)
    bench.core.pend(0)
    bench.core.run(2_000_100)
    assert bench.log() == [16]
    assert not bench.core.sleeping


def test_a_disabled_interrupt_does_not_wake(boot) -> None:
    bench = boot(WFI)
    bench.core.schedule(500, lambda: bench.core.pend(0))
    assert bench.core.run(1000).kind is StopKind.SLEEPING


def test_with_primask_wfi_ends_and_the_handler_waits(boot) -> None:
    bench = boot("""
        cpsid   i
        wfi
        movs    r5, #1
        cpsie   i
        movs    r5, #2
        b       .
vector_16:
        mov     r6, r5
        bx      lr
""")
    bench.core.store(ISER, 4, 1)
    bench.core.schedule(500, lambda: bench.core.pend(0))
    bench.core.run(1000)
    assert bench["r6"] == 1
    assert bench.core.skipped == 498


def test_basepri_does_hold_a_sleeper_back(boot) -> None:
    bench = boot("""
        movs    r0, #0x40
        msr     basepri, r0
        wfi
        b       .
""")
    bench.core.store(ISER, 4, 1)
    bench.core.store(0xE000E400, 1, 0x40)
    bench.core.schedule(500, lambda: bench.core.pend(0))
    assert bench.core.run(1000).kind is StopKind.SLEEPING


def test_wfi_with_something_pending_goes_on(boot) -> None:
    bench = boot("        cpsid i\n        wfi\nafter:  b .\n")
    bench.core.step()
    bench.core.store(ISER, 4, 1)
    bench.core.pend(0)
    bench.run_to("after")
    assert bench.core.skipped == 0


def test_a_planned_call_does_not_wake_by_itself(boot) -> None:
    bench = boot(WFI)
    seen: list[int] = []
    bench.core.schedule(300, lambda: seen.append(bench.core.ticks))
    assert bench.core.run(1000).kind is StopKind.SLEEPING
    assert seen == [300]
    assert bench.core.instructions == 2


def test_sev_makes_the_next_wfe_pass(boot) -> None:
    bench = boot("""
        sev
        wfe
        movs    r5, #1
        wfe
        movs    r5, #2
        b       .
""")
    assert bench.core.run(1000).kind is StopKind.SLEEPING
    assert bench["r5"] == 1


def test_an_exception_ends_wfe(boot) -> None:
    bench = boot("        wfe\nafter:  b .\n")
    bench.core.store(ISER, 4, 1)
    bench.core.schedule(500, lambda: bench.core.pend(0))
    bench.run_to("after")
    assert bench.log() == [16]
    assert bench.core.ticks == 500 + bench.core.instructions - 1


def test_sevonpend_wakes_wfe_by_a_disabled_interrupt(boot) -> None:
    bench = boot("        wfe\nafter:  b .\n")
    bench.core.store(SCR, 4, 1 << 4)
    bench.core.schedule(500, lambda: bench.core.pend(0))
    bench.run_to("after")
    assert bench.core.ticks == 500
    assert bench.log() == []


def test_sleep_on_exit(boot) -> None:
    bench = boot("loop:   nop\n        b loop\n")
    bench.core.store(SCR, 4, 2)
    bench.core.store(ISER, 4, 1)
    bench.core.schedule(10, lambda: bench.core.pend(0))
    bench.core.schedule(500, lambda: bench.core.pend(0))
    stop = bench.core.run(1000)
    assert stop.kind is StopKind.SLEEPING
    assert bench.log() == [16, 16]
    assert stop.instructions < 40
    assert bench.core.pc in (bench.symbols["loop"], bench.symbols["loop"] + 2)


def test_sleep_cut_into_pieces_is_the_same_sleep(boot) -> None:
    benches = [boot("loop:   wfi\n        b loop\n") for _ in range(2)]
    for bench, step in zip(benches, (1, 5000), strict=True):
        bench.core.store(RVR, 4, 99)
        bench.core.store(CVR, 4, 0)
        bench.core.store(CSR, 4, 7)
        for until in range(step, 5001, step):
            bench.core.run(until)
    assert benches[0].core.registers() == benches[1].core.registers()
    assert benches[0].core.instructions == benches[1].core.instructions
    assert benches[0].log() == benches[1].log() == [15] * 49


def test_a_run_that_begins_asleep_looks_at_the_clock_too(boot) -> None:
    """SysTick wakes it for a handler that never ends."""
    bench = boot("""
        wfi
        b       .
vector_15:
        b       .
""")
    assert bench.core.run(100).kind is StopKind.SLEEPING
    bench.core.store(0xE000E014, 4, 999)
    bench.core.store(0xE000E018, 4, 0)
    bench.core.store(0xE000E010, 4, 7)
    stop = bench.core.run(2**63, 0.001)
    assert stop.kind is StopKind.WALL
    assert bench.core.ipsr == 15


def test_planned_calls_alone_do_not_keep_a_run_for_ever(boot) -> None:
    """Asleep, with a call that plans the next one."""
    bench = boot("        wfi\n        b .\n")

    def again() -> None:
        bench.core.schedule(bench.core.ticks + 1, again)

    bench.core.schedule(10, again)
    assert bench.core.run(2**63, 0.001).kind is StopKind.WALL
    assert bench.core.sleeping


def test_a_wall_limit_changes_nothing_in_the_firmware(boot) -> None:
    """Woken 3,000 times, with slices in between."""
    text = """
        ldr     r0, =0xE000E010
        movs    r1, #99
        str     r1, [r0, #4]
        movs    r1, #7
        str     r1, [r0]
loop:   wfi
        adds    r2, #1
        b       loop
vector_15: bx   lr
"""
    whole, cut = boot(text), boot(text)
    whole.core.run(300_000)
    for end in range(7, 300_000, 7919):
        cut.core.run(end)
    cut.core.run(300_000)
    assert cut.core.registers() == whole.core.registers()
    assert whole["r2"] > 2900
    assert cut.core.instructions == whole.core.instructions
