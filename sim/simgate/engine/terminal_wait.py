"""Running until a matcher finds something in what a UART sends, or time is up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

from simgate.engine.base import Halt, UartPort
from simgate.engine.terminal_line import EndLine
from simgate.engine.terminal_match import Matcher, Pattern, TerminalText
from simgate.engine.terminal_result import TerminalError, TerminalResult
from simgate.errors import UartError
from simgate.result import StopReason


@dataclass(frozen=True, slots=True)
class Drive:
    """What a terminal needs of whoever simulates; times are virtual seconds."""

    clock: Callable[[], float]
    run: Callable[[float], Halt]  # for at most so long
    stop: Callable[[], None]  # makes `run` come back after the current instruction
    after: Callable[[float, Callable[[], None]], None]
    whereabouts: Callable[[], str]  # where the firmware is, for a failure's text


class TerminalWait:
    """Hears a UART; `demand` and `wait` run the machine until something matches."""

    def __init__(self, uart: UartPort, drive: Drive, end_line: EndLine, binary: bool) -> None:
        self._uart = uart
        self._drive = drive
        self.text = TerminalText(end_line, binary, lambda: drive.clock() * 1000.0)
        self._failing: list[tuple[str, bool]] = []
        self._matchers: tuple[Matcher, ...] = ()  # of the wait that is under way
        self._on_any_byte = False  # they look at the unfinished line too
        self._found: TerminalResult | None = None
        uart.listeners.append(self._receive)
        self.text.report.event("Attached to UART", True, self.text.now_ms())

    def demand(
        self, name: str, match: Matcher, seconds: float, *, on_any_byte: bool
    ) -> TerminalResult:
        """What matched within that time.

        Raises:
            TerminalError: nothing did, a failing string came, or the run ended.
        """
        found, halt = self.wait(match, seconds, on_any_byte=on_any_byte)
        if found is None:
            self.fail(name, halt)
        if found.is_failing_string:
            raise TerminalError(f"Test failing entry has been found on UART:\n{found.line}")
        return found

    def wait(
        self, match: Matcher, seconds: float, *, on_any_byte: bool
    ) -> tuple[TerminalResult | None, Halt | None]:
        """Match what is there, then what comes; how the run ended where nothing matched."""
        matchers = (*(self._failing_matcher(*entry) for entry in self._failing), match)
        for matcher in matchers:
            found = matcher()
            if found is not None:
                return found, None
        if seconds <= 0:
            return None, None
        drive = self._drive
        self._found, self._matchers, self._on_any_byte = None, matchers, on_any_byte
        end_s = drive.clock() + seconds
        try:
            halt = drive.run(seconds)
            while self._found is None and halt.reason is StopReason.DONE and drive.clock() < end_s:
                halt = drive.run(end_s - drive.clock())  # another listener had asked to stop
            return self._found, halt
        finally:
            self._matchers, self._on_any_byte = (), False

    def idle(self, seconds: float) -> None:
        """Run for that time and see that no byte comes.

        Raises:
            TerminalError: one came, or the run ended before its time.
        """
        came: list[int] = []

        def hear(byte: int) -> None:
            if not came:
                self._drive.stop()
            came.append(byte)

        self._uart.listeners.append(hear)
        try:
            halt = self._drive.run(seconds)
        finally:
            self._uart.listeners.remove(hear)
        if came:
            self.fail("Terminal is idle", halt)
        self.check_ended(halt)

    def fail(self, name: str, halt: Halt | None) -> NoReturn:
        """Put the failure into the report and raise it, with the report."""
        self.text.note_failure(name)
        text = f"Full report:\n{self.text.report.text(self.text.buffer)}"
        where = (halt.message if halt is not None else "") or self._drive.whereabouts()
        raise TerminalError(f"{text}\n{where}" if where else text, halt)

    @staticmethod
    def check_ended(halt: Halt | None) -> None:
        """See that a run which should have lasted did.

        Raises:
            TerminalError: a fault or the host's limit ended it.
        """
        if halt is not None and halt.reason in (StopReason.FAULT, StopReason.WALL):
            raise TerminalError(f"The run ended before its time:\n{halt.message}", halt)

    def register_failing(self, pattern: str, regex: bool) -> None:
        """From now on a line with this pattern makes the wait fail that sees it."""
        Pattern(pattern, regex, self.text.binary)  # an error now, not later
        self._failing.append((pattern, regex))

    def unregister_failing(self, pattern: str, regex: bool) -> None:
        """Forget a failing string.

        Raises:
            UartError: it was not registered.
        """
        if (pattern, regex) not in self._failing:
            raise UartError(f"no failing string >>{pattern}<< is registered on {self._uart.name}")
        self._failing.remove((pattern, regex))

    def _receive(self, byte: int) -> None:
        finished = self.text.feed(byte)
        if finished or self._on_any_byte:
            for match in self._matchers:
                self._found = match()
                if self._found is not None:
                    self._matchers = ()
                    self._drive.stop()
                    return

    def _failing_matcher(self, pattern: str, regex: bool) -> Matcher:
        match = self.text.line_matcher("error", Pattern(pattern, regex, self.text.binary))

        def match_failing() -> TerminalResult | None:
            found = match()
            return None if found is None else replace(found, is_failing_string=True)

        return match_failing
