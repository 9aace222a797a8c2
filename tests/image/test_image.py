"""Image: what a firmware's ELF says about itself, and what is refused."""

from __future__ import annotations

import hashlib
import random
import struct
import subprocess
from pathlib import Path

import pytest

from simgate.errors import ImageError, SymbolError
from simgate.image import Image

HERE = Path(__file__).parent
CORE = ("-mcpu=cortex-m4", "-mthumb")


def patched(path: Path, *changes: tuple[int, str, int]) -> bytes:
    """The file's bytes with (offset, struct format, value) written into them."""
    data = bytearray(path.read_bytes())
    for offset, layout, value in changes:
        struct.pack_into("<" + layout, data, offset, value)
    return bytes(data)


def compile_source(tmp_path: Path, *options: str) -> Path:
    """An ELF of one function that returns, at 0x08000000."""
    source = tmp_path / "one.c"
    source.write_text("int answer(void) { return 42; }\n")
    output = tmp_path / "one.elf"
    command = ["arm-none-eabi-gcc", "-nostdlib", "-Wl,-Ttext=0x08000000,-e,answer", *options]
    subprocess.run([*command, "-o", str(output), str(source)], check=True, capture_output=True)
    return output


def test_segments_carry_the_bytes_and_where_they_go(firmware: Path) -> None:
    image = Image.read(firmware)
    flash, data, stack = image.segments

    assert (flash.physical_address, flash.virtual_address) == (0x08000000, 0x08000000)
    assert flash.executable and not flash.writable
    assert struct.unpack("<II", flash.data[:8]) == (0x20000400, image.entry)
    assert (data.virtual_address, data.data) == (0x20000400, struct.pack("<i", 5))
    assert data.physical_address == 0x08000000 + len(flash.data)
    assert data.memory_size == 4 + 64 + 100  # counter, arena, history
    assert (stack.data, stack.memory_size) == (b"", 0x400)
    assert image.vector_table == 0x08000000
    assert image.sha256 == hashlib.sha256(firmware.read_bytes()).hexdigest()


def test_sections_are_those_of_readelf(firmware: Path) -> None:
    image = Image.read(firmware)
    listing = subprocess.run(
        ["arm-none-eabi-readelf", "-SW", str(firmware)], check=True, capture_output=True, text=True
    ).stdout
    expected = [
        (columns[0], columns[1], int(columns[2], 16), int(columns[4], 16))
        for line in listing.splitlines()
        if "]" in line and len(columns := line.partition("]")[2].split()) >= 9
        if columns[0].startswith(".")
    ]
    assert [(s.name, s.type, s.address, s.size) for s in image.sections] == expected
    sections = {section.name: section for section in image.sections}
    assert sections[".data"].load_address == image.segments[1].physical_address
    assert sections[".bss"].load_address == sections[".bss"].address
    assert sections[".text"].executable and not sections[".text"].writable
    assert not sections[".simgate.layers"].allocated


def test_symbols_are_those_of_nm(firmware: Path) -> None:
    listing = subprocess.run(
        ["arm-none-eabi-nm", "-S", str(firmware)], check=True, capture_output=True, text=True
    ).stdout
    expected = set()
    for line in listing.splitlines():
        columns = line.split()
        size = int(columns[1], 16) if len(columns) == 4 else 0
        expected.add((columns[-1], int(columns[0], 16), size))
    image = Image.read(firmware)
    assert {(s.name, s.address, s.size) for s in image.symbols} == expected


def test_a_symbol_says_what_it_is(firmware: Path) -> None:
    image = Image.read(firmware)
    arena = image.symbol("arena")
    assert (arena.kind, arena.size, arena.section, arena.file) == ("object", 64, ".bss", "main.c")
    assert not arena.is_global
    main = image.symbol("main")
    assert (main.kind, main.section, main.is_global) == ("function", ".text", True)
    assert main.address % 2 == 0
    assert image.symbol("__stack_top").address == 0x20000400
    assert image.has_symbol("counter") and not image.has_symbol("counters")


def test_an_absent_symbol_names_its_neighbours(firmware: Path) -> None:
    with pytest.raises(SymbolError) as caught:
        Image.read(firmware).symbol("kws_invok")
    assert "kws_invoke" in caught.value.hint
    assert "no symbol 'kws_invok'" in caught.value.message


