"""The last branches, worked out from the blocks that were entered."""

from __future__ import annotations

import pytest

from simgate.core import StopKind

BRANCH, ENTRY, RETURN = 0, 1, 2

PROGRAM = """
        mov     r0, #2
loop:   subs    r0, r0, #1
again:  bne     loop
        bl      leaf
back:   cmp     r0, #0
skip:   bne     loop
        ldr     r3, =end + 1
jump:   bx      r3
        nop
        .thumb_func
leaf:   add     r1, r1, #1
leave:  bx      lr
        .thumb_func
end:    b       end
"""


def expected(at: dict[str, int]) -> list[tuple[int, int, int]]:
    return [
        (at["again"], at["loop"], BRANCH),
        (at["back"] - 4, at["leaf"], BRANCH),
        (at["leave"], at["back"], BRANCH),
        (at["jump"], at["end"], BRANCH),
    ]


def test_branches_taken_and_no_others(boot) -> None:
    bench = boot(PROGRAM)
    bench.run_to("end")
    assert bench.core.branches() == expected(bench.symbols)


@pytest.mark.parametrize("piece", [1, 2, 3, 5])
def test_pieces_make_no_difference(boot, piece: int) -> None:
    bench = boot(PROGRAM)
    while bench["pc"] != bench.symbols["end"]:
        bench.core.run(bench.core.ticks + piece)
    found = [branch for branch in bench.core.branches() if branch[0] != bench.symbols["end"]]
    assert found == expected(bench.symbols)


def test_a_stop_point_at_every_instruction_makes_no_difference(boot) -> None:
    bench = boot(PROGRAM)
    for address in range(bench["pc"], bench.symbols["end"] + 2, 2):
        bench.core.add_stop(address)
    while bench["pc"] != bench.symbols["end"]:
        bench.core.run(bench.core.ticks + 1000)
    assert bench.core.branches() == expected(bench.symbols)


def test_unconditional_branches_and_long_lines(boot) -> None:
    """Blocks end after 64 instructions or so, chains of blocks after some: no branch there."""
    line = "        add     r1, r1, #1\n" * 700
    bench = boot(f"""
first:  b       far
near:   add     r1, r1, #1
second: b       end
far:
{line}
third:  b       near
        nop
end:    b       end
    """)
    at = bench.symbols
    for _ in range(2):  # decoded, and then as decoded
        bench.set(pc=at["first"])
        bench.run_to("end")
        assert bench.core.branches(3) == [
            (at["first"], at["far"], BRANCH),
            (at["third"], at["near"], BRANCH),
            (at["second"], at["end"], BRANCH),
        ]


def test_the_newest_are_kept(boot) -> None:
    bench = boot("""
        mov     r0, #1000
loop:   subs    r0, r0, #1
again:  bne     loop
end:    b       end
    """)
    bench.run_to("end")
    at = bench.symbols
    assert bench.core.branches() == [(at["again"], at["loop"], BRANCH)] * 64
    assert len(bench.core.branches(3)) == 3
    assert bench.core.branches(0) == []


def test_exceptions_are_told_apart(boot) -> None:
    bench = boot("""
        nop
        svc     #0
after:  nop
end:    b       end
    """)
    bench.run_to("end")
    at = bench.symbols
    branches = bench.core.branches()
    assert branches[0] == (at["after"], at["log_exception"], ENTRY)
    assert branches[-1] == (at["log_return"], at["after"], RETURN)


def test_a_wild_branch_is_the_last(boot) -> None:
    bench = boot("""
        ldr     r3, =0x60000001
wild:   bx      r3
    """)
    assert bench.core.run(1000).kind is StopKind.FAULT
    assert bench.core.branches()[-1] == (bench.symbols["wild"], 0x6000_0000, BRANCH)


def test_a_branch_not_taken_at_a_stop_point(boot) -> None:
    bench = boot("""
        movs    r0, #1
        cmp     r0, #0
branch: beq     branch
next:   b       next
    """)
    bench.core.add_stop(bench.symbols["branch"])
    assert bench.core.run(1000).kind is StopKind.STOP_POINT
    bench.core.run(bench.core.ticks + 1)
    assert bench["pc"] == bench.symbols["next"]


LOOP = """
loop:   nop
second: nop
jump:   b       loop
        .thumb_func
        .global vector_16
vector_16:
        bx      lr
"""


@pytest.mark.parametrize("executed", [1, 2, 3, 4, 6])
def test_an_interrupt_does_not_hide_the_branch_before_it(boot, executed: int) -> None:
    """After 3 instructions the loop has branched to where it began: not the same as never left."""
    bench = boot(LOOP)
    at = bench.symbols
    bench.core.store(0xE000E100, 4, 1)
    bench.core.schedule(bench.core.ticks + executed, lambda: bench.core.pend(0))
    bench.core.run(bench.core.ticks + executed + 1)  # and the handler's only instruction
    place = at["loop"] + 2 * (executed % 3)
    assert bench.core.branches() == [
        *[(at["jump"], at["loop"], BRANCH)] * (executed // 3),
        (place, at["vector_16"], ENTRY),
        (at["vector_16"], place, RETURN),
    ]


@pytest.mark.parametrize("place", ["loop", "second"])
def test_a_stop_point_does_not_hide_the_branch_before_it(boot, place: str) -> None:
    bench = boot(LOOP)
    at = bench.symbols
    bench.core.run(bench.core.ticks + 3)
    assert bench.core.branches() == [(at["jump"], at["loop"], BRANCH)]
    bench.core.add_stop(at[place])
    for rounds in range(1, 4):
        assert bench.core.run(bench.core.ticks + 100).kind is StopKind.STOP_POINT
        assert bench.core.branches() == [(at["jump"], at["loop"], BRANCH)] * rounds


@pytest.mark.parametrize("masked", [False, True])
def test_where_a_supervisor_call_cannot_run_there_is_no_branch(boot, masked: bool) -> None:
    bench = boot("""
        nop
call:   svc     #0
here:   b       here
        .thumb_func
        .global vector_11, vector_3
vector_11:
vector_3:
        bx      lr
    """)
    bench.core.stop_on_fault = False
    bench.set(primask=int(masked))
    at = bench.symbols
    bench.core.run(bench.core.ticks + 2)
    bench.core.run(bench.core.ticks + 1)
    entry, back = bench.core.branches()
    assert entry == (at["here"], at["vector_11"], ENTRY)
    assert back == (at["vector_11"], at["here"], RETURN)
