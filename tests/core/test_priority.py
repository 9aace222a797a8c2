"""Who preempts whom: priorities, masks, tail-chaining, escalation."""

from __future__ import annotations

import pytest

from simgate.core import Clocks, Core, StopKind

ISER, ISPR, IPR = 0xE000E100, 0xE000E200, 0xE000E400
AIRCR, SHPR2, SHPR3, ICSR = 0xE000ED0C, 0xE000ED1C, 0xE000ED20, 0xE000ED04

LOOP = """
loop:   nop
        b       loop
"""
# Interrupt 0 pends interrupt 1 (r4: mask for ISPR) and logs on both sides of it.
NESTING = """
loop:   nop
        b       loop
vector_16:
        push    {r4, lr}
        movs    r0, #100
        bl      log
        ldr     r0, =0xE000E200
        str     r4, [r0]
        movs    r0, #101
        bl      log
        pop     {r4, pc}
log:    ldr     r1, =0x20009000
        ldr     r2, [r1]
        cbnz    r2, 2f
        add     r2, r1, #4
2:      str     r0, [r2]
        add     r2, r2, #4
        str     r2, [r1]
        bx      lr
"""


def enable(bench, **priorities: int) -> None:
    """enable(bench, i0=0x80): interrupt 0 at priority 0x80."""
    for name, priority in priorities.items():
        number = int(name[1:])
        bench.core.store(ISER + number // 32 * 4, 4, 1 << number % 32)
        bench.core.store(IPR + number, 1, priority)


def settle(bench) -> list[int]:
    bench.core.run(bench.core.ticks + 1000)
    assert bench.core.ipsr == 0
    return bench.log()


def test_the_more_urgent_interrupt_preempts(boot) -> None:
    bench = boot(NESTING)
    enable(bench, i0=0x80, i1=0x40)
    bench.set(r4=2)
    bench.core.pend(0)
    assert settle(bench) == [100, 17, 101]
    assert (bench.core.exceptions, bench.core.tail_chained) == (2, 0)


@pytest.mark.parametrize("priority", [0x80, 0xC0])
def test_equal_or_less_urgent_waits_and_is_chained(boot, priority: int) -> None:
    bench = boot(NESTING)
    enable(bench, i0=0x80, i1=priority)
    bench.set(r4=2)
    bench.core.pend(0)
    assert settle(bench) == [100, 101, 17]
    assert (bench.core.exceptions, bench.core.tail_chained) == (2, 1)


def test_tail_chaining_leaves_the_frame_in_place(boot) -> None:
    bench = boot(LOOP)
    enable(bench, i0=0x80, i1=0x80, i2=0x80)
    bench.set(r0=0xABCD)
    for number in (2, 1, 0):
        bench.core.pend(number)
    bench.run_to("log_exception")
    sp = bench["sp"]
    frame = bench.words(sp, 8)
    bench.core.step()
    bench.run_to("log_exception")
    assert (bench["sp"], bench["lr"]) == (sp, 0xFFFFFFF9)
    assert bench.words(sp, 8) == frame
    assert settle(bench) == [16, 17, 18]
    assert bench.core.tail_chained == 2
    assert bench["r0"] == 0xABCD


def test_a_tie_goes_to_the_lowest_number_and_priority_goes_first(boot) -> None:
    bench = boot(LOOP)
    enable(bench, i3=0x40, i1=0x80, i2=0x40)
    for number in (1, 2, 3):
        bench.core.pend(number)
    assert settle(bench) == [18, 19, 17]


def test_subpriority_orders_but_does_not_preempt(boot) -> None:
    bench = boot(NESTING)
    bench.core.store(AIRCR, 4, 0x05FA0000 | 6 << 8)  # one bit of group priority
    enable(bench, i0=0x70, i1=0x10, i2=0x20)
    bench.set(r4=6)
    bench.core.pend(0)
    assert settle(bench) == [100, 101, 17, 18]


def test_only_implemented_priority_bits_exist(boot) -> None:
    bench = boot(LOOP)
    bench.core.store(IPR, 4, 0xFFFFFFFF)
    bench.core.store(SHPR3, 4, 0xFFFFFFFF)
    assert bench.core.load(IPR, 4) == 0xF0F0F0F0
    assert bench.core.load(SHPR3, 4) == 0xF0F000F0  # 13 is reserved


def test_primask_holds_everything_back_until_it_is_cleared(boot) -> None:
    bench = boot("""
        cpsid   i
        ldr     r0, =0xE000E200
        movs    r1, #1
        str     r1, [r0]
        movs    r5, #1
        movs    r5, #2
        cpsie   i
        movs    r5, #3
        b       .
vector_16:
        mov     r6, r5
        bx      lr
""")
    enable(bench, i0=0)
    bench.core.run(100)
    assert (bench["r6"], bench["r5"]) == (2, 3)


@pytest.mark.parametrize(("basepri", "taken"), [(0x40, False), (0x50, True), (0x4F, False)])
def test_basepri_holds_back_what_is_not_more_urgent(boot, basepri: int, taken: bool) -> None:
    bench = boot(f"""
        movs    r0, #{basepri}
        msr     basepri, r0
loop:   b       loop
""")
    enable(bench, i0=0x40)
    bench.core.run(2)
    bench.core.pend(0)
    assert settle(bench) == ([16] if taken else [])


def test_a_frozen_interrupt_runs_when_basepri_opens(boot) -> None:
    bench = boot("""
        movs    r0, #0x20
        msr     basepri, r0
        movs    r0, #0
        movs    r7, #1
        msr     basepri, r0
here:   movs    r7, #2
        b       .
vector_16:
        mov     r6, r7
        bx      lr
""")
    enable(bench, i0=0x20)
    bench.core.pend(0)
    bench.core.write_register("primask", 1)
    bench.core.run(1)
    bench.core.write_register("primask", 0)
    bench.core.store(0xE000E280, 4, 1)
    bench.core.run(2)
    bench.core.pend(0)
    bench.core.run(50)
    assert (bench["r6"], bench["r7"]) == (1, 2)


def test_faultmask_lets_only_nmi_through_and_falls_at_return(boot) -> None:
    bench = boot("""
        cpsid   f
loop:   nop
        b       loop
vector_16:
        cpsid   f
        bx      lr
""")
    enable(bench, i0=0)
    bench.core.run(5)
    bench.core.pend(0)
    bench.core.pend_nmi()
    bench.core.run(100)
    assert bench.log() == [2]
    assert bench["faultmask"] == 1
    bench.set(faultmask=0)
    bench.core.run(200)
    assert (bench.core.exceptions, bench["faultmask"]) == (2, 0)


def test_pendsv_waits_for_everything_else(boot) -> None:
    bench = boot(LOOP)
    bench.core.store(SHPR3, 4, 0x00F00000)
    enable(bench, i5=0xE0)
    bench.core.store(ICSR, 4, 1 << 28)
    bench.core.pend(5)
    assert settle(bench) == [21, 14]


def test_systick_and_nmi_can_be_pended_through_icsr(boot) -> None:
    bench = boot(LOOP)
    bench.core.store(ICSR, 4, 1 << 26 | 1 << 31)
    assert bench.core.load(ICSR, 4) & (1 << 26 | 1 << 31) == 1 << 26 | 1 << 31
    assert settle(bench) == [2, 15]


def test_a_pending_systick_can_be_taken_back(boot) -> None:
    bench = boot(LOOP)
    bench.core.store(ICSR, 4, 1 << 26 | 1 << 28)
    bench.core.store(ICSR, 4, 1 << 25 | 1 << 27)
    assert settle(bench) == []


def test_svc_runs_at_its_priority(boot) -> None:
    bench = boot("        svc #0\nloop:   b loop\n")
    bench.core.store(SHPR2, 4, 0x80 << 24)
    enable(bench, i0=0x40)
    bench.core.run(1)
    bench.core.pend(0)  # SVC is pending, too, and less urgent
    assert settle(bench) == [16, 11]


@pytest.mark.parametrize("masked_by", ["primask", "handler"])
def test_svc_that_cannot_be_taken_ends_the_run(boot, masked_by: str) -> None:
    bench = boot("""
        nop
call:   svc     #0
        b       .
vector_16:
        b       call
""")
    if masked_by == "primask":
        bench.set(primask=1)
    else:
        enable(bench, i0=0)
        bench.core.pend(0)
    stop = bench.core.run(100)
    assert stop.kind is StopKind.FAULT
    assert stop.pc == bench.symbols["call"]
    assert stop.fault is not None
    assert "SVCall" in stop.fault.message
    assert stop.instructions == 1


def test_a_level_that_stays_up_comes_again_and_again(boot) -> None:
    bench = boot(LOOP)
    enable(bench, i7=0)
    bench.core.set_irq(7, True)
    for _ in range(3):
        bench.run_to("log_return")
    bench.core.set_irq(7, False)
    assert settle(bench) == [23, 23, 23]
    bench.core.set_irq(7, True)
    bench.core.set_irq(7, False)  # the edge stays latched
    assert settle(bench) == [23] * 4


def test_a_level_line_keeps_its_pending_bit_until_it_falls(boot) -> None:
    bench = boot(LOOP)
    bench.core.set_irq(3, True)
    bench.core.store(0xE000E280, 4, 1 << 3)
    assert bench.core.load(ISPR, 4) == 1 << 3
    bench.core.set_irq(3, False)
    bench.core.store(0xE000E280, 4, 1 << 3)
    assert bench.core.load(ISPR, 4) == 0


def test_a_later_but_more_urgent_one_is_taken_first(boot) -> None:
    bench = boot(LOOP)
    enable(bench, i0=0x80, i1=0x10)
    bench.core.schedule(10, lambda: bench.core.pend(0))
    bench.core.schedule(10, lambda: bench.core.pend(1))
    assert settle(bench) == [17, 16]


def test_nesting_goes_as_deep_as_there_are_priorities(boot) -> None:
    bench = boot("""
loop:   b       loop
vector_16: vector_17: vector_18: vector_19:
        b       .
""")
    enable(bench, i0=0x40, i1=0x30, i2=0x20, i3=0x10)
    for number in range(4):
        bench.core.pend(number)
        if number == 3:
            break
        bench.core.run(bench.core.ticks + 3)
    bench.core.run(bench.core.ticks + 3)
    assert bench.core.ipsr == 19
    assert bench["sp"] == 0x20008000 - 4 * 32
    assert bench.core.load(0xE000E300, 4) == 0xF
    assert bench.core.load(ICSR, 4) & 0xFFF == 19  # RETTOBASE is 0


def test_basepri_has_the_bits_that_are_implemented() -> None:
    """MSR BASEPRI and BASEPRI_MAX keep what `priority_mask` says, not what STM32 has."""
    core = Core("cortex-m4f", Clocks.of_mips(100), priority_mask=0xE0)
    core.map_memory(0, 0x1000, False)
    core.map_memory(0x2000_0000, 0x1000, True)
    core.write(0, (0x2000_1000).to_bytes(4, "little") + (0x101).to_bytes(4, "little"))
    core.write(0x100, bytes.fromhex("80f31188 80f31288"))  # MSR BASEPRI, r0; MSR BASEPRI_MAX, r0
    assert core.reset()
    core.write_register("r0", 0xFF)
    core.step()
    assert core.read_register("basepri") == 0xE0
    core.write_register("r0", 0x3F)
    core.step()
    assert core.read_register("basepri") == 0x20
