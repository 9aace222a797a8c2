"""Printing a report: drawn on a terminal, plain in a pipe or a log."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType


def print_parts(parts: Iterable[RenderableType]) -> None:
    """Print the parts of a report to standard output."""
    from simgate.report.plain import plain_text, show

    if sys.stdout.isatty():
        show(parts, sys.stdout, plain=False)
    else:
        sys.stdout.write(plain_text(parts))
