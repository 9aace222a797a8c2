"""Estimated time and energy as tables: every figure with its band."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from simgate.measure.latency import Estimate, Latency, shown
from simgate.verdict.estimation import Estimation

if TYPE_CHECKING:
    from rich.console import RenderableType

_BAR = 10  # characters of the longest bar


def estimate_tables(estimation: Estimation) -> Iterator[RenderableType]:
    """Functions, layers with bars, energy."""
    report = estimation.latency
    yield Text(
        f"{estimation.app} on {report.board} at {report.clock_hz / 1e6:g} MHz: "
        f"an inference takes {estimation.inference} (an estimate)"
    )
    yield _functions(report.functions)
    if report.layers:
        yield _layers(report.layers)
    yield from _energy(estimation)


def _band(estimate: Estimate) -> str:
    return f"{shown(estimate.low)} to {shown(estimate.high)}"


def _columns(table: Table) -> None:
    for name in ("instructions", "cycles", "each", "ms", "band"):
        table.add_column(name, justify="right", no_wrap=True)


def _numbers(latency: Latency) -> tuple[str, ...]:
    return (
        f"{latency.instructions:,}",
        f"{latency.cycles.best:,.0f}",
        f"{latency.per_instruction:.2f}",
        shown(latency.milliseconds.best),
        _band(latency.milliseconds),
    )


def _functions(functions: tuple[Latency, ...]) -> Table:
    table = Table(
        title="Time by function, estimated (each: cycles an instruction)", title_justify="left"
    )
    table.add_column("function", no_wrap=True)
    _columns(table)
    for latency in functions:
        table.add_row(latency.name, *_numbers(latency))
    return table


def _layers(layers: tuple[Latency, ...]) -> Table:
    table = Table(title="Time by layer, estimated", title_justify="left")
    table.add_column("layer", no_wrap=True, max_width=17)
    _columns(table)
    table.add_column("share", no_wrap=True)
    most = max(layer.cycles.best for layer in layers)
    whole = sum(layer.cycles.best for layer in layers)
    for layer in layers:
        bar = "#" * max(1, round(_BAR * layer.cycles.best / most))
        share = 100 * layer.cycles.best / whole
        table.add_row(layer.operator, *_numbers(layer), f"{share:2.0f} % {bar}")
    return table


def _energy(estimation: Estimation) -> Iterator[RenderableType]:
    energy, currents = estimation.energy, estimation.energy.currents
    table = Table(title="Energy (estimated; the microcontroller alone)", title_justify="left")
    table.add_column("what", no_wrap=True)
    table.add_column("about", justify="right")
    table.add_column("band", justify="right")
    table.add_column("unit")
    rows = [("an inference", energy.inference)]
    if energy.mean_power is not None:
        rows.append((f"mean, one each {energy.period_s:g} s", energy.mean_power))
    if energy.life is not None:
        rows.append((f"life of one {energy.cell}", energy.life))
    for what, estimate in rows:
        table.add_row(what, shown(estimate.best), _band(estimate), estimate.unit)
    yield table
    rest = currents.resting(energy.rest)
    yield Text(
        f"Currents: {currents.source}; {currents.run.typical_ma:g} mA ({currents.run.where}); "
        f"{rest.typical_ma:g} mA ({rest.where}); at {currents.volts:g} V. {currents.note}"
    )
    if energy.mean_power is None:
        yield Text(f"An inference takes longer than the period of {energy.period_s:g} s.")
