"""What one run of an application cost: memory from its image, instructions from its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simgate.errors import ModelError
from simgate.image import Image, LayerRow
from simgate.model import Model
from simgate.result import RunResult
from simgate.verdict.application import App
from simgate.verdict.baseline import Figures


@dataclass(frozen=True, slots=True)
class Cost:
    """Instructions of one layer, or of the network, in its dearest inference."""

    row: int | None  # in the layer table; None for the network
    label: str
    instructions: int
    macs: int | None  # multiply-accumulates; None where they are not known

    @property
    def per_mac(self) -> float | None:
        """Instructions a multiply-accumulate; None where there is none."""
        return self.instructions / self.macs if self.macs else None


@dataclass(frozen=True, slots=True)
class Measurements:
    """The figures, and the costs of the layers in order of execution."""

    figures: Figures
    layers: tuple[Cost, ...]
    network: Cost | None  # None where it never ran


def measure_run(app: App, image: Image, result: RunResult, model: Model) -> Measurements:
    """Measure a run.

    Args:
        app: names the functions to measure and the weights' prefix.
        image: what ran.
        result: with its captured layers and spans.
        model: the network, to count multiply-accumulates.
    """
    macs = _macs(model)
    layers = _layer_costs(image.layers(), result, macs)
    front_end = _dearest(result, app.front_end_function)
    instructions = _dearest(result, app.network_function)
    network = None
    if instructions is not None:
        network = Cost(None, "network", instructions, sum(macs.values()) or None)
    values: dict[str, float] = {}
    if result.stack is not None:
        values["memory.stack"] = result.stack.used
    if front_end is not None:
        values["instructions.front_end"] = front_end
    if network is not None:
        values["instructions.network"] = network.instructions
        if network.per_mac is not None:
            values["instructions.network_per_mac"] = network.per_mac
    for cost in layers:
        values[f"instructions.layers.{cost.label.split()[0]}"] = cost.instructions
    memory = _memory(image, app.model_prefix)
    figures = Figures(
        values={**memory.values, **values},
        flash=memory.flash,
        code=memory.code,
        ram=memory.ram,
        layers={cost.label: cost.instructions for cost in layers},
    )
    return Measurements(figures, layers, network)


def _layer_costs(
    rows: Sequence[LayerRow], result: RunResult, macs: Mapping[int, int]
) -> tuple[Cost, ...]:
    dearest: dict[int, int] = {}
    for capture in result.layers:
        instructions = capture.ended - capture.started
        dearest[capture.row] = max(instructions, dearest.get(capture.row, 0))
    return tuple(
        Cost(
            row=number,
            label=f"{row.operator_index} {row.operator}",
            instructions=dearest[number],
            macs=macs.get(row.operator_index),
        )
        for number, row in enumerate(rows)
        if row.operator_index is not None and number in dearest
    )


def _dearest(result: RunResult, function: str) -> int | None:
    """Instructions of the function's costliest call; None where it was never called."""
    calls = [span.instructions for span in result.spans if span.function == function]
    return max(calls, default=None)


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


def _memory(image: Image, prefix: str) -> Figures:
    weights = (f"{prefix}_weights_", f"{prefix}_bias_")
    sections = {section.name: section for section in image.sections}
    flash, code, ram = {}, {}, {}
    for symbol in image.symbols:
        section = sections.get(symbol.section or "")
        if section is None or not symbol.size:
            continue
        if section.loaded:
            flash[symbol.name] = symbol.size
            if not symbol.name.startswith(weights):
                code[symbol.name] = symbol.size
        elif section.writable:
            ram[symbol.name] = symbol.size
    total = sum(len(s.data) for s in image.segments)
    return Figures(
        {"memory.flash": total, "memory.code": total - sum(flash.values()) + sum(code.values())},
        flash=flash,
        code=code,
        ram=ram,
    )
