"""Escalation to HardFault, lockup, and CCR.BFHFNMIGN (DDI 0403, B1.5.4, B1.5.15, B3.2.8)."""

from __future__ import annotations

import pytest

from simgate.core import StopKind
from simgate.result import FaultKind

STACK_TOP = 0x2000_8000
NOWHERE = 0x6000_0000
CCR, SHPR1, SHPR2, SHCSR = 0xE000ED14, 0xE000ED18, 0xE000ED1C, 0xE000ED24
CFSR, HFSR, DEMCR, ICSR, AIRCR = 0xE000ED28, 0xE000ED2C, 0xE000EDFC, 0xE000ED04, 0xE000ED0C
FORCED = 1 << 30
HARD, MEM, BUS, USAGE, SVC, IRQ0 = 3, 4, 5, 6, 11, 16

PROVOKE = {BUS: "ldr r0, [r7]", USAGE: "udf #1", SVC: "svc #0"}

PROGRAM = """
        ldr     r7, =0x60000000
here:   {thread}
        nop
        b       .
vector_16:
irq:    {irq}
        b       .
vector_3:
hard:   {hard}
        b       .
vector_2:
nmi:    {nmi}
        b       .
vector_4: vector_5: vector_6: vector_11:
        b       .
"""


def program(boot, thread="nop", irq="nop", hard="nop", nmi="nop"):
    return boot(PROGRAM.format(thread=thread, irq=irq, hard=hard, nmi=nmi))


def set_priority(bench, exception: int, priority: int) -> None:
    if exception >= 16:
        bench.core.store(0xE000E400 + exception - 16, 1, priority)
    else:
        bench.core.store(SHPR1 + exception - 4, 1, priority)


def from_irq(bench, priority: int) -> None:
    """Interrupt 0 is entered first; what it does is `irq` of the program."""
    bench.core.store(0xE000E100, 4, 1)
    set_priority(bench, IRQ0, priority)
    bench.core.step()
    bench.core.pend(0)


# who faults, priorities of the fault and of the code it interrupts, and who takes it
MATRIX = [
    (exception, enabled, own, running, exception if enabled and own < running else HARD)
    for exception in (BUS, USAGE, SVC)
    for enabled in ((True, False) if exception != SVC else (True,))
    for own, running in ((0x00, 0x40), (0x40, 0x40), (0x80, 0x40), (0x30, 0x40))
]


@pytest.mark.parametrize(("exception", "enabled", "own", "running", "taken"), MATRIX)
def test_who_takes_a_fault_of_a_handler(
    boot, exception: int, enabled: bool, own: int, running: int, taken: int
) -> None:
    bench = program(boot, irq=PROVOKE[exception])
    bench.core.store(SHCSR, 4, (7 << 16) if enabled else 0)
    set_priority(bench, exception, own)
    bench.core.stop_on_fault = False
    from_irq(bench, running)

    bench.core.run(20)

    assert bench.core.ipsr == taken
    assert bench.core.fault_status["hfsr"] == (FORCED if taken != exception else 0)
    assert bench["lr"] == 0xFFFFFFF1
    after = 2 if exception == SVC else 0
    assert bench.word(bench["sp"] + 24) == bench.symbols["irq"] + after


@pytest.mark.parametrize("grouping", [3, 4, 7])
def test_only_the_group_priority_preempts(boot, grouping: int) -> None:
    """0x30 and 0x38 differ with PRIGROUP 2 or less, 0x30 and 0x40 up to PRIGROUP 5."""
    bench = program(boot, irq="udf #1")
    bench.core.store(AIRCR, 4, 0x05FA0000 | grouping << 8)
    bench.core.store(SHCSR, 4, 7 << 16)
    set_priority(bench, USAGE, 0x30)
    bench.core.stop_on_fault = False
    from_irq(bench, 0x40)
    bench.core.run(20)
    preempts = 0x30 >> (grouping + 1) < 0x40 >> (grouping + 1)
    assert bench.core.ipsr == (USAGE if preempts else HARD)


@pytest.mark.parametrize(
    ("mask", "value", "taken"),
    [
        ("primask", 1, HARD),
        ("basepri", 0x20, HARD),
        ("basepri", 0x30, HARD),
        ("basepri", 0x40, USAGE),
        ("basepri", 0x00, USAGE),
    ],
)
def test_masks_escalate(boot, mask: str, value: int, taken: int) -> None:
    bench = program(boot, thread="udf #1")
    bench.core.store(SHCSR, 4, 7 << 16)
    set_priority(bench, USAGE, 0x30)
    bench.set(**{mask: value})
    stop = bench.core.run(20)
    assert stop.fault.exception == taken
    assert stop.fault.escalated == (taken == HARD)


