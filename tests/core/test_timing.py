"""The cycle model: what single instructions cost by the manual, and what it must not change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bench import RAM, Bench

from simgate.core.timing import ChipTiming, FlashRegister, TimedMemory

Boot = Callable[..., Bench]
ACR = FlashRegister(0x40022000, 0, 0xF, 0x100, 0x200, 0x400)
CYCCNT, CTRL, DEMCR = 0xE0001004, 0xE0001000, 0xE000EDFC
SETUP = f"""
        ldr     r8, ={RAM + 0x100:#x}
        ldr     r0, =0xE000ED88
        ldr     r1, =0xF00000
        str     r1, [r0]
        dsb
        isb
        movs    r0, #1
        movs    r1, #2
        movs    r2, #3
        vmov.f32 s0, #1.0
        vmov.f32 s1, #2.0
        nop
        nop
        nop
        .balign 4
start:
"""
END = "\n        nop\nfinish: nop\n        b .\n"


def chip(
    core: str = "cortex-m4", kind: str = "tight", reset: int = 0, line_bytes: int = 16
) -> ChipTiming:
    lines = (512, 512) if core == "cortex-m7" else (64, 8)
    acr = FlashRegister(ACR.address, reset, ACR.latency, 0x100, 0x200, 0x400)
    memories = (
        TimedMemory("code", 0, 0x10000, kind),
        TimedMemory("ram", RAM, 0x10000, "tight"),
    )
    return ChipTiming(core, "", acr, memories, line_bytes, *lines)


def cost(boot: Boot, text: str, timing: ChipTiming, cpu: str = "cortex-m4f") -> int:
    """Cycles from `start` to `finish`, without the NOP before it."""
    bench = boot(SETUP + text + END, cpu=cpu)
    core = bench.core
    timing.begin(core)
    begin, finish = bench.symbols["start"], bench.symbols["finish"]
    core.add_stop(begin)
    core.add_stop(finish)
    core.run(10_000)
    assert core.pc == begin
    before = core.cycles
    core.run(100_000)
    assert core.pc == finish
    assert before is not None
    assert core.cycles is not None
    return core.cycles - before - 1


# DDI 0439, tables 3-1 and 7-1, and the rules of 3.3.2
M4 = [
    ("nop", 1),
    ("add r0, r1, r2", 1),
    ("add r0, r1, r2, lsl #3", 1),
    ("mul r0, r1, r2", 1),
    ("mla r0, r1, r2, r0", 1),
    ("smlald r0, r1, r2, r3", 1),
    ("ldr r0, [r8]", 2),
    ("ldr r0, [r8]\n ldr r1, [r8, #4]", 3),
    ("ldr r0, [r8]\n ldr r1, [r8, #4]\n ldr r2, [r8, #8]", 4),
    ("ldr r0, [r8]\n nop\n ldr r1, [r8, #4]", 5),
    ("add r9, r8, #4\n ldr r0, [r9]", 4),  # the address is not forwarded
    ("str r0, [r8]", 1),
    ("ldr r0, [r8]\n str r0, [r8, #4]", 3),
    ("str r0, [r8, r1, lsl #2]", 2),
    ("ldrd r0, r1, [r8]", 3),
    ("ldm r8, {r0-r3}", 5),
    ("stm r8, {r0-r3}", 5),
    ("push {r0-r2}", 4),
    ("ldr r0, [r8, #2]", 3),  # two halfwords
    ("ldr r0, [r8, #1]", 4),  # three pieces
    ("ldrh r0, [r8, #1]", 3),
    ("b 1f\n nop\n1: nop", 3),
    ("bl 1f\n nop\n1: nop", 3),
    ("adr r9, 1f+1\n bx r9\n nop\n .balign 4\n1: nop", 5),
    ("cmp r0, r1\n beq 1f\n1: nop", 3),
    ("mrs r0, primask", 2),
    ("vadd.f32 s2, s0, s1", 1),
    ("vadd.f32 s2, s0, s1\n vadd.f32 s3, s2, s1", 3),  # used at once: one more
    ("vmla.f32 s2, s0, s1", 3),
    ("vfma.f32 s2, s0, s1", 3),
    ("vdiv.f32 s2, s0, s1\n vmov r0, s2", 16),
    ("vdiv.f32 s2, s0, s1\n nop\n nop", 3),  # other code goes on beside it
    ("vldr s2, [r8]", 2),
    ("vldr d1, [r8]", 3),
    ("vstr s0, [r8]", 2),
    ("vldm r8, {s4-s7}", 5),
]


@pytest.mark.parametrize(("text", "cycles"), M4, ids=[text.replace("\n", ";") for text, _ in M4])
def test_the_cortex_m4_takes_what_its_manual_says(boot: Boot, text: str, cycles: int) -> None:
    assert cost(boot, text, chip()) == cycles


def test_a_division_takes_two_to_twelve_cycles(boot: Boot) -> None:
    quick = cost(boot, "udiv r0, r0, r1", chip())  # 1 / 2
    slow = cost(boot, "mov r0, #-1\n mov r1, #1\n udiv r0, r0, r1", chip()) - 2
    assert (quick, slow) == (2, 12)


M7 = [
    ("add r0, r1, #1\n add r2, r3, #1\n" * 10, 10),  # pairs
    ("add r0, r1, r0, lsl #1\n" * 20, 40),  # each shifts what the one before computed
    ("smlad r0, r1, r2, r0\n" * 20, 20),  # one multiplier; sums follow each other at once
    ("smlad r0, r1, r2, r0\n add r3, r3, #1\n" * 10, 10),
    ("ldr r0, [r8]\n ldr r1, [r8, #4]\n" * 10, 10),
    ("ldrd r0, r1, [r8]\n" * 10, 10),  # 64 bits at a time, alone
    ("str r0, [r8]\n str r1, [r8, #4]\n" * 10, 20),
    ("vadd.f32 s2, s0, s1\n vadd.f32 s3, s0, s1\n" * 10, 20),
]


@pytest.mark.parametrize(("text", "cycles"), M7, ids=[text.split("\n")[0] for text, _ in M7])
def test_the_cortex_m7_pairs(boot: Boot, text: str, cycles: int) -> None:
    taken = cost(boot, text, chip("cortex-m7"), cpu="cortex-m7")
    assert abs(taken - cycles) <= 2  # where the first pair begins


LOOP = """
        movs    r4, #100
1:      ldr     r0, [r8]
        add     r0, r0, r4
        cmp     r0, #50
        ite     gt
        strgt   r0, [r8, #4]
        addle   r5, r5, #1
        ldr     r6, =0x12345678
        umull   r0, r1, r6, r4
        subs    r4, r4, #1
        bne     1b
"""


@pytest.mark.parametrize("cache", [0, 0x700])
def test_more_wait_states_never_cost_less(boot: Boot, cache: int) -> None:
    costs = [cost(boot, LOOP, chip(kind="accelerated", reset=cache | ws)) for ws in range(8)]
    assert costs == sorted(costs)
    assert costs[7] > costs[0]
    if cache:  # the loop stays in the accelerator
        assert costs[7] < 1.2 * costs[0]
    else:
        assert costs[7] > 2 * costs[0]


@pytest.mark.parametrize("cpu", ["cortex-m4f", "cortex-m7"])
def test_it_changes_nothing_but_cycles(boot: Boot, cpu: str) -> None:
    plain, timed = boot(SETUP + LOOP + END, cpu=cpu), boot(SETUP + LOOP + END, cpu=cpu)
    chip("cortex-m7" if "m7" in cpu else "cortex-m4", kind="accelerated", reset=5).begin(timed.core)
    for until in (7, 100, 101, 555, 20_000):
        plain.core.run(until)
        timed.core.run(until)
        assert plain.core.registers() == timed.core.registers()
        assert plain.core.ticks == timed.core.ticks
        assert bytes(plain.ram) == bytes(timed.ram)
    assert plain.core.cycles is None


def test_cycles_do_not_depend_on_how_a_run_is_cut(boot: Boot) -> None:
    whole, pieces = boot(SETUP + LOOP + END), boot(SETUP + LOOP + END)
    for bench in (whole, pieces):
        chip(kind="accelerated", reset=0x705).begin(bench.core)
    whole.core.run(900)
    for until in range(1, 901):
        pieces.core.run(until)
    assert pieces.core.cycles == whole.core.cycles


def test_a_store_to_acr_sets_the_wait_states(boot: Boot) -> None:
    text = f"ldr r0, ={ACR.address:#x}\n movs r1, #7\n strb r1, [r0]\n" + LOOP
    costs = []
    for reset in (0, 7):
        bench = boot(SETUP + text + END)
        bench.core.map_device(ACR.address, 0x400, lambda _o, _w: 0, lambda _o, _w, _v: None)
        chip(kind="accelerated", reset=reset).begin(bench.core)
        bench.core.run(1000)
        costs.append(bench.core.cycles)
    assert None not in costs
    assert abs(costs[0] - costs[1]) < 0.05 * costs[1]


def test_cyccnt_counts_them_where_it_is_asked_to(boot: Boot) -> None:
    counts = {}
    for asked in (False, True):
        bench = boot(SETUP + LOOP + END)
        chip().begin(bench.core, factor=2.0, counts=asked)
        bench.core.store(DEMCR, 4, 1 << 24)
        bench.core.store(CTRL, 4, 1)
        before = bench.core.cycles or 0
        bench.core.run(500)
        counts[asked] = bench.core.load(CYCCNT, 4)
    assert counts[False] == 500
    assert counts[True] == 2 * ((bench.core.cycles or 0) - before)


def test_exceptions_take_entry_and_return(boot: Boot) -> None:
    svc = cost(boot, "svc #0", chip())
    bench = boot(SETUP + "svc #0" + END)
    bench.core.run(10_000)
    handler = 10  # instructions of the bench's handler, about a cycle or two each
    assert 12 + 10 + handler <= svc <= 12 + 10 + 3 * handler


@pytest.mark.parametrize("wrong", [{"line_bytes": 12}, {"line_bytes": 0}])
def test_nonsense_is_refused(boot: Boot, wrong: dict[str, int]) -> None:
    bench = boot("b .")
    with pytest.raises(ValueError, match="out of its range"):
        chip(**wrong).begin(bench.core)
