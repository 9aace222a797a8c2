"""What an exception puts on the stack, word by word, and what its return takes back."""

from __future__ import annotations

import pytest

from simgate.core import StopKind
from simgate.result import FaultKind

RAM = 0x2000_0000
STACK_TOP = RAM + 0x8000
PROCESS_TOP = RAM + 0x6000
FPCCR, FPCAR, FPDSCR, CPACR, CCR = 0xE000EF34, 0xE000EF38, 0xE000EF3C, 0xE000ED88, 0xE000ED14
T = 1 << 24
ALIGNED = 1 << 9

CALL = """
call:   svc     #7
after:  nop
        b       .
vector_11:
        bx      lr
"""


def fill(bench) -> None:
    bench.set(r0=0x10, r1=0x11, r2=0x12, r3=0x13, r4=0x14, r11=0x1B, r12=0x1C, lr=0x1D)


def test_a_basic_frame_word_by_word(boot) -> None:
    bench = boot(CALL)
    fill(bench)
    bench.set(xpsr=0xF80F0000 | T)
    bench.run_to("vector_11")
    frame = STACK_TOP - 32
    assert bench["sp"] == bench["msp"] == frame
    assert bench.words(frame, 8) == [
        0x10, 0x11, 0x12, 0x13, 0x1C, 0x1D, bench.symbols["after"], 0xF80F0000 | T,
    ]  # fmt: skip
    assert bench["lr"] == 0xFFFFFFF9
    assert bench["xpsr"] & 0x1FF == 11
    assert bench.core.lowest_sp == frame


def test_return_restores_everything(boot) -> None:
    bench = boot(CALL)
    fill(bench)
    bench.set(xpsr=0xA8050000 | T)
    bench.run_to("vector_11")
    bench.set(r0=0, r1=0, r2=0, r3=0, r12=0, xpsr=T | 11)
    bench.core.step()  # bx lr
    assert bench.core.pc == bench.symbols["after"]
    assert [bench[r] for r in ("r0", "r1", "r2", "r3", "r4", "r11", "r12", "lr", "sp")] == [
        0x10, 0x11, 0x12, 0x13, 0x14, 0x1B, 0x1C, 0x1D, STACK_TOP,
    ]  # fmt: skip
    assert bench["xpsr"] == 0xA8050000 | T
    assert bench.core.instructions == 2


def test_a_stack_that_is_not_a_multiple_of_8_is_aligned_and_comes_back(boot) -> None:
    bench = boot(CALL)
    bench.set(sp=STACK_TOP - 4)
    bench.run_to("vector_11")
    assert bench["sp"] == STACK_TOP - 40
    assert bench.word(STACK_TOP - 40 + 28) == T | ALIGNED
    bench.core.step()
    assert bench["sp"] == STACK_TOP - 4
    assert bench["xpsr"] == T


def test_without_stkalign_the_frame_lies_where_sp_was(boot) -> None:
    bench = boot(CALL)
    bench.core.store(CCR, 4, 0)
    bench.set(sp=STACK_TOP - 4)
    bench.run_to("vector_11")
    assert bench["sp"] == STACK_TOP - 36
    assert bench.word(STACK_TOP - 36 + 28) == T


def test_the_process_stack_takes_the_frame_and_the_handler_runs_on_the_main_stack(boot) -> None:
    bench = boot(CALL)
    bench.set(psp=PROCESS_TOP, control=2)
    assert bench["sp"] == PROCESS_TOP
    bench.run_to("vector_11")
    assert bench["psp"] == PROCESS_TOP - 32
    assert bench["sp"] == bench["msp"] == STACK_TOP
    assert (bench["lr"], bench["control"]) == (0xFFFFFFFD, 0)
    assert bench.word(PROCESS_TOP - 32 + 24) == bench.symbols["after"]
    bench.core.step()
    assert (bench["sp"], bench["control"], bench["msp"]) == (PROCESS_TOP, 2, STACK_TOP)


