"""An application that can be verified: its ``app.toml`` names the pieces.

An application is a folder: ``app.toml``, the model, the clips, the budgets and the C sources.
Paths in ``app.toml`` are relative to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from simgate.assets import root
from simgate.errors import SimgateError
from simgate.verdict.toml_file import TomlFile, read_toml

DESCRIPTION = "app.toml"
_KEYS = {
    "board": "the board that it runs on",
    "boards": "all boards that it runs on, where there are more",
    "uart": "the UART that takes clips and gives answers",
    "model": "the .tflite",
    "model_prefix": "prefix of the names in the C that was generated from the model",
    "labels": "the words, in the order of the network's outputs",
    "clips": "a pattern of WAV files, each named WORD-anything.wav",
    "sample_rate_hz": "of the clips",
    "minimum_accuracy": "share of the clips that must be heard right, 0 to 1",
    "spans": "the functions to measure",
}
_SPANS = {"front_end": "the function that makes features", "network": "the network's function"}
_WORD = re.compile(r"[A-Za-z]+")


class AppError(SimgateError):
    """An application that does not exist, or whose description cannot be read."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One sound file and the word that is said in it."""

    path: Path
    word: str


@dataclass(frozen=True, slots=True)
class App:
    """One application, its paths absolute."""

    name: str
    folder: Path
    board: str  # that it runs on now
    boards: tuple[str, ...]  # that it can run on; the first is the one where none is asked for
    uart: str
    model: Path
    model_prefix: str
    labels: tuple[str, ...]
    clips: tuple[Clip, ...]
    sample_rate_hz: int
    minimum_accuracy: float
    front_end_function: str
    network_function: str

    @property
    def budgets(self) -> Path:
        """Where its budgets are written."""
        return self.folder / "budgets.toml"

    @property
    def baseline(self) -> Path:
        """Where its last accepted measurements on this board are kept."""
        board = "" if self.board == self.boards[0] else f".{self.board}"
        return self.folder / f"baseline{board}.json"

    def on(self, board: str | None) -> App:
        """The application on that board; None stands for its first one.

        Raises:
            AppError: it does not run there.
        """
        if board is None:
            return self
        if board not in self.boards:
            raise AppError(
                f"{self.name} does not run on '{board}'",
                hint=f"{self.folder / DESCRIPTION} names {', '.join(self.boards)}.",
            )
        return replace(self, board=board)


def word_of(path: Path) -> str:
    """The word that a clip's name begins with: "yes" of yes-f3.wav; empty where there is none."""
    match = _WORD.match(path.stem)
    return match[0] if match else ""


def known_apps() -> tuple[str, ...]:
    """Names of the applications that Simgate ships."""
    return tuple(sorted(path.parent.name for path in root("firmware").glob(f"app/*/{DESCRIPTION}")))


def find_app(name_or_path: str | Path, board: str | None = None) -> App:
    """The application of that name, or in that folder.

    Args:
        name_or_path: "kws", a folder, or the path of its app.toml.
        board: the board to run it on; None: the application's own.

    Raises:
        AppError: there is none (the known ones are listed), its description is wrong, or it does
            not run on the board.
    """
    folder = Path(name_or_path)
    if folder.name == DESCRIPTION:
        folder = folder.parent
    if not (folder / DESCRIPTION).is_file():
        shipped = root("firmware") / "app" / str(name_or_path)
        if len(Path(name_or_path).parts) != 1 or not (shipped / DESCRIPTION).is_file():
            raise AppError(
                f"there is no application '{name_or_path}': neither one of that name nor a folder "
                f"with an {DESCRIPTION}",
                hint=f"Known: {', '.join(known_apps()) or 'none'}; or give a folder.",
            )
        folder = shipped
    return read_app(folder.resolve()).on(board)


def read_app(folder: Path) -> App:
    """The application in ``folder``.

    Raises:
        AppError: its description is missing or wrong; the message has file and line.
    """
    file = read_toml(folder / DESCRIPTION, AppError)
    top = file.table(_KEYS)
    spans = file.table(_SPANS, "spans")
    labels = _labels(file, top)
    accuracy = top.get("minimum_accuracy", 1.0)
    if isinstance(accuracy, bool) or not isinstance(accuracy, int | float) or not 0 < accuracy <= 1:
        raise file.complain(
            f"must be a share above 0 and at most 1, not {accuracy!r}", "minimum_accuracy"
        )
    rate = top.get("sample_rate_hz", 16000)
    if isinstance(rate, bool) or not isinstance(rate, int) or rate <= 0:
        raise file.complain(f"must be a whole number of hertz, not {rate!r}", "sample_rate_hz")
    board = _text(file, top, "board")
    model = folder / _text(file, top, "model")
    if not model.is_file():
        raise file.complain(f"the model {model} does not exist", "model")
    return App(
        name=folder.name,
        folder=folder,
        board=board,
        boards=_boards(file, top, board),
        uart=_text(file, top, "uart"),
        model=model,
        model_prefix=_identifier(file, top, "model_prefix"),
        labels=labels,
        clips=_clips(file, folder, _text(file, top, "clips"), labels),
        sample_rate_hz=rate,
        minimum_accuracy=float(accuracy),
        front_end_function=_text(file, spans, "spans", "front_end"),
        network_function=_text(file, spans, "spans", "network"),
    )


def _text(file: TomlFile, table: Any, *keys: str) -> str:
    value = table.get(keys[-1])
    if value is None:
        raise file.complain(f"'{keys[-1]}' is missing: {(_KEYS | _SPANS)[keys[-1]]}", *keys[:-1])
    if not isinstance(value, str) or not value:
        raise file.complain(f"'{keys[-1]}' must be text, not {value!r}", *keys)
    return value


def _identifier(file: TomlFile, table: Any, key: str) -> str:
    text = _text(file, table, key)
    if not (text.isascii() and text.isidentifier()):
        raise file.complain(f"'{key}' must be a name in C, not '{text}'", key)
    return text


def _boards(file: TomlFile, top: Any, first: str) -> tuple[str, ...]:
    boards = top.get("boards", [first])
    if not isinstance(boards, list) or not all(isinstance(board, str) for board in boards):
        raise file.complain("'boards' must be a list of boards' names", "boards")
    if len(set(boards)) != len(boards) or first not in boards:
        raise file.complain(f"'boards' must name '{first}', and each board once", "boards")
    return (first, *(board for board in boards if board != first))


def _labels(file: TomlFile, top: Any) -> tuple[str, ...]:
    labels = top.get("labels")
    if (
        not isinstance(labels, list)
        or not labels
        or not all(isinstance(label, str) and _WORD.fullmatch(label) for label in labels)
        or len(set(labels)) != len(labels)
    ):
        raise file.complain("'labels' must be a list of different words", "labels")
    return tuple(labels)


def _clips(file: TomlFile, folder: Path, pattern: str, labels: tuple[str, ...]) -> tuple[Clip, ...]:
    try:
        paths = sorted(folder.glob(pattern))
    except (ValueError, NotImplementedError) as error:
        raise file.complain(f"not a pattern of files: {error}", "clips") from None
    clips = []
    for path in paths:
        if word_of(path) not in labels:
            raise file.complain(
                f"{path.name} does not begin with one of the labels",
                "clips",
                hint=f"A clip is named WORD-anything.wav; the words are {', '.join(labels)}.",
            )
        clips.append(Clip(path, word_of(path)))
    if not clips:
        raise file.complain(f"no clip matches '{pattern}' in {folder}", "clips")
    return tuple(clips)