def test_the_function_at_an_address(firmware: Path) -> None:
    image = Image.read(firmware)

    def name_at(address: int) -> str | None:
        function = image.function_at(address)
        return None if function is None else function.name

    invoke = image.symbol("kws_invoke")
    assert name_at(invoke.address) == "kws_invoke"
    assert name_at(invoke.address | 1) == "kws_invoke"
    assert name_at(image.symbol("kws_at_1").address) == "kws_invoke"  # labels inside do not count
    assert name_at(image.symbol("scale_up").address + 2) == "scale_up"  # static
    assert name_at(image.symbol("default_handler").address) == "default_handler"  # not its alias
    assert name_at(image.symbol("parking").address) == "parking"  # an untyped label
    assert name_at(0x20000000) is None
    assert name_at(0x07FFFFFE) is None


@pytest.mark.parametrize("flavour", ["firmware", "firmware_dwarf4"])
def test_source_lines_in_dwarf_4_and_5(flavour: str, request: pytest.FixtureRequest) -> None:
    image = Image.read(request.getfixturevalue(flavour))
    lines = (HERE / "firmware" / "main.c").read_text().splitlines()
    scale_up = image.symbol("scale_up")

    where = image.where(scale_up.end - 2)  # the return: the line of the closing brace

    assert where.function == "scale_up"
    assert where.offset == scale_up.size - 2
    assert where.file is not None and Path(where.file).name == "main.c"
    assert where.line is not None and lines[where.line - 1] == "}"
    assert "last of scale_up" in lines[where.line - 2]
    assert image.source_line(0x20000000) is None
    assert image.source_line(0xFFFFFFF4) is None  # far behind the last line


def test_source_lines_equal_addr2line(firmware: Path) -> None:
    image = Image.read(firmware)
    text = next(section for section in image.sections if section.name == ".text")
    addresses = range(image.symbol("scale_up").address, text.end, 2)
    listing = subprocess.run(
        ["arm-none-eabi-addr2line", "-e", str(firmware), *map(hex, addresses)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    for address, expected in zip(addresses, listing, strict=False):
        file, _, line = expected.split(" ")[0].rpartition(":")
        found = image.source_line(address)
        if not line.isdigit():
            assert found is None, hex(address)
        else:
            assert found is not None, hex(address)
            assert (Path(found.file).name, found.line) == (Path(file).name, int(line)), hex(address)


def test_no_debug_information_leaves_the_function(tmp_path: Path) -> None:
    image = Image.read(compile_source(tmp_path, *CORE))
    where = image.where(image.symbol("answer").address)
    assert (where.function, where.file, where.line) == ("answer", None, None)


def test_compressed_debug_information(tmp_path: Path) -> None:
    image = Image.read(compile_source(tmp_path, *CORE, "-g", "-gz=zlib"))
    line = image.source_line(image.symbol("answer").address)
    assert line is not None and line.line == 1


def test_damaged_debug_information_is_an_error_but_no_obstacle(firmware: Path) -> None:
    image = Image.read(firmware)
    program = image.section_data(".debug_line")
    assert program is not None
    at = firmware.read_bytes().index(program)
    second = 4 + int.from_bytes(program[:4], "little")  # main.c's unit follows start.s's
    broken = Image.parse(firmware, patched(firmware, (at + second + 4, "H", 99)))
    with pytest.raises(ImageError, match="damaged debug information"):
        broken.source_line(broken.symbol("main").address)
    assert broken.where(broken.symbol("main").address).function == "main"


def test_a_line_header_with_countless_files_returns_at_once(firmware: Path) -> None:
    image = Image.read(firmware)
    program = image.section_data(".debug_line")
    assert program is not None
    at = firmware.read_bytes().index(program)
    second = 4 + int.from_bytes(program[:4], "little")
    formats = at + second + 17 + program[second + 17]
    hostile = patched(firmware, (formats, "B", 0), (formats + 1, "Q", 0x7FFFFFFFFFFFFFFF))
    broken = Image.parse(firmware, hostile)
    with pytest.raises(ImageError, match="damaged debug information"):
        broken.source_line(broken.symbol("main").address)


def test_section_data(firmware: Path) -> None:
    image = Image.read(firmware)
    assert image.section_data(".data") == struct.pack("<i", 5)
    assert image.section_data(".bss") is None
    assert image.section_data(".absent") is None


def test_the_core_it_was_built_for(firmware: Path, tmp_path: Path) -> None:
    cpu = Image.read(firmware).cpu
    assert cpu is not None and (cpu.architecture, cpu.profile) == ("Armv7E-M", "M")
    for core, architecture in (("cortex-m0", "Armv6S-M"), ("cortex-m3", "Armv7-M")):
        cpu = Image.read(compile_source(tmp_path, f"-mcpu={core}", "-mthumb")).cpu
        assert cpu is not None and cpu.architecture == architecture


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (("-mcpu=cortex-m33", "-mthumb"), "Armv8-M Mainline"),
        (("-mcpu=cortex-m23", "-mthumb"), "Armv8-M Baseline"),
        (("-mcpu=cortex-a9", "-mthumb"), "Armv7-A"),
        (("-mcpu=arm7tdmi",), "Armv4T"),
    ],
)
def test_code_for_another_core_is_refused(
    tmp_path: Path, options: tuple[str, ...], name: str
) -> None:
    with pytest.raises(ImageError, match=name) as caught:
        Image.read(compile_source(tmp_path, *options))
    assert "cortex-m4" in caught.value.hint


