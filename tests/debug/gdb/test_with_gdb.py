"""The real gdb-multiarch, in batch mode, against ``simgate debug --gdb``."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

Gdb = Callable[..., str]


def printed(output: str) -> list[str]:
    """What `print` showed, one after the other."""
    return re.findall(r"^\$\d+ = (.*)$", output, re.MULTILINE)


def test_it_attaches_at_the_first_instruction(gdb: Gdb) -> None:
    output = gdb("debugger", "info registers", "monitor instructions", "p $msp == $sp", "p $psp")
    assert "Reset_Handler () at" in output
    assert re.search(r"^pc +0x[0-9a-f]+ +0x[0-9a-f]+ <Reset_Handler>$", output, re.MULTILINE)
    for name in ("primask", "basepri", "faultmask", "control", "xpsr", "fpscr"):
        assert re.search(rf"^{name} +0x", output, re.MULTILINE), name
    assert "0 instructions executed, 0 ticks slept" in output
    assert printed(output) == ["1", "(void *) 0x0"]


def test_breakpoints_steps_floating_point_and_the_process_stack(gdb: Gdb) -> None:
    output = gdb(
        "debugger",
        "break count if value == 30", "continue", "p value", "p counted",
        "break scale", "continue", "p $s0", "p value", "finish", "p $s0", "p $d0 != 0",
        "break task", "continue", "p $control", "p $sp == $psp", "p $msp != $psp",
        "p $psp == &task_stack[64]", "stepi", "stepi", "info symbol $pc", "backtrace 2",
    )  # fmt: skip
    assert "Breakpoint 1, count (value=value@entry=30)" in output
    assert "Breakpoint 2, scale (value=value@entry=1.5)" in output
    assert printed(output) == ["30", "20", "1.5", "1.5", "3.75", "1", "2", "1", "1", "1"]
    assert "count in section .text" in output
    assert re.search(r"^#1 .* in on_process_stack", output, re.MULTILINE)


def test_memory_and_registers_are_written(gdb: Gdb) -> None:
    output = gdb(
        "debugger",
        "break count", "continue", "p value", "set var value = 77", "finish", "p counted",
        "set var counted = 5", "p counted", "set var $r7 = 0x1234", "p/x $r7",
        "set var $s5 = 2.5", "p $s5", "x/2xw &vector_table", "p/x *(unsigned *)0xe000ed00",
        "x/xw 0x70000000",
    )  # fmt: skip
    assert printed(output) == ["10", "77", "5", "0x1234", "2.5", "0x410fc241"]
    assert "Cannot access memory at address 0x70000000" in output


def test_watchpoints_forward(gdb: Gdb) -> None:
    output = gdb(
        "debugger",
        "watch counted", "continue", "continue", "info symbol $pc", "delete",
        "rwatch scaled", "awatch counted", "continue", "p counted",
        "delete", "watch counted if counted == 50", "continue", "backtrace 1",
    )  # fmt: skip
    assert "Old value = 0\nNew value = 10" in output
    assert "Old value = 10\nNew value = 20" in output
    assert "count + 6 in section .text" in output or "count + 4 in section .text" in output
    assert printed(output) == ["30"]
    assert "Old value = 40\nNew value = 50" in output
    assert re.search(r"^#0 .*count \(value=(value@entry=)?50\)", output, re.MULTILINE)


def test_steps_backward(gdb: Gdb) -> None:
    output = gdb(
        "debugger",
        "break scale", "continue", "p/x $pc", "p/x $lr", "stepi", "stepi",
        "reverse-stepi", "reverse-stepi", "p/x $pc", "p/x $lr", "monitor instructions",
        "reverse-stepi", "p/x $lr == 0", "stepi", "monitor instructions", "info symbol $pc",
    )  # fmt: skip
    values = printed(output)
    assert values[0:2] == values[2:4]
    first, second = re.findall(r"^([\d,]+) instructions executed", output, re.MULTILINE)
    assert first == second
    assert "scale in section .text" in output


def test_going_back_to_a_breakpoint_and_to_the_beginning(gdb: Gdb) -> None:
    output = gdb(
        "debugger",
        "break task", "continue", "break count", "reverse-continue", "p value",
        "reverse-continue", "p value", "continue", "p value", "delete", "reverse-continue",
        "monitor instructions",
    )  # fmt: skip
    assert printed(output) == ["40", "30", "40"]
    assert "No more reverse-execution history" in output
    assert "0 instructions executed" in output


def test_going_back_to_the_last_write_of_a_variable(gdb: Gdb) -> None:
    output = gdb(
        "debugger",
        "break scale", "continue", "watch counted",
        "reverse-continue", "p counted", "backtrace 1", "reverse-continue", "p counted",
        "continue", "p counted",
    )  # fmt: skip
    assert "Old value = 40\nNew value = 30" in output
    assert "Old value = 30\nNew value = 20" in output
    assert printed(output) == ["30", "20", "30"]
    assert re.search(r"^#0 .*count \(value=(value@entry=)?40\)", output, re.MULTILINE)


def test_a_fault_is_a_signal_with_a_sentence(gdb: Gdb) -> None:
    output = gdb(
        "unmapped_peripheral",
        "continue", "backtrace", "monitor fault", "info symbol $pc",
        "stepi", "info symbol $pc", "p $xpsr & 0x1ff", "backtrace",
        "reverse-stepi", "reverse-stepi", "info symbol $pc",
    )  # fmt: skip
    assert "Program received signal SIGSEGV" in output
    assert output.count("load of 4 bytes at 0x40200c00, where nothing is mapped") == 2
    assert re.search(r"^#0  (0x\w+ in )?led_start", output, re.MULTILINE)
    assert re.search(r"^#1 .* main \(\)", output, re.MULTILINE)
    assert "<signal handler called>" in output  # the frame of the exception is unwound
    assert printed(output) == ["3"]  # HardFault


@pytest.mark.parametrize(
    ("app", "name"),
    [("unaligned_dsp", "SIGBUS"), ("fpu_off", "SIGILL"), ("divide_by_zero", "SIGFPE")],
)
def test_other_faults_are_other_signals(gdb: Gdb, app: str, name: str) -> None:
    assert f"Program received signal {name}" in gdb(app, "continue")


def test_it_takes_over_at_an_instruction_and_lets_go(gdb: Gdb) -> None:
    output = gdb(
        "debugger", "monitor instructions", "reverse-stepi", "monitor instructions",
        options=("--at", "5000"), end="detach",
    )  # fmt: skip
    assert "5,000 instructions executed" in output
    assert "4,999 instructions executed" in output
    assert "detached" in output


def test_the_monitor_moves_along_the_run(gdb: Gdb) -> None:
    output = gdb(
        "debugger", "monitor goto 6000", "maintenance flush register-cache", "p/x $pc",
        "monitor goto 100", "monitor goto 6000", "maintenance flush register-cache", "p/x $pc",
        "monitor reset", "maintenance flush register-cache", "info symbol $pc", "monitor help",
    )  # fmt: skip
    first, second = printed(output)
    assert first == second
    assert "Reset_Handler in section" in output
    assert "monitor goto N" in output


def test_a_new_program_is_loaded_over_the_old_one(gdb: Gdb) -> None:
    output = gdb("debugger", "load", "compare-sections .text", "break task", "continue")
    assert "Transfer rate" in output
    assert re.search(r"Section \.text, range .*: matched", output)
    assert re.search(r"Breakpoint 1, task \(\)", output)
