"""Estimates of time and energy, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from simgate.board import find_board, known_boards
from simgate.core.calibration import Fit
from simgate.core.timing import read_timing
from simgate.errors import BoardError
from simgate.measure.energy import (
    Cell,
    CellError,
    ChipCurrents,
    Current,
    estimate_energy,
    find_cell,
    read_currents,
)
from simgate.measure.latency import Estimate, estimate_latency
from simgate.result import RunResult, SourceLocation, Span, StopReason

FIT = Fit("cortex-m4", 1.1, 0.9, 1.2, ())
CURRENTS = ChipCurrents(
    "sheet", 3.0, Current(10, 20, "run"), Current(1, 2, "sleep"), Current(0.1, 0.2, "stop"), ""
)
CELL = Cell("X", 240, 3.0, 0.0, "")


def run(*spans: Span) -> RunResult:
    return RunResult(
        engine="strict",
        board="stm32f407",
        image="a.elf",
        image_sha256="",
        reason=StopReason.DONE,
        instructions=0,
        time_s=0.0,
        host_s=0.0,
        where=SourceLocation(0),
        spans=spans,
    )


def test_cycles_are_the_models_times_the_factor_with_the_band_around() -> None:
    board = find_board("stm32f407")
    report = estimate_latency(
        board, FIT, run(Span("f", 0, 1000, 1000), Span("f", 2000, 3680, 1680_000))
    )
    latency = report.function("f")
    assert latency is not None
    assert latency.instructions == 1680  # the costliest call
    assert latency.cycles.best == pytest.approx(1_848_000)
    assert latency.milliseconds.best == pytest.approx(11.0)  # at 168 MHz
    assert latency.milliseconds.low == pytest.approx(9.9)
    assert latency.milliseconds.high == pytest.approx(13.2)
    assert str(latency.milliseconds) == "about 11.0 ms, 9.90 to 13.2"


def test_without_the_model_there_is_no_estimate() -> None:
    with pytest.raises(ValueError, match="off"):
        estimate_latency(find_board("stm32f407"), FIT, run(Span("f", 0, 1)))


def test_energy_power_and_life_by_hand() -> None:
    report = estimate_energy(Estimate(90, 100, 120, "ms"), CURRENTS, 1.0, CELL)
    assert report.inference.best == pytest.approx(3.0)  # 100 ms * 10 mA * 3 V
    assert report.inference.high == pytest.approx(7.2)  # 120 ms * 20 mA * 3 V
    assert report.mean_power is not None
    assert report.mean_power.best == pytest.approx((0.1 * 10 + 0.9 * 1) * 3)
    assert report.life is not None
    assert report.life.best == pytest.approx(240 / 1.9 / 24)
    assert report.life.low < report.life.best < report.life.high


def test_stop_saves_and_a_period_that_is_too_short_gives_no_power() -> None:
    time = Estimate(90, 100, 120, "ms")
    stop = estimate_energy(time, CURRENTS, 1.0, CELL, rest="stop")
    sleep = estimate_energy(time, CURRENTS, 1.0, CELL)
    assert stop.mean_power is not None
    assert sleep.mean_power is not None
    assert stop.mean_power.best < sleep.mean_power.best
    assert estimate_energy(time, CURRENTS, 0.05, CELL).mean_power is None
    with pytest.raises(BoardError, match="no mode"):
        estimate_energy(time, CURRENTS, 1.0, CELL, rest="off")


@pytest.mark.parametrize("board", known_boards())
def test_every_board_has_its_chip_file(board: str) -> None:
    path = find_board(board).chip_file
    timing, currents = read_timing(path), read_currents(path)
    assert timing.core.removeprefix("cortex-") in find_board(board).cpu_type
    assert currents.run.typical_ma > currents.sleep.typical_ma > currents.stop.typical_ma
    assert currents.run.where


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert find_cell("cr2032").charge_mah == 235
    with pytest.raises(CellError, match="no cell"):
        find_cell("potato")
    path = tmp_path / "x.toml"
    path.write_text("[timing]\ncore = 'cortex-m4'\n")
    with pytest.raises(BoardError, match="lacks something"):
        read_timing(path)
    with pytest.raises(BoardError, match="cannot be read"):
        read_currents(tmp_path / "absent.toml")