def test_an_elf_without_build_attributes_is_accepted(firmware: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.elf"
    command = ["arm-none-eabi-objcopy", "-R", ".ARM.attributes", str(firmware), str(plain)]
    subprocess.run(command, check=True)
    assert Image.read(plain).cpu is None


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="no such file"):
        Image.read(tmp_path / "absent.elf")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="cannot be read"):
        Image.read(tmp_path)


def test_an_object_file_is_not_an_executable(tmp_path: Path) -> None:
    source = HERE / "firmware" / "main.c"
    output = tmp_path / "main.o"
    command = ["arm-none-eabi-gcc", *CORE, "-c", "-o", str(output), str(source)]
    subprocess.run(command, check=True)
    with pytest.raises(ImageError, match="relocatable object"):
        Image.read(output)


# offsets in the ELF header: class 4, byte order 5, type 16, machine 18, program offset 28,
# section offset 32, program count 44, section size 46, section count 48
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((0, "B", 0), "not an ELF"),
        ((4, "B", 2), "64-bit"),
        ((4, "B", 7), "unknown class 7"),
        ((5, "B", 2), "big endian"),
        ((18, "H", 62), "x86-64"),
        ((18, "H", 243), "RISC-V"),
        ((16, "H", 3), "shared object"),
        ((16, "H", 77), "type 77"),
        ((28, "I", 0xFFFFFFFF), "truncated"),
        ((32, "I", 0xFFFFFFF0), "truncated"),
        ((44, "H", 0), "nothing to load"),
        ((44, "H", 0xFFFF), "damaged"),
        ((46, "H", 7), "damaged"),
        ((48, "H", 0xFEFF), "truncated"),
    ],
)
def test_a_header_that_lies(firmware: Path, change: tuple[int, str, int], message: str) -> None:
    with pytest.raises(ImageError, match=message):
        Image.parse(firmware, patched(firmware, change))


# a program header: type, offset, virtual 8, physical 12, file size 16, memory size 20
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((52 + 20, "I", 17 << 20), "is 17,825,792 bytes"),
        ((52 + 12, "I", 0xFFFFFFF0), "address space"),
        ((52 + 20, "I", 1), "more bytes in the file"),
        ((52 + 4, "I", 0x7FFFFFFF), "truncated"),
    ],
)
def test_a_segment_that_lies(firmware: Path, change: tuple[int, str, int], message: str) -> None:
    with pytest.raises(ImageError, match=message):
        Image.parse(firmware, patched(firmware, change))


def look_at_everything(path: Path, data: bytes) -> None:
    image = Image.parse(path, data)
    for symbol in image.symbols[:5]:
        image.function_at(symbol.address)
        image.where(symbol.address)
    for section in image.sections:
        image.section_data(section.name)
    image.source_line(0x0800001C)
    image.source_line(0x08000080)
    image.layers()


def survives(path: Path, data: bytes) -> bool:
    """It worked or was refused; any other exception escapes."""
    try:
        look_at_everything(path, data)
    except ImageError:
        return False
    return True


def test_truncated_at_every_length(firmware: Path) -> None:
    data = firmware.read_bytes()
    for length in range(len(data)):
        accepted = survives(firmware, data[:length])
        assert not accepted, f"{length} of {len(data)} bytes were accepted as whole"


def test_random_damage(firmware: Path) -> None:
    data = firmware.read_bytes()
    structure = [*range(52 + 96), *range(0x1580, len(data))]  # code itself may be anything
    chance = random.Random(1)
    refused = 0
    for _ in range(1500):
        damaged = bytearray(data)
        for _ in range(chance.choice((1, 1, 2, 8))):
            damaged[chance.choice(structure)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
        refused += not survives(firmware, bytes(damaged))
    assert refused > 50
