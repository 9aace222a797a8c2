"""``simgate footprint``: what an ELF takes of Flash and RAM."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def footprint(
    elf: Annotated[Path, typer.Argument(metavar="ELF", help="The firmware.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what a firmware takes of Flash and RAM, by kind, section and symbol."""
    from simgate.image import Image
    from simgate.measure import measure_footprint

    measured = measure_footprint(Image.read(elf))
    if as_json:
        import dataclasses
        import json

        print(json.dumps(dataclasses.asdict(measured), indent=2))
        return
    from simgate.cli.screen import print_parts
    from simgate.report.footprint_table import footprint_tables

    print_parts(footprint_tables(measured))
