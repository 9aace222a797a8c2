"""The library as Robot Framework runs it: suites in a process of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from simgate.toolchain import apps_under, build_app, build_apps

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "tests" / "firmware" / "apps"
BUILD = ROOT / "build" / "tests"

Robot = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def robot(tmp_path: Path) -> Robot:
    """Runs a suite (its text, or its file) and gives what the console showed."""

    def run(suite: str | Path, *options: str, folder: Path = tmp_path, **environment: str):
        if isinstance(suite, str):
            path = tmp_path / "suite.robot"
            path.write_text(suite)
        else:
            path = suite
        return subprocess.run(
            [sys.executable, "-m", "robot", "--outputdir", str(tmp_path / "out"), *options, path],
            cwd=folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


def elf_of(app: str) -> Path:
    return build_app(APPS / app, build_directory=BUILD / app)


def broken(program: str) -> Path:
    """A program of the zoo of faults."""
    return build_apps(apps_under("faults"), BUILD / "faults")[program]


HELLO = """
*** Settings ***
Library           simgate.keywords
Test Teardown     Stop Machine

*** Test Cases ***
Lines Arrive In Virtual Time
    Start Machine    stm32f407    {elf}
    Create Terminal Tester    sysbus.usart2    timeout=1
    Wait For Line On Uart    hello from stm32f407
    ${{tick}}=    Wait For Line On Uart    tick_ms":(\\\\d+)    treatAsRegex=true
    Should Be Equal    ${{tick.Groups}}[0]    100
    Should Be True    100 <= ${{tick.Timestamp}} < 101
    Write Line To Uart    a=b    waitForEcho=false
    ${{echoed}}=    Create List    a    =    b
    ${{line}}=    Wait For Lines On Uart    ${{echoed}}
    Should Be Equal    ${{line.Line}}    b
    Firmware Should Not Have Faulted

A Number In Renode's Notation
    Start Machine    board=stm32f407    image={elf}
    ${{id}}=    Create Terminal Tester    usart2    defaultWaitForEcho=false
    Should Be Equal As Integers    ${{id}}    0
    Wait For Next Line On Uart
    Send Key To Uart    0x41    testerId=${{id}}
    Write Char On Uart    B
    Write To Uart    CD
    FOR    ${{letter}}    IN    A    B    C    D
        ${{line}}=    Wait For Line On Uart    ${{letter}}    timeout=1
        Should Be Equal    ${{line}}[Line]    ${{letter}}
    END

The Run Is Measured
    Start Machine    stm32f407    {elf}
    Run For    0.25
    ${{run}}=    Get Run
    Should Be Equal As Numbers    ${{run.time}}    0.25
    Should Be True    0 < ${{run.stack}} < 3072
"""


def test_renodes_keywords_in_a_suite(robot: Robot) -> None:
    done = robot(HELLO.format(elf=elf_of("hello")))
    assert done.returncode == 0, done.stdout
    assert "3 tests, 3 passed, 0 failed" in done.stdout


FAULT = """
*** Settings ***
Library           simgate.keywords

*** Test Cases ***
A Fault Fails The Run
    Start Machine    stm32f407    {elf}
    Run For    1

A Fault Is Remembered
    Firmware Should Not Have Faulted

A Wait That A Fault Ends Says So
    Start Machine    stm32f407    {elf}
    Create Terminal Tester    usart2
    Wait For Line On Uart    PASS
"""


def test_a_fault_fails_tests_with_its_whole_story(robot: Robot, tmp_path: Path) -> None:
    done = robot(FAULT.format(elf=broken("unmapped_peripheral")))
    assert done.returncode == 3, done.stdout
    assert done.stdout.count("0x40200c00") >= 3
    assert done.stdout.count("led_start") >= 3
    assert "Terminal tester failed!" in done.stdout
    assert done.stdout.count("LDR from 0x40200c00, in no memory of the board") == 2  # once a fault
    log = (tmp_path / "out" / "output.xml").read_text()
    for part in ("Call chain", "Fault status", "Registers", "Disassembly", "Replay to the"):
        assert part in log
    assert "KeywordFailure" not in done.stdout  # the message, not the class
    assert "Traceback" not in done.stdout


AFTERWARDS = """
*** Settings ***
Library           simgate.keywords    {settling}

