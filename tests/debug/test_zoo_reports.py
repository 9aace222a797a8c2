"""What the report says of each broken program: the act, the function, the line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simgate.assets import root

ZOO = root("firmware") / "app" / "faults"
CAUSES = {
    "breakpoint_left": (r"BKPT #\d+ executed without a debugger", "assertion_failed"),
    "divide_by_zero": (r"division by zero: [us]div .* with r\d+ = 0x00000000", "mean_of_loud"),
    "flash_write": (r"STR\w* to 0x08\w+, which is Flash", "save_settings"),
    "fpu_off": (r"FPU is off: CPACR does not enable CP10/CP11", "scale"),
    "infinite_recursion": (r"infinite recursion: sum_of calls itself", "sum_of"),
    "jump_into_data": (r"jump into data: called 0x20\w+ \(plug_in in \.data\)", "start_plug_in"),
    "null_function_pointer": (
        r"called a null function pointer: PC 0x00000000, LR says it was called from "
        r".*deliver.*main\.c",
        "deliver",
    ),
    "pass_then_fault": (r"called a null function pointer", "shut_down"),
    "stack_overflow": (r"needs at least 3,\d\d\d bytes, has 1,024", "loudest_band"),
    "stack_smash": (
        r"show_name returned to 0x\w+, in no memory of the board: its return address on the "
        r"stack was overwritten",
        "show_name",
    ),
    "svc_masked": (r"SVC executed where SVCall cannot be taken \(PRIMASK is set\)", "write_log"),
    "unaligned_dsp": (r"LDRD from 0x20\w+, which is not a multiple of 4", "dot_product"),
    "unmapped_peripheral": (r"LDR\w* from 0x4\w+", "led_start"),
    "watchdog": (r"watchdog", "wait_for_sensor"),
}
WITHOUT_LINE = {"watchdog", "stack_overflow"}  # marked elsewhere than where PC is


@pytest.mark.parametrize("app", CAUSES)
def test_the_cause_is_named_with_function_and_line(app: str, zoo, report_of) -> None:
    sentence, function = CAUSES[app]
    report = report_of(zoo[app], 0.2)
    assert re.search(sentence, report.cause.sentence), report.cause.sentence
    assert report.blame is not None
    assert report.blame.function == function
    assert report.blame.file == f"firmware/app/faults/{app}/main.c"
    if app not in WITHOUT_LINE:
        lines = (ZOO / app / "main.c").read_text().splitlines()
        marked = next(n for n, line in enumerate(lines, 1) if "/* faults here */" in line)
        assert abs(report.blame.line - marked) <= 1
    assert any(line.marked for line in report.code)
    names = [frame.where.function for frame in report.backtrace.frames]
    assert function in names
    if app != "stack_smash":  # which has overwritten its callers, too
        assert names[-2:] == ["main", "Reset_Handler"]
    assert report.replay.startswith("simgate debug ")
    assert report.replay.endswith(" --gdb :3333")
    assert not report.missing


def test_a_handler_that_was_called_is_memory_corruption(zoo, report_of) -> None:
    report = report_of(zoo["ipsr_zero"], 0.1, failure="no UART said 'PASS'")
    assert report.cause.sentence.startswith(
        "memory corruption: HardFault_Handler, the handler of HardFault, runs with IPSR = 0: "
        "it was jumped to from "
    )
    assert "poll_driver" in report.cause.sentence
    assert report.blame.function == "poll_driver"


def test_a_heap_in_the_stack_is_seen_behind_the_fault(zoo, report_of) -> None:
    report = report_of(zoo["heap_into_stack"], 0.1)
    assert report.cause.sentence.startswith("heap into stack")
    assert report.blame.function == "features_of"


def test_a_loop_is_called_one(zoo, report_of) -> None:
    elf = Path(zoo["lockup"])
    report = report_of(elf, 0.1, on_fault="stop")
    assert report.address is not None
    assert report.address.address == 0x20020000
    assert "behind the end of sram" in report.cause.sentence
