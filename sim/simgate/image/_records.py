"""Bounds-checked access to the bytes of an ELF32 file: headers and tables, nothing interpreted.

Layouts: "Tool Interface Standard ELF Specification" 1.2, book I.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from simgate.errors import ImageError

_HEADER = struct.Struct("<16sHHIIIIIHHHHHH")
_PROGRAM = struct.Struct("<8I")
_SECTION = struct.Struct("<10I")
_SYMBOL = struct.Struct("<IIIBBH")

_EXECUTABLE, _ARM = 2, 40
_OBJECT_TYPES = {
    1: ("a relocatable object, not an executable", "Link it: it is one source, compiled."),
    3: ("a shared object, not an executable", "Link it without -shared and -pie."),
    4: ("a core dump, not an executable", ""),
}
_MACHINES = {3: "x86", 8: "MIPS", 62: "x86-64", 94: "Xtensa", 183: "AArch64", 243: "RISC-V"}

SegmentRecord = tuple[int, int, int, int, int, int, int, int]
"""type, offset, virtual address, physical address, file size, memory size, flags, alignment"""
SectionRecord = tuple[int, int, int, int, int, int, int, int, int, int]
"""name, type, flags, address, offset, size, link, info, alignment, entry size"""
SymbolRecord = tuple[int, int, int, int, int, int]
"""name, value, size, info, other, section index"""


@dataclass(frozen=True, slots=True)
class Elf:
    """The file's bytes, known to be an executable for 32-bit little-endian Arm."""

    path: Path
    data: bytes
    entry: int
    program_headers: tuple[SegmentRecord, ...]
    section_headers: tuple[SectionRecord, ...]
    section_names: int  # index of the section that holds names; 0 for none

    def error(self, what: str, *, hint: str = "Build the firmware again.") -> ImageError:
        """An error about this file."""
        return ImageError(f"{self.path}: {what}", hint=hint)

    def piece(self, offset: int, size: int, what: str) -> bytes:
        """``size`` bytes of the file from ``offset``.

        Raises:
            ImageError: the file ends before.
        """
        if offset + size > len(self.data):
            raise self.error(
                f"the file is truncated: {what} needs bytes {offset} to {offset + size}, "
                f"the file has {len(self.data)}"
            )
        return self.data[offset : offset + size]

    def strings(self, index: int) -> Callable[[int], str]:
        """Looks names up in the string table that is section ``index``."""
        header = self.section_headers[index] if index < len(self.section_headers) else None
        table = (
            b""
            if header is None or header[1] == _NOBITS
            else self.piece(header[4], header[5], "a string table")
        )
        known: dict[int, str] = {}
        budget = 16 * len(self.data)  # overlapping names may not multiply the file's size

        def name(offset: int) -> str:
            nonlocal budget
            found = known.get(offset)
            if found is None:
                end = table.find(b"\0", offset)
                if end < 0:
                    if offset == 0:
                        return ""
                    raise self.error(f"a name at offset {offset} lies outside its string table")
                budget -= end - offset
                if budget < 0:
                    raise self.error("the string table's names overlap without end")
                found = known[offset] = table[offset:end].decode("utf-8", "replace")
            return found

        return name

    def symbol_records(self, header: SectionRecord) -> Iterator[SymbolRecord]:
        """The entries of one symbol table."""
        size = header[5] - header[5] % _SYMBOL.size
        return _SYMBOL.iter_unpack(self.piece(header[4], size, "the symbol table"))


_NOBITS = 8
_MAX_SEGMENTS = 256


def read_elf(path: Path) -> Elf:
    """The headers of the ELF at ``path``.

    Raises:
        ImageError: missing, unreadable, truncated, not an ELF, or not an executable for 32-bit
            little-endian Arm.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise ImageError(
                f"{path}: not a regular file", hint="Write the ELF to a file and give that."
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise ImageError(f"{path}: no such file", hint="Build the firmware first.") from None
    except OSError as error:
        raise ImageError(f"{path}: cannot be read: {error.strerror}") from None
    return parse_elf(path, data)


def parse_elf(path: Path, data: bytes) -> Elf:
    """The headers of the ELF that ``data`` holds; ``path`` is for messages. Errors: `read_elf`."""
    _check_identification(path, data)
    header = _HEADER.unpack_from(data)
    _, kind, machine, _, entry, program_offset, section_offset, _, _ = header[:9]
    program_size, program_count, section_size, section_count, names = header[9:]
    elf = Elf(path, data, entry, (), (), 0)
    if machine != _ARM:
        name = _MACHINES.get(machine, f"machine {machine}")
        raise elf.error(f"built for {name}, not for Arm", hint="Use arm-none-eabi-gcc.")
    if kind != _EXECUTABLE:
        what, hint = _OBJECT_TYPES.get(kind, (f"an ELF of type {kind}, not an executable", ""))
        raise elf.error(what, hint=hint)

    programs: tuple[SegmentRecord, ...] = ()
    if program_count:
        if program_size != _PROGRAM.size or program_count > _MAX_SEGMENTS:
            raise elf.error(
                f"damaged: {program_count} program headers of {program_size} bytes each"
            )
        table = elf.piece(program_offset, program_count * program_size, "the program headers")
        programs = tuple(_PROGRAM.iter_unpack(table))
    sections: tuple[SectionRecord, ...] = ()
    if section_offset:
        if section_size != _SECTION.size:
            raise elf.error(f"damaged: section headers of {section_size} bytes each")
        first = _SECTION.unpack(elf.piece(section_offset, _SECTION.size, "the section headers"))
        count = section_count or first[5]  # more than 65,279 sections: the count is in the first
        table = elf.piece(section_offset, count * section_size, "the section headers")
        sections = tuple(_SECTION.iter_unpack(table))
        names = first[6] if names == 0xFFFF else names
    return Elf(path, data, entry, programs, sections, names)


def _check_identification(path: Path, data: bytes) -> None:
    """The first sixteen bytes, and that the header is whole."""
    rebuild = "Use arm-none-eabi-gcc for a 32-bit little-endian Cortex-M."
    if data[:4] != b"\x7fELF":
        if len(data) < 4 and b"\x7fELF".startswith(data):
            raise ImageError(f"{path}: the file is truncated: it has {len(data)} bytes")
        raise ImageError(
            f"{path}: not an ELF file (it begins with {data[:4].hex(' ')})",
            hint="Give the linker's output (.elf, .axf), not a .bin or .hex.",
        )
    if len(data) < _HEADER.size:
        raise ImageError(f"{path}: the file is truncated: the ELF header is not whole")
    if data[4] != 1:
        what = "a 64-bit ELF" if data[4] == 2 else f"an ELF of unknown class {data[4]}"
        raise ImageError(f"{path}: {what}, not a 32-bit one", hint=rebuild)
    if data[5] != 1:
        what = "big endian" if data[5] == 2 else f"of unknown byte order {data[5]}"
        raise ImageError(f"{path}: the ELF is {what}, not little endian", hint=rebuild)
