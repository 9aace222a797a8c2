"""What an image takes, for people."""

from __future__ import annotations

from simgate.measure import Footprint, SectionSize, SymbolSize
from simgate.report.footprint_table import footprint_tables
from simgate.report.plain import plain_text

FOOTPRINT = Footprint(
    flash=2048,
    ram=1024,
    flash_sections=(SectionSize(".text", 2000), SectionSize("(padding)", 48)),
    ram_sections=(SectionSize(".bss", 1024),),
    code=1500,
    constants=400,
    weights=100,
    initial_values=0,
    flash_padding=48,
    symbols=tuple(
        SymbolSize(f"symbol{number}", 100 - number, ".text", True, number == 0)
        for number in range(30)
    ),
)


def test_totals_kinds_sections_and_the_twenty_largest_symbols() -> None:
    text = plain_text(footprint_tables(FOOTPRINT))
    assert "Flash 2,048 B (2.0 KiB), RAM 1,024 B (1.0 KiB)" in text
    for row in ("| code           | 1,500 |", "| weights        |   100 |", "| .bss    | 1,024 |"):
        assert row in text
    assert "| symbol0  |   100 | .text   | Flash, RAM |" in text
    assert "symbol19" in text and "symbol20" not in text
