"""From the text of a .repl to its syntax, by recursive descent.

The language is small, and the first line of a firmware waits for this: the parser is written by
hand because importing Lark and its tables takes ten times as long as all that is done here.
Lark reads the same language from a grammar in the tests, and both must agree.
"""

from __future__ import annotations

from typing import Literal, cast

from simgate.platform._cursor import Cursor
from simgate.platform._text import SourceText
from simgate.platform._values import VALUE_STARTS, number, read_string, read_type, read_value
from simgate.platform.syntax import (
    EMPTY,
    Attribute,
    EntryText,
    FileText,
    Interrupt,
    Member,
    Pins,
    RegistrationText,
    Section,
    UsingText,
    Wire,
)

_SECTIONS = ("PREINIT", "INIT", "RESET")
_MAX_PIN = 0xFFFF


def parse(source: SourceText) -> FileText:
    """The syntax of ``source``.

    Raises:
        RpelError: it is no platform description; the message says where and what was expected.
    """
    cursor = Cursor(source)
    usings = []
    while cursor.sees("USING"):
        usings.append(_using(cursor))
        if not cursor.at_end:
            cursor.take("SEMICOLON")
        while cursor.accept("SEMICOLON"):
            pass
    entries = []
    while not cursor.at_end:
        entries.append(_entry(cursor))
        if not cursor.accept("SEMICOLON"):
            break
    cursor.finish()
    return FileText(tuple(usings), tuple(entries))


def _using(cursor: Cursor) -> UsingText:
    cursor.take("USING")
    offset = cursor.next.offset
    path = read_string(cursor)
    return UsingText(path, read_string(cursor) if cursor.accept("PREFIXED") else None, offset)


def _entry(cursor: Cursor) -> EntryText:
    is_local = cursor.accept("LOCAL") is not None
    name = cursor.take("NAME")
    cursor.take("COLON")
    return EntryText(
        name=name.text,
        type=read_type(cursor) if cursor.sees("NAME") else None,
        registrations=_registrations(cursor) if cursor.accept("AT") else None,
        alias=read_string(cursor) if cursor.accept("AS") else None,
        attributes=_attributes(cursor),
        is_local=is_local,
        offset=name.offset,
    )


def _registrations(cursor: Cursor) -> tuple[RegistrationText, ...]:
    """What is behind the ``@``; empty for ``none``."""
    if cursor.accept("NONE"):
        return ()
    if not cursor.accept("OPEN"):
        return (_registration(cursor),)
    registrations = [_registration(cursor)]
    while cursor.accept("SEMICOLON") and not cursor.sees("CLOSE"):
        registrations.append(_registration(cursor))
    cursor.take("CLOSE")
    return tuple(registrations)


def _registration(cursor: Cursor) -> RegistrationText:
    parent = cursor.take("NAME")
    has_point = cursor.next.type in VALUE_STARTS
    point = read_value(cursor, _attributes) if has_point else None
    return RegistrationText(parent.text, point, parent.offset)


def _attributes(cursor: Cursor) -> tuple[Attribute, ...]:
    """What is between the braces that may follow."""
    attributes: list[Attribute] = []
    if cursor.accept("OPEN"):
        while not cursor.sees("CLOSE"):
            attributes.append(_attribute(cursor))
            if not cursor.accept("SEMICOLON"):
                break
        cursor.take("CLOSE")
    return tuple(attributes)


def _attribute(cursor: Cursor) -> Attribute:
    if cursor.next.type in _SECTIONS:
        return _section(cursor)
    if cursor.sees("NAME") and cursor.sees("COLON", ahead=1):
        return _member(cursor)
    if cursor.next.type in ("NAME", "NUMBER", "LEFT", "ARROW"):
        return _interrupt(cursor)
    raise cursor.unexpected("an attribute", "CLOSE")


def _member(cursor: Cursor) -> Member:
    name = cursor.take("NAME")
    cursor.take("COLON")
    if cursor.accept("NONE"):
        return Member(name.text, None, name.offset)
    if cursor.accept("EMPTY"):
        return Member(name.text, EMPTY, name.offset)
    return Member(name.text, read_value(cursor, _attributes), name.offset)


def _section(cursor: Cursor) -> Section:
    keyword = cursor.take(cursor.next.type)
    add = cursor.sees("NAME") and cursor.next.text == "add"
    if add:
        cursor.take("NAME")
    cursor.take("COLON")
    cursor.take("OPEN")
    statements = []
    while not cursor.accept("CLOSE"):
        lines = []  # between written braces one statement may go over several lines
        while line := cursor.accept("STATEMENT"):
            lines.append(line.text)
        if lines:
            statements.append(" ".join(lines))
        if not cursor.accept("SEMICOLON") and not cursor.sees("CLOSE"):
            raise cursor.unexpected("a Monitor command", "CLOSE")
    kind = cast(Literal["preinit", "init", "reset"], keyword.text)
    return Section(kind, add, tuple(statements), keyword.offset)


def _interrupt(cursor: Cursor) -> Interrupt:
    """``2 -> a@3``, ``[0-3] -> a@[4-7] | b@[0-3]``, ``IRQ -> a@1``, ``-> a@1``, ``-> none``."""
    sources: list[Pins | str] = []
    several = cursor.accept("LEFT") is not None
    if several:
        sources.append(_source(cursor))
        while cursor.accept("COMMA"):
            sources.append(_source(cursor))
        cursor.take("RIGHT")
    elif not cursor.sees("ARROW"):
        sources.append(_source(cursor))
    arrow = cursor.take("ARROW")
    if not several and cursor.accept("NONE"):
        return Interrupt(tuple(sources), (), arrow.offset)
    wires = [_wire(cursor, several)]
    while cursor.accept("BAR"):
        wires.append(_wire(cursor, several))
    return Interrupt(tuple(sources), tuple(wires), arrow.offset)


def _source(cursor: Cursor) -> Pins | str:
    name = cursor.accept("NAME")
    return _pins(cursor) if name is None else name.text


def _wire(cursor: Cursor, several: bool) -> Wire:
    target = cursor.take("NAME")
    index = _pin(cursor) if cursor.accept("HASH") else None
    cursor.take("AT")
    if not several:
        return Wire(target.text, index, (_pins(cursor),), target.offset)
    cursor.take("LEFT")
    pins = [_pins(cursor)]
    while cursor.accept("COMMA"):
        pins.append(_pins(cursor))
    cursor.take("RIGHT")
    return Wire(target.text, index, tuple(pins), target.offset)


def _pins(cursor: Cursor) -> Pins:
    first = _pin(cursor)
    if not cursor.accept("MINUS"):
        return Pins(first, first)
    offset = cursor.next.offset
    last = _pin(cursor)
    if first == last:
        raise cursor.error(f"Expected number other than {first}.", offset)
    return Pins(first, last)


def _pin(cursor: Cursor) -> int:
    lexeme = cursor.take("NUMBER")
    value = number(lexeme)
    if not isinstance(value, int) or value > _MAX_PIN:
        raise cursor.error(f"'{lexeme.text}' is no number of a line.", lexeme.offset)
    return value
