"""The language of .repl: what each construct means, and where errors are found."""

from __future__ import annotations

import pytest

from simgate.platform import (
    EMPTY,
    EnumName,
    NewObject,
    Range,
    Reference,
    RpelError,
    parse_text,
)
from simgate.platform.syntax import (
    EntryText,
    FileText,
    Interrupt,
    Member,
    Pins,
    RegistrationText,
    Section,
    UsingText,
    Value,
    Wire,
)


def entry(text: str) -> EntryText:
    (only,) = parse_text(text).entries
    return only


def value(text: str) -> Value:
    (member,) = entry(f"a: B\n    C: {text}\n").attributes
    assert isinstance(member, Member)
    return member.value


def error(text: str) -> RpelError:
    with pytest.raises(RpelError) as caught:
        parse_text(text)
    return caught.value


@pytest.mark.parametrize("text", ["", "\n\n", "   \n", "// nothing\n", "/* nothing\nat all */\n"])
def test_nothing(text: str) -> None:
    assert parse_text(text) == FileText()


def test_an_entry_on_a_bus() -> None:
    assert entry(
        "flash: Memory.MappedMemory @ sysbus 0x08000000\n    size: 0x100000\n"
    ) == EntryText(
        name="flash",
        type="Memory.MappedMemory",
        registrations=(RegistrationText("sysbus", 0x08000000),),
        attributes=(Member("size", 0x100000),),
    )


def test_indentation_and_braces_say_the_same() -> None:
    indented = "a: T @ b\n    c: new D\n        e: 1\n        f: 2\n    g: 3\nh: T\n"
    written = "a: T @ b { c: new D { e: 1; f: 2 }; g: 3 }; h: T"
    assert parse_text(indented) == parse_text(written)


def test_registrations_in_braces_before_indented_attributes() -> None:
    text = (
        "ctl: MTD.Flash @ {\n"
        "        sysbus 0x40;\n"
        '        sysbus new Bus.BusMultiRegistration { address: 0x80; size: 2; region: "r" }\n'
        "    }\n"
        "    flash: memory\n"
    )
    point = NewObject(
        "Bus.BusMultiRegistration",
        (Member("address", 0x80), Member("size", 2), Member("region", "r")),
    )
    parsed = entry(text)
    assert parsed.registrations == (
        RegistrationText("sysbus", 0x40),
        RegistrationText("sysbus", point),
    )
    assert parsed.attributes == (Member("flash", Reference("memory")),)


def test_the_long_form_of_a_type() -> None:
    assert entry("a: Antmicro.Renode.Peripherals.UART.STM32_UART").type == "UART.STM32_UART"


def test_no_registration_local_and_alias() -> None:
    assert entry("local a: T @ none") == EntryText("a", "T", (), is_local=True)
    assert entry('a: T @ i2c1 0x18 as "sensor"') == EntryText(
        "a", "T", (RegistrationText("i2c1", 0x18),), "sensor"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0x1_00", 256),
        ("1_000", 1000),
        ("-5", -5),
        ("-0x10", -16),
        ("1.5", 1.5),
        ("-0.25", -0.25),
        ("true", True),
        ("False", False),
        ("none", None),
        ("empty", EMPTY),
        ('"a \\"b\\" \\\\"', 'a "b" \\'),
        ("'''two\nlines'''", "two\nlines"),
        ("'''a \\''' b'''", "a ''' b"),
        ("<0x100, +0x20>", Range(0x100, 0x20)),
        ("<0x100, 0x180>", Range(0x100, 0x80)),
        ("other", Reference("other")),
        ("Kind.Of.Thing", EnumName(("Kind", "Of", "Thing"))),
        (".Thing", EnumName(("", "Thing"))),
        ("[]", ()),
        ("[[5, 3], [7, empty,]]", ((5, 3), (7, EMPTY))),
        ("new T", NewObject("T")),
        ("new T { }", NewObject("T")),
        ("new T { X: 1; }", NewObject("T", (Member("X", 1),))),
    ],
)
def test_values(text: str, expected: Value) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "sources", "wires"),
    [
        ("-> nvic@38", (), (Wire("nvic", None, (Pins(38, 38),)),)),
        ("IRQ -> cpu@0", ("IRQ",), (Wire("cpu", None, (Pins(0, 0),)),)),
        ("0-3 -> x@4-7", (Pins(0, 3),), (Wire("x", None, (Pins(4, 7),)),)),
        (
            "3 -> x#1@0 | y@08",
            (Pins(3, 3),),
            (Wire("x", 1, (Pins(0, 0),)), Wire("y", None, (Pins(8, 8),))),
        ),
        (
            "[0-6, IRQ] -> x@[17-11, 47]",
            (Pins(0, 6), "IRQ"),
            (Wire("x", None, (Pins(17, 11), Pins(47, 47))),),
        ),
        ("5 -> none", (Pins(5, 5),), ()),
        ("-> none", (), ()),
    ],
)
def test_interrupts(text: str, sources: tuple[object, ...], wires: tuple[Wire, ...]) -> None:
    assert entry(f"a: B\n    {text}\n").attributes == (Interrupt(sources, wires),)  # type: ignore[arg-type]


