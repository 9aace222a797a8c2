"""Keywords that hold measurements against budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simgate.keywords.failing import KeywordFailure, keyword
from simgate.keywords.verdicts import VerdictKeywords

if TYPE_CHECKING:
    from simgate.verdict.budgets import BudgetVerdict


class BudgetKeywords(VerdictKeywords):
    """Budgets come from the application's ``budgets.toml``, or from the keyword's argument."""

    @keyword("Flash Should Be Within Budget")
    def flash_should_be_within_budget(self, limit: str = "") -> str:
        """Everything that is programmed. ``limit``: ``96 KiB``; default: the budget file's."""
        return self._hold(("memory.flash", "memory.code"), limit)

    @keyword("RAM Should Be Within Budget")
    def ram_should_be_within_budget(self, limit: str = "") -> str:
        """Static variables and the reserved stack."""
        return self._hold(("memory.ram",), limit)

    @keyword("Stack Should Be Within Budget")
    def stack_should_be_within_budget(self, limit: str = "") -> str:
        """The deepest moment of the main stack in this run."""
        return self._hold(("memory.stack",), limit)

    @keyword("Instructions Should Be Within Budget")
    def instructions_should_be_within_budget(self) -> str:
        """Every budget for instructions: of the front end, of the network, of layers."""
        return self._hold(("instructions.",), "")

    @keyword("Every Budget Should Hold")
    def every_budget_should_hold(self) -> str:
        """Each budget in the application's file."""
        return self._hold(("",), "")

    def _hold(self, keys: tuple[str, ...], limit: str) -> str:
        """Budgets whose keys begin so; a limit replaces the first key's."""
        verdicts = self._given(keys[0], limit) if limit else self._of_file(keys)
        if not verdicts:
            raise KeywordFailure(
                f"{self.session.trying().app.budgets} sets no such budget "
                f"({' or '.join(key or 'any' for key in keys)})"
            )
        over = [str(verdict) for verdict in verdicts if not verdict.passed]
        if over:
            raise KeywordFailure("\n".join(over))
        return "\n".join(str(verdict) for verdict in verdicts)

    def _of_file(self, keys: tuple[str, ...]) -> tuple[BudgetVerdict, ...]:
        verdicts = self.verification().budgets
        return tuple(verdict for verdict in verdicts if verdict.budget.key.startswith(keys))

    def _given(self, key: str, limit: str) -> tuple[BudgetVerdict, ...]:
        from simgate.units import parse_size
        from simgate.verdict.baseline import read_baseline
        from simgate.verdict.budget_file import Budget, Unit, titles
        from simgate.verdict.budgets import judge_budgets

        try:
            budget = Budget(key, titles()[key], Unit.BYTES, parse_size(limit))
        except ValueError as error:
            raise KeywordFailure(f"limit: {error}") from None
        figures = self.verification().measurements.figures
        baseline = read_baseline(self.session.trying().app.baseline)
        return judge_budgets([budget], figures, baseline)
