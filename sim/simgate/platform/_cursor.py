"""A walk over tokens: look at the next one, take it, or say what was expected instead."""

from __future__ import annotations

from simgate.platform._text import SourceText
from simgate.platform._tokens import Lexeme, lexemes
from simgate.platform.codes import Code, RpelError

_END = "END"
_WORDS = {
    "ARROW": "'->'",
    "AT": "'@'",
    "CLOSE": "'}' or less indentation",
    "COLON": "':'",
    "COMMA": "','",
    "DOT": "'.'",
    "GREATER": "'>'",
    "NAME": "a name",
    "NUMBER": "a number",
    "OPEN": "'{' or more indentation",
    "RIGHT": "']'",
    "SEMICOLON": "';' or a new line",
    "STRING": "a string in quotation marks",
    _END: "the end of the file",
}


class Cursor:
    """The tokens of one text and the position among them.

    Raises:
        RpelError: the text cannot be split into tokens.
    """

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._lexemes = list(lexemes(source))
        self._lexemes.append(Lexeme(_END, "", len(source.text.rstrip())))
        self._at = 0

    @property
    def next(self) -> Lexeme:
        """The token that comes next; its type is "END" behind the last one."""
        return self._lexemes[self._at]

    @property
    def at_end(self) -> bool:
        """Nothing is left."""
        return self.next.type == _END

    def sees(self, kind: str, ahead: int = 0) -> bool:
        """The token ``ahead`` of the next one is of this type."""
        index = self._at + ahead
        return index < len(self._lexemes) and self._lexemes[index].type == kind

    def accept(self, kind: str) -> Lexeme | None:
        """Takes the next token where it is of this type."""
        return self.take(kind) if self.next.type == kind else None

    def take(self, kind: str) -> Lexeme:
        """Takes the next token, which must be of this type.

        Raises:
            RpelError: it is of another.
        """
        lexeme = self._lexemes[self._at]
        if lexeme.type != kind:
            raise self.unexpected(kind)
        if kind != _END:
            self._at += 1
        return lexeme

    def finish(self) -> None:
        """Checks that nothing is left.

        Raises:
            RpelError: something is.
        """
        if not self.at_end:
            raise self.unexpected("SEMICOLON", _END)

    def unexpected(self, *expected: str) -> RpelError:
        """An error about the next token; ``expected`` are types, or words for people."""
        lexeme = self.next
        if lexeme.type == _END:
            found = "end of the file"
        elif self._source.text.startswith(lexeme.text, lexeme.offset):
            found = f"'{lexeme.text[:40]}'"
        else:
            found = "end of the line"  # a mark that indentation put in
        words = ", ".join(_WORDS.get(kind, kind) for kind in expected)
        return self.error(f"Unexpected {found}; expected {words}.", lexeme.offset)

    def error(self, what: str, offset: int) -> RpelError:
        """A syntax error at ``offset``."""
        return self._source.error(Code.SYNTAX, what, offset)
