"""Each program of the zoo of faults does exactly the wrong thing that it is kept for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from simgate.assets import root
from simgate.board import find_board
from simgate.image import Image
from simgate.machine import Machine
from simgate.result import FaultKind
from simgate.toolchain import apps_under, build_apps

ZOO = root("firmware") / "app" / "faults"
TREE = Path(__file__).resolve().parents[2] / "build" / "tests" / "faults"
# The line in question, where it is not the one that a report blames.
MARKERS = {"heap_into_stack": "grows here", "ipsr_zero": "is entered here"}

# What is found in each, and in which function.
FOUND = {
    "bad_exc_return": (FaultKind.EXCEPTION_RETURN, "PendSV_Handler"),
    "breakpoint_left": (FaultKind.BREAKPOINT, "assertion_failed"),
    "divide_by_zero": (FaultKind.DIVIDE_BY_ZERO, "mean_of_loud"),
    "flash_write": (FaultKind.FLASH_STORE, "save_settings"),
    "fpu_off": (FaultKind.NO_COPROCESSOR, "scale"),
    "heap_into_stack": (FaultKind.HEAP_OVERFLOW, "_sbrk"),
    "infinite_recursion": (FaultKind.STACK_OVERFLOW, "sum_of"),
    "ipsr_zero": (FaultKind.FALSE_HANDLER, "HardFault_Handler"),
    "interrupt_storm": (FaultKind.INTERRUPT_STORM, "EXTI0_IRQHandler"),
    "jump_into_data": (FaultKind.UNDEFINED, "start_plug_in"),
    "lockup": (FaultKind.UNMAPPED, "checksum"),
    "null_function_pointer": (FaultKind.INVALID_STATE, "deliver"),
    "null_guard": (FaultKind.MPU, "sum_of"),
    "pass_then_fault": (FaultKind.INVALID_STATE, "shut_down"),
    "stack_into_arena": (FaultKind.STACK_OVERFLOW, "depthwise_layer"),
    "stack_overflow": (FaultKind.STACK_OVERFLOW, "loudest_band"),
    "stack_smash": (FaultKind.UNMAPPED, "show_name"),
    "svc_masked": (FaultKind.ESCALATION, "write_log"),
    "unaligned_dsp": (FaultKind.UNALIGNED, "dot_product"),
    "unmapped_peripheral": (FaultKind.UNMAPPED, "led_start"),
    "watchdog": (FaultKind.WATCHDOG, "wait_for_sensor"),
}


@pytest.fixture(scope="session")
def elfs() -> dict[str, Path]:
    return build_apps(apps_under("faults"), TREE)


def marked_line(app: str, marker: str) -> int:
    """The number of the line of main.c that carries the comment."""
    lines = (ZOO / app / "main.c").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if f"/* {marker} */" in line)


@pytest.mark.parametrize("app", FOUND)
def test_what_is_wrong_is_found_where_it_is(app: str, elfs: dict[str, Path]) -> None:
    kind, function = FOUND[app]
    with Machine(find_board("stm32f407"), Image.read(elfs[app])) as machine:
        fault = machine.run_for(0.2).fault
        assert machine.result().uart, "the console's first line came before the fault"
    assert fault is not None
    assert fault.kind is kind
    assert re.search(rf"\b{function}\b.*{app}/main\.c:\d+", fault.message)
    if fault.where.function is not None:
        assert fault.where.function == function
        assert fault.where.line == marked_line(app, MARKERS.get(app, "faults here"))


@pytest.mark.parametrize(
    ("app", "kind", "function"),
    [
        ("fault_unaligned_ldm", FaultKind.UNALIGNED, "load_multiple_unaligned"),
        ("fault_unaligned_ldrd", FaultKind.UNALIGNED, "load_doubleword_unaligned"),
        ("fault_unaligned_vldm", FaultKind.UNALIGNED, "load_vector_unaligned"),
        ("fault_undefined", FaultKind.UNDEFINED, "execute_undefined"),
    ],
)
def test_what_the_zoo_has_in_one_shape_only(
    image_of: Callable[[str], Path], app: str, kind: FaultKind, function: str
) -> None:
    with Machine(find_board("stm32f407"), Image.read(image_of(app))) as machine:
        fault = machine.run_for(0.01).fault
    assert fault is not None
    assert (fault.kind, fault.where.function) == (kind, function)


def test_every_program_says_what_is_wrong_and_what_silicon_does() -> None:
    for folder in apps_under("faults"):
        comment = (folder / "main.c").read_text().split("*/")[0]
        assert re.match(r"/\*\n \* What is wrong: .*\n \* Silicon: ", comment, re.DOTALL), folder


@pytest.mark.parametrize("options", [{"STACK_SIZE": "4096"}])
def test_enough_stack_repairs_what_overflowed(
    options: dict[str, str], tmp_path: Path, elfs: dict[str, Path]
) -> None:
    repaired = build_apps(["faults/stack_overflow"], tmp_path, options=options)["stack_overflow"]
    with Machine(find_board("stm32f407"), Image.read(repaired)) as machine:
        assert machine.run_for(0.01).fault is None
        assert machine.result().uart[-1].text == "PASS"
