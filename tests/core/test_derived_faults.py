"""Faults of exception entry and return themselves (DDI 0403, B1.5.6 to B1.5.8, B1.5.11)."""

from __future__ import annotations

import struct

import pytest

from simgate.core import StopKind
from simgate.result import FaultKind

RAM = 0x2000_0000
STACK_TOP = RAM + 0x8000
PROCESS_TOP = RAM + 0x2000
SHCSR, CFSR, HFSR, CPACR = 0xE000ED24, 0xE000ED28, 0xE000ED2C, 0xE000ED88
MPU_CTRL, MPU_RBAR, MPU_RASR = 0xE000ED94, 0xE000ED9C, 0xE000EDA0
FPCCR, FPCAR = 0xE000EF34, 0xE000EF38
SHPR1, SHPR2 = 0xE000ED18, 0xE000ED1C
MUNSTKERR, MSTKERR, MLSPERR = 1 << 3, 1 << 4, 1 << 5
UNSTKERR, STKERR, LSPERR = 1 << 11, 1 << 12, 1 << 13
NOCP = 1 << 19
FORCED, VECTTBL = 1 << 30, 1 << 1
HARD, MEM, BUS, USAGE, SVC = 3, 4, 5, 6, 11

CALL = """
        ldr     r0, =0xE000ED88
        ldr     r1, =0x00F00000
        str     r1, [r0]
        nop
call:   svc     #0
after:  nop
        b       .
vector_11:
handler:
        nop
leave:  bx      lr
vector_2: vector_3: vector_4: vector_5: vector_6:
fault:  b       .
"""


def ready(boot, text: str = CALL, enabled: bool = True):
    """At the call; fault exceptions are more urgent than SVCall, or disabled."""
    bench = boot(text)
    bench.core.store(SHCSR, 4, (7 << 16) if enabled else 0)
    bench.core.store(SHPR2, 4, 0x80 << 24)
    bench.run_to("call")
    return bench


def deny(bench, address: int, *, size_code: int = 7) -> None:
    """An MPU region of 256 bytes without any access, over the default map."""
    bench.core.store(MPU_RBAR, 4, address | 1 << 4)
    bench.core.store(MPU_RASR, 4, size_code << 1 | 1)
    bench.core.store(MPU_CTRL, 4, 5)


def status(bench) -> tuple[int, int]:
    found = bench.core.fault_status
    return found["cfsr"], found["hfsr"]


@pytest.mark.parametrize("process", [False, True], ids=["MSP", "PSP"])
@pytest.mark.parametrize("enabled", [True, False], ids=["enabled", "escalated"])
def test_a_bus_error_while_stacking(boot, process: bool, enabled: bool) -> None:
    bench = ready(boot, enabled=enabled)
    if process:
        bench.set(psp=RAM + 16, control=2)
    else:
        bench.set(msp=RAM + 16)
    before = bench.core.registers()

    stop = bench.core.run(bench.core.ticks + 100)

    assert stop.kind is StopKind.FAULT
    fault = stop.fault
    assert (fault.kind, fault.during) == (FaultKind.UNMAPPED, "stacking")
    assert (fault.address, fault.is_store) == (RAM - 16, True)
    assert (fault.exception, fault.escalated) == ((BUS, False) if enabled else (HARD, True))
    assert fault.pc == bench.symbols["after"]
    assert status(bench) == (STKERR, 0 if enabled else FORCED)
    assert bench.core.fault_status["bfar"] == 0
    assert {**bench.core.registers(), "pc": 0} == {**before, "pc": 0}

    bench.run_to("fault")
    assert bench.core.ipsr == fault.exception  # it comes before SVCall, which stays pending
    assert bench["lr"] == (0xFFFFFFFD if process else 0xFFFFFFF9)
    assert bench["psp" if process else "msp"] == RAM - 16  # SP moved all the same
    assert bench.core.load(SHCSR, 4) >> 15 & 1 == 1
    assert bench.core.faults_taken == 1


