"""Whole descriptions: files that use others, entries that update, names that must exist."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from simgate.errors import PlatformError
from simgate.platform import (
    FileText,
    InterruptLine,
    Range,
    Reference,
    RpelError,
    describe,
    parse_text,
)
from simgate.platform.facts import Preset, Tag, bit_bands, memories, presets, system, tags

Write = Callable[..., Path]
REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared" / "platforms"
# what lies in chip/ is read by the others only
SHIPPED = sorted((REPOSITORY / "platforms").glob("*.repl")) + sorted(
    (REPOSITORY / "platforms" / "strict").glob("*.repl")
)
BOARDS = ("stm32f407", "stm32f746", "stm32g474", "stm32h743")


def refused(path: Path, roots: tuple[Path, ...] = ()) -> RpelError:
    with pytest.raises(RpelError) as caught:
        describe(path, roots)
    return caught.value


@pytest.mark.parametrize("name", BOARDS)
def test_files_that_renode_loaded(name: str) -> None:
    path = SHARED / f"{name}.repl"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    platform = describe(path)
    assert system(platform).cpu_type in ("cortex-m4f", "cortex-m7")
    assert memories(platform)[0].base == 0x08000000
    assert platform.entry("usart2").interrupts[0].target_line == 38


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_files_survive_printing(print_file: Callable[[FileText], str], path: Path) -> None:
    text = parse_text(path.read_text())
    assert parse_text(print_file(text)) == text
    assert describe(path).entries


def test_what_an_engine_asks_of_the_f407() -> None:
    platform = describe(REPOSITORY / "platforms" / "stm32f407.repl")
    facts = system(platform)
    assert (facts.cpu_type, facts.mips) == ("cortex-m4f", 168.0)
    assert (facts.systick_hz, facts.dwt_hz, facts.priority_mask) == (168_000_000, 168_000_000, 0xF0)
    areas = {(area.name, area.base): area for area in memories(platform)}
    assert areas["flash", 0x08000000].size == 1 << 20 and areas["flash", 0x08000000].is_flash
    assert areas["flash", 0].alias_of == 0x08000000 and areas["flash", 0].is_flash
    assert areas["sram", 0x20000000].size == 128 << 10 and not areas["sram", 0x20000000].is_flash
    assert areas["ccm", 0x10000000].size == 64 << 10
    assert areas["systemMemory", 0x1FFF0000].is_flash
    assert [(band.base, band.target) for band in bit_bands(platform)] == [
        (0x42000000, 0x40000000),
        (0x22000000, 0x20000000),
    ]


def test_an_entry_with_everything(write: Write) -> None:
    platform = describe(
        write(
            "sysbus:\n    init:\n        LogLevel 0\n"
            "cpu: CPU.CortexM @ sysbus\n    nvic: nvic\n"
            "nvic: IRQControllers.NVIC @ sysbus 0xE000E000\n    [IRQ, 1] -> cpu@[0, 4]\n"
            "dev: Some.Device @ { sysbus <0x40, +0x10>; sysbus new Bus.BusMultiRegistration { "
            'address: 0x80; size: 8; region: "extra" } } as "other"\n    2 -> nvic#1@7 | cpu@3\n'
        )
    )
    assert platform.entry("sysbus").init == ("LogLevel 0",)
    assert platform.entry("cpu").attributes == {"nvic": Reference("nvic")}
    assert platform.entry("nvic").interrupts == (
        InterruptLine("IRQ", "cpu", 0),
        InterruptLine(1, "cpu", 4),
    )
    device = platform.entry("dev")
    first, second = device.registrations
    assert (first.parent, first.address, first.size, first.region) == ("sysbus", 0x40, 0x10, None)
    assert first.point == Range(0x40, 0x10)
    assert (second.address, second.size, second.region) == (0x80, 8, "extra")
    assert device.interrupts == (InterruptLine(2, "nvic", 7, 1), InterruptLine(2, "cpu", 3))
    assert (device.alias, device.line) == ("other", 8)
    assert platform.of_type("Some.Device") == (device,)


def test_ranges_of_lines_run_both_ways(write: Write) -> None:
    text = "a: T @ none\n    [0-1, 7] -> b@[5-4, 9]\nb: T @ none\n"
    assert describe(write(text)).entry("a").interrupts == (
        InterruptLine(0, "b", 5),
        InterruptLine(1, "b", 4),
        InterruptLine(7, "b", 9),
    )


def test_later_text_wins(write: Write) -> None:
    write(
        "a: T @ none\n    size: 1\n    X: 2\n    [0-1] -> b@[0-1]\n    init:\n        one\nb: T\n",
        "base.repl",
    )
    path = write(
        'using "./base.repl"\na: @ sysbus 4\n    X: 3\n    0 -> b@9\n    1 -> none\n    init add:\n'
        "        two\na:\n    reset:\n        three\n"
    )
    a = describe(path).entry("a")
    assert a.attributes == {"size": 1, "X": 3}
    assert a.interrupts == (InterruptLine(0, "b", 9),)
    assert a.registrations[0].address == 4
    assert (a.init, a.reset) == (("one", "two"), ("three",))


def test_an_update_may_stand_before_the_creation(write: Write) -> None:
    assert describe(write("a:\n    X: 1\na: T\n    Y: 2\n")).entry("a").attributes == {
        "X": 1,
        "Y": 2,
    }


def test_using_by_folder_and_with_a_prefix(write: Write, tmp_path: Path) -> None:
    write("a: T @ sysbus 1\n    other: b\n    -> b@3\nb: T\n", "lib/part.repl")
    path = write('using "part.repl" prefixed "left_"\nusing "part.repl" prefixed "right_"\n')
    platform = describe(path, [tmp_path / "lib"])
    assert [entry.name for entry in platform.entries] == ["left_a", "left_b", "right_a", "right_b"]
    left = platform.entry("left_a")
    assert left.attributes == {"other": Reference("left_b")}
    assert left.interrupts == (InterruptLine(None, "left_b", 3),)
    assert left.registrations[0].parent == "sysbus"


def test_a_file_used_twice_by_others_is_read_once(write: Write) -> None:
    write("a: T\n", "base.repl")
    write('using "./base.repl"\nb: T\n', "one.repl")
    write('using "./base.repl"\nc: T\n', "two.repl")
    path = write('using "./one.repl"\nusing "./two.repl"\n')
    assert [entry.name for entry in describe(path).entries] == ["a", "b", "c"]


def test_local_names_stay_in_their_file(write: Write) -> None:
    write("local a: T1\n    X: 1\nlocal a2: T\n    friend: a\n", "base.repl")
    platform = describe(write('using "./base.repl"\na: T2\n'))
    assert [(entry.name, entry.type) for entry in platform.entries] == [
        ("a", "T1"),
        ("a2", "T"),
        ("a", "T2"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a:\n    X: 1\n", "E01", 1),
        ("a: T\na: T\n", "E02", 2),
        ("sysbus: T\n", "E02", 1),
        ("a: T\na:\n", "E03", 2),
        ("a: T\n    [0-3] -> b@[0-2]\nb: T\n", "E08", 2),
        ("a: T\n    X: 1\n    X: 2\n", "E09", 3),
        ("a: T\n    -> b@0\n", "E11", 2),
        ("a: T\n    0 -> a@0\n    [0-1] -> a@[1-2]\n", "E16", 3),
        ("a: T\n    init:\n        x\n    init:\n        y\n", "E19", 4),
        ("a: T @ nobody\n", "E20", 1),
        ("a: T\n    b: nobody\n", "E20", 2),
        ("a: T\n    b: [1, new T { c: nobody }]\n", "E20", 2),
        ('a: T as "x"\n', "E33", 1),
        ('a: T @ none as "x"\n', "E34", 1),
        ("sysbus:\n    size: 1\n", "E35", 2),
        ('using "./absent.repl"\n', "E36", 1),
        ("a: T\n    reset:\n        x\n    reset:\n        y\n", "E48", 4),
        ("a: T\n    preinit:\n        x\n    preinit:\n        y\n", "E50", 4),
    ],
)
def test_descriptions_that_contradict_themselves(
    write: Write, text: str, code: str, line: int
) -> None:
    error = refused(write(text))
    assert (error.code, error.line) == (code, line)


def test_a_circle_of_usings(write: Write) -> None:
    write('using "./b.repl"\n', "a.repl")
    error = refused(write('using "./a.repl"\n', "b.repl"))
    assert error.code == "E30"
    assert error.path.name == "a.repl"
    assert refused(write('using "./self.repl"\n', "self.repl")).code == "E30"


def test_the_same_using_twice(write: Write) -> None:
    write("", "a.repl")
    assert refused(write('using "./a.repl"\nusing "./a.repl"\n')).code == "E17"


def test_an_error_in_a_used_file_names_that_file(write: Write) -> None:
    used = write("a: T\n  b: 1\n", "a.repl")
    error = refused(write('using "./a.repl"\n'))
    assert (error.path, error.line) == (used.resolve(), 2)


def test_files_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="no such platform description"):
        describe(tmp_path / "absent.repl", ())
    with pytest.raises(PlatformError, match="cannot be read"):
        describe(tmp_path, ())
    binary = tmp_path / "binary.repl"
    binary.write_bytes(b"a: T\xff\n")
    with pytest.raises(PlatformError, match="not UTF-8 at byte 4"):
        describe(binary, ())
    binary.write_bytes(b" " * (1 << 20) + b" ")
    with pytest.raises(PlatformError, match="more than 1,048,576 bytes"):
        describe(binary, ())


HOSTILE = {
    "braces": "a: T " + "{ b: new T " * 50_000,
    "brackets": "a: T { b: " + "[" * 50_000,
    "deep indentation": "".join(f"{'    ' * level}a: new T\n" for level in range(200)),
    "long number": "a: T { b: " + "9" * 500_000 + " }",
    "many lines at once": "a: T\n    [0-65535] -> a@[0-65535]\n",
    "long comment": "a: T /*" + "*" * 900_000,
    "open strings": '"' * 900_001,
    "open blocks": "a: T { b: '''" + "\\'''" * 200_000,
    "backslashes": "a: T { b: '''" + "\\" * 900_001,
    "long path": 'using "' + "x" * 100_000 + '"\n',
    "NUL in a path": 'using "./a\0b"\n',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_fast(write: Write, name: str) -> None:
    path = write(HOSTILE[name])
    started = time.process_time()
    with pytest.raises(PlatformError):
        describe(path, (path.parent,))
    assert time.process_time() - started < 5


def test_facts_that_are_missing(write: Write) -> None:
    with pytest.raises(PlatformError, match="no CPU"):
        system(describe(write("a: T\n")))
    with pytest.raises(PlatformError, match="size is missing"):
        memories(describe(write("a: Memory.MappedMemory @ sysbus 0\n")))
    with pytest.raises(PlatformError, match=":3: b: it overlaps the memory 'a' at 0x00000800"):
        memories(
            describe(
                write(
                    "a: Memory.MappedMemory @ sysbus 0\n    size: 0x1000\n"
                    "b: Memory.MappedMemory @ sysbus 0x800\n    size: 0x1000\n"
                )
            )
        )
    with pytest.raises(PlatformError, match="no entry 'b'") as caught:
        describe(write("a: T\n")).entry("b")
    assert "a" in caught.value.hint


def test_tags_are_read_as_renodes_monitor_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "board.repl"
    path.write_text(
        "sysbus:\n    init:\n"
        '        Tag <0x40001400 0x400> "TIM7"\n'
        '        Tag <0x40002000, 0x40002400> "TIM14" 0x1\n'
        '        Tag <1073750016 16> "a b; c"\n'
        "        ApplySVD @https://example.org/x.svd\n"
        "        SilenceRange <0x50000000 0x10>\n"
    )
    assert tags(describe(path)) == (
        Tag("TIM7", 0x40001400, 0x400),
        Tag("TIM14", 0x40002000, 0x400),
        Tag("a b; c", 0x40002000, 16),
    )
    path.write_text('sysbus:\n    init:\n        Tag <0x40, 0x40> "X"\n')
    with pytest.raises(PlatformError, match="a tag without a size"):
        tags(describe(path))


def test_words_that_the_bus_writes_are_there_from_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "board.repl"
    path.write_text(
        "sysbus:\n    init:\n"
        "        WriteWord 0x1FFF7A2A 0x05DE\n"
        "        WriteByte 536870912 7\n"
        "        WriteDoubleWord 0x20000004 0x12345678\n"
    )
    assert presets(describe(path)) == (
        Preset(0x1FFF7A2A, b"\xde\x05"),
        Preset(0x20000000, b"\x07"),
        Preset(0x20000004, b"\x78\x56\x34\x12"),
    )
    path.write_text("sysbus:\n    init:\n        WriteByte 0x40 0x100\n")
    with pytest.raises(PlatformError, match="more than 1 bytes"):
        presets(describe(path))


def test_the_f407_names_what_it_does_not_model_once() -> None:
    platform = describe(REPOSITORY / "platforms" / "stm32f407.repl")
    taken = [
        (registration.address, registration.size or 0x400, entry.name)
        for entry in platform.entries
        if not entry.type.startswith(("Memory.", "CPU.", "IRQControllers.NVIC"))
        for registration in entry.registrations
        if registration.address is not None
    ]
    taken += [(tag.base, tag.size, tag.name) for tag in tags(platform)]
    taken.sort()
    for low, high in pairwise(taken):
        assert low[0] + low[1] <= high[0], (low, high)
    assert Tag("CAN1", 0x40006400, 0x400) in tags(platform)
    assert "IWDG" not in {tag.name.upper() for tag in tags(platform)}
