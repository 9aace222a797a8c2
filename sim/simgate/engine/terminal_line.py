"""What a terminal makes of bytes: characters, lines, and no colours.

The rules are those of Renode's terminal tester: NUL is dropped, and carriage return too where line
feed ends lines; escape sequences that set colours (``ESC [ 1 ; 32 m``) vanish; any other escape
sequence stays as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

_ESCAPE = "\x1b"


class EndLine(Enum):
    """Which byte ends a line; the values are Renode's names."""

    LINE_FEED = "TreatLineFeedAsEndLine"
    CARRIAGE_RETURN = "TreatCarriageReturnAsEndLine"


@dataclass(frozen=True, slots=True)
class Line:
    """A finished line, and when its end arrived."""

    text: str
    time_ms: float


class LineBuffer:
    """The unfinished line; `feed` says what a byte finished.

    Args:
        binary: keep every byte, finish no line.
    """

    def __init__(self, end_line: EndLine, binary: bool) -> None:
        self._bytes = bytearray()
        self._binary = binary
        self._end = 0x0A if end_line is EndLine.LINE_FEED else 0x0D
        self._escape = ""

    @property
    def text(self) -> str:
        """The unfinished line, one character a byte (Latin-1)."""
        return self._bytes.decode("latin-1")

    @property
    def escape(self) -> str:
        """The beginning of an escape sequence whose end has not come yet."""
        return self._escape

    def feed(self, byte: int) -> str | None:
        """The line that this byte finished, or None."""
        if self._binary:
            self._bytes.append(byte)
            return None
        if byte == self._end:
            return self.take()
        if byte == 0 or (byte == 0x0D and self._end == 0x0A):
            return None
        self._append(chr(byte))
        return None

    def take(self, start: int = 0, end: int | None = None) -> str:
        """Remove everything up to `end`; what lay between `start` and `end`."""
        end = len(self._bytes) if end is None else end
        taken = self._bytes[start:end].decode("latin-1")
        del self._bytes[:end]
        return taken

    def _append(self, character: str) -> None:
        if not self._escape:
            if character == _ESCAPE:
                self._escape = character
            else:
                self._bytes += character.encode("latin-1")
            return
        self._escape += character
        if len(self._escape) == 2:
            if character == "[":
                return
        elif character.isdigit() or character == ";":
            return
        elif character == "m":
            self._escape = ""
            return
        self._bytes += self._escape.encode("latin-1")
        self._escape = ""


def printable(text: str) -> str:
    """The text without control characters, as results carry it."""
    return "".join(c for c in text if " " <= c <= "~" or c == "\n")
