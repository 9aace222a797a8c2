"""Energy of an inference, mean power and a cell's life: estimates from the data sheet's currents.

The chip runs for the estimated time of one inference at its run current, and sleeps for the rest
of the period at its sleep current, in the mode that is named. The currents are those of the data
sheet's tables (chip files in ``platforms/estimate``, with table and condition): typical ones for
the best estimate; the band reaches from the shortest time at the typical current to the longest
time at the maximum current. Only the microcontroller is counted: no sensors, no regulator's losses,
no board. A cell gives its nominal charge; its self-discharge is counted where the file tells it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simgate import assets
from simgate.core.timing import read_chip_file
from simgate.errors import BoardError, SimgateError
from simgate.measure.latency import Estimate

CELLS = "cells.toml"
_HOURS_A_DAY = 24.0
_DAYS_A_YEAR = 365.0


class CellError(SimgateError):
    """A cell that is not known."""


@dataclass(frozen=True, slots=True)
class Current:
    """One row of a data sheet's table."""

    typical_ma: float
    maximum_ma: float
    where: str  # table and condition


@dataclass(frozen=True, slots=True)
class ChipCurrents:
    """What a chip draws."""

    source: str  # the data sheet
    volts: float
    run: Current
    sleep: Current  # WFI with its clocks running
    stop: Current  # clocks off, memories kept
    note: str  # how sure the figures are

    def resting(self, mode: str) -> Current:
        """The current between two inferences: of "sleep" or "stop"."""
        if mode not in ("sleep", "stop"):
            raise BoardError(f"no mode '{mode}': it rests in sleep or in stop")
        return self.sleep if mode == "sleep" else self.stop


@dataclass(frozen=True, slots=True)
class Cell:
    """A battery."""

    name: str
    charge_mah: float
    volts: float
    loss_a_year: float  # part of the charge that it loses by itself
    source: str


@dataclass(frozen=True, slots=True)
class EnergyReport:
    """What inferences cost."""

    inference: Estimate  # mJ
    period_s: float
    rest: str  # "sleep" or "stop"
    mean_power: Estimate | None  # mW; None: the period is shorter than an inference
    cell: str
    life: Estimate | None  # days
    currents: ChipCurrents


def read_currents(path: Path) -> ChipCurrents:
    """The ``[current]`` of a chip's file.

    Raises:
        BoardError: it has none, or lacks something.
    """
    table: Any = read_chip_file(path).get("current")
    try:
        rows = {
            mode: Current(
                float(table[mode]["typical_ma"]),
                float(table[mode]["maximum_ma"]),
                table[mode]["where"],
            )
            for mode in ("run", "sleep", "stop")
        }
        return ChipCurrents(
            source=table["source"], volts=float(table["volts"]), note=table.get("note", ""), **rows
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BoardError(f"{path}: [current] lacks something: {error}") from None


def known_cells() -> dict[str, Cell]:
    """The cells by name."""
    text = (assets.root("platforms") / "estimate" / CELLS).read_text(encoding="utf-8")
    return {name: Cell(name=name, **row) for name, row in tomllib.loads(text).items()}


def find_cell(name: str) -> Cell:
    """The cell of that name, in any case.

    Raises:
        CellError: there is none; the message lists those there are.
    """
    cells = known_cells()
    for known, cell in cells.items():
        if known.lower() == name.lower():
            return cell
    raise CellError(f"no cell '{name}'", hint=f"Known: {', '.join(cells)}.")


def estimate_energy(
    milliseconds: Estimate, currents: ChipCurrents, period_s: float, cell: Cell, rest: str = "sleep"
) -> EnergyReport:
    """Energy of one inference; power and life when there is one in each period.

    Args:
        milliseconds: what one inference takes.
        currents: of the chip.
        period_s: from one inference's beginning to the next one's.
        cell: that feeds it.
        rest: "sleep" or "stop", between two inferences.

    Raises:
        BoardError: an unknown mode.
        ValueError: a period that is not above 0.
    """
    if not period_s > 0:
        raise ValueError("the period must be above 0 s")
    run, idle, volts = currents.run, currents.resting(rest), currents.volts
    best = milliseconds.best * run.typical_ma * volts / 1e3
    inference = Estimate(
        milliseconds.low * run.typical_ma * volts / 1e3,
        best,
        milliseconds.high * run.maximum_ma * volts / 1e3,
        "mJ",
    )
    power = life = None
    if milliseconds.best / 1e3 <= period_s:
        power = Estimate(
            _mean(milliseconds.low, run.typical_ma, idle.typical_ma, period_s) * volts,
            _mean(milliseconds.best, run.typical_ma, idle.typical_ma, period_s) * volts,
            _mean(milliseconds.high, run.maximum_ma, idle.maximum_ma, period_s) * volts,
            "mW",
        )
        life = Estimate(
            _days(cell, power.high / volts),
            _days(cell, power.best / volts),
            _days(cell, power.low / volts),
            "days",
        )
    return EnergyReport(inference, period_s, rest, power, cell.name, life, currents)


def _mean(busy_ms: float, run_ma: float, rest_ma: float, period_s: float) -> float:
    share = min(busy_ms / 1e3 / period_s, 1.0)
    return share * run_ma + (1 - share) * rest_ma


def _days(cell: Cell, mean_ma: float) -> float:
    lost_ma = cell.charge_mah * cell.loss_a_year / (_DAYS_A_YEAR * _HOURS_A_DAY)
    return cell.charge_mah / (mean_ma + lost_ma) / _HOURS_A_DAY
