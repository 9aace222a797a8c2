"""What an image takes of Flash and RAM, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from simgate.measure import Footprint, SectionSize
from simgate.units import format_size

if TYPE_CHECKING:
    from rich.console import RenderableType

LARGEST = 20


def footprint_tables(footprint: Footprint) -> Iterator[RenderableType]:
    """Totals, sections, and the largest symbols."""
    yield Text(f"Flash {format_size(footprint.flash)}, RAM {format_size(footprint.ram)}")
    parts = Table(title="Flash by kind", title_justify="left")
    parts.add_column("kind", no_wrap=True)
    parts.add_column("bytes", justify="right")
    for name, size in (
        ("code", footprint.code),
        ("constants", footprint.constants),
        ("weights", footprint.weights),
        ("initial values", footprint.initial_values),
        ("padding", footprint.flash_padding),
    ):
        parts.add_row(name, f"{size:,}")
    yield parts
    yield _sections("Flash by section", footprint.flash_sections)
    yield _sections("RAM by section", footprint.ram_sections)
    symbols = Table(title=f"The {LARGEST} largest symbols", title_justify="left")
    symbols.add_column("symbol", no_wrap=True)
    symbols.add_column("bytes", justify="right")
    symbols.add_column("section")
    symbols.add_column("in")
    for symbol in footprint.largest(LARGEST):
        memories = [
            name for name, held in (("Flash", symbol.in_flash), ("RAM", symbol.in_ram)) if held
        ]
        symbols.add_row(symbol.name, f"{symbol.size:,}", symbol.section, ", ".join(memories))
    yield symbols


def _sections(title: str, sections: tuple[SectionSize, ...]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("section", no_wrap=True)
    table.add_column("bytes", justify="right")
    for section in sections:
        table.add_row(section.name, f"{section.size:,}")
    return table
