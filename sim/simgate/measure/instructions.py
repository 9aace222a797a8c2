"""Instructions by layer and by measured function, from what a run recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simgate.image import LayerRow
from simgate.result import RunResult


@dataclass(frozen=True, slots=True)
class LayerCost:
    """What one layer executed, interrupts that came in between included."""

    row: int  # in the layer table
    operator_index: int  # in the .tflite
    operator: str
    name: str  # of its output tensor
    inferences: int  # how many were measured
    instructions: int  # of the costliest of them
    least: int  # of the cheapest
    macs: int | None = None  # multiply-accumulates of one inference; None: not known

    @property
    def per_mac(self) -> float | None:
        """Instructions per multiply-accumulate, where there are any."""
        return self.instructions / self.macs if self.macs else None


@dataclass(frozen=True, slots=True)
class SpanCost:
    """What one function executed from entry to return, callees and interrupts included."""

    function: str
    calls: int
    instructions: int  # of the costliest call
    least: int  # of the cheapest
    total: int

    def per_mac(self, macs: int) -> float:
        """Instructions of the costliest call per multiply-accumulate."""
        return self.instructions / macs


def per_layer(
    result: RunResult, rows: Sequence[LayerRow], macs: Mapping[int, int] | None = None
) -> tuple[LayerCost, ...]:
    """The cost of each layer that completed at least once, in the table's order.

    Args:
        result: a run with captured layers.
        rows: the image's layer table.
        macs: multiply-accumulates by operator index.
    """
    counts: dict[int, list[int]] = {}
    for capture in result.layers:
        counts.setdefault(capture.row, []).append(capture.ended - capture.started)
    costs = []
    for number, row in enumerate(rows):
        if row.operator_index is not None and number in counts:
            costs.append(
                LayerCost(
                    row=number,
                    operator_index=row.operator_index,
                    operator=row.operator,
                    name=row.name,
                    inferences=len(counts[number]),
                    instructions=max(counts[number]),
                    least=min(counts[number]),
                    macs=None if macs is None else macs.get(row.operator_index),
                )
            )
    return tuple(costs)


def per_span(result: RunResult) -> tuple[SpanCost, ...]:
    """The cost of each measured function that returned at least once, by first call."""
    counts: dict[str, list[int]] = {}
    for span in result.spans:
        counts.setdefault(span.function, []).append(span.instructions)
    return tuple(
        SpanCost(function, len(calls), max(calls), min(calls), sum(calls))
        for function, calls in counts.items()
    )
