"""A file's bytes, read by the operating system when they are looked at: long recordings."""

from __future__ import annotations

import mmap
from pathlib import Path

from simgate.errors import StreamError


def map_file(path: Path) -> mmap.mmap | bytes:
    """The content of a file; it does not take memory of its size.

    Raises:
        StreamError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            try:
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except (ValueError, OSError):  # empty, or not a plain file
                return file.read(_LARGEST_PIPE)
    except OSError as error:
        raise StreamError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise StreamError(f"cannot read {str(path)!r}: {error}") from error


_LARGEST_PIPE = 64 * 1024 * 1024
"""Bytes taken from what is no file on a disk."""
