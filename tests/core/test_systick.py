"""SysTick on virtual time, exact to the instruction."""

from __future__ import annotations

import pytest

from simgate.core import Clocks

CSR, RVR, CVR, CALIB = 0xE000E010, 0xE000E014, 0xE000E018, 0xE000E01C
ENABLE, TICKINT, CLKSOURCE, COUNTFLAG = 1, 2, 4, 1 << 16

LOOP = "loop:   nop\n        nop\n        nop\n        b loop\n"


def start(bench, reload: int, csr: int = ENABLE | TICKINT | CLKSOURCE) -> None:
    bench.core.store(RVR, 4, reload)
    bench.core.store(CVR, 4, 0)
    bench.core.store(CSR, 4, csr)


def expiries(bench, count: int) -> list[int]:
    """Ticks at which the handler was entered."""
    ticks = []
    for _ in range(count):
        bench.run_to("log_exception", within=20_000_000)
        ticks.append(bench.core.ticks)
        bench.core.step()
    return ticks


def test_the_period_is_reload_plus_one_to_the_instruction(boot) -> None:
    bench = boot(LOOP)
    start(bench, 999)
    # one count from 0 to 999, then 999 more to 0
    assert expiries(bench, 4) == [1000, 2000, 3000, 4000]


def test_the_period_holds_when_the_run_is_cut_into_pieces(boot) -> None:
    bench = boot(LOOP)
    start(bench, 999)
    for until in range(7, 10_000, 7):
        bench.core.run(until)
    whole = boot(LOOP)
    start(whole, 999)
    whole.core.run(bench.core.ticks)
    assert bench.core.registers() == whole.core.registers()
    assert bench.log() == whole.log() == [15] * 9


@pytest.mark.parametrize(
    ("tick_hz", "systick_hz", "first"),
    [
        (100, 100, [10, 20, 30, 40]),
        (100, 50, [20, 40, 60, 80]),
        (168, 72, [24, 47, 70, 94]),  # 10 counts of 168/72 ticks, rounded up
        (100, 300, [4, 7, 10, 14]),
    ],
)
def test_the_timer_has_a_clock_of_its_own(boot, tick_hz, systick_hz, first) -> None:
    clocks = Clocks(tick_hz=tick_hz * 1000, systick_hz=systick_hz * 1000, dwt_hz=tick_hz * 1000)
    bench = boot("loop:   b loop\nvector_15:\n        bx lr\n", clocks=clocks)
    start(bench, 9)
    entries = []
    for _ in first:
        bench.run_to("vector_15")
        entries.append(bench.core.ticks)
        bench.core.step()
    assert entries == first


def test_clksource_0_is_an_eighth_of_the_processor_clock(boot) -> None:
    bench = boot(LOOP)
    start(bench, 99, ENABLE | TICKINT)
    assert expiries(bench, 2) == [800, 1600]


def test_the_external_clock_can_be_given(boot) -> None:
    clocks = Clocks(tick_hz=100, systick_hz=100, dwt_hz=100, systick_external_hz=50)
    bench = boot(LOOP, clocks=clocks)
    start(bench, 99, ENABLE | TICKINT)
    assert expiries(bench, 2) == [200, 400]


def test_the_value_counts_down_and_the_flag_clears_when_read(boot) -> None:
    bench = boot(LOOP)
    start(bench, 99, ENABLE | CLKSOURCE)
    assert bench.core.load(CVR, 4) == 0
    bench.core.run(1)
    assert bench.core.load(CVR, 4) == 99
    bench.core.run(60)
    assert bench.core.load(CVR, 4) == 40
    assert bench.core.load(CSR, 4) == ENABLE | CLKSOURCE
    bench.core.run(100)
    assert bench.core.load(CVR, 4) == 0
    assert bench.core.load(CSR, 4) == ENABLE | CLKSOURCE | COUNTFLAG
    assert bench.core.load(CSR, 4) == ENABLE | CLKSOURCE
    bench.core.run(101)
    assert bench.core.load(CVR, 4) == 99
    bench.core.run(350)
    assert bench.core.load(CVR, 4) == 50
    assert bench.log() == []


def test_firmware_reads_the_value_of_its_own_instruction(boot) -> None:
    bench = boot(f"""
        ldr     r0, ={CVR:#x}
        nop
        ldr     r1, [r0]
        ldr     r2, [r0]
        nop
        ldr     r3, [r0]
        b       .
""")
    start(bench, 99, ENABLE | CLKSOURCE)
    bench.core.run(20)
    assert [bench[r] for r in ("r1", "r2", "r3")] == [98, 97, 95]


def test_stopping_and_starting_keeps_the_value(boot) -> None:
    bench = boot(LOOP)
    start(bench, 99, ENABLE | CLKSOURCE)
    bench.core.run(30)
    bench.core.store(CSR, 4, CLKSOURCE)
    bench.core.run(1000)
    assert bench.core.load(CVR, 4) == 70
    bench.core.store(CSR, 4, ENABLE | CLKSOURCE)
    bench.core.run(1010)
    assert bench.core.load(CVR, 4) == 60


def test_writing_the_value_clears_it_without_an_interrupt(boot) -> None:
    bench = boot(LOOP)
    start(bench, 99)
    bench.core.run(50)
    bench.core.store(CVR, 4, 0x1234)
    assert bench.core.load(CVR, 4) == 0
    assert expiries(bench, 1) == [150]


def test_a_new_reload_counts_from_the_next_period_on(boot) -> None:
    bench = boot(LOOP)
    start(bench, 99)
    bench.core.run(50)
    bench.core.store(RVR, 4, 199)
    assert expiries(bench, 2) == [100, 300]


def test_reload_0_stops_the_timer(boot) -> None:
    bench = boot(LOOP)
    start(bench, 99)
    bench.core.run(50)
    bench.core.store(RVR, 4, 0)
    bench.core.run(10_000)
    assert bench.log() == [15]
    assert bench.core.next_tick is None


def test_the_longest_period(boot) -> None:
    bench = boot(LOOP)
    start(bench, 0xFFFFFF)
    assert expiries(bench, 1) == [1 << 24]


def test_calibration_tells_ten_milliseconds_of_the_external_clock(boot) -> None:
    bench = boot(LOOP, clocks=Clocks.of_mips(168))
    assert bench.core.load(CALIB, 4) == 168_000_000 // 8 // 100 - 1
    bench.core.store(CALIB, 4, 0)
    assert bench.core.load(CALIB, 4) == 168_000_000 // 8 // 100 - 1


def test_reset_stops_it(boot) -> None:
    bench = boot(LOOP)
    start(bench, 99)
    bench.core.run(50)
    assert bench.core.reset()
    bench.core.run(1000)
    assert bench.log() == []
    assert [bench.core.load(r, 4) for r in (CSR, RVR, CVR)] == [0, 0, 0]
