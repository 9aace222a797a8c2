"""Renode's UART keywords under their names, over a UART that a script feeds."""

from __future__ import annotations

import inspect
import re
from types import SimpleNamespace
from typing import Any

import pytest

from simgate.engine.base import Halt
from simgate.engine.terminal_tester import TerminalTester
from simgate.keywords import SimgateKeywords
from simgate.keywords.failing import KeywordFailure
from simgate.result import StopReason

# Name and arguments as Renode 1.16.1 has them.
RENODE = {
    "Create Terminal Tester": "uart timeout machine endLineOption defaultPauseEmulation "
    "defaultWaitForEcho defaultMatchNextLine binaryMode",
    "Set Default Uart Timeout": "timeout",
    "Set Default Tester": "id",
    "Wait For Line On Uart": "content timeout testerId treatAsRegex includeUnfinishedLine "
    "pauseEmulation matchNextLine",
    "Wait For Lines On Uart": "content timeout testerId treatAsRegex includeUnfinishedLine "
    "pauseEmulation matchFromNextLine",
    "Wait For Prompt On Uart": "prompt testerId timeout treatAsRegex pauseEmulation",
    "Wait For Next Line On Uart": "timeout testerId pauseEmulation",
    "Wait For Bytes On Uart": "content timeout testerId treatAsRegex pauseEmulation matchStart",
    "Should Not Be On Uart": "content timeout testerId treatAsRegex includeUnfinishedLine",
    "Write To Uart": "content testerId",
    "Write Line To Uart": "content testerId waitForEcho pauseEmulation",
    "Write Char On Uart": "c testerId",
    "Send Key To Uart": "c testerId",
    "Write Char Delay": "delay testerId",
    "Test If Uart Is Idle": "timeout testerId pauseEmulation",
    "Register Failing Uart String": "pattern treatAsRegex testerId",
    "Unregister Failing Uart String": "pattern treatAsRegex testerId",
    "Get Terminal Tester Report": "testerId",
    "Clear Terminal Tester Report": "testerId",
}


