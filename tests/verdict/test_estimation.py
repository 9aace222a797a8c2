"""The keyword spotter's estimate; and that estimating changes nothing of what the firmware does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.verdict.application import App, AppError
from simgate.verdict.estimation import estimate, from_json, to_json
from simgate.verdict.trial import Trial

COUNTS_CYCLES = "dwt:\n    countsCycles: true\n"


def test_an_estimate_has_its_band_and_survives_json(app: App, good_elf: Path) -> None:
    found = estimate(app, elf=good_elf, period_s=2.0, cell="AA", rest="stop")
    assert found.inference.low < found.inference.best < found.inference.high
    network = found.latency.function(found.network)
    assert network is not None
    assert 1.0 < network.per_instruction < 2.5  # a Cortex-M4
    layers = sum(layer.cycles.best for layer in found.latency.layers)
    assert layers == pytest.approx(network.cycles.best, rel=0.01)
    assert found.energy.life is not None
    assert from_json(to_json(found)) == found


def test_a_function_that_does_not_run_has_no_estimate(app: App, good_elf: Path) -> None:
    idle = replace(app, front_end_function="HardFault_Handler")
    with pytest.raises(AppError, match="HardFault_Handler was not called"):
        estimate(idle, elf=good_elf)


def test_the_model_changes_no_tensor_and_no_count(app: App, good_elf: Path) -> None:
    results = []
    for cycles in (False, True):
        with Trial(app, good_elf, cycles=cycles) as trial:
            trial.boot()
            trial.hear(app.clips[0])
            results.append(trial.machine.result())
    off, on = results
    assert [span.instructions for span in off.spans] == [span.instructions for span in on.spans]
    assert [c.data for c in off.layers] == [c.data for c in on.layers]
    assert off.instructions == on.instructions
    assert off.spans[0].cycles is None
    assert on.spans[0].cycles is not None


def test_the_firmwares_own_counter_sees_cycles_where_the_board_asks(
    app: App, good_elf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = tmp_path / "cycles.repl"
    extra.write_text(COUNTS_CYCLES)
    asking = find_board("stm32f407", extra=[extra])
    monkeypatch.setattr("simgate.board.find_board", lambda _name: asking)
    with Trial(app, good_elf) as trial:
        trial.boot()
        answer = trial.hear(app.clips[0]).answer
        spans = {span.function: span for span in trial.machine.result().spans}
        factor = trial.machine.options.cycle_factor
    span = spans[app.network_function]
    assert span.cycles is not None
    assert answer.network == pytest.approx(span.cycles * factor, rel=1e-3)
    assert answer.network > 1.2 * span.instructions
