"""Reading files of text line by line, with errors that say where."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from simgate.errors import StreamError

_LONGEST_LINE = 64 * 1024
"""Characters. A file without line ends is not a table, and would be read into memory at once."""


def open_text(path: Path) -> TextIO:
    """The file as UTF-8, a byte order mark left out.

    Raises:
        StreamError: it cannot be opened.
    """
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise StreamError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise StreamError(f"cannot read {str(path)!r}: {error}") from error


def lines_of(file: TextIO, path: Path) -> Iterator[tuple[int, str]]:
    """(line number, text without its end) of every line that has something and is no comment (#).

    Raises:
        StreamError: a line is no text, or too long.
    """
    number = 0
    while True:
        number += 1
        try:
            line = file.readline(_LONGEST_LINE)
        except UnicodeDecodeError as error:
            raise StreamError(f"{path}:{number}: this is no text: {error.reason}") from error
        except OSError as error:
            raise StreamError(f"cannot read {path}: {error.strerror}") from error
        if not line:
            return
        if len(line) == _LONGEST_LINE:
            raise StreamError(f"{path}:{number}: a line of more than {_LONGEST_LINE} characters")
        line = line.strip()
        if line:
            yield number, line


def number(text: str, where: str) -> float:
    """A decimal number.

    Raises:
        StreamError: it is none, or not finite.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text:
        raise StreamError(f"{where}: '{text[:40]}' is not a number")
    return value
