"""From text to tokens: indentation becomes braces and semicolons, as Renode's pre-lexer has it.

Four spaces are a level. A deeper line opens a brace behind the line before it, a shallower one
closes, an equal one puts a semicolon; between braces that were written out, lines mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from simgate.platform._text import SourceText, without_comments
from simgate.platform.codes import Code, RpelError

SPACES_PER_LEVEL = 4
MAX_DEPTH = 64
MAX_NUMBER = 64  # characters
KEYWORDS = frozenset(
    ("using", "new", "as", "preinit", "init", "reset", "local", "prefixed", "none", "empty")
)
_TRUTH = frozenset(("true", "True", "false", "False"))
_SECTIONS = frozenset(("PREINIT", "INIT", "RESET"))

_TOKEN = re.compile(
    r"""(?P<SPACE>[ \t]+)
      | (?P<NEWLINE>\n[ \n]*)
      | (?P<STRING>"(?:\\.|[^"\\\n])*")
      | (?P<BLOCK>'''(?>\\'''|\\.|[^\\])*?''')
      | (?P<NAME>[A-Za-z][A-Za-z0-9_]*)
      | (?P<NUMBER>0x[0-9A-Fa-f]+(?:_[0-9A-Fa-f]+)*(?![0-9A-Za-z_])
                 |[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?(?![0-9A-Za-z_]))
      | (?P<ARROW>->)
      | (?P<MARK>[:;{}@<>,+\[\]|\#.\-])""",
    re.VERBOSE | re.DOTALL,
)
_STATEMENT = re.compile(r'(?:"(?:\\.|[^"\\\n])*"|[^;{}"\n])+')
_MARKS = {
    ":": "COLON",
    ";": "SEMICOLON",
    "{": "OPEN",
    "}": "CLOSE",
    "@": "AT",
    "<": "LESS",
    ">": "GREATER",
    ",": "COMMA",
    "+": "PLUS",
    "[": "LEFT",
    "]": "RIGHT",
    "|": "BAR",
    "#": "HASH",
    ".": "DOT",
    "-": "MINUS",
}


class Lexeme(NamedTuple):
    """One token: its type as the grammar names it, its text and where it begins."""

    type: str
    text: str
    offset: int


def lexemes(source: SourceText) -> Iterator[Lexeme]:
    """The tokens of ``source``.

    Raises:
        RpelError: a character, string, number, comment or indentation that cannot be.
    """
    return _Layout(source).lexemes()


class _Layout:
    """What has to be remembered from one token to the next."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._text = without_comments(source)
        self._level = 0  # of indentation
        self._written = 0  # braces that are open and were written out
        self._depth = 0  # all that is open: braces written or put in, and brackets
        self._statements: list[int] = []  # depths at which braces of init sections opened
        self._section = 0  # 1: init, preinit or reset was seen; 2: and its colon; else 0

    def lexemes(self) -> Iterator[Lexeme]:
        text = self._text
        position = self._first()
        while position < len(text):
            if self._statements and self._statements[-1] == self._depth:
                statement = _STATEMENT.match(text, position)
                if statement is not None:
                    position = statement.end()
                    if stripped := statement[0].strip():
                        start = statement.start() + statement[0].index(stripped)
                        yield Lexeme("STATEMENT", stripped, start)
                    continue
            match = _TOKEN.match(text, position)
            if match is None:
                raise self._syntax(f"Unexpected {text[position]!r}.", position)
            kind, position = match.lastgroup, match.end()
            if kind == "NEWLINE":
                yield from self._line_end(match.start(), match.end())
            elif kind == "MARK":
                yield self._mark(match[0], match.start(), written=True)
            elif kind != "SPACE":
                yield self._word(str(kind), match[0], match.start())
        for _ in range(0 if self._written else self._level):
            yield self._mark("}", len(text.rstrip()))

    def _first(self) -> int:
        """Where the first text begins; it may not be indented."""
        position = len(self._text) - len(self._text.lstrip(" \n"))
        if position < len(self._text) and self._column(position):
            raise self._source.error(
                Code.WRONG_INDENT, "First line with text cannot be indented.", position
            )
        return position

    def _line_end(self, offset: int, following: int) -> Iterator[Lexeme]:
        """What indentation says between the line that ends at ``offset`` and the next one."""
        if self._written or following >= len(self._text):
            return
        if self._text[following] == "\t":
            raise self._source.error(
                Code.WRONG_INDENT, "Indent with spaces, not with tabulators.", following
            )
        spaces = self._column(following)
        if spaces % SPACES_PER_LEVEL:
            raise self._source.error(
                Code.WRONG_INDENT,
                f"Indent's length has to be multiple of {SPACES_PER_LEVEL}, "
                f"this one is {spaces} spaces long.",
                following - 1,
            )
        change = spaces // SPACES_PER_LEVEL - self._level
        self._level += change
        for _ in range(change):
            yield self._mark("{", offset)
        for _ in range(-change):
            yield self._mark("}", offset)
        if change <= 0:
            yield self._mark(";", offset)

    def _mark(self, text: str, offset: int, *, written: bool = False) -> Lexeme:
        """A punctuation mark; keeps account of depth and of init sections."""
        if text in "{[":
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise self._syntax(f"Nested deeper than {MAX_DEPTH} levels.", offset)
            if text == "{" and self._section == 2:
                self._statements.append(self._depth)
        elif text in "}]":
            if self._statements and self._statements[-1] == self._depth:
                self._statements.pop()
            self._depth -= 1
        if written and text in "{}":
            self._written += 1 if text == "{" else -1
        if self._depth < 0 or self._written < 0:
            raise self._syntax(f"A '{text}' that closes nothing.", offset)
        self._section = 2 if text == ":" and self._section == 1 else 0
        return Lexeme(_MARKS[text], text, offset)

    def _word(self, kind: str, text: str, offset: int) -> Lexeme:
        """A name, keyword, number or string."""
        if kind == "NAME":
            if text in KEYWORDS:
                kind = text.upper()
            elif text in _TRUTH:
                kind = "TRUTH"
        elif kind == "NUMBER" and len(text) > MAX_NUMBER:
            raise self._syntax(f"A number of more than {MAX_NUMBER} characters.", offset)
        elif kind == "BLOCK":
            end = offset + len(text)
            if "\n" in text and "'''" in self._text[end:].split("\n", 1)[0]:
                raise self._syntax(
                    "The start of one multiline string cannot be on the same line as the end of "
                    "another.",
                    end,
                )
        if kind in _SECTIONS:
            self._section = 1
        elif not (self._section == 1 and text == "add"):
            self._section = 0
        return Lexeme(kind, text, offset)

    def _column(self, offset: int) -> int:
        """Characters between the start of the line and ``offset``."""
        return offset - (self._text.rfind("\n", 0, offset) + 1)

    def _syntax(self, what: str, offset: int) -> RpelError:
        return self._source.error(Code.SYNTAX, what, offset)