class Uart:
    """Wires: what the firmware is sent is kept."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.listeners: list[Any] = []
        self.sent = b""
        self.pending = 0

    def write(self, data: bytes) -> None:
        self.sent += data


class ScriptedMachine:
    """A machine whose firmware says one byte a virtual millisecond."""

    board = SimpleNamespace(name="bench")

    def __init__(self, **scripts: bytes) -> None:
        self.uarts = {name: Uart(name) for name in scripts}
        self.scripts = {name: list(script) for name, script in scripts.items()}
        self.time_s = 0.0
        self.stopped = False
        self.testers: dict[str, TerminalTester] = {}

    def uart(self, name: str) -> Uart:
        return self.uarts[name.removeprefix("sysbus.")]

    def terminal(self, name: str, **options: Any) -> TerminalTester:
        uart = self.uart(name)
        if uart.name not in self.testers:
            self.testers[uart.name] = TerminalTester(
                uart,
                clock=lambda: self.time_s,
                run=self.run,
                stop=self.request_stop,
                after=lambda _seconds, _callback: None,
                **options,
            )
        return self.testers[uart.name]

    def request_stop(self) -> None:
        self.stopped = True

    def run(self, seconds: float) -> Halt:
        self.stopped = False
        end = self.time_s + seconds
        while self.time_s < end - 1e-9:
            self.time_s += 0.001
            for name, script in self.scripts.items():
                if script:
                    byte = script.pop(0)
                    for listener in self.uarts[name].listeners:
                        listener(byte)
            if self.stopped:
                return Halt(StopReason.DONE, 0, self.time_s)
        return Halt(StopReason.TIME, 0, self.time_s)

    def result(self) -> SimpleNamespace:
        return SimpleNamespace(fault=None)

    def close(self) -> None:
        pass


def library(**scripts: bytes) -> SimgateKeywords:
    keywords = SimgateKeywords()
    keywords.session.machine = ScriptedMachine(**scripts)  # type: ignore[assignment]
    return keywords


def keyword_methods() -> dict[str, Any]:
    methods = inspect.getmembers(SimgateKeywords, inspect.isfunction)
    return {m.robot_name: m for _, m in methods if getattr(m, "robot_name", None)}


@pytest.mark.parametrize("name", RENODE)
def test_names_and_arguments_are_renodes(name: str) -> None:
    parameters = inspect.signature(keyword_methods()[name]).parameters
    assert list(parameters) == ["self", *RENODE[name].split()]


def test_a_line_comes_back_as_renode_gives_it() -> None:
    keywords = library(usart2=b"boot\nready 42\n")
    assert keywords.create_terminal_tester("sysbus.usart2") == 0
    line = keywords.wait_for_line_on_uart(r"ready (\d+)", treatAsRegex=True)
    assert line.Line == "ready 42"
    assert line.Timestamp == pytest.approx(14.0)  # the 14th byte, one a millisecond
    assert line.Groups == ["42"]
    assert line.IsFailingString is False


def test_the_same_uart_gives_the_same_tester() -> None:
    keywords = library(usart1=b"", usart2=b"")
    assert keywords.create_terminal_tester("usart2") == 0
    assert keywords.create_terminal_tester("usart1") == 1
    assert keywords.create_terminal_tester("sysbus.usart2") == 0


def test_without_an_id_there_must_be_one_tester_or_a_default() -> None:
    keywords = library(usart1=b"one\n", usart2=b"two\n")
    with pytest.raises(KeywordFailure, match="There are no testers available"):
        keywords.wait_for_next_line_on_uart()
    keywords.create_terminal_tester("usart1")
    keywords.create_terminal_tester("usart2")
    with pytest.raises(KeywordFailure, match="There is more than one tester available"):
        keywords.wait_for_next_line_on_uart()
    with pytest.raises(KeywordFailure, match="There is no tester 7; there are: 0, 1"):
        keywords.set_default_tester(7)
    keywords.set_default_tester(1)
    assert keywords.wait_for_next_line_on_uart().Line == "two"
    assert keywords.wait_for_next_line_on_uart(testerId=0).Line == "one"
    keywords.set_default_tester()
    with pytest.raises(KeywordFailure, match="more than one"):
        keywords.wait_for_next_line_on_uart()


def test_a_line_that_never_comes_shows_what_came() -> None:
    keywords = library(usart2=b"first\nsecond\n")
    keywords.create_terminal_tester("usart2", timeout=0.1)
    with pytest.raises(KeywordFailure) as caught:
        keywords.wait_for_line_on_uart("third")
    text = str(caught.value)
    assert text.startswith("Terminal tester failed!")
    assert re.search(r"first\n.*second", text)
    assert caught.value.ROBOT_SUPPRESS_NAME


def test_the_default_time_out_is_that_of_testers_made_after_it() -> None:
    keywords = library(usart2=b"")
    keywords.set_default_uart_timeout(0.25)
    keywords.create_terminal_tester("usart2")
    with pytest.raises(KeywordFailure):
        keywords.wait_for_next_line_on_uart()
    assert keywords.session.running().time_s == pytest.approx(0.25)


def test_lines_prompts_bytes_and_silence() -> None:
    keywords = library(usart1=b"a\nb\nlogin: ", usart2=b"\x01\x02\xff")
    text = keywords.create_terminal_tester("usart1", timeout=0.05)
    binary = keywords.create_terminal_tester("usart2", timeout=0.05, binaryMode=True)
    assert keywords.wait_for_lines_on_uart(["a", "b"], testerId=text).Line == "b"
    assert keywords.wait_for_prompt_on_uart("login", testerId=text).Line.startswith("login")
    assert keywords.wait_for_bytes_on_uart("02ff", testerId=binary).Content == b"\x02\xff"
    keywords.should_not_be_on_uart("panic", testerId=text)
    keywords.test_if_uart_is_idle(0.05, testerId=text)


def test_writing() -> None:
    keywords = library(usart2=b"")
    keywords.create_terminal_tester("usart2", defaultWaitForEcho=False)
    keywords.write_to_uart("ab")
    keywords.write_char_on_uart("c")
    keywords.send_key_to_uart(0x03)
    keywords.write_line_to_uart("go")
    machine: Any = keywords.session.machine
    assert machine.uarts["usart2"].sent == b"abc\x03go\r"


def test_a_failing_string_fails_the_wait_that_sees_it() -> None:
    keywords = library(usart2=b"PANIC\nready\n")
    keywords.create_terminal_tester("usart2", timeout=0.1)
    keywords.register_failing_uart_string("PANIC")
    with pytest.raises(KeywordFailure, match="PANIC"):
        keywords.wait_for_line_on_uart("ready")
    keywords.unregister_failing_uart_string("PANIC")
    assert keywords.wait_for_line_on_uart("ready").Line == "ready"


def test_the_report_can_be_read_and_cleared() -> None:
    keywords = library(usart2=b"hello\n")
    keywords.create_terminal_tester("usart2")
    keywords.wait_for_line_on_uart("hello")
    assert "hello" in keywords.get_terminal_tester_report()
    keywords.clear_terminal_tester_report()
    assert "hello" not in keywords.get_terminal_tester_report()


def test_without_a_machine_a_keyword_says_what_to_do() -> None:
    with pytest.raises(KeywordFailure, match="No machine runs: use 'Start Machine'"):
        SimgateKeywords().create_terminal_tester("usart2")


def test_options_that_do_not_exist_are_named() -> None:
    keywords = library(usart2=b"")
    with pytest.raises(KeywordFailure, match="endLineOption is 'x'; it can be TreatLineFeedAsEnd"):
        keywords.create_terminal_tester("usart2", endLineOption="x")
    with pytest.raises(KeywordFailure, match="There is no machine 'other'; there is 'bench'"):
        keywords.create_terminal_tester("usart2", machine="other")