def test_the_more_urgent_one_is_taken_although_its_stacking_failed(boot) -> None:
    bench = ready(boot)
    bench.core.store(SHPR2, 4, 0x20 << 24)
    bench.core.store(SHPR1, 4, 0x40 << 8)  # BusFault
    bench.set(psp=RAM + 16, control=2)
    bench.core.stop_on_fault = False
    bench.run_to("handler")
    assert (bench.core.ipsr, bench["lr"]) == (SVC, 0xFFFFFFFD)
    assert bench.core.load(SHCSR, 4) >> 14 & 1 == 1  # BusFault waits
    bench.run_to("fault")
    assert (bench.core.ipsr, bench.core.tail_chained) == (BUS, 1)


def test_stacking_for_a_fault_fails(boot) -> None:
    """On a ruined stack the first fault escalates nothing: its handler runs without a frame."""
    bench = ready(boot, CALL.replace("svc     #0", "udf     #0"))
    bench.set(msp=RAM + 8)
    bench.core.stop_on_fault = False
    bench.run_to("fault")
    assert bench.core.ipsr == BUS  # of two with one priority the lower number
    assert status(bench) == (1 << 16 | STKERR, 0)
    assert bench.core.load(SHCSR, 4) >> 12 & 1 == 1  # UsageFault waits


def test_stacking_for_hard_fault_fails(boot) -> None:
    bench = ready(boot, CALL.replace("svc     #0", "udf     #0"), enabled=False)
    bench.set(msp=RAM + 8)
    bench.core.stop_on_fault = False
    bench.run_to("fault")
    assert bench.core.ipsr == HARD
    assert status(bench) == (1 << 16 | STKERR, FORCED)
    assert bench.core.faults_taken == 2


def test_a_handler_that_pushes_onto_a_ruined_stack_locks_up(boot) -> None:
    text = CALL.replace("svc     #0", "udf     #0").replace("fault:  b", "fault:  push {r0}\n b")
    bench = ready(boot, text, enabled=False)
    bench.set(msp=RAM + 8)
    bench.core.stop_on_fault = False
    stop = bench.core.run(bench.core.ticks + 100)
    assert stop.fault.kind is FaultKind.LOCKUP
    assert (stop.fault.pc, bench.core.ipsr) == (bench.symbols["fault"], HARD)


def test_stacking_for_nmi_in_hard_fault_locks_up(boot) -> None:
    bench = ready(boot, CALL.replace("svc     #0", "udf     #0"), enabled=False)
    bench.core.stop_on_fault = False
    bench.run_to("fault")
    bench.set(msp=RAM + 8)
    bench.core.pend_nmi()
    stop = bench.core.run(bench.core.ticks + 100)
    assert (stop.fault.kind, stop.fault.during) == (FaultKind.LOCKUP, "stacking")


@pytest.mark.parametrize("enabled", [True, False])
def test_the_mpu_while_stacking(boot, enabled: bool) -> None:
    bench = ready(boot, enabled=enabled)
    deny(bench, PROCESS_TOP - 0x100)
    bench.set(psp=PROCESS_TOP, control=2)
    stop = bench.core.run(bench.core.ticks + 100)
    assert (stop.fault.kind, stop.fault.during) == (FaultKind.MPU, "stacking")
    assert stop.fault.exception == (MEM if enabled else HARD)
    assert status(bench) == (MSTKERR, 0 if enabled else FORCED)
    bench.run_to("fault")
    assert bench.core.ipsr == stop.fault.exception


def test_stacking_is_done_with_the_rights_of_the_interrupted_code(boot) -> None:
    """Without a region unprivileged code owns nothing; privileged code has the default map."""
    bench = ready(boot)
    bench.core.store(MPU_RBAR, 4, 0 | 1 << 4 | 1)
    bench.core.store(MPU_RASR, 4, 3 << 24 | 15 << 1 | 1)  # the program
    bench.core.store(MPU_CTRL, 4, 5)
    bench.set(psp=PROCESS_TOP, control=3)
    assert bench.core.run(bench.core.ticks + 100).fault.kind is FaultKind.MPU
    assert status(bench) == (MSTKERR, 0)


