"""Finding a pattern in the lines of a terminal, and consuming what was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from simgate.engine.terminal_line import EndLine, Line, LineBuffer, printable
from simgate.engine.terminal_report import TerminalReport
from simgate.engine.terminal_result import TerminalResult
from simgate.errors import UartError

Span = tuple[int, int]
Groups = tuple[str, ...]
Match = tuple[Span, Groups]
Matcher = Callable[[], TerminalResult | None]


class Pattern:
    """Text to be contained, or a regular expression to match anywhere.

    Raises:
        UartError: it is no regular expression.
    """

    def __init__(self, text: str, regex: bool, binary: bool) -> None:
        self._text = text
        self._regex: re.Pattern[str] | None = None
        if regex:
            try:
                self._regex = re.compile(text, re.DOTALL if binary else 0)
            except re.error as error:
                raise UartError(f"not a regular expression: >>{text}<<: {error}") from error

    def find(self, text: str) -> Match | None:
        """Where it is in the text, and the groups it captured."""
        if self._regex is None:
            start = text.find(self._text)
            return None if start < 0 else ((start, start + len(self._text)), ())
        match = self._regex.search(text)
        if match is None:
            return None
        return match.span(), tuple(group or "" for group in match.groups())


class TerminalText:
    """The lines that nobody consumed yet, the unfinished one, and the report of what went."""

    def __init__(self, end_line: EndLine, binary: bool, now_ms: Callable[[], float]) -> None:
        self.binary = binary
        self.lines: list[Line] = []
        self.buffer = LineBuffer(end_line, binary)
        self.report = TerminalReport(binary)
        self.now_ms = now_ms

    def feed(self, byte: int) -> bool:
        """Take a byte; True when it finished a line."""
        text = self.buffer.feed(byte)
        if text is None:
            return False
        self.lines.append(Line(text, self.now_ms()))
        return True

    def clear(self) -> None:
        """Forget the report and the finished lines."""
        self.lines.clear()
        self.report = TerminalReport(self.binary)

    def line_matcher(
        self, name: str, pattern: Pattern, *, unfinished: bool = False, first_only: bool = False
    ) -> Matcher:
        """Matches one line; each finished line is looked at once however often it is called."""
        seen = 0

        def match() -> TerminalResult | None:
            nonlocal seen
            end = min(len(self.lines), 1) if first_only else len(self.lines)
            for index in range(seen, end):
                found = pattern.find(self.lines[index].text)
                if found is not None:
                    return self.consume(name, index, found[1])
            seen = end
            return self._match_unfinished(name, pattern, first_only) if unfinished else None

        return match

    def sequence_matcher(
        self, name: str, patterns: Sequence[Pattern], *, unfinished: bool = False
    ) -> Matcher:
        """Matches lines that follow one another; the last may be the unfinished one."""
        seen = 0

        def match() -> TerminalResult | None:
            nonlocal seen
            texts = [line.text for line in self.lines]
            finished = len(texts)
            if unfinished:
                texts.append(self.buffer.text)
            for first in range(seen, len(texts) - len(patterns) + 1):
                groups = _match_all(patterns, texts[first : first + len(patterns)])
                if groups is not None:
                    last = first + len(patterns) - 1
                    if last < finished:
                        return self.consume(name, last, groups)
                    return self._consume_unfinished(name, groups, (0, len(texts[-1])))
            seen = max(seen, finished - len(patterns) + 1)
            return None

        return match

    def consume(self, name: str, index: int, groups: Groups) -> TerminalResult:
        """Remove the lines up to `index`; the result is that line."""
        line = self.lines[index]
        self.report.lines(self.lines[: index + 1])
        self.report.event(name, True, self.now_ms())
        del self.lines[: index + 1]
        return TerminalResult(printable(line.text), line.time_ms, groups)

    def note_failure(self, name: str) -> None:
        """Write into the report that a wait failed, and everything that is there instead."""
        self.report.lines(self.lines)
        self.report.unfinished(self.buffer.text)
        self.report.event(name, False, self.now_ms())

    def _match_unfinished(
        self, name: str, pattern: Pattern, at_start: bool
    ) -> TerminalResult | None:
        found = pattern.find(self.buffer.text)
        if found is None or (at_start and found[0][0] != 0):
            return None
        # text goes as a whole, bytes exactly up to the end of the match
        span = found[0] if self.binary else (0, len(self.buffer.text))
        return self._consume_unfinished(name, found[1], span)

    def _consume_unfinished(self, name: str, groups: Groups, span: Span) -> TerminalResult:
        self.report.lines(self.lines)
        self.report.unfinished(self.buffer.text)
        self.report.event(name, True, self.now_ms())
        self.lines.clear()
        text = self.buffer.take(*span)
        return TerminalResult(text if self.binary else printable(text), self.now_ms(), groups)


def _match_all(patterns: Sequence[Pattern], texts: Sequence[str]) -> Groups | None:
    groups: Groups = ()
    for pattern, text in zip(patterns, texts, strict=True):
        found = pattern.find(text)
        if found is None:
            return None
        groups = found[1]
    return groups
