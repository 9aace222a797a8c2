"""Waiting for what a UART says, with the semantics of Renode's terminal tester.

It depends on no engine: it is given the wires of a UART, a virtual clock, and a way to run. A wait
looks at what has already arrived, then runs until the match or the time-out; the machine stops at
the very instruction that sent the last byte of the match. A line that matched is consumed, with all
lines before it. Time-outs are virtual seconds; 0 looks at the buffer only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NoReturn

from simgate.engine.base import Halt, UartPort
from simgate.engine.terminal_line import EndLine
from simgate.engine.terminal_match import Matcher, Pattern, TerminalText
from simgate.engine.terminal_result import BinaryResult, TerminalError, TerminalResult
from simgate.errors import UartError
from simgate.result import StopReason

__all__ = ["BinaryResult", "EndLine", "TerminalError", "TerminalResult", "TerminalTester"]

_CARRIAGE_RETURN = "\r"


class TerminalTester:
    """A tester attached to one UART.

    Args:
        uart: the wires.
        clock: virtual seconds.
        run: runs for at most so many virtual seconds.
        stop: makes `run` come back after the current instruction.
        after: calls back when so many virtual seconds have passed.
        whereabouts: where the firmware is, for a failure's text.
        timeout: seconds that a wait takes where it names none.
        end_line: the byte that ends a line.
        binary: keep raw bytes, for `wait_for_bytes` only.
        wait_for_echo: `write_line` waits until the firmware has echoed the text.
        match_next_line: waits look at the first line only that was not consumed yet.
    """

    def __init__(
        self,
        uart: UartPort,
        *,
        clock: Callable[[], float],
        run: Callable[[float], Halt],
        stop: Callable[[], None],
        after: Callable[[float, Callable[[], None]], None],
        whereabouts: Callable[[], str] = str,
        timeout: float = 8.0,
        end_line: EndLine = EndLine.LINE_FEED,
        binary: bool = False,
        wait_for_echo: bool = True,
        match_next_line: bool = False,
    ) -> None:
        self.uart = uart
        self.timeout = timeout
        self.write_char_delay = 0.0  # virtual seconds before each character
        self.binary = binary
        self._clock, self._run, self._stop = clock, run, stop
        self._after, self._whereabouts = after, whereabouts
        self._echo, self._match_next_line = wait_for_echo, match_next_line
        self._text = TerminalText(end_line, binary, lambda: clock() * 1000.0)
        self._failing: list[tuple[str, bool]] = []
        self._delayed: deque[int] = deque()
        self._matchers: tuple[Matcher, ...] = ()  # of the wait that is under way
        self._on_any_byte = False  # they look at the unfinished line too
        self._found: TerminalResult | None = None
        uart.listeners.append(self._receive)
        self._text.report.event("Attached to UART", True, self._text.now_ms())

    # ---- waiting ----

    def wait_for_line(
        self,
        content: str,
        timeout: float | None = None,
        *,
        regex: bool = False,
        include_unfinished: bool = False,
        match_next_line: bool | None = None,
    ) -> TerminalResult:
        """Wait for a line that contains `content` (or in which the regular expression matches).

        Raises:
            TerminalError: it did not come, a failing string came, or the run ended.
        """
        self._need(binary=False)
        first_only = self._match_next_line if match_next_line is None else match_next_line
        return self._wait_for(content, timeout, regex, include_unfinished, first_only)

    def wait_for_prompt(
        self, prompt: str, timeout: float | None = None, *, regex: bool = False
    ) -> TerminalResult:
        """Wait for text that need not be a whole line.

        Raises:
            TerminalError: as `wait_for_line`.
        """
        return self.wait_for_line(prompt, timeout, regex=regex, include_unfinished=True)

    def wait_for_next_line(self, timeout: float | None = None) -> TerminalResult:
        """Wait for any line: the first that was not consumed.

        Raises:
            TerminalError: none came.
        """
        self._need(binary=False)
        text = self._text

        def match() -> TerminalResult | None:
            return text.consume("Next line", 0, ()) if text.lines else None

        return self._demand("Next line", match, timeout, on_any_byte=False)

    def wait_for_lines(
        self,
        contents: Sequence[str],
        timeout: float | None = None,
        *,
        regex: bool = False,
        include_unfinished: bool = False,
        match_from_next_line: bool | None = None,
    ) -> TerminalResult:
        """Wait for lines that follow one another directly; the result is the last of them.

        Raises:
            TerminalError: as `wait_for_line`.
        """
        self._need(binary=False)
        if not contents:
            self._text.report.event("Empty match", True, self._text.now_ms())
            return TerminalResult("", 0.0)
        from_next = self._match_next_line if match_from_next_line is None else match_from_next_line
        if from_next or len(contents) == 1:
            for position, content in enumerate(contents):
                unfinished = include_unfinished and position == len(contents) - 1
                result = self._wait_for(content, timeout, regex, unfinished, from_next)
            return result
        patterns = [Pattern(content, regex, self.binary) for content in contents]
        name = f"Lines starting with{' regex' if regex else ''} >>{contents[0]}<<"
        match = self._text.sequence_matcher(name, patterns, unfinished=include_unfinished)
        return self._demand(name, match, timeout, on_any_byte=include_unfinished)

    def wait_for_bytes(
        self,
        hex_content: str,
        timeout: float | None = None,
        *,
        regex: bool = False,
        match_start: bool = False,
    ) -> BinaryResult:
        """Wait for bytes (``"00 ff 7e"``, or a regular expression over Latin-1) on a binary tester.

        Raises:
            TerminalError: as `wait_for_line`.
            UartError: the content is no hexadecimal, or the tester is no binary one.
        """
        self._need(binary=True)
        content = hex_content
        if not regex:
            try:
                content = bytes.fromhex(hex_content).decode("latin-1")
            except ValueError as error:
                raise UartError(f"not hexadecimal bytes: '{hex_content}'") from error
        found = self._wait_for(content, timeout, regex, True, match_start, shown=hex_content)
        groups = tuple(group.encode("latin-1") for group in found.groups)
        return BinaryResult(found.line.encode("latin-1"), found.timestamp, groups)

    def should_not_be_on_uart(
        self,
        content: str,
        timeout: float | None = None,
        *,
        regex: bool = False,
        include_unfinished: bool = False,
    ) -> None:
        """Run for the whole time and see that no such line comes.

        Raises:
            TerminalError: it came, or the run ended before its time.
        """
        name = _event(content, regex)
        pattern = Pattern(content, regex, self.binary)
        match = self._text.line_matcher(name, pattern, unfinished=include_unfinished)
        found, halt = self._wait(match, timeout, on_any_byte=include_unfinished)
        if found is not None:
            raise TerminalError(f"Unexpected entry has been found on UART:\n{found.line}")
        self._text.note_failure(name)
        self._check_ended(halt)

    def should_be_idle(self, timeout: float | None = None) -> None:
        """Run for the whole time and see that not a byte comes.

        Raises:
            TerminalError: one came, or the run ended before its time.
        """
        came: list[int] = []

        def hear(byte: int) -> None:
            if not came:
                self._stop()
            came.append(byte)

        self.uart.listeners.append(hear)
        try:
            halt = self._run(self.timeout if timeout is None else timeout)
        finally:
            self.uart.listeners.remove(hear)
        if came:
            self._fail("Terminal is idle", halt)
        self._check_ended(halt)

    def register_failing_string(self, pattern: str, regex: bool = False) -> None:
        """From now on a line with this pattern makes the wait fail that sees it."""
        Pattern(pattern, regex, self.binary)  # an error now, not later
        self._failing.append((pattern, regex))

    def unregister_failing_string(self, pattern: str, regex: bool = False) -> None:
        """Forget a failing string.

        Raises:
            UartError: it was not registered.
        """
        if (pattern, regex) not in self._failing:
            raise UartError(f"no failing string >>{pattern}<< is registered on {self.uart.name}")
        self._failing.remove((pattern, regex))

    # ---- writing ----

    def write_bytes(self, data: bytes) -> None:
        """Send bytes, each after `write_char_delay`."""
        if not self.write_char_delay:
            self.uart.write(data)
            return
        idle = not self._delayed
        self._delayed.extend(data)
        if idle and data:
            self._after(self.write_char_delay, self._write_delayed)

    def write(self, text: str) -> None:
        """Send text, one byte a character (Latin-1; of others the low byte, as Renode)."""
        self.write_bytes(bytes(ord(character) & 0xFF for character in text))

    def write_char(self, character: str) -> None:
        """Send one character."""
        self.write(character)

    def send_key(self, byte: int) -> None:
        """Send one byte."""
        self.write_bytes(bytes([byte & 0xFF]))

    def write_line(self, text: str = "", *, wait_for_echo: bool | None = None) -> None:
        """Send text and a carriage return; wait for the text's echo unless told otherwise.

        Raises:
            TerminalError: no echo came within the tester's time-out.
        """
        self.write(text + _CARRIAGE_RETURN)
        if self._echo if wait_for_echo is None else wait_for_echo:
            self._wait_for(text, None, False, True, False)

    # ---- the report ----

    def report(self) -> str:
        """What was consumed and what was waited for, then what is left over."""
        return self._text.report.text(self._text.buffer)

    def clear_report(self) -> None:
        """Forget the report, and the finished lines that nobody consumed."""
        self._text.clear()

    # ---- inside ----

    def _receive(self, byte: int) -> None:
        finished = self._text.feed(byte)
        if finished or self._on_any_byte:
            for match in self._matchers:
                self._found = match()
                if self._found is not None:
                    self._matchers = ()
                    self._stop()
                    return

    def _write_delayed(self) -> None:
        self.uart.write(bytes([self._delayed.popleft()]))
        if self._delayed:
            self._after(self.write_char_delay, self._write_delayed)

    def _need(self, *, binary: bool) -> None:
        if self.binary != binary:
            waited, mode = ("bytes", "text") if binary else ("text", "binary")
            raise UartError(
                f"Attempt to wait for {waited} on a tester configured in {mode} mode.",
                hint=f"Set binaryMode={str(binary).lower()} when creating the tester.",
            )

    def _wait_for(
        self,
        content: str,
        timeout: float | None,
        regex: bool,
        unfinished: bool,
        first_only: bool,
        shown: str = "",
    ) -> TerminalResult:
        name = _event(shown or content, regex)
        pattern = Pattern(content, regex, self.binary)
        match = self._text.line_matcher(name, pattern, unfinished=unfinished, first_only=first_only)
        return self._demand(name, match, timeout, on_any_byte=unfinished)

    def _demand(
        self, name: str, match: Matcher, timeout: float | None, *, on_any_byte: bool
    ) -> TerminalResult:
        found, halt = self._wait(match, timeout, on_any_byte=on_any_byte)
        if found is None:
            self._fail(name, halt)
        if found.is_failing_string:
            raise TerminalError(f"Test failing entry has been found on UART:\n{found.line}")
        return found

    def _wait(
        self, match: Matcher, timeout: float | None, *, on_any_byte: bool
    ) -> tuple[TerminalResult | None, Halt | None]:
        """Match what is there, then what comes; how the run ended where nothing matched."""
        matchers = (*(self._failing_matcher(*entry) for entry in self._failing), match)
        for matcher in matchers:
            found = matcher()
            if found is not None:
                return found, None
        seconds = self.timeout if timeout is None else timeout
        if seconds <= 0:
            return None, None
        self._found, self._matchers, self._on_any_byte = None, matchers, on_any_byte
        end_s = self._clock() + seconds
        try:
            halt = self._run(seconds)
            while self._found is None and halt.reason is StopReason.DONE and self._clock() < end_s:
                halt = self._run(end_s - self._clock())  # another listener had asked to stop
            return self._found, halt
        finally:
            self._matchers, self._on_any_byte = (), False

    def _failing_matcher(self, pattern: str, regex: bool) -> Matcher:
        match = self._text.line_matcher("error", Pattern(pattern, regex, self.binary))

        def match_failing() -> TerminalResult | None:
            found = match()
            return None if found is None else replace(found, is_failing_string=True)

        return match_failing

    def _fail(self, name: str, halt: Halt | None) -> NoReturn:
        self._text.note_failure(name)
        text = f"Full report:\n{self.report()}"
        where = halt.message if halt is not None and halt.message else self._whereabouts()
        raise TerminalError(f"{text}\n{where}" if where else text, halt)

    @staticmethod
    def _check_ended(halt: Halt | None) -> None:
        if halt is not None and halt.reason in (StopReason.FAULT, StopReason.WALL):
            raise TerminalError(f"The run ended before its time:\n{halt.message}", halt)


def _event(content: str, regex: bool) -> str:
    return f"Line containing{' regex' if regex else ''} >>{content}<<"
