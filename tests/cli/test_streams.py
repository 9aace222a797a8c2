"""What happens when the process's own streams are full, closed or read as JSON; and on SIGINT."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")  # every write to it finds the disk full
SIMGATE = f'"{sys.executable}" -m simgate'


def shell(command: str) -> subprocess.CompletedProcess[str]:
    # Buffered, as Python is unless somebody asked for something else.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    return subprocess.run(
        ["/bin/sh", "-c", command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(not FULL.exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("arguments", ["boards", "boards --json", "--help"])
def test_a_full_disk_under_the_output_is_a_message_and_exit_code_2(arguments: str) -> None:
    done = shell(f"{SIMGATE} {arguments} >{FULL}")
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="the system has no /dev/full")
def test_a_full_disk_while_the_uart_speaks(elf_of) -> None:
    done = shell(f"{SIMGATE} run {elf_of('hello')} --board stm32f407 --for 0.01 >{FULL}")
    assert done.returncode == 2
    assert done.stderr.startswith("simgate: ")
    assert "Traceback" not in done.stderr


def test_closed_streams_are_empty_ones(elf_of) -> None:
    run = f"{SIMGATE} run {elf_of('hello')} --board stm32f407 --for 0.01"
    assert shell(f"{run} >&-").returncode == 0
    assert shell(f"{SIMGATE} boards >&-").returncode == 0
    closed = shell(f"{SIMGATE} run absent.elf --board stm32f407 2>&-")
    assert closed.returncode == 2
    assert closed.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--json"),
        ("run", "x.elf", "--board", "stm32f407", "--for", "soon", "--json"),
        ("footprint", "--json"),
        ("verify", "kws", "--bord", "--json"),
        ("frobnicate", "--json"),
    ],
)
def test_a_command_line_that_is_not_understood_is_json_too(simgate, arguments) -> None:
    done = simgate(*arguments)
    assert done.returncode == 2
    error = json.loads(done.stderr)
    assert error["error"] == "UsageError"
    assert error["message"] and "--help" in error["hint"]


def test_a_number_that_is_none_is_told_in_the_users_words(simgate) -> None:
    done = simgate("run", "x.elf", "--board", "stm32f407", "--for", "-1")
    assert done.returncode == 2
    assert "argument --for: '-1' is no number of seconds above 0" in done.stderr


def test_a_name_that_is_too_long_is_a_message(simgate) -> None:
    done = simgate("verify", "a" * 5000)
    assert done.returncode == 2
    assert "File name too long" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["image", "model", "application"])
def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(
    simgate, tmp_path: Path, kind: str
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    if kind == "image":
        done = simgate("run", pipe, "--board", "stm32f407")
    elif kind == "model":
        done = simgate("compile", pipe, "--prefix", "net", "--out", tmp_path / "out")
    else:
        os.mkfifo(tmp_path / "app.toml")
        done = simgate("verify", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("simgate: ")


def test_an_interrupt_is_one_line(elf_of) -> None:
    command = [sys.executable, "-m", "simgate", "run", str(elf_of("hello"))]
    with subprocess.Popen(
        [*command, "--board", "stm32f407", "--for", "1000000", "--wall", "30"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 (no threads)
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "hello from stm32f407\n"
        process.send_signal(signal.SIGINT)
        process.stdout.close()
        assert process.stderr.read() == "simgate: interrupted\n"
        assert process.wait(timeout=60) in (130, 141)
