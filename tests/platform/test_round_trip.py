"""What is printed parses to the same; Lark reads the same; nothing but RpelError is raised."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from simgate.platform import (
    EMPTY,
    EnumName,
    FileText,
    NewObject,
    Range,
    Reference,
    RpelError,
    parse_text,
)
from simgate.platform._text import SourceText
from simgate.platform._tokens import KEYWORDS
from simgate.platform.syntax import (
    EntryText,
    Interrupt,
    Member,
    Pins,
    RegistrationText,
    Section,
    UsingText,
    Wire,
)

Read = Callable[[SourceText], FileText]
Print = Callable[[FileText], str]

RESERVED = KEYWORDS | {"true", "false", "True", "False", "add"}

names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,7}", fullmatch=True).filter(
    lambda name: name not in RESERVED
)
types = st.lists(names, min_size=1, max_size=3).map(".".join)
whole = st.integers(-(2**64), 2**64)
decimal = st.integers(-(10**12), 10**12).map(lambda thousandths: thousandths / 1000)
lines = st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)), max_size=20)
blocks = st.lists(lines, min_size=2, max_size=3).map(
    lambda parts: "\n".join(parts).replace("\\", "/").replace("'", '"')
)
texts = lines | blocks
ranges = st.builds(Range, st.integers(0, 2**63), st.integers(0, 2**63))
enums = st.lists(names, min_size=2, max_size=3).map(lambda parts: EnumName(tuple(parts)))
scalars = (
    whole
    | decimal
    | texts
    | st.booleans()
    | ranges
    | enums
    | st.builds(Reference, names)
    | st.builds(lambda name: EnumName(("", name)), names)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner | st.just(EMPTY), max_size=3).map(tuple)
        | st.builds(
            NewObject, types, st.lists(st.builds(Member, names, inner), max_size=3).map(tuple)
        )
    ),
    max_leaves=6,
)
members = st.builds(Member, names, values | st.none() | st.just(EMPTY))
statements = st.from_regex(r'[A-Za-z@<>0-9.,+:\-]{1,10}( "[^"\\\n\r]{0,5}")?', fullmatch=True)
sections = st.builds(
    Section,
    st.sampled_from(("init", "preinit", "reset")),
    st.booleans(),
    st.lists(statements, max_size=3).map(tuple),
)
pins = st.builds(Pins, st.integers(0, 200), st.integers(0, 200))
runs = st.lists(pins, min_size=1, max_size=2).map(tuple)
index = st.none() | st.integers(0, 15)
several = st.builds(
    Interrupt,
    st.lists(pins | names, min_size=2, max_size=3).map(tuple),
    st.lists(st.builds(Wire, names, index, runs), min_size=1, max_size=2).map(tuple),
)
single = st.builds(
    Interrupt,
    st.lists(pins | names, max_size=1).map(tuple),
    st.lists(st.builds(Wire, names, index, pins.map(lambda p: (p,))), max_size=2).map(tuple),
)
entries = st.builds(
    EntryText,
    name=names,
    type=st.none() | types,
    registrations=st.none()
    | st.lists(st.builds(RegistrationText, names, st.none() | values), max_size=2).map(tuple),
    alias=st.none() | lines,
    attributes=st.lists(members | sections | several | single, max_size=4).map(tuple),
    is_local=st.booleans(),
)
usings = st.builds(
    UsingText,
    lines,
    st.none() | lines,
)
files = st.builds(
    FileText, st.lists(usings, max_size=2).map(tuple), st.lists(entries, max_size=4).map(tuple)
)


@given(files)
@settings(max_examples=150, deadline=None)
def test_printed_text_parses_to_the_same(
    read_with_lark: Read, print_file: Print, file: FileText
) -> None:
    text = print_file(file)
    assert parse_text(text) == file
    assert read_with_lark(SourceText(Path("x"), text)) == file


SCRAPS = st.sampled_from(
    [
        "a", "Bc", "1", "0x10", "-", "->", "@", "none", "new", "using", '"s"', "{", "}", ";", "\n",
        "\n    ", "\n        ", ":", "[", "]", "<", ">", ",", "+", ".", "#", "|", "init:", "add",
        "local", "as", "empty", "true", " ", "//", "/*", "*/", "'''", '"', "2-3", "x@1", "a: T\n",
    ]
)  # fmt: skip


@given(st.lists(SCRAPS, max_size=25).map("".join))
@settings(max_examples=500, deadline=None)
def test_both_readers_accept_the_same(read_with_lark: Read, print_file: Print, text: str) -> None:
    def outcome(read: Callable[[], FileText]) -> FileText | None:
        try:
            return read()
        except RpelError:
            return None

    ours = outcome(lambda: parse_text(text))
    assert ours == outcome(lambda: read_with_lark(SourceText(Path("x"), text)))
    if ours is not None:
        assert parse_text(print_file(ours)) == ours


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text(text: str) -> None:
    try:
        parse_text(text)
    except RpelError as error:
        assert error.line >= 1 and error.column >= 1
