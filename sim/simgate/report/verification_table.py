"""The tables that end a verification: words, layers, budgets, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from simgate.units import format_count
from simgate.verdict.budgets import BudgetVerdict
from simgate.verdict.tensors import LayerVerdict, Match
from simgate.verdict.verification import Verification

if TYPE_CHECKING:
    from rich.console import RenderableType

_GOOD, _NEAR, _BAD = "green", "yellow", "bold red"
_MATCH_STYLE = {Match.EXACT: _GOOD, Match.WITHIN_ONE: _NEAR, Match.WRONG: _BAD}


def verification_tables(verification: Verification) -> Iterator[RenderableType]:
    """What is printed, from top to bottom."""
    yield from _heading(verification)
    yield words_table(verification)
    yield layers_table(verification)
    if verification.budgets:
        yield budgets_table(verification.budgets)
    for note in verification.notes:
        yield Text(f"note: {note}", style="dim")
    yield from _verdict(verification)


def words_table(verification: Verification) -> Table:
    """One row a clip: what was said, what was heard, what it cost."""
    table = Table(title="Words", title_justify="left")
    for name in ("clip", "said", "heard", "verdict"):
        table.add_column(name)
    for name in ("front end", "network"):
        table.add_column(name, justify="right")
    for hearing in verification.hearings:
        answer = hearing.answer
        table.add_row(
            hearing.clip.path.name,
            hearing.clip.word,
            answer.label,
            Text("right", _GOOD) if hearing.right else Text("WRONG", _BAD),
            format_count(answer.front_end),
            format_count(answer.network),
        )
    return table


def layers_table(verification: Verification) -> Table:
    """One row a layer: verdict against the exact reference, and cost of its dearest run."""
    layers, measured = verification.layers, verification.measurements
    title = f"Layers against {layers.reference}, {layers.inferences} inferences"
    if measured.macs is not None:
        title += f" of {format_count(measured.macs)} MACs"
    table = Table(title=title, title_justify="left")
    table.add_column("layer", no_wrap=True)
    for name in ("shape", "verdict"):
        table.add_column(name)
    for name in ("max diff", "instructions", "per MAC"):
        table.add_column(name, justify="right")
    costs = {cost.row: cost for cost in measured.layers}
    for layer in layers.layers:
        cost = costs.get(layer.row)
        per_mac = None if cost is None else cost.per_mac
        table.add_row(
            layer.label,
            "x".join(str(size) for size in layer.shape),
            Text(_match_word(layer), _MATCH_STYLE[layer.match]),
            "?" if layer.problem else f"{layer.max_difference:g}",
            "" if cost is None else format_count(cost.instructions),
            "" if per_mac is None else f"{per_mac:.2f}",
        )
    if measured.network is not None:
        macs = measured.macs
        per_mac_text = "" if macs is None else f"{measured.network.per_mac(macs):.2f}"
        table.add_section()
        table.add_row(
            "network", "", "", "", format_count(measured.network.instructions), per_mac_text
        )
    return table


def budgets_table(verdicts: tuple[BudgetVerdict, ...]) -> Table:
    """One row a budget: measured, limit, headroom."""
    table = Table(title="Budgets", title_justify="left")
    table.add_column("what", no_wrap=True)
    for name in ("measured", "limit", "headroom"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for verdict in verdicts:
        brief = verdict.budget.unit.brief
        if verdict.measured is None or verdict.headroom is None:
            measured, headroom, word = "not measured", "", Text("UNKNOWN", _BAD)
        else:
            measured, headroom = brief(verdict.measured), brief(verdict.headroom)
            word = Text("held", _GOOD) if verdict.passed else Text("OVER", _BAD)
        table.add_row(verdict.budget.title, measured, brief(verdict.budget.limit), headroom, word)
    return table


def _heading(verification: Verification) -> Iterator[Text]:
    run = verification.run
    yield Text(f"{verification.app} on {run.board}", style="bold")
    yield Text(
        f"firmware {_from_here(run.image)} (sha256 {run.image_sha256[:12]}), "
        f"model {verification.model} (sha256 {verification.model_sha256[:12]})"
    )
    yield Text(
        f"engine {run.engine}: {format_count(run.instructions)} instructions, "
        f"{run.time_s:.2f} s of the board's time in {run.host_s:.2f} s"
    )


def _from_here(path: str) -> str:
    """A path as short as it can be said in the folder where the reader is."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def _verdict(verification: Verification) -> Iterator[Text]:
    yield Text(_summary(verification))
    for failure in verification.failures:
        yield Text(f"- {failure}", style=_BAD)
    word = Text("PASSED", "bold green") if verification.passed else Text("FAILED", _BAD)
    yield Text.assemble("VERDICT: ", word)


def _summary(verification: Verification) -> str:
    exact = sum(layer.match is Match.EXACT for layer in verification.layers.layers)
    held = sum(verdict.passed for verdict in verification.budgets)
    return (
        f"words {verification.words.right} of {verification.words.clips}, "
        f"features exact {verification.features.exact} of {verification.features.clips}, "
        f"layers exact {exact} of {len(verification.layers.layers)}, "
        f"budgets held {held} of {len(verification.budgets)}"
    )


def _match_word(layer: LayerVerdict) -> str:
    return layer.match.upper() if layer.match is Match.WRONG else str(layer.match)
