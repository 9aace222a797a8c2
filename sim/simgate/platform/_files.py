"""The files of a description: itself and all that it uses, those used first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simgate.platform._text import SourceText, read_source
from simgate.platform.codes import Code, RpelError
from simgate.platform.parser import parse
from simgate.platform.syntax import FileText, UsingText

MAX_FILES = 64


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """One file, and what is put before the names in it."""

    source: SourceText
    text: FileText
    prefix: str = ""


def load_files(paths: Sequence[Path], roots: Sequence[Path]) -> tuple[LoadedFile, ...]:
    """The descriptions at ``paths``, each behind everything that it uses, depth first.

    Args:
        paths: the descriptions, in order.
        roots: where a ``using`` that is neither absolute nor begins with ``./`` or ``../`` is
            looked up, in this order.

    Raises:
        PlatformError: a file is missing, cannot be read or parsed, or uses itself.
    """
    loader = _Loader(roots)
    for path in paths:
        loader.load(path, "", [])
    return tuple(loader.files)


class _Loader:
    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = roots
        self._done: set[tuple[Path, str]] = set()
        self.files: list[LoadedFile] = []

    def load(self, path: Path, prefix: str, users: list[Path]) -> None:
        source = read_source(path)
        text = parse(source)
        chain = [*users, path.resolve()]
        seen: set[tuple[Path, str]] = set()
        for using in text.usings:
            target = self._resolve(source, using)
            key = (target, prefix + (using.prefix or ""))
            if target in chain:
                raise source.error(
                    Code.RECURRING_USING, f"'{using.path}' uses this file again.", using.offset
                )
            if key in seen:
                raise source.error(
                    Code.DUPLICATE_USING, f"'{using.path}' is used twice here.", using.offset
                )
            seen.add(key)
            if key not in self._done:
                self._done.add(key)
                if len(self._done) > MAX_FILES:
                    raise source.error(
                        Code.RECURRING_USING, f"More than {MAX_FILES} files.", using.offset
                    )
                self.load(target, key[1], chain)
        self.files.append(LoadedFile(source, text, prefix))

    def _resolve(self, source: SourceText, using: UsingText) -> Path:
        """The file that a ``using`` means."""
        written = Path(using.path)
        if using.path.startswith(("./", "../")):
            candidates = [source.path.parent / written]
        elif written.is_absolute():
            candidates = [written]
        else:
            candidates = [root / written for root in self._roots]
        try:
            found = next((path.resolve() for path in candidates if path.is_file()), None)
        except (OSError, ValueError):  # too long, or with a NUL
            found = None
        if found is None:
            raise self._not_found(source, using, candidates)
        return found

    def _not_found(
        self, source: SourceText, using: UsingText, candidates: Sequence[Path]
    ) -> RpelError:
        places = ", ".join(str(path.parent) for path in candidates)
        return source.error(
            Code.USING_NOT_FOUND,
            f"Using '{using.path}' does not exist (looked in {places}).",
            using.offset,
        )
