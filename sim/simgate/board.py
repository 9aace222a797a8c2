"""A board: its platform description, and what of it everybody asks for.

A description has up to two faces: ``<name>.repl``, which Renode loads, and beside it
``strict/<name>.repl``, which also names what only the strict engine models. Where there is no
second one, the first serves both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simgate import assets
from simgate.errors import BoardError
from simgate.platform import PlatformDescription, describe
from simgate.platform.facts import MemoryArea, memories, system

_SUFFIX = ".repl"
_STRICT = "strict"
_ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class Board:
    """One board on which firmware runs."""

    name: str  # "stm32f407"
    repl: Path  # its platform description, as Renode loads it
    description: PlatformDescription  # as the strict engine reads it
    clock_hz: int  # of the processor
    mips: float  # millions of instructions in a second of virtual time
    cpu_type: str  # as Renode names it: "cortex-m4f"
    extra: tuple[Path, ...] = ()  # descriptions of what was attached to it

    @property
    def chip_file(self) -> Path:
        """What the cycle model and the energy estimate know of its chip.

        Beside its description, in ``estimate/<name>.toml``.

        Raises:
            BoardError: there is none.
        """
        path = self.repl.parent / _ESTIMATE / f"{self.name}.toml"
        if not path.is_file():
            raise BoardError(
                f"the board '{self.name}' has no file {path}: its cycles cannot be estimated",
                hint="Copy the one of a similar chip from platforms/estimate and change it.",
            )
        return path

    @property
    def memories(self) -> tuple[MemoryArea, ...]:
        """Its Flash and RAM, aliases included."""
        return memories(self.description)


def known_boards() -> tuple[str, ...]:
    """Names of the boards that Simgate ships, sorted.

    Raises:
        AssetError: the installation is incomplete.
    """
    return tuple(sorted(path.stem for path in assets.root("platforms").glob(f"*{_SUFFIX}")))


def find_board(name_or_path: str | Path, extra: Sequence[Path] = ()) -> Board:
    """The board of that name, or the one that a .repl file describes.

    Args:
        name_or_path: "stm32f407", or the path of a platform description.
        extra: further descriptions on top of it: sensors on its buses, LEDs on its pins.

    Raises:
        BoardError: there is no such board; the message lists those there are.
        PlatformError: its description cannot be read, or lacks a processor.
    """
    text = str(name_or_path)
    if text.endswith(_SUFFIX):
        path = Path(name_or_path)
        if not path.is_file():
            raise BoardError(
                f"{path}: no such platform description", hint=f"Known boards: {_listed()}."
            )
        return _read(path, extra)
    if text in known_boards():
        return _read(assets.root("platforms") / f"{text}{_SUFFIX}", extra)
    raise BoardError(
        f"no board '{text}'{_nearest(text)}",
        hint=f"Known boards: {_listed()}. A path to a .repl file works, too.",
    )


def _read(path: Path, extra: Sequence[Path]) -> Board:
    strict = path.parent / _STRICT / path.name
    description = describe(strict if strict.is_file() else path, extra=extra)
    facts = system(description)
    return Board(
        name=path.stem,
        repl=path,
        description=description,
        clock_hz=facts.systick_hz,
        mips=facts.mips,
        cpu_type=facts.cpu_type,
        extra=tuple(extra),
    )


def _listed() -> str:
    return ", ".join(known_boards()) or "none"


def _nearest(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name.lower(), known_boards(), n=1, cutoff=0.5)
    return f"; did you mean '{near[0]}'?" if near else ""
