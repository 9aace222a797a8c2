"""The stack's bounds from the names that linker scripts use."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simgate.errors import ImageError, SymbolError
from simgate.image import Image
from simgate.measure import find_stack_bounds, stack_bounds

Build = Callable[..., Image]
LOW, HIGH = 0x20000000, 0x20000400


@pytest.mark.parametrize(
    ("start", "end", "source"),
    [
        ("__stack_limit = .;", "__stack_top = .;", "__stack_limit, __stack_top"),
        ("__StackLimit = .;", "__StackTop = .;", "__StackLimit, __StackTop"),
        ("", "_estack = .; _Min_Stack_Size = ABSOLUTE(0x400);", "_estack - _Min_Stack_Size"),
        ("__StackLimit = .;", "", "__StackLimit, initial SP"),
        ("_Min_Stack_Size = ABSOLUTE(0x400);", "", "initial SP - _Min_Stack_Size"),
    ],
)
def test_the_names_of_the_trade(build: Build, start: str, end: str, source: str) -> None:
    bounds = stack_bounds(build(stack_start=start, stack_end=end))
    assert (bounds.limit, bounds.top, bounds.source) == (LOW, HIGH, source)
    assert bounds.size == 0x400


def test_how_much_a_run_used(build: Build) -> None:
    use = stack_bounds(build()).use(HIGH - 100)
    assert (use.size, use.used, use.lowest) == (0x400, 100, HIGH - 100)


def test_nothing_names_the_limit(build: Build) -> None:
    image = build(stack_start="", stack_end="_estack = .;")
    assert find_stack_bounds(image) is None
    with pytest.raises(SymbolError, match="no symbol tells where the stack ends") as caught:
        stack_bounds(image)
    assert "__stack_limit" in caught.value.hint


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("__stack_top = .;", "__stack_limit = .;"),
        ("__stack_limit = .;", "__stack_top = __stack_limit;"),
        ("", "_estack = .; _Min_Stack_Size = ABSOLUTE(0x30000000);"),
    ],
)
def test_names_that_contradict_each_other(build: Build, start: str, end: str) -> None:
    with pytest.raises(ImageError, match="its limit is not below its top"):
        stack_bounds(build(stack_start=start, stack_end=end))
