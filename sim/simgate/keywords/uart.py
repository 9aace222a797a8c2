"""Renode's UART keywords: the same names, arguments, defaults and results.

Times are seconds of virtual time. The machine always stops exactly where a wait was satisfied
(Renode's ``pauseEmulation=true``), so that argument is taken and has no further effect.
"""
# ruff: noqa: N803  the arguments' names are Renode's: suites give them by name

from __future__ import annotations

from typing import Any

from robot.utils import DotDict

from simgate.keywords.failing import KeywordFailure, keyword
from simgate.keywords.session import KeywordFamily

END_LINES = ("TreatLineFeedAsEndLine", "TreatCarriageReturnAsEndLine")


class UartKeywords(KeywordFamily):
    """Testers on UARTs: wait for what the firmware says, and write to it."""

    @keyword("Create Terminal Tester")
    def create_terminal_tester(
        self,
        uart: str,
        timeout: float | None = None,
        machine: str | None = None,
        endLineOption: str = END_LINES[0],
        defaultPauseEmulation: bool = False,
        defaultWaitForEcho: bool = True,
        defaultMatchNextLine: bool = False,
        binaryMode: bool = False,
    ) -> int:
        """Attach a tester to a UART (``usart2`` or ``sysbus.usart2``) and return its id.

        The same UART gives the same id again. ``timeout`` is what its waits take when they name
        none.
        """
        from simgate.engine.terminal_tester import EndLine

        running = self.session.running(machine)
        if endLineOption not in END_LINES:
            raise KeywordFailure(
                f"endLineOption is '{endLineOption}'; it can be {' or '.join(END_LINES)}"
            )
        name = running.uart(uart).name
        for number, known in self.session.uarts.items():
            if known == name:
                return number
        number = len(self.session.testers)
        self.session.testers[number] = running.terminal(
            uart,
            timeout=self.session.default_timeout_s if timeout is None else timeout,
            end_line=EndLine(endLineOption),
            wait_for_echo=defaultWaitForEcho,
            match_next_line=defaultMatchNextLine,
            binary=binaryMode,
        )
        self.session.uarts[number] = name
        return number

    @keyword("Set Default Uart Timeout")
    def set_default_uart_timeout(self, timeout: float) -> None:
        """Seconds that testers created from now on wait by default (8 until this is used)."""
        self.session.default_timeout_s = timeout

    @keyword("Set Default Tester")
    def set_default_tester(self, id: int | None = None) -> None:  # noqa: A002  Renode's name
        """The tester that keywords use when they name none; without an id there is no default."""
        if id is not None:
            self.session.tester(id)
        self.session.default_tester = id

    @keyword("Wait For Line On Uart")
    def wait_for_line_on_uart(
        self,
        content: str,
        timeout: float | None = None,
        testerId: int | None = None,
        treatAsRegex: bool = False,
        includeUnfinishedLine: bool = False,
        pauseEmulation: bool | None = None,
        matchNextLine: bool | None = None,
    ) -> DotDict:
        """Run until a line contains ``content`` (or matches it as a regular expression).

        That line and all before it are consumed. Returns ``Line``, ``Timestamp`` (milliseconds of
        virtual time), ``Groups`` (of the regular expression) and ``IsFailingString``.
        """
        result = self.session.tester(testerId).wait_for_line(
            content,
            timeout,
            regex=treatAsRegex,
            include_unfinished=includeUnfinishedLine,
            match_next_line=matchNextLine,
        )
        return DotDict(result.as_dict())

    @keyword("Wait For Lines On Uart")
    def wait_for_lines_on_uart(
        self,
        content: Any,
        timeout: float | None = None,
        testerId: int | None = None,
        treatAsRegex: bool = False,
        includeUnfinishedLine: bool = False,
        pauseEmulation: bool | None = None,
        matchFromNextLine: bool | None = None,
    ) -> DotDict:
        """Run until consecutive lines match the list ``content``; returns the last of them."""
        result = self.session.tester(testerId).wait_for_lines(
            [content] if isinstance(content, str) else [str(line) for line in content],
            timeout,
            regex=treatAsRegex,
            include_unfinished=includeUnfinishedLine,
            match_from_next_line=matchFromNextLine,
        )
        return DotDict(result.as_dict())

    @keyword("Wait For Prompt On Uart")
    def wait_for_prompt_on_uart(
        self,
        prompt: str,
        testerId: int | None = None,
        timeout: float | None = None,
        treatAsRegex: bool = False,
        pauseEmulation: bool | None = None,
    ) -> DotDict:
        """Run until the unfinished line contains ``prompt``."""
        result = self.session.tester(testerId).wait_for_prompt(prompt, timeout, regex=treatAsRegex)
        return DotDict(result.as_dict())

    @keyword("Wait For Next Line On Uart")
    def wait_for_next_line_on_uart(
        self,
        timeout: float | None = None,
        testerId: int | None = None,
        pauseEmulation: bool | None = None,
    ) -> DotDict:
        """Run until the next line is complete, whatever it says."""
        return DotDict(self.session.tester(testerId).wait_for_next_line(timeout).as_dict())

    @keyword("Wait For Bytes On Uart")
    def wait_for_bytes_on_uart(
        self,
        content: str,
        timeout: float | None = None,
        testerId: int | None = None,
        treatAsRegex: bool = False,
        pauseEmulation: bool | None = None,
        matchStart: bool = False,
    ) -> DotDict:
        """Run until the bytes ``content`` (hexadecimal) arrive; the tester must be binary."""
        result = self.session.tester(testerId).wait_for_bytes(
            content, timeout, regex=treatAsRegex, match_start=matchStart
        )
        return DotDict(result.as_dict())

    @keyword("Should Not Be On Uart")
    def should_not_be_on_uart(
        self,
        content: str,
        timeout: float | None = None,
        testerId: int | None = None,
        treatAsRegex: bool = False,
        includeUnfinishedLine: bool = False,
    ) -> None:
        """Run the whole time-out; fail when a line matches."""
        self.session.tester(testerId).should_not_be_on_uart(
            content, timeout, regex=treatAsRegex, include_unfinished=includeUnfinishedLine
        )

    @keyword("Write To Uart")
    def write_to_uart(self, content: str, testerId: int | None = None) -> None:
        """Send text as it is."""
        self.session.tester(testerId).write(content)

    @keyword("Write Line To Uart")
    def write_line_to_uart(
        self,
        content: str = "",
        testerId: int | None = None,
        waitForEcho: bool | None = None,
        pauseEmulation: bool | None = None,
    ) -> None:
        """Send text and a carriage return; waits for the echo unless ``waitForEcho`` is false."""
        self.session.tester(testerId).write_line(content, wait_for_echo=waitForEcho)

    @keyword("Write Char On Uart")
    def write_char_on_uart(self, c: str, testerId: int | None = None) -> None:
        """Send one character."""
        self.session.tester(testerId).write_char(c)

    @keyword("Send Key To Uart")
    def send_key_to_uart(self, c: int, testerId: int | None = None) -> None:
        """Send one byte, given as a number (``0x03``)."""
        self.session.tester(testerId).send_key(c)

    @keyword("Write Char Delay")
    def write_char_delay(self, delay: float, testerId: int | None = None) -> None:
        """Seconds between the characters that are sent from now on."""
        self.session.tester(testerId).write_char_delay = delay

    @keyword("Test If Uart Is Idle")
    def test_if_uart_is_idle(
        self, timeout: float, testerId: int | None = None, pauseEmulation: bool | None = None
    ) -> None:
        """Run for the time; fail when the UART sends anything."""
        self.session.tester(testerId).should_be_idle(timeout)

    @keyword("Register Failing Uart String")
    def register_failing_uart_string(
        self, pattern: str, treatAsRegex: bool = False, testerId: int | None = None
    ) -> None:
        """A line that matches from now on fails the wait that sees it."""
        self.session.tester(testerId).register_failing_string(pattern, treatAsRegex)

    @keyword("Unregister Failing Uart String")
    def unregister_failing_uart_string(
        self, pattern: str, treatAsRegex: bool = False, testerId: int | None = None
    ) -> None:
        """Take a failing string back."""
        self.session.tester(testerId).unregister_failing_string(pattern, treatAsRegex)

    @keyword("Get Terminal Tester Report")
    def get_terminal_tester_report(self, testerId: int | None = None) -> str:
        """Everything that the tester saw, with times."""
        return self.session.tester(testerId).report()

    @keyword("Clear Terminal Tester Report")
    def clear_terminal_tester_report(self, testerId: int | None = None) -> None:
        """Forget what was seen so far; what was not consumed is kept for the next wait."""
        self.session.tester(testerId).clear_report()
