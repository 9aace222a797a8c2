"""A second reader of the same language: Lark, with the grammar in repl.lark.

It shares the tokens with the parser under test, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from lark import Lark, Token, UnexpectedToken
from lark.lexer import Lexer

from simgate.platform._text import SourceText
from simgate.platform._tokens import lexemes
from simgate.platform.codes import Code, RpelError
from simgate.platform.syntax import (
    EMPTY,
    Attribute,
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
    UsingText,
    Value,
    Wire,
)

PREFIX_OF_TYPES = "Antmicro.Renode.Peripherals."
_ADDRESS_END = 1 << 64
_MAX_PIN = 0xFFFF
_QUOTED = re.compile(r"\\(.)", re.DOTALL)
_IN_BLOCK = re.compile(r"\\'''|\\\\")

Node = Any
"""A `lark.Tree` (``data``, ``children``) or `lark.Token` (a str with ``type``, ``start_pos``)."""


class _Lexer(Lexer):
    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:
        for kind, text, offset in lexemes(data):
            yield Token(kind, text, offset)


@cache
def _lark() -> Lark:
    grammar = Path(__file__).with_name("repl.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=_Lexer, start="description")


def read_with_lark(source: SourceText) -> FileText:
    """The syntax of ``source``; RpelError where it has none."""
    try:
        tree = _lark().parse(source)
    except UnexpectedToken as error:
        raise source.error(Code.SYNTAX, str(error), error.token.start_pos or 0) from None
    return _Walk(source).file(tree)


class _Walk:
    def __init__(self, source: SourceText) -> None:
        self._source = source

    def file(self, tree: Node) -> FileText:
        return FileText(
            usings=tuple(self._using(node) for node in _rules(tree, "using")),
            entries=tuple(self._entry(node) for node in _rules(tree, "entry")),
        )

    def _using(self, tree: Node) -> UsingText:
        strings = _tokens(tree, "STRING")
        texts = [self._string(token) for token in strings]
        return UsingText(texts[0], texts[1] if len(texts) > 1 else None, strings[0].start_pos)

    def _entry(self, tree: Node) -> EntryText:
        name = _tokens(tree, "NAME")[0]
        parts = {node.data: node for node in tree.children if _is_rule(node)}
        registrations: tuple[RegistrationText, ...] | None = None
        if "registered_nowhere" in parts:
            registrations = ()
        elif "registrations" in parts:
            nodes = _rules(parts["registrations"], "registration")
            registrations = tuple(self._registration(node) for node in nodes)
        alias = parts.get("alias")
        return EntryText(
            name=str(name),
            type=_type(parts["type"]) if "type" in parts else None,
            registrations=registrations,
            alias=None if alias is None else self._string(_tokens(alias, "STRING")[0]),
            attributes=self._attributes(parts.get("attributes")),
            is_local=bool(parts["is_local"].children and parts["is_local"].children[0]),
            offset=name.start_pos,
        )

    def _registration(self, tree: Node) -> RegistrationText:
        parent = _tokens(tree, "NAME")[0]
        points = [node for node in tree.children if _is_rule(node)]
        point = self._value(points[0]) if points else None
        return RegistrationText(str(parent), point, parent.start_pos)

    def _attributes(self, tree: Node | None) -> tuple[Attribute, ...]:
        nodes = [] if tree is None else [node for node in tree.children if _is_rule(node)]
        return tuple(self._attribute(node) for node in nodes)

    def _attribute(self, tree: Node) -> Attribute:
        if tree.data == "member":
            name = _tokens(tree, "NAME")[0]
            return Member(str(name), self._value(tree.children[-1]), name.start_pos)
        if tree.data == "interrupt":
            return self._interrupt(tree)
        keyword = tree.children[0]
        for word in _tokens(tree, "NAME"):
            if word != "add":
                raise self._error(f"Unexpected '{word}'; expected 'add' or ':'.", word.start_pos)
        return Section(
            kind=cast(Literal["preinit", "init", "reset"], str(keyword)),
            add=tree.data == "section_add",
            statements=tuple(self._statements(tree.children[-1])),
            offset=keyword.start_pos,
        )

    def _statements(self, tree: Node) -> Iterator[str]:
        lines: list[str] = []  # between written braces one statement may go over several lines
        for token in tree.children:
            if token is not None and token.type == "STATEMENT":
                lines.append(str(token))
            elif lines:
                yield " ".join(lines)
                lines = []

    def _interrupt(self, tree: Node) -> Interrupt:
        arrow = _tokens(tree, "ARROW")[0]
        sources: list[Pins | str] = []
        for node in _rules(tree, "source"):
            child = node.children[0]
            sources.append(self._pins(child) if _is_rule(child) else str(child))
        wires = tuple(self._wire(node) for node in _rules(tree, "wire"))
        return Interrupt(tuple(sources), wires, arrow.start_pos)

    def _wire(self, tree: Node) -> Wire:
        receiver = _rules(tree, "receiver")[0]
        name = _tokens(receiver, "NAME")[0]
        numbers = _tokens(receiver, "NUMBER")
        return Wire(
            target=str(name),
            local_index=self._pin(numbers[0]) if numbers else None,
            pins=tuple(self._pins(node) for node in _rules(tree, "pins")),
            offset=name.start_pos,
        )

    def _pins(self, tree: Node) -> Pins:
        numbers = _tokens(tree, "NUMBER")
        first, last = self._pin(numbers[0]), self._pin(numbers[-1])
        if len(numbers) > 1 and first == last:
            raise self._error(f"Expected number other than {first}.", numbers[1].start_pos)
        return Pins(first, last)

    def _pin(self, token: Node) -> int:
        number = _number(token)
        if not isinstance(number, int) or number > _MAX_PIN:
            raise self._error(f"'{token}' is no number of a line.", token.start_pos)
        return number

    def _value(self, tree: Node) -> Value:
        children = tree.children
        match tree.data:
            case "string":
                return self._string(children[0])
            case "number":
                return _number(children[0])
            case "negative":
                sign, token = children
                if token.start_pos != sign.start_pos + 1:
                    raise self._error("A space behind the sign.", sign.start_pos)
                return -_number(token)
            case "truth":
                return str(children[0]).lower() == "true"
            case "reference":
                return Reference(str(children[0]), children[0].start_pos)
            case "enumeration":
                names = tuple(str(token) for token in _tokens(tree, "NAME"))
                return EnumName(names if len(names) > 1 else ("", *names))
            case "range":
                return self._range(tree)
            case "list":
                return tuple(self._value(node) for node in children if _is_rule(node))
            case "object":
                parts = {node.data: node for node in children if _is_rule(node)}
                return NewObject(_type(parts["type"]), self._attributes(parts.get("attributes")))
            case "empty":
                return EMPTY
            case _:
                return None

    def _range(self, tree: Node) -> Range:
        low, high = _tokens(tree, "NUMBER")
        start, end = _number(low), _number(high)
        if not isinstance(start, int) or not isinstance(end, int):
            raise self._error("A range goes from one whole number to another.", low.start_pos)
        plus = _rules(tree, "plus")[0].children
        size = end if plus and plus[0] else end - start
        if size < 0 or start + size > _ADDRESS_END:
            raise self._error("Expected end of range that defines positive range.", high.start_pos)
        return Range(start, size)

    def _string(self, token: Node) -> str:
        if token.type == "BLOCK":
            return _IN_BLOCK.sub(lambda m: "'''" if m[0] != "\\\\" else m[0], token[3:-3])
        for escape in _QUOTED.finditer(token):
            if escape[1] not in '"\\':
                raise self._error(
                    "In a string, a backslash stands only before a quotation mark or a backslash.",
                    token.start_pos + escape.start(),
                )
        return _QUOTED.sub(r"\1", token[1:-1])

    def _error(self, what: str, offset: int) -> RpelError:
        return self._source.error(Code.SYNTAX, what, offset)


def _number(token: str) -> int | float:
    digits = token.replace("_", "")
    if digits.startswith("0x"):
        return int(digits, 16)
    return float(digits) if "." in digits else int(digits)


def _type(tree: Node) -> str:
    return ".".join(_tokens(tree, "NAME")).removeprefix(PREFIX_OF_TYPES)


def _is_rule(node: Node) -> bool:
    return hasattr(node, "data")


def _rules(tree: Node, name: str) -> list[Node]:
    return [node for node in tree.children if _is_rule(node) and node.data == name]


def _tokens(tree: Node, kind: str) -> list[Node]:
    return [
        node
        for node in tree.children
        if node is not None and not _is_rule(node) and node.type == kind
    ]
