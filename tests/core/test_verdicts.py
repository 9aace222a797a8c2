"""What the architecture has no exception for: it ends a run, and a further run may go on."""

from __future__ import annotations

import pytest

from simgate.core import Clocks, StopKind
from simgate.result import FaultKind

RAM = 0x2000_0000
STACK_TOP = RAM + 0x8000
ICSR = 0xE000ED04


def test_a_store_to_flash_is_dropped_by_the_next_run(boot) -> None:
    bench = boot("""
        ldr     r1, =0x4000
        ldr     r2, =0x4004
        mov     r0, #-1
here:   stm     r1!, {r0, r3}
        str     r0, [r2]
        b       .
""")
    stop = bench.core.run(100)
    assert (stop.fault.kind, stop.fault.exception) == (FaultKind.FLASH_STORE, 0)
    assert (stop.pc, stop.instructions) == (bench.symbols["here"], 3)
    stop = bench.core.run(100)
    assert (stop.fault.kind, stop.pc) == (FaultKind.FLASH_STORE, bench.symbols["here"] + 2)
    assert bench["r1"] == 0x4008
    assert stop.instructions == 4
    assert bench.core.run(100).kind is StopKind.DEADLINE
    assert bench.words(0x4000, 2) == [0, 0]
    assert bench.core.faults_taken == 0


@pytest.mark.parametrize("stops", [True, False])
def test_they_end_a_run_that_goes_on_after_faults_too(boot, stops: bool) -> None:
    bench = boot("        movs r1, #0\nhere:   str r0, [r1]\n        b .\n")
    bench.core.stop_on_fault = stops
    assert bench.core.run(100).fault.kind is FaultKind.FLASH_STORE


def test_an_interrupt_before_the_store_changes_nothing(boot) -> None:
    bench = boot("        movs r1, #0\nhere:   str r0, [r1]\ndone:   b .\n")
    bench.core.store(0xE000E100, 4, 1)
    bench.core.run(100)
    bench.core.pend(0)
    bench.run_to("done")
    assert bench.log() == [16]


def test_an_overrun_stack_is_reported_once(boot) -> None:
    bench = boot("""
        nop
here:   push    {r0-r3}
        push    {r0-r3}
        b       .
""")
    bench.core.set_stack_limit(STACK_TOP - 8)
    stop = bench.core.run(100)
    assert (stop.fault.kind, stop.fault.exception) == (FaultKind.STACK_OVERFLOW, 0)
    assert (stop.fault.address, stop.fault.process_stack) == (STACK_TOP - 16, False)
    assert (stop.pc, bench["sp"]) == (bench.symbols["here"], STACK_TOP)
    assert bench.core.run(100).kind is StopKind.DEADLINE
    assert bench["sp"] == STACK_TOP - 32
    bench.core.reset()
    assert bench.core.run(bench.core.ticks + 100).fault.kind is FaultKind.STACK_OVERFLOW


def test_an_overrun_while_stacking(boot) -> None:
    bench = boot("call:   svc #0\n        b .\n")
    bench.core.set_stack_limit(STACK_TOP - 28)
    stop = bench.core.run(100)
    assert (stop.fault.kind, stop.fault.during) == (FaultKind.STACK_OVERFLOW, "stacking")
    assert stop.fault.address == STACK_TOP - 32
    assert bench["sp"] == STACK_TOP
    bench.core.run(1000)
    assert bench.log() == [11]


def test_the_deepest_place_of_the_main_stack(boot) -> None:
    bench = boot("""
        nop
        bl      outer
        b       .
        .thumb_func
outer:  push    {r4, lr}
        bl      inner
        pop     {r4, pc}
        .thumb_func
inner:
deep:   sub     sp, #64
        add     sp, #64
        bx      lr
""")
    assert bench.core.deepest == (STACK_TOP, bench.symbols["reset"], 0xFFFFFFFF, 0)
    bench.core.run(100)
    sp, pc, lr, instructions = bench.core.deepest
    assert (sp, pc, instructions) == (STACK_TOP - 72, bench.symbols["deep"], 4)
    assert lr & ~1 == bench.symbols["outer"] + 6