LOCKUPS = {
    "FAULTMASK": ("thread", "udf #1"),
    "undefined in HardFault": ("hard", "udf #2"),
    "bus error in HardFault": ("hard", "ldr r0, [r7]"),
    "SVC in HardFault": ("hard", "svc #0"),
    "BKPT in HardFault": ("hard", "bkpt #0"),
    "undefined in NMI": ("nmi", "udf #2"),
    "wild branch in HardFault": ("hard", "bx r7"),
}


@pytest.mark.parametrize("what", LOCKUPS)
@pytest.mark.parametrize("stops", [True, False])
def test_lockup(boot, what: str, stops: bool) -> None:
    where, instruction = LOCKUPS[what]
    code = {"thread": "udf #1", where: instruction}
    bench = program(boot, **code)
    bench.core.store(SHCSR, 4, 7 << 16 if what == "FAULTMASK" else 0)
    bench.core.stop_on_fault = stops
    if what == "FAULTMASK":
        bench.set(faultmask=1)
    if where == "nmi":
        bench.core.pend_nmi()
        bench.core.run(0)
    stop = bench.core.run(100)
    if stops and where == "hard":
        assert stop.fault.kind is FaultKind.UNDEFINED  # the first one
        stop = bench.core.run(100)

    place = bench.symbols[{"thread": "here"}.get(where, where)]
    assert (stop.kind, stop.fault.kind) == (StopKind.FAULT, FaultKind.LOCKUP)
    assert stop.fault.pc == place
    assert stop.fault.exception == 0
    assert stop.fault.cause != 0
    assert bench.core.ipsr == {"thread": 0, "hard": 3, "nmi": 2}[where]
    count = stop.instructions
    for _ in range(3):
        again = bench.core.run(10_000)
        assert (again.kind, again.fault, again.instructions) == (StopKind.FAULT, stop.fault, count)


def test_a_reset_leaves_the_lockup(boot) -> None:
    bench = program(boot, thread="nop", hard="udf #2")
    bench.set(faultmask=1)
    bench.core.write_register("pc", bench.symbols["hard"])
    assert bench.core.run(100).fault.kind is FaultKind.LOCKUP
    assert bench.core.reset()
    assert bench.core.fault is None
    assert bench.core.run(bench.core.ticks + 100).kind is StopKind.DEADLINE


@pytest.mark.parametrize("access", ["ldr r0, [r7]", "str r0, [r7]", "ldrd r0, r1, [r7]"])
def test_hard_fault_may_ignore_bus_errors(boot, access: str) -> None:
    """CCR.BFHFNMIGN: probing for what is there. BFSR and BFAR tell; a load gives anything."""
    bench = boot(f"""
        ldr     r7, =0x60000000
        mov     r0, #-1
        udf     #0
        b       .
vector_3:
        {access}
        ldr     r2, =0xE000ED28
        ldr     r3, [r2]
done:   b       .
""")
    bench.core.store(CCR, 4, 0x300)
    bench.core.stop_on_fault = False
    bench.run_to("done")
    assert bench["r3"] == 1 << 16 | 0x8200
    assert bench.core.fault_status["bfar"] == NOWHERE
    assert bench.core.ipsr == HARD
    if access.startswith("ldr"):
        assert bench["r0"] == 0


def test_it_does_not_ignore_them_elsewhere(boot) -> None:
    bench = program(boot, thread="ldr r0, [r7]")
    bench.core.store(CCR, 4, 0x300)
    assert bench.core.run(20).fault.exception == HARD


def test_an_interrupt_that_is_more_urgent_goes_first(boot) -> None:
    """The frame of both is that of the faulting instruction; the fault follows by tail-chaining."""
    bench = boot("""
        nop
here:   udf     #0
        b       .
vector_16: bx   lr
vector_6: b     .
""")
    bench.core.store(SHCSR, 4, 7 << 16)
    set_priority(bench, USAGE, 0x80)
    bench.core.store(0xE000E100, 4, 1)
    bench.core.run(20)
    bench.core.pend(0)
    bench.run_to("vector_16")
    assert (bench["lr"], bench.word(STACK_TOP - 8)) == (0xFFFFFFF9, bench.symbols["here"])
    bench.run_to("vector_6")
    assert (bench["lr"], bench["sp"]) == (0xFFFFFFF9, STACK_TOP - 32)
    assert bench.core.tail_chained == 1


def test_a_pended_fault_exception_is_no_synchronous_one(boot) -> None:
    """Written to SHCSR it waits until it may be taken, and nothing escalates."""
    bench = program(boot)
    bench.core.store(SHCSR, 4, 1 << 12)  # USGFAULTPENDED, not enabled
    bench.core.run(20)
    assert bench.core.ipsr == 0
    bench.core.store(SHCSR, 4, 1 << 18 | 1 << 12)
    bench.core.run(30)
    assert bench.core.ipsr == USAGE
    assert bench.core.faults_taken == 0
