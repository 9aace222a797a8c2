"""What an application's inference takes in time and energy on its board: one clip, estimated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simgate.measure.energy import EnergyReport, estimate_energy, find_cell, read_currents
from simgate.measure.latency import Estimate, LatencyReport, estimate_latency
from simgate.verdict.application import DESCRIPTION, App, AppError
from simgate.verdict.trial import Trial

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Estimation:
    """Latency and energy of one application on one board."""

    app: str
    latency: LatencyReport
    front_end: str  # name of the function
    network: str  # name of the function
    inference: Estimate  # ms: front end and network
    energy: EnergyReport
    not_counted: tuple[str, ...] = (
        "interrupts that the board has and the simulation lacks",
        "other masters on the bus",
    )


def estimate(
    app: App,
    *,
    elf: Path | None = None,
    period_s: float = 1.0,
    cell: str = "CR2032",
    rest: str = "sleep",
    progress: Progress = lambda _what: None,
) -> Estimation:
    """Build the application, have it hear one clip with the cycle model on, and estimate.

    Args:
        app: the application, on its board.
        elf: a firmware that was built already; None builds it.
        period_s: from one inference's beginning to the next one's.
        cell: that feeds it.
        rest: "sleep" or "stop", in between.
        progress: is told what is being done.

    Raises:
        SimgateError: it could not be done.
    """
    from simgate.board import find_board
    from simgate.core.calibration import fit_of
    from simgate.core.timing import read_timing
    from simgate.engine.terminal_tester import TerminalError

    board, battery = find_board(app.board), find_cell(cell)
    chip_file = board.chip_file
    currents, fit = read_currents(chip_file), fit_of(read_timing(chip_file).core)
    if elf is None:
        from simgate.toolchain import build_app

        progress(f"building {app.name} for {app.board}")
        elf = build_app(app.folder, board=app.board)
    if not app.clips:
        raise AppError(f"{app.name} has no clip to hear", hint="Add one where app.toml says.")
    with Trial(app, elf, cycles=True) as trial:
        progress(f"one clip on {app.board}, with the cycle model")
        try:
            trial.boot()
            trial.hear(app.clips[0])
        except TerminalError as error:
            if error.halt is None or error.halt.fault is None:
                raise
            raise AppError(
                f"{elf}: it faulted before it had answered: {error.halt.fault.message}",
                hint="; ".join(trial.machine.result().remarks),
            ) from error
        latency = estimate_latency(board, fit, trial.machine.result(), trial.image.layers())
    inference = total(latency, (app.front_end_function, app.network_function))
    energy = estimate_energy(inference, currents, period_s, battery, rest)
    return Estimation(
        app=app.name,
        latency=latency,
        front_end=app.front_end_function,
        network=app.network_function,
        inference=inference,
        energy=energy,
    )


def total(report: LatencyReport, functions: tuple[str, ...]) -> Estimate:
    """The functions one after the other, in ms.

    Raises:
        AppError: one of them did not run: what it takes is not known.
    """
    parts = []
    for name in functions:
        latency = report.function(name)
        if latency is None:
            raise AppError(
                f"{name} was not called while the firmware heard a clip: there is no estimate",
                hint=f"Its name stands in [spans] of {DESCRIPTION}.",
            )
        parts.append(latency.milliseconds)
    return Estimate(
        sum(part.low for part in parts),
        sum(part.best for part in parts),
        sum(part.high for part in parts),
        "ms",
    )


def to_json(estimation: Estimation, *, indent: int | None = 2) -> str:
    """The estimation as JSON."""
    from pydantic import TypeAdapter

    return TypeAdapter(Estimation).dump_json(estimation, indent=indent).decode()


def from_json(text: str | bytes) -> Estimation:
    """The estimation that `to_json` wrote.

    Raises:
        pydantic.ValidationError: the text is none.
    """
    from pydantic import TypeAdapter

    return TypeAdapter(Estimation).validate_json(text)
