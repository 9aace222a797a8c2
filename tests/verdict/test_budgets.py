"""Over budget: by how much, and what grew against the baseline."""

from __future__ import annotations

from pathlib import Path

import pytest

from simgate.errors import BudgetError
from simgate.verdict.baseline import Figures, read_baseline, write_baseline
from simgate.verdict.budget_file import Budget, Unit
from simgate.verdict.budgets import judge_budgets

STACK = Budget("memory.stack", "Stack", Unit.BYTES, 1024)
FLASH = Budget("memory.flash", "Flash", Unit.BYTES, 1000)
PER_MAC = Budget("instructions.network_per_mac", "Instructions per MAC", Unit.PER_MAC, 2.9)


def test_at_the_limit_is_within_it() -> None:
    (verdict,) = judge_budgets([STACK], Figures({"memory.stack": 1024}), None)
    assert verdict.passed
    assert verdict.headroom == 0
    assert str(verdict) == "Stack: 1,024 B (1.0 KiB) of 1,024 B (1.0 KiB)"


def test_one_byte_more_is_over_by_one_byte() -> None:
    (verdict,) = judge_budgets([STACK], Figures({"memory.stack": 1025}), None)
    assert not verdict.passed
    assert "over budget by 1 B" in str(verdict)
    assert "there is no baseline" in str(verdict)


def test_what_was_not_measured_does_not_pass() -> None:
    (verdict,) = judge_budgets([STACK], Figures({}), None)
    assert not verdict.passed
    assert "not measured" in str(verdict)


def test_what_grew_is_named_largest_first() -> None:
    before = Figures({"memory.flash": 900}, flash={"main": 300, "fft": 500, "old": 100})
    now = Figures({"memory.flash": 1100}, flash={"main": 310, "fft": 620, "table": 170})
    (verdict,) = judge_budgets([FLASH], now, before)
    assert str(verdict).splitlines() == [
        "Flash: 1,100 B (1.1 KiB) of 1,000 B: over budget by 100 B",
        "  grew by 200 B from 900 B",
        "  +170 table (new)",
        "  +120 fft",
        "  +10 main",
    ]


def test_layers_explain_the_instructions_of_the_network() -> None:
    before = Figures({PER_MAC.key: 2.5}, layers={"0 CONV_2D": 100, "1 SOFTMAX": 5})
    now = Figures({PER_MAC.key: 3.0}, layers={"0 CONV_2D": 150, "1 SOFTMAX": 5})
    (verdict,) = judge_budgets([PER_MAC], now, before)
    assert str(verdict).splitlines() == [
        "Instructions per MAC: 3.000 of 2.900: over budget by 0.100",
        "  grew by 0.500 from 2.500",
        "  +50 0 CONV_2D",
    ]


def test_a_baseline_that_was_over_already_is_said_to_be() -> None:
    figures = Figures({"memory.stack": 2000})
    (verdict,) = judge_budgets([STACK], figures, figures)
    assert "the baseline was over already: 2,000 B" in str(verdict)


def test_a_baseline_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    figures = Figures({"memory.flash": 3, PER_MAC.key: 2.25}, {"a": 1}, {"b": 1}, {"0 X": 7})
    assert read_baseline(path) is None
    write_baseline(path, figures)
    assert read_baseline(path) == figures


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": 2}', '{"format": 1, "values": {"a": "b"}}', '{"format": 1}'],
)
def test_a_damaged_baseline_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(BudgetError, match="is no baseline"):
        read_baseline(path)


def test_weights_do_not_count_as_code() -> None:
    code = Budget("memory.code", "Code", Unit.BYTES, 10)
    before = Figures({"memory.code": 10}, flash={"main": 10, "net_weights_0": 50})
    now = Figures({"memory.code": 15}, flash={"main": 15, "net_weights_0": 80})
    (verdict,) = judge_budgets([code], now, before)
    assert verdict.grown == ("grew by 5 B from 10 B", "+5 main")
