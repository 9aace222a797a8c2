"""Reading a TOML file whose every key must be known, with the line of what is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simgate.errors import SimgateError

_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*[=.]""")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed file that can say where a key stands."""

    path: Path
    text: str
    content: Mapping[str, Any]
    error: type[SimgateError]  # what is raised about it

    def where(self, *keys: str) -> str:
        """ "path:line" of the dotted key; the path alone where the line cannot be told."""
        line = _line_of(self.text, keys)
        return f"{self.path}:{line}" if line else str(self.path)

    def complain(self, message: str, *keys: str, hint: str = "") -> SimgateError:
        """The error that says ``message`` about the key."""
        return self.error(f"{self.where(*keys)}: {message}", hint=hint)

    def table(self, known: Mapping[str, str], *keys: str) -> Mapping[str, Any]:
        """The table under the dotted key ({} where it is absent), all its keys being known.

        Args:
            known: the keys that it may have, each with what it means.
            keys: the table's dotted key; none for the file's top.

        Raises:
            SimgateError: (of the file's kind) it is no table, or has another key.
        """
        value: Any = self.content
        for key in keys:
            value = value.get(key, {})
        if not isinstance(value, Mapping):
            raise self.complain(f"[{'.'.join(keys)}] must be a table", *keys)
        for key in value:
            if key not in known:
                place = f" in [{'.'.join(keys)}]" if keys else ""
                raise self.complain(
                    f"unknown key '{key}'{place}", *keys, key, hint=f"Known: {', '.join(known)}."
                )
        return value


def read_toml(path: Path, error: type[SimgateError], *, hint: str = "") -> TomlFile:
    """Read and parse a file.

    Raises:
        SimgateError: (of the kind ``error``) it is missing, not UTF-8, or no TOML.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise error(f"{path} is not a regular file", hint=hint)
        text = path.read_text(encoding="utf-8")
        return TomlFile(path, text, tomllib.loads(text), error)
    except OSError as failure:
        raise error(f"{path} cannot be read: {failure.strerror}", hint=hint) from None
    except UnicodeDecodeError:
        raise error(f"{path} is not a text file in UTF-8", hint=hint) from None
    except tomllib.TOMLDecodeError as failure:
        raise error(f"{path} is not TOML: {failure}", hint=hint) from None


def _line_of(text: str, keys: tuple[str, ...]) -> int | None:
    """The line (from 1) on which the key, or the table that it is, is written."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            if table == keys:
                return number
            continue
        key = _KEY.match(line)
        if key and (*table, key[1].strip("\"'")) == keys:
            return number
    return None
