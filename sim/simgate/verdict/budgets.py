"""Figures against budgets: passed, or over by how much and what grew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simgate.verdict.baseline import Figures
from simgate.verdict.budget_file import Budget

_GROWN_SHOWN = 5


@dataclass(frozen=True, slots=True)
class BudgetVerdict:
    """One budget and what was measured."""

    budget: Budget
    measured: float | None  # None: the run did not yield it
    grown: tuple[str, ...] = ()  # over budget: what grew against the baseline

    @property
    def passed(self) -> bool:
        """It was measured and is within the limit."""
        return self.measured is not None and self.measured <= self.budget.limit

    @property
    def headroom(self) -> float | None:
        """What is left; below zero: by how much it is over."""
        return None if self.measured is None else self.budget.limit - self.measured

    def __str__(self) -> str:
        title, unit = self.budget.title, self.budget.unit
        limit = unit.show(self.budget.limit)
        if self.measured is None:
            return f"{title}: not measured in this run (budget {limit})"
        text = f"{title}: {unit.show(self.measured)} of {limit}"
        if self.passed:
            return text
        over = unit.show(self.measured - self.budget.limit)
        return "\n".join([f"{text}: over budget by {over}", *(f"  {line}" for line in self.grown)])


def judge_budgets(
    budgets: Sequence[Budget], figures: Figures, baseline: Figures | None
) -> tuple[BudgetVerdict, ...]:
    """Hold the figures against each budget.

    Args:
        budgets: from `simgate.verdict.budget_file.read_budgets`.
        figures: of the run.
        baseline: the last accepted figures, to say what grew; None where there are none.
    """
    return tuple(_judge(budget, figures, baseline) for budget in budgets)


def _judge(budget: Budget, figures: Figures, baseline: Figures | None) -> BudgetVerdict:
    verdict = BudgetVerdict(budget, figures.values.get(budget.key))
    if verdict.passed or verdict.measured is None:
        return verdict
    grown = ["there is no baseline to say what grew"]
    if baseline is not None:
        grown = _growth(budget, verdict.measured, figures, baseline)
    return BudgetVerdict(budget, verdict.measured, tuple(grown))


def _growth(budget: Budget, measured: float, now: Figures, before: Figures) -> list[str]:
    unit = budget.unit
    lines = []
    was = before.values.get(budget.key)
    if was is not None and measured == was:
        return [f"the baseline was over already: {unit.show(was)}"]
    if was is not None:
        change = "grew" if measured > was else "shrank"
        lines.append(f"{change} by {unit.show(abs(measured - was))} from {unit.show(was)}")
    parts_now, parts_before = now.parts(budget.key), before.parts(budget.key)
    changes = sorted(
        ((size - parts_before.get(name, 0), name) for name, size in parts_now.items()),
        reverse=True,
    )
    for change_by, name in changes[:_GROWN_SHOWN]:
        if change_by > 0:
            new = "" if name in parts_before else " (new)"
            lines.append(f"+{int(change_by):,} {name}{new}")
    return lines or ["nothing that the baseline knows grew"]
