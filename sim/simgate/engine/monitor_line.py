"""One line for Renode's Monitor that speaks to a model: ``sysbus.adc1 FeedSample 12 3``."""

from __future__ import annotations

import re
from pathlib import Path

from simgate.errors import EngineError

Argument = bool | int | float | str | Path

_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))')
_INTEGER = re.compile(r"[+-]?(0x[0-9A-Fa-f]+|\d+)")
_NUMBER = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+(\.\d*)?[eE][+-]?\d+)")
_MOST_CHARACTERS = 64 << 10


def parse_line(line: str) -> tuple[str, str, tuple[Argument, ...]]:
    """The model, the command or property, and its arguments.

    Numbers are decimal, or hexadecimal with 0x; ``true`` and ``false`` are truth values; ``@file``
    is a path; text in quotes is text, and so is any other word.

    Raises:
        EngineError: the line does not name a model and a command, or is too long.
    """
    if len(line) > _MOST_CHARACTERS:
        raise EngineError(f"a Monitor line of {len(line):,} characters")
    tokens = list(_TOKEN.finditer(line.rstrip()))
    if len(tokens) < 2 or any(token[1] is not None for token in tokens[:2]):
        raise EngineError(
            f"'{line}' does not name a model and a command",
            hint="Such as: sysbus.i2c1.acc FeedAccelerationSample 0 0 1",
        )
    model, command = (token[2] for token in tokens[:2])
    return model, command, tuple(_argument(token) for token in tokens[2:])


def _argument(token: re.Match[str]) -> Argument:
    quoted, word = token.groups()
    if quoted is not None:
        return re.sub(r"\\(.)", r"\1", quoted)
    if word.startswith("@"):
        return Path(word[1:])
    if word in ("true", "True", "false", "False"):
        return word in ("true", "True")
    if _INTEGER.fullmatch(word):
        return int(word, 16 if "x" in word else 10)
    if _NUMBER.fullmatch(word):
        return float(word)
    return word
