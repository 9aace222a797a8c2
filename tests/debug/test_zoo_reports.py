"""What the report says of each broken program: the act, the function, the line."""

from __future__ import annotations

import re

import pytest

from simgate.assets import root
from simgate.engine.base import ProcessStack
from simgate.image import Image

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
    report = report_of(zoo[app], 0.2, on_fault="follow")
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


def test_a_lockup_tells_of_both_faults(zoo, report_of) -> None:
    report = report_of(zoo["lockup"], on_fault="follow")
    assert report.address is not None
    assert report.address.address == 0x20020000
    sentence = report.cause.sentence
    assert sentence.startswith(
        "LDR from 0x20020000, in no memory of the board; right behind the end"
    )
    assert "escalated to HardFault because SHCSR does not enable BusFault" in sentence
    assert "the processor locked up: str" in sentence
    assert "write_notes" in sentence
    assert report.aftermath.startswith("the processor locked up")
    assert report.exception is not None
    assert report.exception.handler is not None
    assert report.exception.handler.name == "HardFault_Handler"


def test_the_frame_that_was_stacked_is_that_of_the_registers(zoo, report_of) -> None:
    report = report_of(zoo["unaligned_dsp"], on_fault="follow")
    assert report.exception is not None
    assert (report.exception.name, report.exception.escalated) == ("HardFault", True)
    assert report.frame is not None
    assert report.frame.read_back
    registers = {one.name: one.value for one in report.registers}
    for name in ("r0", "r1", "r2", "r3", "r12", "lr", "pc"):
        assert report.frame.registers[name] == registers[name], name
    assert report.frame.sp == registers["sp"]
    assert [(r.name, [b.name for b in r.bits]) for r in report.status[:2]] == [
        ("CFSR", ["UNALIGNED"]),
        ("HFSR", ["FORCED"]),
    ]


def test_a_storm_tells_what_it_keeps_from_running(zoo, report_of) -> None:
    report = report_of(zoo["interrupt_storm"])
    assert re.match(
        r"interrupt storm: IRQ 6 \(EXTI0_IRQHandler\), taken 100,\d+ times, again and again; it "
        r"keeps 0x\w+ request_work",
        report.cause.sentence,
    )


def test_who_smashed_the_stack(zoo, report_of) -> None:
    report = report_of(zoo["stack_smash"], on_fault="follow")
    writer = [detail for detail in report.cause.details if "was written last by" in detail]
    assert len(writer) == 1
    assert "copy_until" in writer[0]


def test_the_deepest_moment_is_shown_with_its_chain(zoo, report_of) -> None:
    report = report_of(zoo["unaligned_dsp"])
    deepest = report.deepest
    assert deepest is not None
    assert deepest.used == 0x20000C00 - deepest.sp
    chain = [frame.where.function for frame in deepest.chain.frames]
    assert chain[-2:] == ["main", "Reset_Handler"]
    assert len(chain) > 3  # in the middle of board_start, long before the fault


def test_a_task_has_a_stack_of_its_own(zoo, report_of) -> None:
    image = Image.read(zoo["task_stack_overflow"])
    task = image.symbol("task").address
    stack = ProcessStack("worker", task + 128, task + 384)
    report = report_of(zoo["task_stack_overflow"], process_stacks=(stack,))
    assert re.match(
        r"stack overflow: the stack of worker needs at least \d+ bytes, has 256",
        report.cause.sentence,
    )
    assert f"--process-stack worker=0x{task + 128:08x}..0x{task + 384:08x}" in report.replay
