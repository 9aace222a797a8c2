"""Clock cycles and milliseconds of spans and layers: estimates, each with its band.

From what a run with the cycle model recorded (`simgate.machine.Machine(cycles=True)`). The model's
cycles times the core's fitted factor are the best estimate; the band is that of the calibration
(`simgate.core.calibration`), relative to it. An estimate is never shown without its band.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simgate.board import Board
from simgate.core.calibration import Fit
from simgate.image import LayerRow
from simgate.result import RunResult


@dataclass(frozen=True, slots=True)
class Estimate:
    """A quantity between two others: low and high are the band of the best guess."""

    low: float
    best: float
    high: float
    unit: str  # "ms", "cycles", "mJ", "mW", "days"

    def __str__(self) -> str:
        return f"about {shown(self.best)} {self.unit}, {shown(self.low)} to {shown(self.high)}"

    def times(self, factor: float, unit: str) -> Estimate:
        """The same band of another quantity."""
        return Estimate(self.low * factor, self.best * factor, self.high * factor, unit)


@dataclass(frozen=True, slots=True)
class Latency:
    """What one function or layer takes."""

    name: str  # of the function, or of the layer's output tensor
    operator: str  # "CONV_2D"; empty for a function
    instructions: int  # of the costliest call
    cycles: Estimate
    milliseconds: Estimate

    @property
    def per_instruction(self) -> float:
        """Cycles per instruction, by the best estimate."""
        return self.cycles.best / self.instructions if self.instructions else 0.0


@dataclass(frozen=True, slots=True)
class LatencyReport:
    """The functions and layers of one run on one board."""

    board: str
    clock_hz: int
    core: str
    factor: float  # the fitted number
    functions: tuple[Latency, ...]
    layers: tuple[Latency, ...]

    def function(self, name: str) -> Latency | None:
        """The measured function of that name."""
        return next((latency for latency in self.functions if latency.name == name), None)


def shown(value: float) -> str:
    """A number to three digits: 4.12, 41.2, 412, 4,120."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    digits = 1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.1 else 4
    return f"{value:.{digits}f}"


def estimate_latency(
    board: Board, fit: Fit, result: RunResult, rows: Sequence[LayerRow] = ()
) -> LatencyReport:
    """The costliest call of each measured function and of each layer.

    Args:
        board: whose clock turns cycles into time.
        fit: of its core.
        result: of a run with the cycle model on.
        rows: the image's layer table.

    Raises:
        ValueError: the model was off during the run.
    """
    functions: dict[str, list[tuple[int, int]]] = {}
    for span in result.spans:
        functions.setdefault(span.function, []).append((span.instructions, _on(span.cycles)))
    layers: dict[int, list[tuple[int, int]]] = {}
    for capture in result.layers:
        layers.setdefault(capture.row, []).append(
            (capture.ended - capture.started, _on(capture.cycles))
        )
    return LatencyReport(
        board=board.name,
        clock_hz=board.clock_hz,
        core=fit.core,
        factor=fit.factor,
        functions=tuple(
            _latency(name, "", calls, fit, board.clock_hz) for name, calls in functions.items()
        ),
        layers=tuple(
            _latency(row.name, row.operator, layers[number], fit, board.clock_hz)
            for number, row in enumerate(rows)
            if row.operator_index is not None and number in layers
        ),
    )


def _on(cycles: int | None) -> int:
    if cycles is None:
        raise ValueError("the cycle model was off during this run")
    return cycles


def _latency(
    name: str, operator: str, calls: Iterable[tuple[int, int]], fit: Fit, clock_hz: int
) -> Latency:
    instructions, cycles = max(calls, key=lambda call: call[1])
    best = cycles * fit.factor
    estimate = Estimate(best * fit.low, best, best * fit.high, "cycles")
    return Latency(name, operator, instructions, estimate, estimate.times(1e3 / clock_hz, "ms"))
