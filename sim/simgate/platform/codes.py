"""What can be wrong with a platform description, under Renode's numbers.

Renode's messages have the form ``Error E00: text``, ``At file:line:column:``, the line, a mark.
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

from simgate.errors import PlatformError


class Code(IntEnum):
    """Kinds of error, numbered as Renode 1.16 numbers them; those found without its classes."""

    SYNTAX = 0
    NEVER_DECLARED = 1
    ALREADY_DECLARED = 2
    EMPTY_ENTRY = 3
    NO_REGISTER_INTERFACE = 5
    TYPE_MISMATCH = 6
    WRONG_IRQ_ARITY = 8
    NAME_USED_TWICE = 9
    IRQ_DESTINATION_UNKNOWN = 11
    IRQ_SOURCE_USED_TWICE = 16
    DUPLICATE_USING = 17
    INIT_TWICE = 19
    MISSING_REFERENCE = 20
    RECURRING_USING = 30
    WRONG_INDENT = 32
    ALIAS_WITHOUT_REGISTRATION = 33
    ALIAS_WITH_NONE = 34
    CONSTRUCTOR_IN_UPDATE = 35
    USING_NOT_FOUND = 36
    RESET_TWICE = 48
    PREINIT_TWICE = 50


class RpelError(PlatformError):
    """A platform description that cannot be taken as it is.

    Args:
        code: what kind of error.
        text: what is wrong, one sentence.
        path: the file.
        line, column: where in it, counted from 1.
        source: the line's text; shown with a mark under the column.
    """

    def __init__(
        self, code: Code, text: str, path: Path, line: int, column: int, source: str = ""
    ) -> None:
        self.number = code
        self.text = text
        self.path = path
        self.line = line
        self.column = column
        message = f"Error {self.code}: {text}\nAt {path}:{line}:{column}:"
        if source:
            message += "\n" + _excerpt(source, column)
        super().__init__(message)

    @property
    def code(self) -> str:
        """As Renode prints it: "E00"."""
        return f"E{self.number:02d}"


def _excerpt(source: str, column: int, width: int = 100) -> str:
    """The line and a mark under ``column``; of a long line only the part around it."""
    start = max(0, min(column - 1 - width // 2, len(source) - width))
    shown = source[start : start + width].replace("\t", " ")
    return f"{shown}\n{' ' * (column - 1 - start)}^"
