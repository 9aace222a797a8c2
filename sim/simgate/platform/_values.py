"""Values: numbers, strings, ranges, enumerations, lists, references, objects."""

from __future__ import annotations

import re
from collections.abc import Callable

from simgate.platform._cursor import Cursor
from simgate.platform._tokens import Lexeme
from simgate.platform.syntax import (
    EMPTY,
    Attribute,
    EnumName,
    NewObject,
    Range,
    Reference,
    Value,
)

_PREFIX_OF_TYPES = "Antmicro.Renode.Peripherals."
_ADDRESS_END = 1 << 64
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPE_IN_BLOCK = re.compile(r"\\'''|\\\\")
VALUE_STARTS = frozenset(
    ("STRING", "BLOCK", "LESS", "NUMBER", "MINUS", "NEW", "LEFT", "NAME", "DOT", "TRUTH")
)

AttributesReader = Callable[[Cursor], tuple[Attribute, ...]]


def read_value(cursor: Cursor, attributes: AttributesReader) -> Value:
    """The value that comes next; ``attributes`` reads what is between an object's braces.

    Raises:
        RpelError: there is none.
    """
    kind = cursor.next.type
    if kind in ("STRING", "BLOCK"):
        return read_string(cursor, kind)
    if kind in ("NUMBER", "MINUS"):
        return _read_number(cursor)
    if kind in ("NAME", "DOT"):
        return _read_name(cursor)
    if kind == "TRUTH":
        return cursor.take(kind).text.lower() == "true"
    if kind == "LESS":
        return _read_range(cursor)
    if kind == "LEFT":
        return _read_list(cursor, attributes)
    if kind == "NEW":
        cursor.take(kind)
        return NewObject(read_type(cursor), attributes(cursor))
    raise cursor.unexpected("a value")


def read_type(cursor: Cursor) -> str:
    """A class's name; Renode's common prefix is left out."""
    names = [cursor.take("NAME").text]
    while cursor.accept("DOT"):
        names.append(cursor.take("NAME").text)
    return ".".join(names).removeprefix(_PREFIX_OF_TYPES)


def read_string(cursor: Cursor, kind: str = "STRING") -> str:
    """A string's content; in quotation marks a backslash hides a mark or a backslash only."""
    lexeme = cursor.take(kind)
    if kind == "BLOCK":
        return _ESCAPE_IN_BLOCK.sub(
            lambda match: match[0] if match[0] == "\\\\" else "'''", lexeme.text[3:-3]
        )
    for escape in _ESCAPE.finditer(lexeme.text):
        if escape[1] not in '"\\':
            raise cursor.error(
                "In a string, a backslash stands only before a quotation mark or a backslash.",
                lexeme.offset + escape.start(),
            )
    return _ESCAPE.sub(r"\1", lexeme.text[1:-1])


def number(lexeme: Lexeme) -> int | float:
    """What a NUMBER says; underscores part its digits."""
    digits = lexeme.text.replace("_", "")
    if digits.startswith("0x"):
        return int(digits, 16)
    return float(digits) if "." in digits else int(digits)


def _read_number(cursor: Cursor) -> int | float:
    sign = cursor.accept("MINUS")
    lexeme = cursor.take("NUMBER")
    if sign is None:
        return number(lexeme)
    if lexeme.offset != sign.offset + 1:
        raise cursor.error("A space behind the sign.", sign.offset)
    return -number(lexeme)


def _read_name(cursor: Cursor) -> Value:
    """A reference, or with dots an enumeration's member."""
    first = cursor.accept("NAME")
    if first is not None and not cursor.sees("DOT"):
        return Reference(first.text, first.offset)
    names = ["" if first is None else first.text]
    while cursor.accept("DOT"):
        names.append(cursor.take("NAME").text)
        if first is None:
            break
    return EnumName(tuple(names))


def _read_range(cursor: Cursor) -> Range:
    """``<start, +size>`` or ``<start, end>``."""
    cursor.take("LESS")
    low = cursor.take("NUMBER")
    cursor.take("COMMA")
    plus = cursor.accept("PLUS")
    high = cursor.take("NUMBER")
    cursor.take("GREATER")
    start, end = number(low), number(high)
    if not isinstance(start, int) or not isinstance(end, int):
        raise cursor.error("A range goes from one whole number to another.", low.offset)
    size = end if plus else end - start
    if size < 0 or start + size > _ADDRESS_END:
        raise cursor.error("Expected end of range that defines positive range.", high.offset)
    return Range(start, size)


def _read_list(cursor: Cursor, attributes: AttributesReader) -> tuple[Value, ...]:
    cursor.take("LEFT")
    items: list[Value] = []
    while not cursor.accept("RIGHT"):
        items.append(EMPTY if cursor.accept("EMPTY") else read_value(cursor, attributes))
        if not cursor.accept("COMMA") and not cursor.sees("RIGHT"):
            raise cursor.unexpected("COMMA", "RIGHT")
    return tuple(items)