def test_lines_may_run_downwards() -> None:
    assert list(Pins(17, 14).lines) == [17, 16, 15, 14]
    assert Pins(17, 14).count == 4


def test_sections_of_monitor_commands() -> None:
    text = (
        "sysbus:\n"
        "    init:\n"
        '        Tag <0x10, 0x13> "A;B" 0xF\n'
        "        ApplySVD @https://example.org/x.svd // a comment\n"
        "    reset add: { one; two }\n"
        "    preinit:\n"
        "        include @Model.cs\n"
    )
    assert entry(text).attributes == (
        Section(
            "init", False, ('Tag <0x10, 0x13> "A;B" 0xF', "ApplySVD @https://example.org/x.svd")
        ),
        Section("reset", True, ("one", "two")),
        Section("preinit", False, ("include @Model.cs",)),
    )


def test_usings_come_first() -> None:
    assert parse_text('using "a.repl"\nusing "./b.repl" prefixed "p_"\n\nc: T\n') == FileText(
        (UsingText("a.repl"), UsingText("./b.repl", "p_")), (EntryText("c", "T"),)
    )


def test_comments() -> None:
    text = (
        "a: T // one\n// two\n    // any indentation\n"
        "    B: 1 /* three\n four */\n    C: /* five */ 2\n"
    )
    assert entry(text).attributes == (Member("B", 1), Member("C", 2))
    assert value('"no // comment /* here */"') == "no // comment /* here */"


def test_carriage_returns_do_not_matter() -> None:
    assert parse_text("a: T\r\n    B: 1\r\n") == parse_text("a: T\n    B: 1\n")


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "message"),
    [
        ("a: T\n  B: 1\n", "E32", 2, 2, "multiple of 4, this one is 2"),
        ("a: T\n\tB: 1\n", "E32", 2, 1, "tabulators"),
        ("    a: T\n", "E32", 1, 5, "First line"),
        ("a\n", "E00", 1, 2, "end of the file; expected ':'"),
        ("a: T\n    B 1\n", "E00", 2, 7, "Unexpected '1'"),
        ("a: T\n    B: \n    C: 1\n", "E00", 2, 8, "end of the line; expected a value"),
        ('a: T\n    B: "open\n', "E00", 2, 8, "Unterminated string"),
        ("a: T\n    B: '''open\n", "E00", 2, 8, "Unclosed multiline string"),
        ("a: T /* open\n", "E00", 1, 6, "Unclosed comment"),
        ("a: T\n    B: $\n", "E00", 2, 8, "Unexpected '$'"),
        ('a: T\n    B: "\\n"\n', "E00", 2, 9, "a backslash stands only"),
        ("a: T\n    B: <5, 4>\n", "E00", 2, 12, "positive range"),
        ("a: T\n    B: <2, +0xFFFFFFFFFFFFFFFF>\n", "E00", 2, 13, "positive range"),
        ("a: T\n    B: 0x\n", "E00", 2, 8, "Unexpected '0'"),
        ("a: T\n    B: - 5\n", "E00", 2, 8, "A space behind the sign"),
        ("a: T\n    0-0 -> x@1-2\n", "E00", 2, 7, "number other than 0"),
        ("a: T\n    1.5 -> x@1\n", "E00", 2, 5, "no number of a line"),
        ("a: T\n    99999 -> x@1\n", "E00", 2, 5, "no number of a line"),
        ("a: T }\n", "E00", 1, 6, "closes nothing"),
        ("a: T {\n", "E00", 1, 7, "end of the file"),
        ('a: T\nusing "b"\n', "E00", 2, 1, "Unexpected 'using'; expected a name"),
        ("a: new\n", "E00", 1, 4, "Unexpected 'new'"),
        ("a: T\n    [0] -> x@0\n", "E00", 2, 14, "Unexpected '0'"),
        ("a: T\n    init more:\n        x\n", "E00", 2, 10, "expected ':'"),
    ],
)
def test_errors_say_where(text: str, code: str, line: int, column: int, message: str) -> None:
    found = error(text)
    assert message in found.text
    assert (found.code, found.line, found.column) == (code, line, column)
    assert f"Error {code}: " in found.message
    assert f"At <text>:{line}:{column}:" in found.message


def test_the_mark_is_under_the_place() -> None:
    *_, source, mark = error("a: T\n    B: $\n").message.split("\n")
    assert (source, mark) == ("    B: $", "       ^")


def test_a_long_line_is_shown_in_part() -> None:
    message = error("a: T\n    B: [" + "1, " * 50_000 + "$]\n").message
    assert len(message) < 400
    assert message.split("\n")[-2][message.split("\n")[-1].index("^")] == "$"
