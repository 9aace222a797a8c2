"""The last accepted figures of an application, kept beside it as ``baseline.json``.

They say what grew when a budget is exceeded. `simgate verify APP --update-baseline` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path

from simgate.errors import BudgetError
from simgate.measure.footprint import WEIGHTS

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured, and what it is made of.

    Args:
        values: by the key of a budget: "memory.flash", "instructions.network_per_mac".
        flash: bytes that are programmed, by symbol.
        ram: bytes of variables, by symbol.
        layers: instructions of one inference, by layer ("3 CONV_2D").
    """

    values: Mapping[str, float]
    flash: Mapping[str, int] = field(default_factory=dict)
    ram: Mapping[str, int] = field(default_factory=dict)
    layers: Mapping[str, int] = field(default_factory=dict)

    def parts(self, key: str) -> Mapping[str, int]:
        """What the figure of a budget's key is made of; empty where it has no parts."""
        of_network = ("instructions.network", "instructions.network_per_mac")
        if key in of_network:
            return self.layers
        if key == "memory.code":
            return {name: size for name, size in self.flash.items() if not _is_weight(name)}
        return {"memory.flash": self.flash, "memory.ram": self.ram}.get(key, {})


def write_baseline(path: Path, figures: Figures) -> None:
    """Keep the figures.

    Raises:
        BudgetError: the file cannot be written.
    """
    content = {"format": FORMAT, **asdict(figures)}
    try:
        path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    except OSError as error:
        raise BudgetError(f"cannot write {path}: {error.strerror}") from None


def read_baseline(path: Path) -> Figures | None:
    """The figures that `write_baseline` kept; None where there is no such file.

    Raises:
        BudgetError: the file is there and is no baseline.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BudgetError(f"cannot read {path}: {error.strerror}") from None
    except ValueError as error:
        raise _damaged(path, str(error)) from None
    names = [each.name for each in fields(Figures)]
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _damaged(path, f"its format is not {FORMAT}")
    for name in names:
        table = content.get(name)
        if not isinstance(table, dict) or not all(
            isinstance(value, int | float) for value in table.values()
        ):
            raise _damaged(path, f"'{name}' is no table of numbers")
    return Figures(**{name: content[name] for name in names})


def _is_weight(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in WEIGHTS)


def _damaged(path: Path, why: str) -> BudgetError:
    return BudgetError(
        f"{path} is no baseline: {why}",
        hint="Write it anew with `simgate verify APP --update-baseline`, or remove it.",
    )
