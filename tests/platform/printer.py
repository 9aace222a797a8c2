"""Writes a platform description's syntax as text that parses to the same syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from simgate.platform.syntax import (
    Attribute,
    Empty,
    EntryText,
    EnumName,
    FileText,
    Interrupt,
    Member,
    NewObject,
    Pins,
    Range,
    Reference,
    RegistrationText,
    Section,
    Value,
    Wire,
)

_INDENT = "    "
_HEXADECIMAL_FROM = 0x1000
_BREAK = re.compile(r"[,;]\n")  # only between written braces may a line end there


def print_file(file: FileText) -> str:
    """The text of ``file``, indented by four spaces, addresses in hexadecimal."""
    blocks = []
    if file.usings:
        blocks.append("\n".join(_using(using.path, using.prefix) for using in file.usings))
    blocks += ("\n".join(_entry(entry)) for entry in file.entries)
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _using(path: str, prefix: str | None) -> str:
    return f"using {_quoted(path)}" + (f" prefixed {_quoted(prefix)}" if prefix is not None else "")


def _entry(entry: EntryText) -> Iterator[str]:
    head = f"{'local ' if entry.is_local else ''}{entry.name}:"
    if entry.type is not None:
        head += f" {entry.type}"
    if entry.registrations is not None:
        head += f" @ {_registrations(entry.registrations)}"
    if entry.alias is not None:
        head += f" as {_quoted(entry.alias)}"
    if any(_BREAK.search(_inline(attribute)) for attribute in entry.attributes):
        inside = ";\n".join(_INDENT + _inline(attribute) for attribute in entry.attributes)
        yield f"{head} {{\n{inside}\n}}"
        return
    yield head
    for attribute in entry.attributes:
        yield from _attribute(attribute)


def _registrations(registrations: tuple[RegistrationText, ...]) -> str:
    if not registrations:
        return "none"
    texts = [
        item.parent + ("" if item.point is None else f" {print_value(item.point)}")
        for item in registrations
    ]
    if len(texts) == 1 and "\n" not in texts[0]:
        return texts[0]
    return "{ " + _joined(texts, ";") + " }"


def _attribute(attribute: Attribute) -> Iterator[str]:
    if isinstance(attribute, Section):
        add = " add" if attribute.add else ""
        if attribute.statements:
            yield f"{_INDENT}{attribute.kind}{add}:"
            yield from (f"{_INDENT * 2}{statement}" for statement in attribute.statements)
        else:
            yield f"{_INDENT}{attribute.kind}{add}: {{ }}"
    else:
        yield _INDENT + _inline(attribute)


def _inline(attribute: Attribute) -> str:
    if isinstance(attribute, Member):
        return f"{attribute.name}: {print_value(attribute.value)}"
    if isinstance(attribute, Interrupt):
        return _interrupt(attribute)
    add = " add" if attribute.add else ""
    return f"{attribute.kind}{add}: {{ {'; '.join(attribute.statements)} }}"


def _interrupt(interrupt: Interrupt) -> str:
    several = len(interrupt.sources) > 1 or any(len(wire.pins) > 1 for wire in interrupt.wires)
    sources = ", ".join(
        _pins(source) if isinstance(source, Pins) else source for source in interrupt.sources
    )
    if several:
        sources = f"[{sources}]"
    wires = " | ".join(_wire(wire, several) for wire in interrupt.wires) or "none"
    return f"{sources} -> {wires}".lstrip()


def _wire(wire: Wire, several: bool) -> str:
    target = wire.target + ("" if wire.local_index is None else f"#{wire.local_index}")
    pins = ", ".join(_pins(run) for run in wire.pins)
    return f"{target}@[{pins}]" if several else f"{target}@{pins}"


def _pins(pins: Pins) -> str:
    return str(pins.first) if pins.first == pins.last else f"{pins.first}-{pins.last}"


def print_value(value: Value) -> str:
    """A value as the language writes it."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case int():
            return _whole(value)
        case float():
            text = format(Decimal(repr(value)), "f")
            return text if "." in text else f"{text}.0"
        case str():
            return _quoted(value)
        case Range():
            return f"<{_whole(value.start)}, +{_whole(value.size)}>"
        case Reference():
            return value.name
        case EnumName():
            return ".".join(value.path)
        case Empty():
            return "empty"
        case NewObject():
            inside = _joined([_inline(attribute) for attribute in value.content], ";")
            return f"new {value.type} {{ {inside} }}"  # braces: an indented line may follow
        case _:
            return f"[{_joined([print_value(item) for item in value], ',')}]"


def _joined(texts: Sequence[str], mark: str) -> str:
    """Joined on one line, but for a new one behind each block: another may not begin there."""
    pieces = [text + mark + ("\n" if "\n" in text else " ") for text in texts[:-1]]
    return "".join((*pieces, *texts[-1:]))


def _whole(number: int) -> str:
    if abs(number) < _HEXADECIMAL_FROM:
        return str(number)
    return f"{'-' if number < 0 else ''}0x{abs(number):08X}"


def _quoted(text: str) -> str:
    if "\n" in text:
        return "'''" + text.replace("'''", "\\'''") + "'''"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
