"""Rich renderables as plain text, safe for logs: ASCII only, no colour."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PLAIN_WIDTH = 110  # columns; a log does not say how wide it is


def plain_text(parts: Iterable[RenderableType]) -> str:
    """The parts one below the other, drawn in ASCII."""
    from rich.console import Console

    sink = io.StringIO()
    console = Console(
        file=sink,
        width=PLAIN_WIDTH,
        color_system=None,
        force_terminal=False,
        force_jupyter=False,
        highlight=False,
        emoji=False,
    )
    show(console, parts, ascii_only=True)
    lines = sink.getvalue().encode("ascii", "replace").decode().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def show(console: Console, parts: Iterable[RenderableType], *, ascii_only: bool) -> None:
    """Print the parts; tables in ASCII where the reader may have nothing else."""
    from rich import box
    from rich.table import Table

    for part in parts:
        if isinstance(part, Table):
            part.box = box.ASCII2 if ascii_only else box.ROUNDED
            part.title_style = "bold"
            console.print()
            console.print(part)
        else:
            console.print(part, soft_wrap=True, markup=False)
