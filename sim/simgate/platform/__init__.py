"""Renode's languages: platform descriptions (.repl), read into a typed model.

Example::

    platform = describe(Path("platforms/stm32f407.repl"))
    platform.entry("usart2").registrations[0].address
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simgate.platform.codes import Code, RpelError
from simgate.platform.description import Entry, InterruptLine, PlatformDescription, Registration
from simgate.platform.syntax import (
    EMPTY,
    Empty,
    EnumName,
    FileText,
    NewObject,
    Range,
    Reference,
    Value,
)

__all__ = [
    "EMPTY",
    "Code",
    "Empty",
    "Entry",
    "EnumName",
    "FileText",
    "InterruptLine",
    "NewObject",
    "PlatformDescription",
    "Range",
    "Reference",
    "Registration",
    "RpelError",
    "Value",
    "describe",
    "parse_text",
]


def describe(
    path: Path, roots: Sequence[Path] | None = None, extra: Sequence[Path] = ()
) -> PlatformDescription:
    """The platform described at ``path``, with everything that it uses.

    Args:
        path: a .repl file.
        extra: further files on top of it, as if loaded one after the other.
        roots: folders in which ``using "platforms/..."`` is looked up; by default the folder that
            holds the shipped ``platforms``, then that folder itself.

    Raises:
        PlatformError: a file is missing or no text.
        RpelError: it is no platform description, or one that contradicts itself.
    """
    from simgate.platform._files import load_files
    from simgate.platform._merge import merge

    if roots is None:
        from simgate import assets

        platforms = assets.root("platforms")
        roots = (platforms.parent, platforms)
    return merge(path, load_files((path, *extra), roots))


def parse_text(text: str, path: Path = Path("<text>")) -> FileText:
    """The syntax of a description given as text; ``path`` is for messages.

    Raises:
        RpelError: it is no platform description.
    """
    from simgate.platform._text import SourceText
    from simgate.platform.parser import parse

    return parse(SourceText(path, text.replace("\r", "")))