@pytest.mark.parametrize("process", [False, True], ids=["MSP", "PSP"])
@pytest.mark.parametrize("enabled", [True, False], ids=["enabled", "escalated"])
def test_a_bus_error_while_unstacking(boot, process: bool, enabled: bool) -> None:
    bench = ready(boot, enabled=enabled)
    if process:
        bench.set(psp=PROCESS_TOP, control=2)
    bench.run_to("leave")
    bench.set(**{"psp" if process else "msp": 0x3000_0000})
    before = bench.core.registers()

    stop = bench.core.run(bench.core.ticks + 100)

    assert (stop.fault.kind, stop.fault.during) == (FaultKind.UNMAPPED, "unstacking")
    assert (stop.fault.pc, stop.fault.address) == (bench.symbols["leave"], 0x3000_0000)
    assert stop.fault.exception == (BUS if enabled else HARD)
    assert status(bench) == (UNSTKERR, 0 if enabled else FORCED)
    assert bench.core.registers() == before

    bench.run_to("fault")
    assert bench.core.ipsr == stop.fault.exception
    assert bench["lr"] == (0xFFFFFFFD if process else 0xFFFFFFF9)  # tail-chained
    assert bench["psp" if process else "msp"] == 0x3000_0000
    assert bench.core.load(SHCSR, 4) & 1 << 7 == 0  # SVCall has ended


def test_the_mpu_while_unstacking(boot) -> None:
    bench = ready(boot)
    bench.set(psp=PROCESS_TOP, control=2)
    bench.run_to("leave")
    deny(bench, PROCESS_TOP - 0x100)
    stop = bench.core.run(bench.core.ticks + 100)
    assert (stop.fault.kind, stop.fault.during) == (FaultKind.MPU, "unstacking")
    assert status(bench) == (MUNSTKERR, 0)
    bench.run_to("fault")
    assert (bench.core.ipsr, bench["lr"]) == (MEM, 0xFFFFFFFD)


@pytest.mark.parametrize("stops", [True, False])
def test_a_vector_that_cannot_be_read(boot, stops: bool) -> None:
    bench = ready(boot, CALL.replace("svc     #0", "wfi"))
    bench.core.store(0xE000ED08, 4, 0xFF80)  # the code ends behind exception 31
    fault = bench.symbols["fault"] | 1
    bench.core.write(0xFF80 + 4 * 3, struct.pack("<I", fault))
    bench.core.store(0xE000E100, 4, 1 << 20)  # interrupt 20: exception 36, at 0x10010
    bench.core.pend(20)
    bench.core.stop_on_fault = stops

    if stops:
        stop = bench.core.run(bench.core.ticks + 10)
        assert (stop.fault.during, stop.fault.exception) == ("vector fetch", HARD)
        assert stop.fault.address == 0xFF80 + 4 * 36
        assert not stop.fault.escalated
        assert bench["sp"] == STACK_TOP
    bench.run_to("fault")
    assert bench.core.ipsr == HARD
    assert status(bench) == (0, VECTTBL)
    assert (bench["sp"], bench["lr"]) == (STACK_TOP - 32, 0xFFFFFFF9)
    assert bench.core.load(0xE000E200, 4) == 1 << 20  # still pending


def test_no_vector_for_hard_fault_is_lockup(boot) -> None:
    bench = ready(boot, CALL.replace("svc     #0", "udf #0"), enabled=False)
    bench.core.store(0xE000ED08, 4, 0x3000_0000)
    bench.core.stop_on_fault = False
    stop = bench.core.run(bench.core.ticks + 10)
    assert (stop.fault.kind, stop.fault.during) == (FaultKind.LOCKUP, "vector fetch")
    assert stop.fault.address == 0x3000_000C