def test_the_it_state_is_stacked_and_resumed(boot) -> None:
    bench = boot("""
        movs    r0, #0
        cmp     r0, #0
        ittet   eq
        addeq   r0, r0, #1
        addeq   r0, r0, #2
        addne   r0, r0, #64
        addeq   r0, r0, #4
        nop
done:   b       .
""")
    core = bench.core
    core.store(0xE000E100, 4, 1)
    core.run(4)  # movs, cmp, ittet, addeq
    core.pend(0)
    bench.run_to("log_exception")
    assert bench.word(bench["sp"] + 28) & 0x0600FC00 != 0
    bench.run_to("done")
    assert bench["r0"] == 7
    assert bench.log() == [16]


@pytest.mark.parametrize("nested", [False, True])
def test_exc_return_names_the_mode_that_was_interrupted(boot, nested: bool) -> None:
    bench = boot("        b .\n")
    bench.core.store(0xE000E100, 4, 3)
    bench.core.store(0xE000E400, 1, 0x80)
    bench.core.pend(0)
    bench.run_to("log_exception")
    assert bench["lr"] == 0xFFFFFFF9
    if nested:
        bench.core.pend(1)
        bench.run_to("log_exception")
        assert (bench["lr"], bench.core.ipsr) == (0xFFFFFFF1, 17)


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
"""


def float_bench(boot, fpccr: int):
    bench = boot(FLOAT)
    bench.core.store(FPCCR, 4, fpccr)
    bench.run_to("call")
    assert bench["control"] == 4
    for n in range(32):
        bench.core.write_register(f"s{n}", 0x3F800000 + n)
    bench.set(fpscr=0x60000010)
    return bench


def test_an_extended_frame_stacked_at_once(boot) -> None:
    bench = float_bench(boot, 0x80000000)
    bench.run_to("vector_11")
    frame = STACK_TOP - 0x68
    assert (bench["sp"], bench["lr"], bench["control"]) == (frame, 0xFFFFFFE9, 0)
    assert bench.words(frame + 32, 17) == [0x3F800000 + n for n in range(16)] + [0x60000010]
    bench.run_to("touched")
    assert bench["s0"] == 0x3F800000
    bench.core.write_register("s1", 5)
    bench.core.step()
    assert [bench["s0"], bench["s1"], bench["s16"]] == [0x3F800000, 0x3F800001, 0x3F800010]
    assert (bench["fpscr"], bench["control"], bench["sp"]) == (0x60000010, 4, STACK_TOP)


def test_lazy_stacking_reserves_the_frame_and_fills_it_when_fp_is_used(boot) -> None:
    bench = float_bench(boot, 0xC0000000)
    bench.core.store(FPDSCR, 4, 0x02000000)
    bench.run_to("vector_11")
    frame = STACK_TOP - 0x68
    assert (bench["sp"], bench["lr"], bench["control"]) == (frame, 0xFFFFFFE9, 0)
    assert bench.core.load(FPCAR, 4) == frame + 32
    assert bench.core.load(FPCCR, 4) & 1 == 1
    assert bench.words(frame + 32, 17) == [0] * 17
    bench.run_to("touch")
    assert bench.word(frame + 32) == 0
    bench.core.step()
    assert bench.words(frame + 32, 17) == [0x3F800000 + n for n in range(16)] + [0x60000010]
    assert bench.core.load(FPCCR, 4) & 1 == 0
    assert bench["fpscr"] & 0x07C00000 == 0x02000000
    bench.core.step()
    assert (bench["s0"], bench["fpscr"], bench["control"]) == (0x3F800000, 0x60000010, 4)


def test_lazy_state_that_no_handler_touched_is_never_stored(boot) -> None:
    bench = float_bench(boot, 0xC0000000)
    bench.run_to("vector_11")
    bench.set(pc=bench.symbols["touched"])
    bench.core.step()
    assert bench.core.pc == bench.symbols["after"]
    assert bench.words(STACK_TOP - 0x68 + 32, 17) == [0] * 17
    assert (bench["s5"], bench["control"]) == (0x3F800005, 4)
    assert bench.core.load(FPCCR, 4) & 1 == 0


def test_without_cpacr_floating_point_is_a_fault(boot) -> None:
    bench = boot("here:   vmov.f32 s0, #1.0\n        b .\n")
    stop = bench.core.run(100)
    assert (stop.kind, stop.pc, stop.instructions) == (StopKind.FAULT, bench.symbols["here"], 0)
    assert stop.fault is not None and stop.fault.kind is FaultKind.NO_COPROCESSOR


@pytest.mark.parametrize(
    "value",
    [0xFFFFFFF1, 0xFFFFFFF5, 0xFFFFFFFF, 0xFFFFFF09, 0xF0000001, 0xFFFFFFD9],
    ids=hex,
)
def test_an_illegal_exc_return_is_a_fault_at_the_branch(boot, value: int) -> None:
    bench = boot(CALL)
    bench.run_to("vector_11")
    bench.set(lr=value)
    stop = bench.core.run(100)
    assert stop.kind is StopKind.FAULT
    assert stop.fault is not None
    assert stop.fault.kind is FaultKind.EXCEPTION_RETURN
    assert stop.fault.address == value
    assert stop.fault.pc == bench.symbols["vector_11"]


def test_a_frame_of_handler_mode_cannot_return_to_thread_mode(boot) -> None:
    bench = boot(CALL)
    bench.run_to("vector_11")
    bench.core.write(bench["sp"] + 28, (T | 15).to_bytes(4, "little"))
    stop = bench.core.run(100)
    assert stop.fault is not None and stop.fault.kind is FaultKind.EXCEPTION_RETURN


def test_a_frame_without_the_thumb_bit_is_a_fault(boot) -> None:
    bench = boot(CALL)
    bench.run_to("vector_11")
    bench.core.write(bench["sp"] + 28, bytes(4))
    stop = bench.core.run(100)
    assert stop.fault is not None and stop.fault.kind is FaultKind.INVALID_STATE


def test_stacking_where_nothing_is_mapped_is_a_fault(boot) -> None:
    bench = boot(CALL)
    bench.set(sp=RAM + 16)
    stop = bench.core.run(100)
    assert stop.fault is not None and stop.fault.kind is FaultKind.UNMAPPED
    assert stop.fault.address == RAM - 16
    assert stop.fault.is_store


def test_stacking_below_the_stack_limit_is_a_stack_overflow(boot) -> None:
    bench = boot(CALL)
    bench.core.set_stack_limit(STACK_TOP - 28)
    stop = bench.core.run(100)
    assert stop.fault is not None and stop.fault.kind is FaultKind.STACK_OVERFLOW
    assert stop.fault.address == STACK_TOP - 32
    assert bench.words(STACK_TOP - 32, 8) == [0] * 8


def test_a_vector_without_the_thumb_bit_is_a_fault(boot) -> None:
    bench = boot(CALL)
    bench.core.write(4 * 11, (0x100).to_bytes(4, "little"))
    stop = bench.core.run(100)
    assert stop.fault is not None and stop.fault.kind is FaultKind.INVALID_STATE
    assert stop.fault.address == 0x100


def test_svc_arguments_pass_through_the_frame(boot) -> None:
    bench = boot("""
        movs    r0, #20
        movs    r1, #22
        svc     #5
after:  b       .
vector_11:
        ldr     r0, [sp, #24]           @ return address
        ldrb    r2, [r0, #-2]           @ the number in the instruction
        ldr     r0, [sp, #0]
        ldr     r1, [sp, #4]
        add     r0, r0, r1
        mul     r0, r0, r2
        str     r0, [sp, #0]
        bx      lr
""")
    bench.run_to("after")
    assert bench["r0"] == (20 + 22) * 5