def test_the_deepest_place_may_be_an_exception(boot) -> None:
    bench = boot("        nop\n        svc #0\nafter:  b .\n")
    bench.run_to("after")
    assert bench.core.deepest == (STACK_TOP - 32, bench.symbols["after"], 0xFFFFFFFF, 2)


AREA = RAM + 0x1000  # of 256 bytes, and another one right above it
PROCESS = f"""
        ldr     r0, ={AREA + 0x100:#x}
        msr     psp, r0
        movs    r0, #2
        msr     control, r0
        isb
one:    sub     sp, #0x100              @ full
        add     sp, #0x100
        ldr     r0, ={AREA + 0x200:#x}
        msr     psp, r0
        sub     sp, #0x100
two:    push    {{r0}}
three:  push    {{r0}}
        sub     sp, #0x200
        b       .
"""


def test_process_stacks_are_guarded(boot) -> None:
    bench = boot(PROCESS)
    bench.core.set_process_stacks([(AREA, AREA + 0x100), (AREA + 0x100, AREA + 0x200)])
    stop = bench.core.run(100)
    assert stop.fault.kind is FaultKind.STACK_OVERFLOW
    assert (stop.fault.address, stop.fault.process_stack) == (AREA + 0xFC, True)
    assert (stop.pc, bench["sp"]) == (bench.symbols["two"], AREA + 0x100)
    assert bench.core.run(100).kind is StopKind.DEADLINE  # that stack's guard is off
    assert bench.core.lowest_sp == STACK_TOP


def test_a_process_stack_that_nobody_named_is_not_guarded(boot) -> None:
    bench = boot(PROCESS)
    bench.core.set_stack_limit(STACK_TOP - 0x100)
    bench.core.set_process_stacks([(RAM, RAM + 0x800)])
    assert bench.core.run(100).kind is StopKind.DEADLINE


def test_stacking_on_a_process_stack_is_guarded(boot) -> None:
    bench = boot("        nop\n        svc #0\n        b .\nvector_11: bx lr\n")
    bench.core.set_process_stacks([(AREA, AREA + 0x100)])
    bench.set(psp=AREA + 16, control=2)
    stop = bench.core.run(100)
    assert (stop.fault.kind, stop.fault.during) == (FaultKind.STACK_OVERFLOW, "stacking")
    assert (stop.fault.address, stop.fault.process_stack) == (AREA - 16, True)


def test_the_area_is_that_of_the_context_returned_to(boot) -> None:
    """As a scheduler does: PSP is exchanged in a handler."""
    bench = boot(f"""
        svc     #0
here:   sub     sp, #0x80
        b       .
vector_11:
        ldr     r0, ={AREA + 0x160:#x}
        mrs     r1, psp
        ldm     r1, {{r2-r9}}
        stm     r0, {{r2-r9}}
        msr     psp, r0
        bx      lr
""")
    bench.core.set_process_stacks([(AREA, AREA + 0x100), (AREA + 0x140, AREA + 0x200)])
    bench.set(psp=AREA + 0x100, control=2)
    stop = bench.core.run(100)
    assert stop.fault.kind is FaultKind.STACK_OVERFLOW
    assert (stop.pc, stop.fault.address) == (bench.symbols["here"], AREA + 0x100)


@pytest.mark.parametrize("areas", [5, [(1,)], [(8, 8)], [(8, 4)], ["ab"], [(0, 2**32)]])
def test_areas_that_are_none(boot, areas: object) -> None:
    bench = boot("        b .\n")
    with pytest.raises((TypeError, ValueError)):
        bench.core.set_process_stacks(areas)


STORM = """
        nop
        b       .
vector_16:
handler: bx     lr
vector_17:
other:  bx      lr
"""


