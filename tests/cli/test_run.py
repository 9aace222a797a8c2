"""simgate run: lines as they come, and an exit code that tells how it ended."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from simgate.result import StopReason, from_json
from simgate.toolchain import apps_under, build_apps

ROOT = Path(__file__).resolve().parents[2]

Simgate = Callable[..., "object"]
ElfOf = Callable[[str], Path]


def test_standard_output_is_what_the_uart_said(simgate, elf_of: ElfOf) -> None:
    done = simgate("run", elf_of("hello"), "--board", "stm32f407", "--for", "0.25")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "hello from stm32f407",
        '{"clock_hz":168000000,"tick_ms":100}',
        '{"clock_hz":168000000,"tick_ms":200}',
    ]
    assert "0.250 s of the board's time" in done.stderr
    assert "stack" in done.stderr


def test_json_is_the_runs_result(simgate, elf_of: ElfOf) -> None:
    done = simgate("run", elf_of("hello"), "--board", "stm32f407", "--for", "0.15", "--json")
    result = from_json(done.stdout)
    assert result.reason is StopReason.TIME
    assert [line.text for line in result.uart] == [
        "hello from stm32f407",
        '{"clock_hz":168000000,"tick_ms":100}',
    ]
    assert done.stderr == ""


def test_a_fault_is_exit_code_1_and_says_what_where_and_with_which_registers(
    simgate, elf_of: ElfOf
) -> None:
    done = simgate("run", elf_of("fault_undefined"), "--board", "stm32f407")
    assert done.returncode == 1
    assert done.stdout == "about to execute an undefined instruction\n"
    assert "the firmware faulted: undefined instruction" in done.stderr
    assert "0xdea5" in done.stderr
    assert "execute_undefined" in done.stderr and "main.c:" in done.stderr
    assert " pc 0x0800" in done.stderr


def test_a_stack_that_overflows_is_a_fault(simgate, elf_of: ElfOf) -> None:
    done = simgate("run", elf_of("stack_overflow"), "--board", "stm32f407")
    assert done.returncode == 1
    assert "stack overflow" in done.stderr
    assert re.search(r"needs at least \d\d,\d{3} bytes, has 3,072", done.stderr)


def test_a_firmware_that_hangs_ends_at_the_virtual_limit(simgate, elf_of: ElfOf) -> None:
    done = simgate("run", elf_of("hang"), "--board", "stm32f407", "--for", "0.01")
    assert done.returncode == 0
    assert "1,680,000 instructions" in done.stderr


def test_a_firmware_that_hangs_ends_at_the_hosts_limit_and_says_where(
    simgate, elf_of: ElfOf
) -> None:
    done = simgate(
        "run", elf_of("hang"), "--board", "stm32f407", "--for", "1000000", "--wall", "0.5"
    )
    assert done.returncode == 2
    assert done.stdout == "about to hang\n"
    assert "more than 0.5 s of the host's time" in done.stderr
    assert "wait_for_ever" in done.stderr


def test_the_hosts_limit_ends_a_firmware_that_sleeps_between_ticks(simgate, elf_of: ElfOf) -> None:
    done = simgate(
        "run", elf_of("hello"), "--board", "stm32f407", "--for", "1000000", "--wall", "0.5"
    )
    assert done.returncode == 2
    assert "more than 0.5 s of the host's time" in done.stderr


def test_a_uart_that_does_not_exist_is_named_with_those_that_do(simgate, elf_of: ElfOf) -> None:
    done = simgate("run", elf_of("hello"), "--board", "stm32f407", "--uart", "usart9")
    assert done.returncode == 2
    assert "usart9" in done.stderr and "usart2" in done.stderr


def test_a_reader_that_goes_away_is_no_traceback(simgate, elf_of: ElfOf) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "simgate", "run", str(elf_of("hello"))]
    process = subprocess.Popen(
        [*command, "--board", "stm32f407", "--for", "0.6"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.wait(timeout=60)
    process.stderr.close()
    assert "Traceback" not in said


def test_errors_are_json_where_json_was_asked_for(simgate) -> None:
    done = simgate("run", "absent.elf", "--board", "stm32f407", "--json")
    assert done.returncode == 2
    error = json.loads(done.stderr)
    assert error["error"] == "ImageError"
    assert "absent.elf" in error["message"]


def test_a_text_that_is_waited_for_ends_the_run(simgate, elf_of: ElfOf) -> None:
    done = simgate("run", elf_of("hello"), "--board", "stm32f407", "--until", 'tick_ms":100')
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == '{"clock_hz":168000000,"tick_ms":100}'
    assert ", 0.110 s of the board's time" in done.stderr  # and 10 ms to settle


def test_a_text_that_does_not_come_is_a_failure(simgate, elf_of: ElfOf) -> None:
    done = simgate(
        "run", elf_of("hello"), "--board", "stm32f407", "--until", "goodbye", "--for", "0.2"
    )
    assert done.returncode == 1
    assert "'goodbye' did not come within 0.2 s of the board's time" in done.stderr


def test_a_fault_after_success_is_a_failure(simgate) -> None:
    elf = build_apps(apps_under("faults"), ROOT / "build" / "tests" / "faults")["pass_then_fault"]
    arguments = ("run", elf, "--board", "stm32f407", "--until", "PASS")
    done = simgate(*arguments)
    assert done.returncode == 1
    assert done.stdout == "PASS\n"
    assert "the firmware faulted: invalid state" in done.stderr
    assert "shut_down" in done.stderr
    assert simgate(*arguments, "--settle", "0.001").returncode == 0  # it comes after 3 ms


def test_a_script_is_played_on_a_uart(simgate, elf_of: ElfOf, tmp_path: Path) -> None:
    script = tmp_path / "visitor.uart"
    script.write_text('baud 921600\nat 0.6\nsend "hi"\n')
    elf = elf_of("hello")
    run = ("run", elf, "--board", "stm32f407", "--for", "0.7")
    done = simgate(*run, "--play", f"usart2={script}")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-2:] == ["h", "i"]

    script.write_text('baud 921600\nsend "hi\n')
    done = simgate(*run, "--play", f"usart2={script}")
    assert done.returncode == 2
    assert f'{script}:2: a text without its end: "hi' in done.stderr
    script.write_text("gap 1\n")
    assert "no UART 'uart9'" in simgate(*run, "--play", f"uart9={script}").stderr
    done = simgate(*run, "--play", str(script))
    assert done.returncode == 2 and "is not UART=FILE" in done.stderr
