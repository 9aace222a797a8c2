"""From the text of a .repl to its syntax: the grammar is repl.lark, the tables are Lark's.

Building the tables takes longer than all the rest, so Lark keeps them in the user's cache folder
(``$XDG_CACHE_HOME/simgate``, else ``~/.cache/simgate``); without one they are built each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, UnexpectedToken
from lark.lexer import Lexer

from simgate.platform._text import SourceText
from simgate.platform._tokens import lexemes
from simgate.platform._tree import file_text
from simgate.platform.codes import Code
from simgate.platform.syntax import FileText

_WORDS = {
    "ARROW": "'->'",
    "AT": "'@'",
    "BAR": "'|'",
    "BLOCK": "a string",
    "CLOSE": "'}' or less indentation",
    "COLON": "':'",
    "COMMA": "','",
    "DOT": "'.'",
    "GREATER": "'>'",
    "HASH": "'#'",
    "LEFT": "'['",
    "LESS": "'<'",
    "MINUS": "'-'",
    "NAME": "a name",
    "NUMBER": "a number",
    "OPEN": "'{' or more indentation",
    "PLUS": "'+'",
    "RIGHT": "']'",
    "SEMICOLON": "';' or a new line",
    "STATEMENT": "a Monitor command",
    "STRING": "a string",
    "TRUTH": "true or false",
    "$END": "the end of the file",
}


class _Lexer(Lexer):
    """Lark's face of the pre-lexer."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        """The tokens of a `SourceText`; Lark calls lexers of this older form with the text."""
        for kind, text, offset in lexemes(data):
            yield Token(kind, text, offset)


def parse(source: SourceText) -> FileText:
    """The syntax of ``source``.

    Raises:
        RpelError: it is no platform description; the message says where and what was expected.
    """
    try:
        # The declared type of text is str; it goes to _Lexer untouched.
        tree = _parser().parse(source)
    except UnexpectedToken as error:
        raise _syntax_error(source, error) from None
    return file_text(source, tree)


def _syntax_error(source: SourceText, error: UnexpectedToken) -> Exception:
    token = error.token
    names = sorted({_WORDS.get(name, f"'{name.lower()}'") for name in error.expected})
    if token.type == "$END":
        found, offset = "end of the file", len(source.text.rstrip())
    else:
        offset = token.start_pos or 0
        written = source.text.startswith(str(token), offset)
        found = f"'{str(token)[:40]}'" if written else "end of the line"
    return source.error(Code.SYNTAX, f"Unexpected {found}; expected {', '.join(names)}.", offset)


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("repl.lark").read_text(encoding="utf-8")
    folder = _cache_folder()
    return Lark(
        grammar,
        parser="lalr",
        lexer=_Lexer,
        start="description",
        cache=False if folder is None else str(folder / "repl.tables"),
    )


def _cache_folder() -> Path | None:
    """Our folder in the user's cache, made where it does not exist; None where it cannot be."""
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        folder = (Path(base) if base else Path.home() / ".cache") / "simgate"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK) else None
