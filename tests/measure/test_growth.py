"""What grew is named, and by how much."""

from __future__ import annotations

from collections.abc import Callable

from simgate.image import Image
from simgate.measure import Change, grown, measure_footprint

Build = Callable[..., Image]


def test_new_code_and_data_are_named(build: Build) -> None:
    before = measure_footprint(build())
    after = measure_footprint(
        build(
            "const char table[800] = {1}; char history[224];",
        )
    )

    flash = grown(before, after, "flash")
    assert flash.by == after.flash - before.flash >= 800
    assert flash.symbols == (Change("table", 0, 800),)
    assert flash.summary() == "table +800 B"
    assert {change.name: change.by for change in flash.sections}[".rodata"] >= 800

    ram = grown(before, after, "ram")
    assert ram.symbols == (Change("history", 0, 224),)
    assert ram.by == sum(change.by for change in ram.sections)
    assert ram.summary() == "history +224 B"


def test_the_largest_gain_first_and_losses_last(build: Build) -> None:
    before = measure_footprint(build("const char a[100]={1}, b[100]={1}, c[100]={1};"))
    after = measure_footprint(build("const char a[120]={1}, b[40]={1}, c[180]={1};"))
    growth = grown(before, after, "flash")
    assert [(change.name, change.by) for change in growth.symbols] == [
        ("c", 80),
        ("a", 20),
        ("b", -60),
    ]
    assert growth.summary() == "c +80 B, a +20 B"
    assert growth.summary(1) == "c +80 B and 1 more"


def test_nothing_grew(build: Build) -> None:
    footprint = measure_footprint(build())
    growth = grown(footprint, footprint, "flash")
    assert (growth.by, growth.sections, growth.symbols, growth.summary()) == (0, (), (), "")


def test_static_symbols_of_one_name_are_told_apart_by_file(build: Build) -> None:
    code = "__attribute__((used)) static const char twin[{}] = {{1}};"
    before = measure_footprint(build(code.format(64), source="one.c"))
    after = measure_footprint(build(code.format(64), source="two.c"))
    twins = [change for change in grown(before, after, "flash").symbols if change.name == "twin"]
    assert [(change.file, change.by) for change in twins] == [("two.c", 64), ("one.c", -64)]


def test_sections_where_there_are_no_symbols(build: Build) -> None:
    before = measure_footprint(build())
    growth = grown(before, measure_footprint(build(extra=".more : { . += 0x40; } > RAM")), "ram")
    assert growth.symbols == ()
    assert growth.summary().startswith(".more +64 B")
