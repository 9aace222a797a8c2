"""The house's floors: a package imports only what lies on its own floor or on one above it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "sim" / "simgate"

# From the ground up to the roof, as the design draws it: each floor may import those before it.
FLOORS = [
    {"assets", "errors", "result", "units"},
    {"image", "platform", "model"},
    {"core", "peripheral", "sensor"},
    {"engine"},
    {"board", "machine", "other_boards", "toolchain"},
    {"reference", "measure"},
    {"verdict", "debug"},
    {"report", "store", "campaign"},
    {"keywords", "cli"},
    {"__main__"},
]
# Rooms of one floor that stand side by side without a door between them.
SEPARATE = [{"image", "platform", "model"}, {"report", "store", "campaign"}, {"keywords", "cli"}]
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_modules(source: str, path: Path) -> list[str]:
    """Every module that the source imports, at the top or inside a function, by absolute name."""
    package = ["simgate", *path.relative_to(PACKAGE).parent.parts]
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found += [module] + [f"{module}.{alias.name}" for alias in node.names]
    return found


def rooms_imported(source: str, path: Path) -> set[str]:
    return {
        name.split(".")[1]
        for name in imported_modules(source, path)
        if name.startswith("simgate.") and name.split(".")[1] in LEVEL
    }


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_run_one_way(path: Path) -> None:
    room = room_of(path)
    assert room in LEVEL, f"{room} has no floor: give it one in the design and here"
    for other in rooms_imported(path.read_text(), path) - {room}:
        assert LEVEL[other] <= LEVEL[room], f"{room} reaches up to {other}"
        for group in SEPARATE:
            assert not {room, other} <= group, f"{room} and {other} stand side by side"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_is_shipped_imports_nothing_of_the_repository(path: Path) -> None:
    tops = {name.split(".")[0] for name in imported_modules(path.read_text(), path)}
    assert not tops & {"tools", "tests", "tensorflow"}


def test_an_upward_import_is_seen() -> None:
    path = PACKAGE / "image" / "elf.py"
    assert rooms_imported("def f():\n    from simgate.verdict import tensors\n", path) == {
        "verdict"
    }
    assert rooms_imported("from ..cli import main\n", path) == {"cli"}
    assert rooms_imported("from . import symbols\n", path) == {"image"}
