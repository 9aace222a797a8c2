"""A return that cannot be is a UsageFault INVPC on the frame there is (DDI 0403, B1.5.8)."""

from __future__ import annotations

import pytest

from simgate.result import FaultKind

RAM = 0x2000_0000
STACK_TOP = RAM + 0x8000
SHCSR, CCR, IABR = 0xE000ED24, 0xE000ED14, 0xE000E300
INVPC, INVSTATE = 1 << 18, 1 << 17
T = 1 << 24
HARD, USAGE, SVC = 3, 6, 11

CALL = """
        movs    r0, #1
        movs    r1, #2
        movs    r2, #3
        movs    r3, #4
call:   svc     #0
after:  nop
        b       .
vector_11:
        mov     r0, #10
leave:  bx      lr
vector_16:
inner:  bx      lr
vector_3: vector_6:
fault:  b       .
"""


def at_leave(boot, enabled: bool = True):
    bench = boot(CALL)
    bench.core.store(SHCSR, 4, (7 << 16) if enabled else 0)
    bench.run_to("leave")
    return bench


def check(bench, code: int, *, enabled: bool = True, pc: str = "leave", frame: int = 32) -> None:
    """The next instruction's return fails; what is taken runs on the frame below STACK_TOP."""
    stop = bench.core.run(bench.core.ticks + 10)
    assert (stop.fault.kind, stop.fault.address) == (FaultKind.EXCEPTION_RETURN, code)
    assert (stop.pc, stop.fault.pc) == (bench.symbols[pc],) * 2
    assert stop.fault.exception == (USAGE if enabled else HARD)
    assert bench.core.fault_status["cfsr"] == INVPC
    bench.run_to("fault")
    assert bench.core.ipsr == stop.fault.exception
    assert bench["lr"] == code
    assert bench["msp"] == STACK_TOP - frame
    assert bench["control"] == 0


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("code", [0xFFFFFFF5, 0xFFFFFFFF, 0xFFFFFFF0, 0xFFFFFFF8, 0xFFFFFF09])
def test_no_such_exc_return(boot, code: int, enabled: bool) -> None:
    bench = at_leave(boot, enabled)
    bench.set(lr=code)
    check(bench, code, enabled=enabled)
    assert bench.core.load(SHCSR, 4) & 1 << 7 == 0  # SVCall is no longer active


def test_the_handler_is_not_active(boot) -> None:
    bench = at_leave(boot)
    bench.core.store(SHCSR, 4, 7 << 16)
    check(bench, 0xFFFFFFF9)


def test_to_handler_mode_with_a_frame_of_thread_mode(boot) -> None:
    bench = at_leave(boot)
    bench.set(lr=0xFFFFFFF1)
    check(bench, 0xFFFFFFF1)
    assert [bench[f"r{n}"] for n in range(4)] == [1, 2, 3, 4]  # popped, and the frame is there


def test_to_thread_mode_with_a_frame_of_handler_mode(boot) -> None:
    bench = at_leave(boot)
    bench.core.write(STACK_TOP - 4, (T | 15).to_bytes(4, "little"))
    check(bench, 0xFFFFFFF9)
    assert bench.word(STACK_TOP - 4) == T | 15


def nested(boot):
    """In interrupt 0, which has preempted SVCall."""
    bench = at_leave(boot)
    bench.core.store(0xE000ED1C, 4, 0x80 << 24)
    bench.core.store(0xE000E100, 4, 1)
    bench.core.pend(0)
    bench.run_to("inner")
    assert bench["lr"] == 0xFFFFFFF1
    return bench


@pytest.mark.parametrize("code", [0xFFFFFFF9, 0xFFFFFFFD])
def test_to_thread_mode_from_a_nested_handler(boot, code: int) -> None:
    bench = nested(boot)
    bench.set(lr=code)
    check(bench, code, pc="inner", frame=64)
    assert bench.core.load(SHCSR, 4) & 1 << 7  # SVCall still is
    assert bench.core.load(IABR, 4) == 0


def test_ccr_may_allow_it(boot) -> None:
    """NONBASETHRDENA: Thread mode, at the priority of what is still active."""
    bench = nested(boot)
    bench.core.store(CCR, 4, 0x201)
    frame = bench["sp"]
    bench.core.write(frame + 24, bench.symbols["after"].to_bytes(4, "little"))
    bench.core.write(frame + 28, T.to_bytes(4, "little"))
    bench.set(lr=0xFFFFFFF9)
    bench.run_to("after")
    assert bench.core.ipsr == 0
    assert bench["sp"] == frame + 32
    assert bench.core.load(SHCSR, 4) & 1 << 7
    bench.core.store(0xE000E400, 1, 0x80)
    bench.core.pend(0)
    bench.core.run(bench.core.ticks + 2)
    assert bench.core.ipsr == 0  # SVCall's priority holds it back


def test_a_frame_without_the_thumb_bit(boot) -> None:
    """The return is complete; its first instruction is INVSTATE, and stacks T as 0 again."""
    bench = at_leave(boot)
    bench.core.write(STACK_TOP - 4, bytes(4))
    stop = bench.core.run(bench.core.ticks + 10)
    assert (stop.fault.kind, stop.pc) == (FaultKind.INVALID_STATE, bench.symbols["after"])
    assert (bench.core.ipsr, bench["sp"]) == (0, STACK_TOP)
    bench.run_to("fault")
    assert bench.core.fault_status["cfsr"] == INVSTATE
    assert bench.words(STACK_TOP - 8, 2) == [bench.symbols["after"], 0]


def test_faultmask_is_cleared_by_a_return_that_fails(boot) -> None:
    bench = at_leave(boot)
    bench.set(faultmask=1, lr=0xFFFFFFF5)
    check(bench, 0xFFFFFFF5)
    assert bench["faultmask"] == 0


def test_only_branches_that_exchange_return(boot) -> None:
    """MOV to PC is a plain branch: to memory where nothing may be executed (A2.3.1, A7.7.77)."""
    bench = boot(CALL.replace("leave:  bx      lr", "leave:  mov pc, lr"))
    bench.core.store(SHCSR, 4, 7 << 16)
    bench.core.store(0xE000ED1C, 4, 0x80 << 24)
    bench.run_to("leave")
    stop = bench.core.run(bench.core.ticks + 10)
    assert stop.fault.kind is FaultKind.MPU
    assert stop.pc == 0xFFFFFFF8
    assert bench.core.fault_status["cfsr"] == 1  # IACCVIOL
    assert bench.core.ipsr == SVC


def test_what_waits_comes_before_the_fault(boot) -> None:
    """The frame serves both: the interrupt returns with the same bad value, to the same fault."""
    bench = at_leave(boot)
    bench.core.store(0xE000ED18, 4, 0x80 << 16)  # UsageFault
    bench.core.store(0xE000E100, 4, 1)
    bench.set(primask=1)
    bench.core.pend(0)
    bench.set(lr=0xFFFFFFF5)
    bench.core.stop_on_fault = False
    bench.core.run(bench.core.ticks + 1)
    bench.set(primask=0)
    bench.run_to("fault")
    assert bench["sp"] == STACK_TOP - 32
    assert bench.core.fault_status["cfsr"] == INVPC
