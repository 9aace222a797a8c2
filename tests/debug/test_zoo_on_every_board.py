"""The zoo of broken firmware on the other boards: the same program, the same fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.debug import examine
from simgate.image import Image
from simgate.machine import Machine
from simgate.result import FaultKind
from simgate.toolchain import apps_under, build_apps

BUILD = Path(__file__).resolve().parents[2] / "build" / "tests" / "zoo"
KINDS = {
    "bad_exc_return": FaultKind.EXCEPTION_RETURN,
    "breakpoint_left": FaultKind.BREAKPOINT,
    "divide_by_zero": FaultKind.DIVIDE_BY_ZERO,
    "flash_write": FaultKind.FLASH_STORE,
    "fpu_off": FaultKind.NO_COPROCESSOR,
    "heap_into_stack": FaultKind.HEAP_OVERFLOW,
    "infinite_recursion": FaultKind.STACK_OVERFLOW,
    "interrupt_storm": FaultKind.INTERRUPT_STORM,
    "jump_into_data": FaultKind.UNDEFINED,
    "lockup": FaultKind.UNMAPPED,
    "null_function_pointer": FaultKind.INVALID_STATE,
    "null_guard": FaultKind.MPU,
    "pass_then_fault": FaultKind.INVALID_STATE,
    "stack_into_arena": FaultKind.STACK_OVERFLOW,
    "stack_overflow": FaultKind.STACK_OVERFLOW,
    "stack_smash": FaultKind.UNMAPPED,
    "svc_masked": FaultKind.ESCALATION,
    "unaligned_dsp": FaultKind.UNALIGNED,
    "unmapped_peripheral": FaultKind.UNMAPPED,
    "watchdog": FaultKind.WATCHDOG,
    "wrong_vector_table": FaultKind.MPU,
}
BOARDS = ("stm32g474", "stm32f746", "stm32h743")


@pytest.fixture(scope="module")
def zoo() -> Callable[[str], dict[str, Path]]:
    return lambda board: build_apps(apps_under("faults"), BUILD / board, board=board)


@pytest.mark.parametrize("board", BOARDS)
def test_the_same_fault(zoo, board: str) -> None:
    elfs = zoo(board)
    found = {}
    for name in KINDS:
        with Machine(find_board(board), Image.read(elfs[name]), on_fault="follow") as machine:
            machine.run_for(1.0)
            fault = machine.result().fault
            found[name] = None if fault is None else fault.kind
            if fault is not None:
                report = examine(machine)
                assert report.cause.sentence, name
                assert not re.fullmatch(r"(a )?HardFault\.?", report.cause.sentence), name
    assert found == KINDS


@pytest.mark.parametrize(
    ("board", "kind"),
    [
        ("stm32g474", FaultKind.FALSE_HANDLER),  # address 12 shows the vector table
        ("stm32f746", FaultKind.INVALID_STATE),  # there is the ITCM, all zeros
        ("stm32h743", FaultKind.INVALID_STATE),
    ],
)
def test_what_a_null_pointer_finds_depends_on_the_chip(zoo, board: str, kind: FaultKind) -> None:
    image = Image.read(zoo(board)["ipsr_zero"])
    with Machine(find_board(board), image, on_fault="follow") as machine:
        machine.run_for(0.1)
        fault = machine.result().fault
    assert fault is not None
    assert fault.kind is kind
