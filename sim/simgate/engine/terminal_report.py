"""The running report of a terminal tester: lines as they were consumed, waits as they ended.

It has the shape of Renode's without the host's clock, so that the same run gives the same text.
"""

from __future__ import annotations

from collections.abc import Sequence

from simgate.engine.terminal_line import Line, LineBuffer

UNFINISHED_SHOWN = 2000  # characters of a line without end; a firmware that babbles sends millions


class TerminalReport:
    """Text that grows."""

    def __init__(self, binary: bool) -> None:
        self._binary = binary
        self._parts: list[str] = []
        self._shown: set[int] = set()  # id() of unconsumed lines that a failure already showed
        self._kept: list[Line] = []  # keeps those ids alive

    def lines(self, lines: Sequence[Line]) -> None:
        """Lines, each once."""
        for line in lines:
            if id(line) not in self._shown:
                self._shown.add(id(line))
                self._kept.append(line)
                self._parts.append(f"[virt: {int(line.time_ms):7}] {line.text}")

    def unfinished(self, text: str) -> None:
        """The line that has no end yet."""
        if self._binary:
            self._parts.append(text.encode("latin-1").hex(" "))
        elif text:
            self._parts.append(f"{_end_of(text)} [[no newline]]")

    def event(self, name: str, success: bool, time_ms: float) -> None:
        """How a wait ended."""
        outcome = "success" if success else "failure"
        self._parts.append(f"([virt: {time_ms:7g}] {name} event: {outcome})")

    def text(self, buffer: LineBuffer) -> str:
        """Everything so far, and what is left in the buffer."""
        parts = list(self._parts)
        if buffer.escape:
            parts.append(
                f"--- SGR decoding buffer contains {len(buffer.escape)} characters: "
                f">>{buffer.escape!r}<<"
            )
        if buffer.text and not self._binary:
            parts.append(
                f"--- Current line buffer contains {len(buffer.text)} characters: "
                f">>{_end_of(buffer.text)}<<"
            )
        return "\n".join(parts) + "\n"


def _end_of(text: str) -> str:
    left_out = len(text) - UNFINISHED_SHOWN
    if left_out <= 0:
        return text
    return f"[[{left_out:,} characters before]] {text[-UNFINISHED_SHOWN:]}"