@pytest.mark.parametrize("enabled", [True, False])
def test_an_even_vector(boot, enabled: bool) -> None:
    """The exception is entered; its first instruction is the UsageFault (DDI 0403, B1.5.3)."""
    bench = ready(boot, enabled=enabled)
    bench.core.write(4 * SVC, struct.pack("<I", 0x400))
    stop = bench.core.run(bench.core.ticks + 10)
    assert (stop.fault.kind, stop.fault.pc, bench.core.ipsr) == (
        FaultKind.INVALID_STATE,
        0x400,
        SVC,
    )
    assert stop.fault.exception == (USAGE if enabled else HARD)
    bench.run_to("fault")
    assert bench.words(bench["sp"] + 24, 2) == [0x400, SVC]  # T is 0
    assert bench["lr"] == 0xFFFFFFF1


FLOAT = """
        ldr     r0, =0xE000ED88
        ldr     r1, =0x00F00000
        str     r1, [r0]
        vmov    s0, r0
call:   svc     #0
after:  nop
        b       .
vector_11:
        nop
touch:  vmov.f32 s0, #1.0
touched:
        bx      lr
vector_2: vector_3: vector_4: vector_5: vector_6:
fault:  b       .
vector_16:
        vmov.f32 s1, #2.0
        b       .
"""


@pytest.mark.parametrize("denied", [BUS, MEM])
@pytest.mark.parametrize("enabled", [True, False])
def test_stacking_late_fails(boot, denied: int, enabled: bool) -> None:
    """FPCCR has noted, at entry, which of the faults the interrupted code could have had taken."""
    bench = ready(boot, FLOAT, enabled=enabled)
    if denied == BUS:
        bench.set(psp=RAM + 0x10068)  # the integer frame fits below the end of RAM, FP does not
        bench.set(psp=RAM + 0x10000 + 0x48, control=6)
    else:
        bench.set(psp=PROCESS_TOP + 0x48, control=6)
        deny(bench, PROCESS_TOP)
    bench.run_to("touch")
    frame = bench["psp"]
    assert bench.core.load(FPCAR, 4) == frame + 0x20
    assert bench.core.load(FPCCR, 4) & 1 == 1
    ready_bits = bench.core.load(FPCCR, 4) >> 4 & 0x7
    assert ready_bits == (0b111 if enabled else 0b001)

    stop = bench.core.run(bench.core.ticks + 10)

    assert stop.fault.during == "lazy stacking"
    assert (stop.pc, stop.fault.pc) == (bench.symbols["touch"],) * 2
    assert stop.fault.exception == (denied if enabled else HARD)
    bit = LSPERR if denied == BUS else MLSPERR
    assert status(bench) == (bit, 0 if enabled else FORCED)
    assert bench.core.load(FPCCR, 4) & 1 == 1  # the state still is in the registers
    bench.run_to("fault")
    assert (bench.core.ipsr, bench["lr"]) == (stop.fault.exception, 0xFFFFFFF1)
    assert bench.word(bench["sp"] + 24) == bench.symbols["touch"]


def test_stacking_late_fails_where_its_exception_has_to_wait(boot) -> None:
    """B1.5.7: in a handler as urgent as BusFault the state is given up, and the handler goes on."""
    bench = ready(boot, FLOAT)
    bench.core.store(SHPR1, 4, 0x40 << 8)  # BusFault
    bench.core.store(SHPR2, 4, 0x40 << 24)  # SVCall
    bench.set(psp=RAM + 0x10000 + 0x48, control=6)
    bench.core.stop_on_fault = False
    bench.run_to("touched")
    assert status(bench) == (LSPERR, 0)
    assert bench.core.load(FPCCR, 4) & 1 == 0
    assert bench["s0"] == 0x3F800000
    assert bench.core.load(SHCSR, 4) >> 14 & 1 == 1
    bench.run_to("fault")
    assert (bench.core.ipsr, bench.core.tail_chained) == (BUS, 1)


def test_it_is_reported_all_the_same(boot) -> None:
    bench = ready(boot, FLOAT)
    bench.core.store(SHPR1, 4, 0x40 << 8)
    bench.core.store(SHPR2, 4, 0x40 << 24)
    bench.set(psp=RAM + 0x10000 + 0x48, control=6)
    stop = bench.core.run(bench.core.ticks + 100)
    assert (stop.fault.during, stop.fault.exception) == ("lazy stacking", BUS)
    assert (stop.pc, stop.fault.pc) == (bench.symbols["touch"],) * 2
    bench.run_to("touched")
    assert bench["s0"] == 0x3F800000
    bench.run_to("fault")


