"""``budgets.toml``: what a firmware may cost.

    [memory]
    flash = "96 KiB"     # everything that is programmed, initial values of variables included
    code = "24 KiB"      # code and constants without the network's weights
    ram = "64 KiB"       # static variables and the reserved stack
    stack = "3 KiB"      # the main stack's deepest moment

    [instructions]
    front_end = 2_000_000        # one call, the costliest
    network = 8_000_000
    network_per_mac = 2.9        # instructions a multiply-accumulate

    [instructions.layers]        # by operator index in the .tflite
    0 = 900_000

    [board.stm32h743.memory]     # what is different on one board
    flash = "100 KiB"

Every key may be left out, but not all of them; a key that is not known is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from simgate.errors import BudgetError
from simgate.units import format_count, format_size, parse_size
from simgate.verdict.toml_file import TomlFile, read_toml


class Unit(StrEnum):
    """What a budget counts."""

    BYTES = "bytes"
    INSTRUCTIONS = "instructions"
    PER_MAC = "instructions per MAC"

    def show(self, value: float) -> str:
        """A value for people: ``3,072 B (3.0 KiB)``, ``7,697,550``, ``2.900``."""
        return format_size(int(value)) if self is Unit.BYTES else self.brief(value)

    def brief(self, value: float) -> str:
        """A value for a table's cell: ``3,072 B``, ``7,697,550``, ``2.900``."""
        if self is Unit.BYTES:
            return f"{int(value):,} B"
        return format_count(int(value)) if self is Unit.INSTRUCTIONS else f"{value:.3f}"


@dataclass(frozen=True, slots=True)
class Budget:
    """One limit."""

    key: str  # as in the file: "memory.flash", "instructions.layers.0"
    title: str  # for people
    unit: Unit
    limit: float


_TABLES = {"memory": "", "instructions": ""}
_MEMORY = {
    "flash": "Flash",
    "code": "Code, constants (no weights)",
    "ram": "RAM",
    "stack": "Stack",
}
_INSTRUCTIONS = {
    "front_end": "Instructions, front end",
    "network": "Instructions, network",
    "network_per_mac": "Instructions per MAC",
    "layers": "Instructions of one layer",
}


def titles() -> dict[str, str]:
    """What each key of a budget file is called, layers aside."""
    return {
        **{f"memory.{key}": title for key, title in _MEMORY.items()},
        **{f"instructions.{k}": title for k, title in _INSTRUCTIONS.items() if k != "layers"},
    }


def read_budgets(path: Path, board: str = "") -> tuple[Budget, ...]:
    """The budgets in a file, in the order of `titles`, layers last.

    Args:
        path: the file.
        board: whose differences hold; the file may have those of others, too.

    Raises:
        BudgetError: it is missing or wrong; the message has file and line.
    """
    file = read_toml(path, BudgetError, hint="A budget file has [memory] and [instructions].")
    file.table({**_TABLES, "board": ""})
    budgets = _read(file)
    for name in _boards(file):
        different = _read(file, "board", name)
        if name == board:
            budgets |= different
    if not budgets:
        raise BudgetError(f"{path} sets no budget", hint=f"Known: {', '.join(titles())}.")
    order = [*titles(), *sorted(budgets.keys() - titles().keys(), key=_layer_number)]
    return tuple(budgets[key] for key in order if key in budgets)


def _boards(file: TomlFile) -> list[str]:
    boards = file.content.get("board", {})
    if not isinstance(boards, dict):
        raise file.complain("[board] must be a table of boards", "board")
    for name in boards:
        file.table(_TABLES, "board", name)
    return list(boards)


def _read(file: TomlFile, *place: str) -> dict[str, Budget]:
    """The budgets of the file's top, or of one board."""
    found = {}
    memory = file.table(_MEMORY, *place, "memory")
    for key, title in _MEMORY.items():
        if key in memory:
            limit = _number(file, memory[key], _size, *place, "memory", key)
            found[f"memory.{key}"] = Budget(f"memory.{key}", title, Unit.BYTES, limit)
    counts = file.table(_INSTRUCTIONS, *place, "instructions")
    for key, title in _INSTRUCTIONS.items():
        if key in counts and key != "layers":
            per_mac = key == "network_per_mac"
            convert, unit = (_ratio, Unit.PER_MAC) if per_mac else (_count, Unit.INSTRUCTIONS)
            limit = _number(file, counts[key], convert, *place, "instructions", key)
            found[f"instructions.{key}"] = Budget(f"instructions.{key}", title, unit, limit)
    return found | _layers(file, counts, *place)


def _layers(file: TomlFile, counts: Mapping[str, Any], *place: str) -> dict[str, Budget]:
    table = (*place, "instructions", "layers")
    content: Any = counts.get("layers", {})
    if not isinstance(content, dict):
        raise file.complain(f"[{'.'.join(table)}] must be a table", *table)
    found = {}
    for key, value in content.items():
        if not key.isdecimal():
            raise file.complain(f"'{key}' is no operator index (0, 1, 2, ...)", *table, key)
        limit = _number(file, value, _count, *table, key)
        name, title = f"instructions.layers.{int(key)}", f"Instructions, layer {int(key)}"
        found[name] = Budget(name, title, Unit.INSTRUCTIONS, limit)
    return found


def _layer_number(key: str) -> int:
    return int(key.rpartition(".")[2])


def _number(file: TomlFile, value: Any, convert: Callable[[Any], float], *keys: str) -> float:
    try:
        return convert(value)
    except (ValueError, TypeError) as error:
        raise file.complain(f"'{keys[-1]}': {error}", *keys) from None


def _size(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"not a size: {value!r} (write 3072, '3 KiB' or '1 MiB')")
    return parse_size(value)


def _count(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"not a number of instructions: {value!r} (write 8_000_000)")
    return value


def _ratio(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise TypeError(f"not a number above 0: {value!r}")
    return float(value)
