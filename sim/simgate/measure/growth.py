"""What grew between two measurements of a firmware, by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from simgate.measure.footprint import Footprint, SectionSize, SymbolSize

Memory = Literal["flash", "ram"]


@dataclass(frozen=True, slots=True)
class Change:
    """One section or symbol whose size differs; 0 before: it is new, 0 after: it is gone."""

    name: str
    before: int  # bytes
    after: int
    file: str = ""  # of a static symbol

    @property
    def by(self) -> int:
        """Bytes gained; negative where it shrank."""
        return self.after - self.before

    def __str__(self) -> str:
        return f"{self.name} {self.by:+,} B"


@dataclass(frozen=True, slots=True)
class Growth:
    """How one memory's use changed; the largest gains come first, losses last."""

    memory: Memory
    before: int  # bytes in all
    after: int
    sections: tuple[Change, ...]
    symbols: tuple[Change, ...]

    @property
    def by(self) -> int:
        """Bytes gained in all."""
        return self.after - self.before

    def summary(self, count: int = 5) -> str:
        """What grew most, for a sentence: ``conv_2d +800 B, history +224 B``; else empty.

        Symbols where any grew, sections where none did (an image without symbols, or padding).
        """
        gained = [change for change in self.symbols if change.by > 0]
        gained = gained or [change for change in self.sections if change.by > 0]
        listed = ", ".join(str(change) for change in gained[:count])
        return listed + (f" and {len(gained) - count} more" if len(gained) > count else "")


def grown(before: Footprint, after: Footprint, memory: Memory) -> Growth:
    """How the use of ``memory`` changed from one footprint to another."""
    in_flash = memory == "flash"
    return Growth(
        memory=memory,
        before=before.flash if in_flash else before.ram,
        after=after.flash if in_flash else after.ram,
        sections=_changes(
            _by_section(before.flash_sections if in_flash else before.ram_sections),
            _by_section(after.flash_sections if in_flash else after.ram_sections),
        ),
        symbols=_changes(
            _by_symbol(s for s in before.symbols if (s.in_flash if in_flash else s.in_ram)),
            _by_symbol(s for s in after.symbols if (s.in_flash if in_flash else s.in_ram)),
        ),
    )


_Key = tuple[str, str]
"""Name and file: static symbols of different sources may share a name."""


def _by_section(sections: Iterable[SectionSize]) -> Counter[_Key]:
    sizes: Counter[_Key] = Counter()
    for section in sections:
        sizes[section.name, ""] += section.size
    return sizes


def _by_symbol(symbols: Iterable[SymbolSize]) -> Counter[_Key]:
    sizes: Counter[_Key] = Counter()
    for symbol in symbols:
        sizes[symbol.name, symbol.file] += symbol.size
    return sizes


def _changes(before: Counter[_Key], after: Counter[_Key]) -> tuple[Change, ...]:
    changes = [
        Change(key[0], before[key], after[key], key[1])
        for key in before.keys() | after.keys()
        if before[key] != after[key]
    ]
    return tuple(sorted(changes, key=lambda change: (-change.by, change.name, change.file)))
