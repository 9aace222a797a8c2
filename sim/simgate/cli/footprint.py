"""``simgate footprint``: what an ELF takes of Flash and RAM."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def footprint(
    elf: Annotated[Path, typer.Argument(help="The firmware.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what a firmware takes of Flash and RAM, by section and by symbol."""
    from simgate.image import Image
    from simgate.measure.footprint import measure

    measured = measure(Image.read(elf))
    if as_json:
        import dataclasses
        import json

        print(json.dumps(dataclasses.asdict(measured), indent=2))
        return
    print(measured)