def test_stacking_late_in_hard_fault_of_code_that_was_no_more_ready_locks_up(boot) -> None:
    """FPCCR.HFRDY is 0 where FP state of HardFault itself is stacked, for NMI."""
    bench = ready(boot, FLOAT, enabled=False)
    bench.core.write(4 * 2, struct.pack("<I", bench.symbols["vector_16"] | 1))
    bench.core.store(CPACR, 4, 0xF << 20)
    bench.core.stop_on_fault = False
    bench.set(msp=RAM + 0x10000 + 0x48, faultmask=1)
    assert bench["control"] == 4
    bench.core.pend_nmi()
    stop = bench.core.run(bench.core.ticks + 100)
    assert (stop.fault.kind, stop.fault.during) == (FaultKind.LOCKUP, "lazy stacking")
    assert status(bench) == (LSPERR, 0)
    assert bench.core.load(FPCCR, 4) & 0x11 == 1
    assert bench.core.ipsr == 2


def test_late_stacking_has_the_rights_of_the_code_that_owns_the_state(boot) -> None:
    """FPCCR.USER: the handler is privileged, the stores are not."""
    bench = ready(boot, FLOAT)
    for region, base in ((0, 0), (1, PROCESS_TOP - 0x100)):  # the frame's lower part only
        bench.core.store(MPU_RBAR, 4, base | 1 << 4 | region)
        bench.core.store(MPU_RASR, 4, 3 << 24 | (7 if region else 15) << 1 | 1)
    bench.core.store(MPU_CTRL, 4, 5)
    bench.set(psp=PROCESS_TOP + 0x48, control=7)
    bench.run_to("touch")
    assert bench.core.load(FPCCR, 4) & 2 == 2
    stop = bench.core.run(bench.core.ticks + 10)
    assert (stop.fault.kind, stop.fault.during) == (FaultKind.MPU, "lazy stacking")
    assert stop.fault.address == PROCESS_TOP
    assert status(bench) == (MLSPERR, 0)


@pytest.mark.parametrize("enabled", [True, False])
def test_the_fpu_is_taken_away_before_stacking(boot, enabled: bool) -> None:
    """Without lazy stacking FP state is stored at once, if CPACR lets it be."""
    bench = ready(boot, FLOAT, enabled=enabled)
    bench.core.store(FPCCR, 4, 1 << 31)
    bench.core.store(CPACR, 4, 0)
    stop = bench.core.run(bench.core.ticks + 10)
    assert (stop.fault.kind, stop.fault.during) == (FaultKind.NO_COPROCESSOR, "stacking")
    assert status(bench) == (NOCP, 0 if enabled else FORCED)
    bench.run_to("fault")
    assert bench.core.ipsr == (USAGE if enabled else HARD)
    assert bench["lr"] == 0xFFFFFFE9


def test_the_fpu_is_taken_away_before_unstacking(boot) -> None:
    bench = ready(boot, FLOAT)
    bench.run_to("touched")
    bench.core.store(CPACR, 4, 0)
    stop = bench.core.run(bench.core.ticks + 10)
    assert (stop.fault.kind, stop.fault.during) == (FaultKind.NO_COPROCESSOR, "unstacking")
    bench.run_to("fault")
    assert (bench.core.ipsr, bench["lr"], status(bench)) == (USAGE, 0xFFFFFFE9, (NOCP, 0))


def test_state_that_was_never_stacked_needs_no_fpu(boot) -> None:
    """LSPACT is still set: PopStack() reads nothing."""
    bench = ready(boot, FLOAT)
    bench.run_to("vector_11")
    bench.core.store(CPACR, 4, 0)
    bench.set(pc=bench.symbols["touched"])
    bench.run_to("after")
    assert bench["control"] == 4
