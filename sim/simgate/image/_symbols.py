"""The symbol table: by name, and which function an address lies in.

Only what is asked for is built: a firmware has thousands of symbols, a run needs a few dozen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from simgate.errors import SymbolError
from simgate.image._records import Elf, SymbolRecord
from simgate.image._sections import SYMTAB
from simgate.image.parts import Section, Symbol, SymbolKind

_NOTYPE, _OBJECT, _FUNC, _FILE = 0, 1, 2, 4
_KINDS: dict[int, SymbolKind] = {_NOTYPE: "other", _OBJECT: "object", _FUNC: "function"}
_LOCAL, _WEAK = 0, 2
_UNDEFINED, _RESERVED = 0, 0xFF00
_MAPPING = ("$t", "$d", "$a", "$x")  # Arm's marks for code and data, not names of anything

_Row = tuple[str, int, int, int, int, str | None]
"""name, value, size, info, section index, file"""


@dataclass(frozen=True, slots=True)
class _Ranges:
    """Where functions start and end, sorted by start."""

    starts: list[int]
    ends: list[int]
    rows: list[_Row]

    def at(self, address: int) -> _Row | None:
        index = bisect_right(self.starts, address) - 1
        return self.rows[index] if index >= 0 and address < self.ends[index] else None


class SymbolTable:
    """The defined symbols of one ELF.

    Raises:
        ImageError: the table or its names lie outside the file.
    """

    def __init__(self, elf: Elf, sections: tuple[Section, ...]) -> None:
        self._path = elf.path
        self._sections = sections
        self._rows: list[_Row] = []
        for header in elf.section_headers:
            if header[1] == SYMTAB:
                self._read(elf, header[6], elf.symbol_records(header))
        by_name: dict[str, list[int]] = {}
        for index, row in enumerate(self._rows):
            by_name.setdefault(row[0], []).append(index)
        self._by_name = by_name

    def _read(self, elf: Elf, strings: int, records: Iterator[SymbolRecord]) -> None:
        name_at = elf.strings(strings)
        file: str | None = None
        rows = self._rows
        for name, value, size, info, _, section in records:
            kind = info & 0xF
            if kind == _FILE:
                file = name_at(name) or None
            elif section != _UNDEFINED and kind in _KINDS:
                text = name_at(name)
                if text and not (text[:2] in _MAPPING and (len(text) == 2 or text[2] == ".")):
                    rows.append((text, value, size, info, section, None if info >> 4 else file))

    @cached_property
    def all(self) -> tuple[Symbol, ...]:
        """Every symbol, in the table's order."""
        return tuple(self._symbol(row) for row in self._rows)

    def named(self, name: str) -> tuple[Symbol, ...]:
        """Symbols of this name, global ones first: static functions may share a name."""
        rows = [self._rows[index] for index in self._by_name.get(name, ())]
        rows.sort(key=lambda row: row[3] >> 4 == _LOCAL)
        return tuple(self._symbol(row) for row in rows)

    def one(self, name: str) -> Symbol:
        """The symbol of this name.

        Raises:
            SymbolError: there is none; names that look alike are listed.
        """
        found = self.named(name)
        if found:
            return found[0]
        import difflib

        near = difflib.get_close_matches(name, self._by_name, n=4, cutoff=0.7)
        if not self._rows:
            hint = "The image has no symbols at all: do not strip it."
        elif near:
            hint = f"Near it: {', '.join(near)}."
        else:
            hint = "The linker may have removed it (--gc-sections)."
        raise SymbolError(f"{self._path}: no symbol '{name}'", hint=hint)

    def function_at(self, address: int) -> Symbol | None:
        """The function whose code holds ``address`` (bit 0 is ignored), or None.

        Among several names of one function (weak aliases of a default handler) the strong one
        is given. A label of an assembler source counts where no function of known size covers the
        address.
        """
        address &= ~1
        found = self._functions.at(address)
        if found is None or not found[2]:
            label = self._labels.at(address)
            if label is not None and (found is None or label[1] > found[1] & ~1):
                found = label
        return None if found is None else self._symbol(found)

    @cached_property
    def _functions(self) -> _Ranges:
        """All functions: symbols that are marked as such."""
        return self._ranges((row[1] & ~1, row) for row in self._rows if row[3] & 0xF == _FUNC)

    @cached_property
    def _labels(self) -> _Ranges:
        """Global labels in code that nothing marks as functions, as assembler sources have."""
        return self._ranges(
            (row[1] & ~1, row)
            for row in self._rows
            if row[3] & 0xF == _NOTYPE and row[3] >> 4 != _LOCAL and self._in_code(row[4], row[1])
        )

    def _ranges(self, candidates: Iterable[tuple[int, _Row]]) -> _Ranges:
        best: dict[int, _Row] = {}
        for start, row in candidates:
            if start not in best or _rank(row) < _rank(best[start]):
                best[start] = row
        starts = sorted(best)
        ends = []
        for position, start in enumerate(starts):
            _, _, size, _, section, _ = best[start]
            following = starts[position + 1] if position + 1 < len(starts) else 1 << 32
            ends.append(start + size if size else min(following, self._section_end(section, start)))
        return _Ranges(starts, ends, [best[start] for start in starts])

    def _section(self, index: int) -> Section | None:
        return self._sections[index - 1] if 0 < index <= len(self._sections) else None

    def _in_code(self, index: int, value: int) -> bool:
        section = self._section(index)
        return section is not None and section.executable and section.address <= value < section.end

    def _section_end(self, index: int, start: int) -> int:
        section = self._section(index)
        return section.end if section is not None else start + 2

    def _symbol(self, row: _Row) -> Symbol:
        name, value, size, info, index, file = row
        kind = _KINDS[info & 0xF]
        section = self._section(index) if index < _RESERVED else None
        return Symbol(
            name=name,
            address=value & ~1 if kind == "function" else value,
            size=size,
            kind=kind,
            section=None if section is None else section.name,
            file=file,
            is_global=info >> 4 != _LOCAL,
        )


def _rank(row: _Row) -> tuple[bool, bool, str]:
    """Orders the names of one address: strong before weak, global before local."""
    binding = row[3] >> 4
    return binding == _WEAK, binding == _LOCAL, row[0]
