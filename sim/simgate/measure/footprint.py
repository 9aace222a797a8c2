"""Flash and static RAM of an image: what it takes, section by section and symbol by symbol.

Flash is every byte that is programmed, the initial values of variables included. Static RAM is
every byte that the linker gave to variables, stack and heap. Sections and padding add up to the
totals exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise

from simgate.image import Image, Section, Segment, Symbol

PADDING = "(padding)"
WEIGHTS = ("*_weights_*", "*_bias_*")
"""Names of the objects that hold a model's weights, as the model compiler makes them."""

_HOLE = 256  # bytes


@dataclass(frozen=True, slots=True)
class SectionSize:
    """Bytes of one section in one memory; `PADDING` is what lies between sections."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class SymbolSize:
    """One named piece of code or data."""

    name: str
    size: int  # bytes
    section: str
    in_flash: bool
    in_ram: bool  # a variable with an initial value is in both
    file: str = ""  # of a static one, where the compiler noted it


@dataclass(frozen=True, slots=True)
class Footprint:
    """What an image takes; bytes throughout."""

    flash: int
    ram: int
    flash_sections: tuple[SectionSize, ...]  # their sum is ``flash``
    ram_sections: tuple[SectionSize, ...]  # their sum is ``ram``
    code: int  # code, constants, weights, initial values and padding together are ``flash``
    constants: int
    weights: int
    initial_values: int
    flash_padding: int
    symbols: tuple[SymbolSize, ...]  # all that have a size, the largest first

    @property
    def code_and_constants(self) -> int:
        """Text and rodata without the weights: what a runtime costs."""
        return self.code + self.constants

    def largest(self, count: int = 20) -> tuple[SymbolSize, ...]:
        """The largest symbols."""
        return self.symbols[:count]


def measure_footprint(image: Image, weights: Sequence[str] = WEIGHTS) -> Footprint:
    """What ``image`` takes.

    Args:
        image: the firmware.
        weights: patterns (``*`` and ``?``) of the names of objects that are a model's weights.
    """
    flash_sections = [section for section in image.sections if section.loaded]
    ram_sections = [section for section in image.sections if _in_ram(section)]
    flash = sum(len(segment.data) for segment in image.segments)
    listed = sum(section.size for section in flash_sections)
    flash_padding = flash - listed
    ram_padding = _ram_padding(image.segments, ram_sections)
    weight_bytes = _covered(
        symbol
        for symbol in image.symbols
        if symbol.kind == "object"
        and any(fnmatchcase(symbol.name, pattern) for pattern in weights)
        and any(s.name == symbol.section and not s.writable for s in flash_sections)
    )
    code = sum(section.size for section in flash_sections if section.executable)
    initial = sum(
        section.size for section in flash_sections if section.writable and not section.executable
    )
    return Footprint(
        flash=flash,
        ram=sum(section.size for section in ram_sections) + ram_padding,
        flash_sections=_sizes(flash_sections, flash_padding),
        ram_sections=_sizes(ram_sections, ram_padding),
        code=code,
        constants=listed - code - initial - weight_bytes,
        weights=weight_bytes,
        initial_values=initial,
        flash_padding=flash_padding,
        symbols=_symbol_sizes(image),
    )


def _in_ram(section: Section) -> bool:
    """Variables, what is only reserved, and code that is copied to RAM before it runs."""
    if not section.allocated or section.size == 0:
        return False
    copied = section.loaded and section.load_address != section.address
    return section.writable or section.type == "NOBITS" or copied


def _ram_padding(segments: Sequence[Segment], sections: Iterable[Section]) -> int:
    """Bytes between sections of RAM that alignment costs.

    Those are gaps within one segment, and between segments gaps too small to be a hole that was
    left on purpose or the way to another memory.
    """
    padding = 0
    ordered = sorted(sections, key=lambda section: section.address)
    for before, after in pairwise(ordered):
        gap = max(0, after.address - before.end)
        if gap < _HOLE or any(_holds(s, before) and _holds(s, after) for s in segments):
            padding += gap
    return padding


def _holds(segment: Segment, section: Section) -> bool:
    start = segment.virtual_address
    return start <= section.address and section.end <= start + segment.memory_size


def _sizes(sections: Iterable[Section], padding: int) -> tuple[SectionSize, ...]:
    sizes = [SectionSize(section.name, section.size) for section in sections]
    return (*sizes, SectionSize(PADDING, padding)) if padding else tuple(sizes)


def _covered(symbols: Iterable[Symbol]) -> int:
    """Bytes that the symbols cover together: two names of the same bytes count once."""
    total = end = 0
    for start, stop in sorted((symbol.address, symbol.end) for symbol in symbols):
        total += max(0, stop - max(start, end))
        end = max(end, stop)
    return total


def _symbol_sizes(image: Image) -> tuple[SymbolSize, ...]:
    sections = {section.name: section for section in image.sections if section.allocated}
    seen: set[tuple[int, int]] = set()
    sizes = []
    for symbol in sorted(image.symbols, key=lambda symbol: not symbol.is_global):
        section = sections.get(symbol.section or "")
        place = (symbol.address, symbol.size)
        if section is not None and symbol.size and place not in seen:
            seen.add(place)
            sizes.append(
                SymbolSize(
                    name=symbol.name,
                    size=symbol.size,
                    section=section.name,
                    in_flash=section.loaded,
                    in_ram=_in_ram(section),
                    file=symbol.file or "",
                )
            )
    return tuple(sorted(sizes, key=lambda size: (-size.size, size.name, size.file)))
