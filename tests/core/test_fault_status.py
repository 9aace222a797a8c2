"""Each fault's bit in CFSR, HFSR and DFSR, its address register, and the exception taken for it.

DDI 0403, B1.5.4 (escalation), B1.5.14 (fault behaviour), B3.2.15 to B3.2.19 (registers).
"""

from __future__ import annotations

import pytest

from simgate.core import StopKind
from simgate.result import FaultKind

RAM = 0x2000_0000
STACK_TOP = RAM + 0x8000
CCR, SHCSR, CFSR, HFSR, DFSR = 0xE000ED14, 0xE000ED24, 0xE000ED28, 0xE000ED2C, 0xE000ED30
DEMCR, SHPR1, SHPR2 = 0xE000EDFC, 0xE000ED18, 0xE000ED1C
ENABLES = 7 << 16
FORCED, DEBUGEVT, VECTTBL = 1 << 30, 1 << 31, 1 << 1
HARD, MEM, BUS, USAGE, MONITOR = 3, 4, 5, 6, 12

# what: (instructions before `here`, the one at it), CCR, CFSR, exception, address register
CASES = {
    "load from nowhere": ("ldr r1, =0x60000000", "ldr r0, [r1]", 0, 0x8200, BUS, 0x60000000),
    "store to nowhere": ("ldr r1, =0x60000004", "strb r0, [r1]", 0, 0x8200, BUS, 0x60000004),
    "undefined": ("nop", "udf #0", 0, 1 << 16, USAGE, None),
    "coprocessor": ("nop", "mrc p15, 0, r0, c0, c0, 0", 0, 1 << 19, USAGE, None),
    "FPU off": ("nop", "vmov.f32 s0, #1.0", 0, 1 << 19, USAGE, None),
    "unaligned ldrd": ("ldr r1, =0x20000002", "ldrd r2, r3, [r1]", 0, 1 << 24, USAGE, None),
    "unaligned ldr, trapped": ("ldr r1, =0x20000002", "ldr r2, [r1]", 8, 1 << 24, USAGE, None),
    "division by zero": ("movs r1, #0", "udiv r0, r0, r1", 16, 1 << 25, USAGE, None),
}


def faulty(boot, before: str, instruction: str):
    return boot(f"""
        {before}
here:   {instruction}
        b       .
vector_3: vector_4: vector_5: vector_6: vector_12:
        b       .
""")


def status(bench) -> tuple[int, int]:
    found = bench.core.fault_status
    return found["cfsr"], found["hfsr"]


@pytest.mark.parametrize("enabled", [True, False], ids=["enabled", "escalated"])
@pytest.mark.parametrize("what", CASES)
def test_status_and_exception(boot, what: str, enabled: bool) -> None:
    before, instruction, ccr, cfsr, exception, address = CASES[what]
    bench = faulty(boot, before, instruction)
    bench.core.store(CCR, 4, 0x200 | ccr)
    bench.core.store(SHCSR, 4, ENABLES if enabled else 0)
    here = bench.symbols["here"]

    stop = bench.core.run(100)

    assert (stop.kind, stop.pc, stop.instructions) == (StopKind.FAULT, here, 1)
    assert stop.fault is not None
    assert stop.fault.exception == (exception if enabled else HARD)
    assert stop.fault.escalated is not enabled
    assert stop.fault.during == "instruction"
    assert status(bench) == (cfsr, 0 if enabled else FORCED)
    registers = bench.core.fault_status
    if address is not None:
        assert registers["bfar"] == address
    before_entry = bench.core.registers()

    bench.core.run(3)  # entry, and one instruction of the handler

    assert bench.core.ipsr == stop.fault.exception
    assert bench.core.pc == bench.symbols["vector_3"]
    assert bench["lr"] == 0xFFFFFFF9
    frame = bench.words(STACK_TOP - 32, 8)
    assert frame[:4] == [before_entry[f"r{n}"] for n in range(4)]
    assert frame[6] == here
    assert bench.core.faults_taken == 1
    assert bench.core.exception_counts == {stop.fault.exception: 1}


@pytest.mark.parametrize("what", CASES)
def test_taken_at_once_it_looks_the_same(boot, what: str) -> None:
    before, instruction, ccr, cfsr, exception, _ = CASES[what]
    bench = faulty(boot, before, instruction)
    bench.core.store(CCR, 4, 0x200 | ccr)
    bench.core.store(SHCSR, 4, ENABLES)
    bench.core.stop_on_fault = False

    stop = bench.core.run(3)

    assert stop.kind is StopKind.DEADLINE
    assert (bench.core.ipsr, status(bench)) == (exception, (cfsr, 0))
    assert bench.core.fault is not None
    assert (bench.core.fault.pc, bench.core.fault.exception) == (bench.symbols["here"], exception)


