"""Footprints against binutils, and sums that add up."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import asdict

import pytest

from simgate.image import Image
from simgate.measure import Footprint, measure_footprint
from simgate.measure.footprint import PADDING

Build = Callable[..., Image]


def binutils(tool: str, *arguments: str) -> str:
    command = [f"arm-none-eabi-{tool}", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def sizes(image: Image) -> dict[str, int]:
    """Section sizes as ``size -A`` gives them."""
    rows = (line.split() for line in binutils("size", "-A", str(image.path)).splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 3 and row[0].startswith(".")}


def test_flash_is_every_byte_that_is_programmed(build: Build) -> None:
    image = build()
    footprint = measure_footprint(image)
    size = sizes(image)
    stored = {section.name: section.size for section in footprint.flash_sections}
    padding = stored.pop(PADDING, 0)

    expected = (".vectors", ".text", ".rodata", ".data", ".ramfunc")
    assert stored == {name: size[name] for name in expected}
    assert footprint.flash == sum(stored.values()) + padding
    assert footprint.flash == sum(len(segment.data) for segment in image.segments)
    assert padding == footprint.flash_padding > 0  # .rodata is aligned to 64
    # the same bytes as a programmer's file, which fills the gap before .data's load image
    image.path.with_suffix(".bin").unlink(missing_ok=True)
    binutils("objcopy", "-O", "binary", str(image.path), str(image.path.with_suffix(".bin")))
    assert 0 <= image.path.with_suffix(".bin").stat().st_size - footprint.flash < 8


def test_ram_is_data_bss_stack_heap_and_code_copied_there(build: Build) -> None:
    image = build()
    footprint = measure_footprint(image)
    size = sizes(image)
    used = {section.name: section.size for section in footprint.ram_sections}
    padding = used.pop(PADDING, 0)

    expected = (".stack", ".data", ".ramfunc", ".bss", ".heap")
    assert used == {name: size[name] for name in expected}
    assert (used[".stack"], used[".heap"], used[".data"]) == (0x400, 0x200, 4)
    assert footprint.ram == sum(used.values()) + padding
    end = max(section.end for section in image.sections if section.name == ".heap")
    assert footprint.ram == end - 0x20000000  # no byte between start and end is forgotten


def test_the_parts_of_flash_add_up(build: Build) -> None:
    image = build()
    footprint = measure_footprint(image)
    size = sizes(image)

    assert footprint.weights == 100 + 5 * 4  # the bias's second name does not count again
    assert footprint.code == size[".text"] + size[".ramfunc"]
    assert footprint.initial_values == size[".data"] == 4
    assert footprint.constants == size[".rodata"] + size[".vectors"] - footprint.weights
    assert footprint.code_and_constants == footprint.code + footprint.constants
    parts = (footprint.code, footprint.constants, footprint.weights, footprint.initial_values)
    assert sum(parts) + footprint.flash_padding == footprint.flash


def test_weights_by_other_names(build: Build) -> None:
    image = build()
    assert measure_footprint(image, weights=["text"]).weights == 30
    assert measure_footprint(image, weights=["initial", "zero", "start"]).weights == 0
    assert measure_footprint(image, weights=[]).weights == 0


def test_symbols_are_those_of_nm(build: Build) -> None:
    image = build()
    footprint = measure_footprint(image)
    listed: dict[tuple[int, int], set[str]] = {}
    for line in binutils("nm", "-S", str(image.path)).splitlines():
        columns = line.split()
        if len(columns) == 4 and columns[2] != "n":  # n: not loaded
            place = (int(columns[0], 16), int(columns[1], 16))
            listed.setdefault(place, set()).add(columns[3])
    assert sorted(symbol.size for symbol in footprint.symbols) == sorted(s for _, s in listed)
    assert {symbol.name for symbol in footprint.symbols} <= set().union(*listed.values())
    assert [symbol.size for symbol in footprint.symbols] == sorted(
        (symbol.size for symbol in footprint.symbols), reverse=True
    )


def test_the_largest_symbol_and_the_memory_of_each(build: Build) -> None:
    footprint = measure_footprint(build())
    assert footprint.largest(1)[0].name == "kws_weights_0"
    by_name = {symbol.name: symbol for symbol in footprint.symbols}
    assert (by_name["zero"].in_flash, by_name["zero"].in_ram) == (False, True)
    assert (by_name["initial"].in_flash, by_name["initial"].in_ram) == (True, True)
    assert (by_name["start"].in_flash, by_name["start"].in_ram) == (True, False)
    assert (by_name["fast"].in_flash, by_name["fast"].in_ram) == (True, True)
    assert by_name["vectors"].file == "firmware.c"
    assert len(footprint.largest(3)) == 3


def test_a_layer_table_costs_nothing(build: Build) -> None:
    assert ".notes" in {section.name for section in build().sections}
    names = {section.name for section in measure_footprint(build()).flash_sections}
    assert ".notes" not in names


def test_stripped_of_symbols_the_sums_stay(build: Build) -> None:
    image = build()
    before = measure_footprint(image)
    binutils("strip", str(image.path))
    after = measure_footprint(Image.read(image.path))
    assert (after.flash, after.ram, after.flash_sections) == (
        before.flash,
        before.ram,
        before.flash_sections,
    )
    assert after.symbols == () and after.weights == 0


def test_it_goes_to_json(build: Build) -> None:
    footprint: Footprint = measure_footprint(build())
    assert json.loads(json.dumps(asdict(footprint)))["flash"] == footprint.flash


def test_the_largest_of_twenty_by_default(build: Build) -> None:
    more = "".join(f"const char c{i}[{200 + i}] = {{1}};\n" for i in range(25))
    uses = "const char *const all[] = {" + ", ".join(f"c{i}" for i in range(25)) + "};"
    footprint = measure_footprint(build(more + uses))
    assert [symbol.name for symbol in footprint.largest()] == [f"c{i}" for i in range(24, 4, -1)]


@pytest.mark.parametrize("memory", ["flash_sections", "ram_sections"])
def test_no_section_is_listed_twice(build: Build, memory: str) -> None:
    names = [section.name for section in getattr(measure_footprint(build()), memory)]
    assert len(names) == len(set(names))
