"""Waiting for what a UART says, with the semantics of Renode's terminal tester.

It depends on no engine: it is given the wires of a UART, a virtual clock, and a way to run. A wait
looks at what has already arrived, then runs until the match or the time-out; the machine stops at
the very instruction that sent the last byte of the match. A line that matched is consumed, with all
lines before it. Time-outs are virtual seconds; 0 looks at the buffer only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simgate.engine.base import Halt, UartPort
from simgate.engine.terminal_line import EndLine
from simgate.engine.terminal_match import Pattern
from simgate.engine.terminal_result import BinaryResult, TerminalError, TerminalResult
from simgate.engine.terminal_wait import Drive, TerminalWait
from simgate.engine.terminal_writer import TerminalWriter
from simgate.errors import UartError

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
        self.binary = binary
        self._echo, self._match_next_line = wait_for_echo, match_next_line
        drive = Drive(clock, run, stop, after, whereabouts)
        self._wait = TerminalWait(uart, drive, end_line, binary)
        self._writer = TerminalWriter(uart, after)

    @property
    def write_char_delay(self) -> float:
        """Virtual seconds before each character that is written."""
        return self._writer.char_delay

    @write_char_delay.setter
    def write_char_delay(self, seconds: float) -> None:
        self._writer.char_delay = seconds

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
        text = self._wait.text

        def match() -> TerminalResult | None:
            return text.consume("Next line", 0, ()) if text.lines else None

        return self._wait.demand("Next line", match, self._seconds(timeout), on_any_byte=False)

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
        text = self._wait.text
        if not contents:
            text.report.event("Empty match", True, text.now_ms())
            return TerminalResult("", 0.0)
        from_next = self._match_next_line if match_from_next_line is None else match_from_next_line
        if from_next or len(contents) == 1:
            for position, content in enumerate(contents):
                unfinished = include_unfinished and position == len(contents) - 1
                result = self._wait_for(content, timeout, regex, unfinished, from_next)
            return result
        patterns = [Pattern(content, regex, self.binary) for content in contents]
        name = f"Lines starting with{' regex' if regex else ''} >>{contents[0]}<<"
        match = text.sequence_matcher(name, patterns, unfinished=include_unfinished)
        seconds = self._seconds(timeout)
        return self._wait.demand(name, match, seconds, on_any_byte=include_unfinished)

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
        match = self._wait.text.line_matcher(name, pattern, unfinished=include_unfinished)
        seconds = self._seconds(timeout)
        found, halt = self._wait.wait(match, seconds, on_any_byte=include_unfinished)
        if found is not None:
            raise TerminalError(f"Unexpected entry has been found on UART:\n{found.line}")
        self._wait.text.note_failure(name)
        self._wait.check_ended(halt)

    def should_be_idle(self, timeout: float | None = None) -> None:
        """Run for the whole time and see that not a byte comes.

        Raises:
            TerminalError: one came, or the run ended before its time.
        """
        self._wait.idle(self._seconds(timeout))

    def register_failing_string(self, pattern: str, regex: bool = False) -> None:
        """From now on a line with this pattern makes the wait fail that sees it."""
        self._wait.register_failing(pattern, regex)

    def unregister_failing_string(self, pattern: str, regex: bool = False) -> None:
        """Forget a failing string.

        Raises:
            UartError: it was not registered.
        """
        self._wait.unregister_failing(pattern, regex)

    # ---- writing ----

    def write_bytes(self, data: bytes) -> None:
        """Send bytes, each after `write_char_delay`."""
        self._writer.write(data)

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
        return self._wait.text.report.text(self._wait.text.buffer)

    def clear_report(self) -> None:
        """Forget the report, and the finished lines that nobody consumed."""
        self._wait.text.clear()

    # ---- inside ----

    def _seconds(self, timeout: float | None) -> float:
        return self.timeout if timeout is None else timeout

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
        match = self._wait.text.line_matcher(
            name, pattern, unfinished=unfinished, first_only=first_only
        )
        return self._wait.demand(name, match, self._seconds(timeout), on_any_byte=unfinished)


def _event(content: str, regex: bool) -> str:
    return f"Line containing{' regex' if regex else ''} >>{content}<<"