def test_a_branch_to_an_even_address(boot) -> None:
    """PC is stacked at the target, T as 0: where INVSTATE strikes."""
    bench = faulty(boot, "ldr r1, =0x1000", "bx r1")
    bench.core.store(SHCSR, 4, ENABLES)
    stop = bench.core.run(100)
    assert (stop.pc, stop.fault.pc, stop.fault.exception) == (0x1000, bench.symbols["here"], USAGE)
    assert bench["xpsr"] & 1 << 24 == 0
    bench.run_to("vector_6")
    assert bench.words(STACK_TOP - 8, 2) == [0x1000, 0]
    assert status(bench) == (1 << 17, 0)


def test_a_fetch_from_nowhere(boot) -> None:
    bench = faulty(boot, "ldr r1, =0x10000001", "bx r1")
    bench.core.store(SHCSR, 4, ENABLES)
    stop = bench.core.run(100)
    assert (stop.pc, stop.fault.exception) == (0x10000000, BUS)
    assert status(bench) == (1 << 8, 0)
    bench.run_to("vector_5")
    assert bench.word(STACK_TOP - 8) == 0x10000000


@pytest.mark.parametrize("monitor", [True, False])
def test_a_breakpoint_without_a_debugger(boot, monitor: bool) -> None:
    bench = faulty(boot, "nop", "bkpt #1")
    bench.core.store(DEMCR, 4, monitor << 16)
    stop = bench.core.run(100)
    assert stop.fault.kind is FaultKind.BREAKPOINT
    assert stop.fault.encoding == 0xBE01
    assert stop.fault.exception == (MONITOR if monitor else HARD)
    assert not stop.fault.escalated
    assert status(bench) == (0, 0 if monitor else DEBUGEVT)
    assert bench.core.fault_status["dfsr"] == 2
    bench.run_to("vector_12")
    assert bench.word(STACK_TOP - 8) == bench.symbols["here"]


def test_a_breakpoint_where_the_monitor_may_not_run(boot) -> None:
    bench = faulty(boot, "nop", "bkpt #1")
    bench.core.store(DEMCR, 4, 1 << 16)
    bench.core.store(SHPR2 + 4, 1, 0x80)  # DebugMonitor's priority
    bench.set(basepri=0x80)
    stop = bench.core.run(100)
    assert (stop.fault.exception, status(bench)) == (HARD, (0, DEBUGEVT))


def test_unprivileged_code_in_the_system_space(boot) -> None:
    bench = faulty(boot, "ldr r1, =0xE000ED08", "ldr r0, [r1]")
    bench.core.store(SHCSR, 4, ENABLES)
    bench.set(control=1)
    stop = bench.core.run(100)
    assert (stop.fault.kind, stop.fault.exception) == (FaultKind.PRIVILEGE, BUS)
    assert status(bench) == (0x8200, 0)
    assert bench.core.fault_status["bfar"] == 0xE000ED08


def test_svc_where_it_may_not_run(boot) -> None:
    bench = faulty(boot, "nop", "svc #0")
    bench.set(primask=1)
    stop = bench.core.run(100)
    assert (stop.fault.kind, stop.fault.exception) == (FaultKind.ESCALATION, HARD)
    assert stop.fault.escalated
    assert status(bench) == (0, FORCED)
    bench.run_to("vector_3")
    assert bench.word(STACK_TOP - 8) == bench.symbols["here"] + 2  # behind it


def test_status_bits_are_cleared_by_writing_ones(boot) -> None:
    bench = faulty(boot, "ldr r1, =0x60000000", "ldr r0, [r1]")
    bench.core.run(100)
    bench.core.store(CFSR + 1, 1, 0x80)  # BFARVALID alone
    assert bench.core.load(CFSR, 4) == 0x200
    bench.core.store(HFSR, 4, FORCED)
    assert status(bench) == (0x200, 0)


def test_dismissed_it_never_happened(boot) -> None:
    bench = faulty(boot, "nop", "bkpt #0xab")
    bench.core.run(100)
    bench.core.dismiss_fault()
    bench.set(pc=bench.symbols["here"] + 2)
    assert bench.core.run(100).kind is StopKind.DEADLINE
    assert (bench.core.ipsr, status(bench), bench.core.fault_status["dfsr"]) == (0, (0, 0), 0)
