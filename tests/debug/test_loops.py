"""Loops without an end, seen in the last branches; recursions, seen in the chain."""

from __future__ import annotations

from simgate.debug.cause.hang import find_loop
from simgate.debug.recursion import find_recursion
from simgate.debug.unwinder import Frame, Origin
from simgate.result import Branch, BranchKind, SourceLocation

BACK = Branch(0x08000110, 0x08000100)
CALL = Branch(0x08000104, 0x08000200)
RETURN = Branch(0x08000204, 0x08000108)
ENTRY = Branch(0x08000102, 0x08000300, BranchKind.EXCEPTION_ENTRY)
INSIDE = Branch(0x08000302, 0x08000310)
EXIT = Branch(0x08000312, 0x08000102, BranchKind.EXCEPTION_RETURN)


def test_one_branch_again_and_again_is_a_loop() -> None:
    loop = find_loop([BACK] * 8)
    assert loop is not None
    assert (loop.low, loop.high, loop.rounds) == (0x08000100, 0x08000110, 8)


def test_a_round_may_have_several_branches_and_interrupts() -> None:
    loop = find_loop([CALL, RETURN, ENTRY, INSIDE, EXIT, BACK] * 4)
    assert loop is not None
    assert (loop.low, loop.high, loop.rounds) == (0x08000100, 0x08000204, 4)


def test_branches_that_lead_on_are_none() -> None:
    assert find_loop([Branch(address, address + 8) for address in range(0, 640, 10)]) is None
    assert find_loop([]) is None


def frames(*names: str) -> list[Frame]:
    return [Frame(SourceLocation(0x08000000, name), 0, Origin.DWARF) for name in names]


def test_a_function_that_calls_itself() -> None:
    found = find_recursion(frames("leaf", *["walk"] * 12, "main"))
    assert found is not None
    assert (found.functions, found.rounds) == (("walk",), 12)
    assert found.text == "infinite recursion: walk calls itself, 12 rounds deep"


def test_functions_that_call_each_other() -> None:
    found = find_recursion(frames(*["odd", "even"] * 20, "main"))
    assert found is not None
    assert found.text == "infinite recursion: even -> odd -> even, 20 rounds deep"


def test_a_few_rounds_may_be_meant() -> None:
    assert find_recursion(frames(*["walk"] * 5, "main")) is None
    assert find_recursion([]) is None