def test_a_storm_is_told_after_100_000_rounds(boot) -> None:
    bench = boot(STORM)
    bench.core.store(0xE000E100, 4, 1)
    bench.core.set_irq(0, True)
    stop = bench.core.run(1_000_000)
    assert (stop.fault.kind, stop.fault.exception) == (FaultKind.INTERRUPT_STORM, 0)
    assert (stop.fault.address, stop.fault.pc) == (16, bench.symbols["handler"])
    assert bench.core.exception_counts == {16: 100_001}
    assert stop.instructions == 100_000
    bench.core.set_irq(0, False)
    assert bench.core.run(1_000_000).kind is StopKind.DEADLINE


def test_a_storm_that_something_rare_interrupts_is_one(boot) -> None:
    clocks = Clocks(tick_hz=100_000_000, systick_hz=100_000_000, dwt_hz=100_000_000)
    bench = boot(STORM + "vector_15: bx lr\n", clocks=clocks)
    bench.core.store(0xE000E014, 4, 999)
    bench.core.store(0xE000E018, 4, 0)
    bench.core.store(0xE000E010, 4, 7)
    bench.core.store(0xE000E100, 4, 1)
    bench.core.set_irq(0, True)
    stop = bench.core.run(1_000_000)
    assert stop.kind is StopKind.FAULT
    assert (stop.fault.kind, stop.fault.address) == (FaultKind.INTERRUPT_STORM, 16)


def test_two_that_take_turns_and_leave_a_turn_are_no_storm(boot) -> None:
    """Each return to the main loop lets one instruction pass."""
    bench = boot("""
        ldr     r0, =0xE000ED04
        mov     r1, #1 << 28
loop:   str     r1, [r0]
        b       loop
vector_14: bx   lr
""")
    assert bench.core.run(1_000_000).kind is StopKind.DEADLINE
    assert bench.core.exception_counts[14] > 300_000


def test_an_unsupported_instruction_stays(boot) -> None:
    bench = boot("        nop\nhere:   .hword 0x47f8\n        b .\n")
    for _ in range(3):
        stop = bench.core.run(100)
        assert (stop.fault.kind, stop.pc) == (FaultKind.UNSUPPORTED, bench.symbols["here"])
        assert stop.instructions == 1


def test_a_load_that_lowers_the_stack_pointer_is_guarded(boot) -> None:
    """LDMDB SP!: the only load of several registers after which the stack is deeper."""
    bench = boot("        nop\nhere:   ldmdb sp!, {r4, r5}\n        b .\n")
    bench.core.store(STACK_TOP - 8, 4, 4)
    bench.core.store(STACK_TOP - 4, 4, 5)
    bench.core.set_stack_limit(STACK_TOP - 4)
    stop = bench.core.run(100)
    assert (stop.fault.kind, stop.fault.address) == (FaultKind.STACK_OVERFLOW, STACK_TOP - 8)
    assert (stop.pc, bench["sp"], bench["r4"]) == (bench.symbols["here"], STACK_TOP, 0)
    bench.core.run(bench.core.ticks + 1)
    assert (bench["sp"], bench["r4"], bench["r5"]) == (STACK_TOP - 8, 4, 5)
    assert bench.core.deepest == (STACK_TOP - 8, bench.symbols["here"], 0xFFFFFFFF, 1)


@pytest.mark.parametrize(
    "instruction", ["subs.w sp, sp, #8", "subs.w sp, sp, r2, lsl #1", "adds.w sp, sp, r3, lsl #2"]
)
def test_flags_of_a_stack_pointer_that_falls(boot, instruction: str) -> None:
    """0x20008000 - 8 borrows nothing: C is 1, N Z V are 0; + (-2 << 2) carries: the same."""
    bench = boot(f"        mov r2, #4\n        mvn r3, #1\nhere:   {instruction}\n        b .\n")
    bench.core.set_stack_limit(STACK_TOP - 4)
    stop = bench.core.run(100)
    assert (stop.fault.kind, stop.fault.address) == (FaultKind.STACK_OVERFLOW, STACK_TOP - 8)
    assert (stop.pc, bench["sp"], bench["xpsr"] >> 28) == (bench.symbols["here"], STACK_TOP, 0)
    bench.core.run(bench.core.ticks + 1)
    assert (bench["sp"], bench["xpsr"] >> 28) == (STACK_TOP - 8, 0b0010)
