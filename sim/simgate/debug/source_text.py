"""Lines of source files, where the files are on this machine.

Compilers may record paths that are relative to a folder that nobody names (-ffile-prefix-map): such
a path is looked up in the working directory, in the folders above the ELF, and among the firmware
that Simgate ships.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from simgate import assets
from simgate.errors import AssetError

_C_SUFFIXES = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx", ".inc", ".ipp", ".ino")
_SUFFIXES = frozenset((*_C_SUFFIXES, ".s", ".asm", ".rs", ".zig", ".adb"))
_MAX_BYTES = 4 << 20
_ABOVE = 5  # folders


class SourceText:
    """Reads a file when a line of it is first asked for.

    Args:
        elf: the image whose debug information names the files.
    """

    def __init__(self, elf: Path) -> None:
        above = elf.absolute().parents
        self._roots = [Path.cwd(), *above[:_ABOVE]]
        with contextlib.suppress(AssetError):
            self._roots.append(assets.root("firmware").parent)
        self._files: dict[str, list[str]] = {}

    def line(self, file: str, number: int) -> str | None:
        """Line `number` (from 1) of `file`; None where the file is not here."""
        lines = self._files.get(file)
        if lines is None:
            lines = self._files[file] = self._read(file)
        return lines[number - 1].rstrip() if 0 < number <= len(lines) else None

    def _read(self, file: str) -> list[str]:
        # the name comes from the ELF: nothing but a source file is opened
        if Path(file).suffix.lower() not in _SUFFIXES or "\0" in file:
            return []
        for root in self._roots:
            path = root / file  # an absolute path stays what it is
            try:
                if path.is_file() and path.stat().st_size <= _MAX_BYTES:
                    return path.read_text("utf-8", "replace").splitlines()
            except OSError:
                continue
        return []
