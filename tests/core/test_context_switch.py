"""PendSV switches between two process stacks, with floating-point context, as an RTOS does it."""

from __future__ import annotations

SWITCH = """
        .equ    TASKS, 0x2000A000       @ saved SP of task 0 and 1
        .equ    CURRENT, 0x2000A008
        ldr     r0, =0xE000ED88
        ldr     r1, =0x00F00000
        str     r1, [r0]
        ldr     r0, =0xE000ED20         @ PendSV and SysTick at the lowest priority
        ldr     r1, =0xF0F00000
        str     r1, [r0]
        @ task 1: a basic frame, r4-r11 and EXC_RETURN below it
        ldr     r0, =0x20006000 - 32
        ldr     r1, =task1
        str     r1, [r0, #24]
        ldr     r1, =0x01000000
        str     r1, [r0, #28]
        sub     r0, r0, #36
        ldr     r1, =0xFFFFFFFD
        str     r1, [r0, #32]
        ldr     r2, =TASKS
        str     r0, [r2, #4]
        movs    r1, #0
        ldr     r2, =CURRENT
        str     r1, [r2]
        ldr     r0, =0x20005000
        msr     psp, r0
        movs    r0, #2
        msr     control, r0
        isb
        ldr     r0, =0xE000E010         @ SysTick every 97 instructions
        movs    r1, #96
        str     r1, [r0, #4]
        str     r1, [r0, #8]
        movs    r1, #7
        str     r1, [r0]
task0:  movs    r4, #0
        vmov.f32 s0, #1.0
        vmov.f32 s16, #2.0
        vmov.f32 s1, #1.0
1:      vadd.f32 s0, s0, s1
        vadd.f32 s16, s16, s1
        add     r4, r4, #1
        vmov    r5, s0
        b       1b
task1:  movs    r4, #0
        vmov.f32 s0, #-1.0
        vmov.f32 s16, #-2.0
        vmov.f32 s1, #-1.0
2:      vadd.f32 s0, s0, s1
        vadd.f32 s16, s16, s1
        add     r4, r4, #1
        b       2b
vector_15:
        ldr     r0, =0xE000ED04
        mov     r1, #0x10000000
        str     r1, [r0]
        bx      lr
vector_14:
        mrs     r0, psp
        tst     lr, #0x10
        it      eq
        vstmdbeq r0!, {s16-s31}
        stmdb   r0!, {r4-r11, lr}
        ldr     r1, =CURRENT
        ldr     r2, [r1]
        ldr     r3, =TASKS
        str     r0, [r3, r2, lsl #2]
        eor     r2, r2, #1
        str     r2, [r1]
        ldr     r0, [r3, r2, lsl #2]
        ldmia   r0!, {r4-r11, lr}
        tst     lr, #0x10
        it      eq
        vldmiaeq r0!, {s16-s31}
        msr     psp, r0
        bx      lr
"""


def single(bits: int) -> float:
    import struct

    return float(struct.unpack("<f", struct.pack("<I", bits))[0])


def test_two_tasks_keep_their_own_registers(boot) -> None:
    bench = boot(SWITCH)
    bench.core.run(200_000)
    assert bench.core.exceptions > 2 * 2000
    assert bench.core.tail_chained > 1900  # SysTick to PendSV
    seen = set()
    for _ in range(6):
        task = bench.word(0x2000A008)
        loop = "task0" if task == 0 else "task1"
        bench.run_to(bench.symbols[loop] + 14, within=2000)  # the loop's head
        count, sign = bench["r4"], 1 if task == 0 else -1
        assert count > 10_000
        assert single(bench["s0"]) == sign * (1 + count)
        assert single(bench["s16"]) == sign * (2 + count)
        assert (bench["control"], bench.core.ipsr) == (6, 0)
        seen.add(task)
        current = bench.word(0x2000A008)
        while bench.word(0x2000A008) == current:
            bench.core.run(bench.core.ticks + 50)
        bench.core.run(bench.core.ticks + 20)
    assert seen == {0, 1}


def test_the_switch_is_the_same_in_pieces(boot) -> None:
    whole, pieces = boot(SWITCH), boot(SWITCH)
    whole.core.run(20_000)
    for until in range(1, 20_001):
        pieces.core.run(until)
    assert whole.core.registers() == pieces.core.registers()
    assert whole.core.read(0x2000_0000, 0x1_0000) == pieces.core.read(0x2000_0000, 0x1_0000)
    assert whole.core.exceptions == pieces.core.exceptions
    assert whole.core.tail_chained == pieces.core.tail_chained
