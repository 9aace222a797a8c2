"""What one run of an application cost: memory from its image, instructions from its run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from simgate.errors import ModelError
from simgate.image import Image
from simgate.measure import (
    Footprint,
    LayerCost,
    SpanCost,
    SymbolSize,
    measure_footprint,
    per_layer,
    per_span,
)
from simgate.model import Model
from simgate.result import RunResult
from simgate.verdict.application import App
from simgate.verdict.baseline import Figures


@dataclass(frozen=True, slots=True)
class Measurements:
    """What was measured, and the figures that budgets are held against."""

    figures: Figures
    footprint: Footprint
    layers: tuple[LayerCost, ...]  # in order of execution
    network: SpanCost | None  # None where it never ran
    front_end: SpanCost | None
    macs: int | None  # multiply-accumulates of one inference; None where they are not known


def measure_run(app: App, image: Image, result: RunResult, model: Model) -> Measurements:
    """Measure a run.

    Args:
        app: names the functions to measure and the weights' prefix.
        image: what ran.
        result: with its captured layers and spans.
        model: the network, to count multiply-accumulates.
    """
    macs = _macs(model)
    footprint = measure_footprint(
        image, (f"{app.model_prefix}_weights_*", f"{app.model_prefix}_bias_*")
    )
    layers = per_layer(result, image.layers(), macs)
    spans = {span.function: span for span in per_span(result)}
    network = spans.get(app.network_function)
    front_end = spans.get(app.front_end_function)
    total = sum(macs.values()) or None
    values: dict[str, float] = {
        "memory.flash": footprint.flash,
        "memory.code": footprint.code_and_constants,
        "memory.ram": footprint.ram,
    }
    if result.stack is not None:
        values["memory.stack"] = result.stack.used
    if front_end is not None:
        values["instructions.front_end"] = front_end.instructions
    if network is not None:
        values["instructions.network"] = network.instructions
        if total is not None:
            values["instructions.network_per_mac"] = network.per_mac(total)
    for cost in layers:
        values[f"instructions.layers.{cost.operator_index}"] = cost.instructions
    figures = Figures(
        values=values,
        flash=_by_name(symbol for symbol in footprint.symbols if symbol.in_flash),
        ram=_by_name(symbol for symbol in footprint.symbols if symbol.in_ram),
        layers={f"{cost.operator_index} {cost.operator}": cost.instructions for cost in layers},
    )
    return Measurements(figures, footprint, layers, network, front_end, total)


def _by_name(symbols: Iterable[SymbolSize]) -> dict[str, int]:
    sizes: Counter[str] = Counter()
    for symbol in symbols:
        sizes[symbol.name] += symbol.size
    return dict(sizes)


def _macs(model: Model) -> dict[int, int]:
    """Multiply-accumulates by operator; empty where the compiler does not know the model."""
    from simgate.model.program import build_program

    try:
        program = build_program(model)
    except ModelError:
        return {}
    return {
        operator.index: kernel.macs
        for operator, kernel in zip(model.operators, program.lowered, strict=True)
    }