*** Test Cases ***
Nobody Looks Any More
    Start Machine    stm32f407    {elf}
    Create Terminal Tester    usart2
    Wait For Line On Uart    PASS

The Next Machine Is Another One
    [Setup]    Start Machine    stm32f407    {hello}
    Create Terminal Tester    usart2
    Wait For Line On Uart    hello

A Machine Is Stopped
    Start Machine    stm32f407    {elf}
    Create Terminal Tester    usart2
    Wait For Line On Uart    PASS
    [Teardown]    Stop Machine

A Fault That Was Expected
    Start Machine    stm32f407    {elf}
    Run Keyword And Expect Error    *faulted*    Run For    1
"""


def test_a_fault_after_the_pass_line_fails_the_test(robot: Robot) -> None:
    suite = partial(AFTERWARDS.format, elf=broken("pass_then_fault"), hello=elf_of("hello"))
    done = robot(suite(settling=""))
    assert done.returncode == 2, done.stdout
    assert re.search(r"Nobody Looks Any More +\| FAIL", done.stdout)
    assert re.search(r"The Next Machine Is Another One +\| PASS", done.stdout)
    assert re.search(r"A Machine Is Stopped +\| FAIL", done.stdout)
    assert re.search(r"A Fault That Was Expected +\| PASS", done.stdout)
    assert "The firmware faulted after the last keyword." in done.stdout
    assert "The firmware faulted: called a null function pointer" in done.stdout
    assert done.stdout.count("shut_down") >= 2
    assert robot(suite(settling="settling=0")).returncode == 0
    assert robot(suite(settling="settling=0.002")).returncode == 0  # it comes after 3 ms


WRONG = """
*** Settings ***
Library           simgate.keywords

*** Test Cases ***
No Machine
    Wait For Line On Uart    hello

No Board
    Start Machine    stm32f999    {elf}

No Image
    Start Machine    stm32f407    absent.elf

No Application
    Send Wav File    absent.wav

A Line That Never Comes
    Start Machine    stm32f407    {elf}
    Create Terminal Tester    usart2    timeout=0.2
    Wait For Line On Uart    goodbye
"""


def test_mistakes_are_told_in_the_failure(robot: Robot) -> None:
    done = robot(WRONG.format(elf=elf_of("hello")))
    assert done.returncode == 5, done.stdout
    for said in (
        "There are no testers available",
        "Known boards: stm32f407",
        "absent.elf",
        "No application runs: use 'Start Application' first",
        "hello from stm32f407",  # the last lines of the UART
    ):
        assert said in done.stdout
    assert "Traceback" not in done.stdout


def test_without_simgate_the_main_job_says_what_to_do_once(robot: Robot, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked" / "simgate"
    blocked.mkdir(parents=True)
    (blocked / "__init__.py").write_text('raise ModuleNotFoundError("No module named simgate")\n')
    done = robot(ROOT / "robot" / "kws.robot", PYTHONPATH=str(blocked.parent))
    assert done.returncode != 0
    shown = done.stdout + done.stderr
    assert shown.count("Simgate is not installed in this Python: run `make verify`") == 1
    assert "No keyword with name" not in shown


def test_the_main_job_ends_with_a_table_that_a_person_can_read(robot: Robot) -> None:
    done = robot(ROOT / "robot" / "kws.robot", folder=ROOT)  # built once, under build/
    assert done.returncode == 0, done.stdout
    assert "6 tests, 6 passed, 0 failed" in done.stdout
    table = done.stdout[done.stdout.index("The Whole Verdict") :]
    for heading in ("Words", "Layers against TFLM", "24 inferences", "Budgets", "VERDICT: PASSED"):
        assert heading in table
    assert table.isascii()


def test_the_keyword_spotter_computes_the_same_on_all_boards(robot: Robot) -> None:
    done = robot(ROOT / "robot" / "boards.robot", folder=ROOT)
    assert done.returncode == 0, done.stdout
    assert "5 tests, 5 passed, 0 failed" in done.stdout
    assert "are identical on stm32f407, stm32g474, stm32f746, stm32h743" in done.stdout


@pytest.mark.parametrize("name", ["stack", "hardfault"])
def test_the_suites_about_faults_pass(robot: Robot, name: str) -> None:
    done = robot(ROOT / "robot" / f"{name}.robot", folder=ROOT)
    assert done.returncode == 0, done.stdout
    assert ", 0 failed" in done.stdout
