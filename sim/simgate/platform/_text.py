"""A description's text: read from a file, comments blanked out, positions kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from simgate.errors import PlatformError
from simgate.platform.codes import Code, RpelError

MAX_BYTES = 1 << 20

# What may hide the start of a comment, and comments themselves. `//` begins one only at the
# start of a line or behind a space, so that an address of the web may stand in a statement.
_PIECE = re.compile(
    r"""(?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<block>'''(?>\\'''|\\.|[^\\])*?''')
      | (?P<line>(?:(?<=\ )|^)//[^\n]*)
      | (?P<comment>/\*.*?\*/)
      | (?P<open>"|'''|/\*)""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_UNCLOSED = {
    '"': "Unterminated string.",
    "'''": "Unclosed multiline string.",
    "/*": "Unclosed comment.",
}


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of one file."""

    path: Path
    text: str

    def error(self, code: Code, what: str, offset: int) -> RpelError:
        """An error at ``offset`` characters from the text's start."""
        line = self.text.count("\n", 0, offset) + 1
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        source = self.text[start : end if end >= 0 else len(self.text)]
        return RpelError(code, what, self.path, line, offset - start + 1, source)


def read_source(path: Path) -> SourceText:
    """The text in the file at ``path``.

    Raises:
        PlatformError: missing, unreadable, larger than 1 MiB or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise PlatformError(f"{path}: no such platform description") from None
    except OSError as error:
        raise PlatformError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise PlatformError(f"{path}: a platform description of more than {MAX_BYTES:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlatformError(f"{path}: not UTF-8 at byte {error.start}: no text file?") from None
    return SourceText(path, text.replace("\r", ""))


def without_comments(source: SourceText) -> str:
    """The text, every character of a comment replaced by a space.

    Raises:
        RpelError: a string or comment that does not end, or a comment between indentation and
            the text that it indents.
    """
    pieces: list[str] = []
    done = 0
    text = source.text
    for match in _PIECE.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            raise source.error(Code.SYNTAX, _UNCLOSED[match[0]], match.start())
        if kind in ("line", "comment"):
            pieces += (text[done : match.start()], re.sub(r"[^\n]", " ", match[0]))
            done = match.end()
    pieces.append(text[done:])
    return "".join(pieces)
