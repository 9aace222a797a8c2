"""Sizes and counts as people write and read them."""

from __future__ import annotations

import re

_SIZE = re.compile(r"\s*([0-9][0-9_]*(?:\.[0-9]+)?)\s*(B|KiB|MiB)?\s*", re.IGNORECASE)
_TIME = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(us|ms|s|min|h)?\s*")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_FACTOR = {"": 1, "b": 1, "kib": 1024, "mib": 1024 * 1024}


def parse_size(text: str | int) -> int:
    """Bytes of a size such as ``3072``, ``"3 KiB"`` or ``"1 MiB"``.

    Raises:
        ValueError: the text is no size, is negative, or is no whole number of bytes.
    """
    if isinstance(text, int):
        if text < 0:
            raise ValueError(f"a size cannot be negative: {text}")
        return text
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"not a size: {text!r} (write 3072, '3 KiB' or '1 MiB')")
    size_bytes = float(match[1].replace("_", "")) * _FACTOR[(match[2] or "").lower()]
    if size_bytes != int(size_bytes):
        raise ValueError(f"not a whole number of bytes: {text!r}")
    return int(size_bytes)


def parse_seconds(text: str) -> float:
    """Seconds of a time such as ``"1s"``, ``"500 ms"`` or ``"2min"``; a bare number is seconds.

    Raises:
        ValueError: the text is no time above 0.
    """
    match = _TIME.fullmatch(text)
    seconds = float(match[1]) * _SECONDS[match[2] or "s"] if match else 0.0
    if not seconds > 0:
        raise ValueError(f"not a time above 0: {text!r} (write 500ms, 1s, 2min or 1h)")
    return seconds


def format_size(size_bytes: int) -> str:
    """A size for people: bytes with separators, and KiB from 1 KiB on: ``3,072 B (3.0 KiB)``."""
    exact = f"{size_bytes:,} B"
    return exact if abs(size_bytes) < 1024 else f"{exact} ({size_bytes / 1024:.1f} KiB)"


def format_count(count: int) -> str:
    """A count with thousands separators: ``7,697,550``."""
    return f"{count:,}"
