"""Printing the parts of a report: drawn for a terminal, or plain text that is safe in any log."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

PLAIN_WIDTH = 100  # columns; a log does not say how wide it is


def plain_text(parts: Iterable[RenderableType]) -> str:
    """The parts one below the other, in ASCII and without colour."""
    sink = io.StringIO()
    show(parts, sink, plain=True)
    lines = sink.getvalue().encode("ascii", "replace").decode().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def show(parts: Iterable[RenderableType], stream: IO[str], *, plain: bool) -> None:
    """Print the parts, names of files and layers verbatim.

    Args:
        parts: of a report.
        stream: where to print.
        plain: draw tables in ASCII, without colour, `PLAIN_WIDTH` columns wide.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(
        file=stream,
        width=PLAIN_WIDTH if plain else None,
        color_system=None if plain else "auto",
        force_terminal=False if plain else None,
        markup=False,
        highlight=False,
        emoji=False,
    )
    for part in parts:
        if isinstance(part, Table):
            part.box = box.ASCII2 if plain else box.SIMPLE_HEAD
            part.pad_edge = plain
            part.title_style = "bold"
            console.print()
            console.print(part)
        else:
            console.print(part, soft_wrap=True)
