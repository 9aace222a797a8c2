"""Source lines of addresses, from the line programs of DWARF 2 to 5, read one at a time.

Each run of instructions in a line program begins by setting an address. Those few bytes are
found by a plain search over the whole section, so an address leads straight to the one unit
that may describe it, and only that unit is decoded (pyelftools) and kept.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from io import BytesIO
from posixpath import join, normpath
from typing import Any

from simgate.errors import ImageError
from simgate.image._debug_sections import debug_section
from simgate.image._line_header import check_tables
from simgate.image._records import Elf
from simgate.image.parts import Section, SourceLine

_SET_ADDRESS = re.compile(rb"\x00\x05\x02(....)", re.DOTALL)  # DW_LNE_set_address, four bytes
_ATTEMPTS = 8  # a match may be chance: then the next lower one is tried


@dataclass(frozen=True, slots=True)
class _Rows:
    """The decoded rows of one unit: row i holds from starts[i] to the next one's start."""

    starts: list[int]
    lines: list[tuple[int, int] | None]  # file index and line; None: behind the end of a run
    files: list[str]

    def at(self, address: int) -> SourceLine | None:
        index = bisect_right(self.starts, address) - 1
        found = self.lines[index] if index >= 0 else None
        if found is None or found[0] >= len(self.files) or found[1] == 0:
            return None
        return SourceLine(self.files[found[0]], found[1])


class LineIndex:
    """Finds the source line of an address.

    Raises:
        ImageError: a debug section lies outside the file or cannot be decompressed.
    """

    def __init__(self, elf: Elf, sections: tuple[Section, ...]) -> None:
        self._elf = elf
        self._strings = {
            "DW_FORM_line_strp": debug_section(elf, sections, ".debug_line_str"),
            "DW_FORM_strp": debug_section(elf, sections, ".debug_str"),
        }
        self._section = debug_section(elf, sections, ".debug_line")
        self._units = _unit_bounds(self._section)
        self._decoded: dict[int, _Rows] = {}
        self._code = [(s.address, s.end) for s in sections if s.allocated and s.executable]
        runs: list[tuple[int, int]] = []
        unit_starts = [start for start, _ in self._units]
        for match in _SET_ADDRESS.finditer(self._section) if self._units else ():
            address = int.from_bytes(match[1], "little")
            # code that the linker dropped is left at address 0: only addresses in sections count
            if self._holds_code(address):
                runs.append((address, bisect_right(unit_starts, match.start()) - 1))
        runs.sort()
        self._runs = runs
        self._run_starts = [address for address, _ in runs]

    def at(self, address: int) -> SourceLine | None:
        """The line of the instruction at ``address``; None where nothing tells.

        Raises:
            ImageError: the line program is damaged.
        """
        if not self._holds_code(address):
            return None  # a wild jump: the last line before it has nothing to do with it
        last = bisect_right(self._run_starts, address) - 1
        tried: set[int] = set()
        for index in range(last, max(last - _ATTEMPTS, -1), -1):
            unit = self._runs[index][1]
            if unit not in tried:
                tried.add(unit)
                found = self._rows(unit).at(address)
                if found is not None:
                    return found
        return None

    def _holds_code(self, address: int) -> bool:
        return any(start <= address < end for start, end in self._code)

    def _rows(self, number: int) -> _Rows:
        rows = self._decoded.get(number)
        if rows is None:
            start, end = self._units[number]
            try:
                rows = self._decode(self._section[start:end])
            except Exception as error:  # pyelftools raises all kinds on damaged input
                raise ImageError(
                    f"{self._elf.path}: damaged debug information: the line program at offset "
                    f"0x{start:x} of .debug_line: {error}",
                    hint="Build the firmware again.",
                ) from None
            self._decoded[number] = rows
        return rows

    def _decode(self, unit: bytes) -> _Rows:
        from elftools.common.utils import struct_parse
        from elftools.dwarf.lineprogram import LineProgram
        from elftools.dwarf.structs import DWARFStructs

        version = int.from_bytes(unit[4:6], "little")
        if not 2 <= version <= 5:
            raise ValueError(f"DWARF version {version}")
        if version == 5:
            check_tables(unit)
        structs = DWARFStructs(
            little_endian=True, dwarf_format=32, address_size=4, dwarf_version=version
        )
        stream = BytesIO(unit)
        header = struct_parse(structs.Dwarf_lineprog_header, stream, 0)
        program = LineProgram(header, stream, structs, stream.tell(), len(unit))
        rows: dict[int, tuple[int, int] | None] = {}
        for entry in program.get_entries():
            state = entry.state
            if state is None:
                continue
            if not state.end_sequence:
                rows[state.address] = (state.file, state.line)  # of several, the last one holds
            else:
                rows.setdefault(state.address, None)  # another run may begin where this one ends
        starts = sorted(rows)
        return _Rows(starts, [rows[start] for start in starts], self._files(header, version))

    def _files(self, header: Any, version: int) -> list[str]:
        """Paths by file index: the index counts from 0 in DWARF 5, from 1 before."""
        if version >= 5:
            forms = {f.content_type: f.form for f in header.directory_entry_format}
            folders = [
                self._string(entry.DW_LNCT_path, forms.get("DW_LNCT_path"))
                for entry in header.directories
            ]
            forms = {f.content_type: f.form for f in header.file_name_entry_format}
            return [
                _path(
                    folders,
                    entry.get("DW_LNCT_directory_index", 0),
                    self._string(entry.DW_LNCT_path, forms.get("DW_LNCT_path")),
                )
                for entry in header.file_names
            ]
        folders = ["", *(folder.decode("utf-8", "replace") for folder in header.include_directory)]
        return [
            "",
            *(
                _path(folders, entry.dir_index, entry.name.decode("utf-8", "replace"))
                for entry in header.file_entry
            ),
        ]

    def _string(self, value: Any, form: Any) -> str:
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        table = self._strings[form]
        return table[value : table.index(b"\0", value)].decode("utf-8", "replace")


def _path(folders: list[str], folder: int, name: str) -> str:
    """The path of a file; folders other than the first are relative to the first (DWARF 5)."""
    base = folders[0] if folders else ""
    inside = folders[folder] if 0 <= folder < len(folders) else ""
    return normpath(join(base, inside, name))


def _unit_bounds(section: bytes) -> list[tuple[int, int]]:
    """Start and end of each unit; a unit of 64-bit DWARF or beyond the section ends the list."""
    bounds = []
    position = 0
    while position + 4 <= len(section):
        end = position + 4 + int.from_bytes(section[position : position + 4], "little")
        if end > len(section):
            break
        bounds.append((position, end))
        position = end
    return bounds
