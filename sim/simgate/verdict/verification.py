"""The main job: an application's words, features, layers and budgets, judged.

`verify` does all of it. The Robot keywords do it in steps: a `Trial` is booted and hears clips,
then `judge` holds what happened against the references and the budgets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from simgate.result import RunResult
from simgate.verdict.application import App
from simgate.verdict.baseline import read_baseline
from simgate.verdict.budget_file import read_budgets
from simgate.verdict.budgets import BudgetVerdict, judge_budgets
from simgate.verdict.features import FeaturesVerdict, judge_features
from simgate.verdict.hearing import Hearing, WordsVerdict, judge_words
from simgate.verdict.layers import References, judge_layers, network_inputs
from simgate.verdict.measurements import Measurements, measure_run
from simgate.verdict.rounding import SecondOpinion
from simgate.verdict.tensors import TensorsVerdict
from simgate.verdict.trial import Trial, read_clip

Progress = Callable[[str, str], None]
"""Is told what is being done, and how far it is: ("sending clips", "3 of 24: yes.wav")."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Everything that was found out about one application's firmware."""

    app: str
    model: str
    model_sha256: str
    run: RunResult  # without the captured tensors, which `layers` has judged
    labels: tuple[str, ...]
    hearings: tuple[Hearing, ...]
    words: WordsVerdict
    features: FeaturesVerdict
    layers: TensorsVerdict
    opinion: SecondOpinion | None  # of LiteRT
    measurements: Measurements
    budgets: tuple[BudgetVerdict, ...]

    @property
    def failures(self) -> tuple[str, ...]:
        """One text for each thing that is not as it must be; empty when all is well."""
        found = []
        if self.run.fault is not None:
            found.append(f"the firmware faulted: {self.run.fault.message}")
        if not self.words.passed:
            found.append(str(self.words))
        if not self.features.passed:
            found.append(str(self.features))
        if not self.layers.exact:
            found.append(str(self.layers))
        found += [str(verdict) for verdict in self.budgets if not verdict.passed]
        return tuple(found)

    @property
    def passed(self) -> bool:
        """No fault, words heard, features and layers exact, budgets held."""
        return not self.failures

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know besides: the second opinion, stubs, what was not checked."""
        notes = [] if self.opinion is None else [str(self.opinion)]
        notes += [f"The firmware touched a stub: {stub}" for stub in self.run.stubs]
        notes += [f"Not checked: {what}" for what in self.run.not_checked]
        notes += [f"{remark}." for remark in self.run.remarks]
        return tuple(notes)


def verify(
    app: App,
    *,
    elf: Path | None = None,
    engine: str = "strict",
    litert: bool = True,
    progress: Progress = lambda _what, _how_far: None,
) -> Verification:
    """Build the application's firmware, run it on its board, and judge it.

    Args:
        app: the application.
        elf: a firmware that was built already; None builds it.
        engine: the engine to run it on.
        litert: ask LiteRT for a second opinion.
        progress: see `Progress`.

    Raises:
        SimgateError: it could not be done. A firmware that faults is a verdict, not an error.
    """
    check_inputs(app)
    with References(app.model, litert=litert) as references:
        if elf is None:
            from simgate.toolchain import build_app

            progress(f"building {app.name} for {app.board}", "")
            elf = build_app(app.folder, board=app.board)
        with Trial(app, elf, engine=engine) as trial:
            hear_all(trial, progress)
            progress("comparing every layer", "")
            return judge(trial, references)


def check_inputs(app: App) -> None:
    """Read what people write, so that a mistake is told before the long part begins.

    Raises:
        BudgetError: the budgets or the baseline cannot be read.
        WavError: a clip is not what the application takes.
    """
    read_budgets(app.budgets, app.board)
    read_baseline(app.baseline)
    for clip in app.clips:
        read_clip(app, clip.path)


def hear_all(trial: Trial, progress: Progress) -> None:
    """Boot and let it hear every clip; a fault ends it early and is left to `judge`.

    Raises:
        SimgateError: an answer did not come, and no fault explains it.
    """
    from simgate.engine.terminal_tester import TerminalError

    try:
        progress(f"booting on {trial.app.board}", "")
        trial.boot()
        for number, clip in enumerate(trial.app.clips, start=1):
            progress("sending clips", f"{number} of {len(trial.app.clips)}: {clip.path.name}")
            trial.hear(clip)
    except TerminalError as error:
        if error.halt is None or error.halt.fault is None:
            raise


def judge(trial: Trial, references: References) -> Verification:
    """Hold what the trial did so far against the references and the budgets.

    Raises:
        ReferenceFailed: a reference crashed or does not take the model.
        BudgetError: the budgets or the baseline cannot be read.
    """
    app, result = trial.app, trial.machine.result()
    rows, model = trial.image.layers(), references.tflm.model
    hearings = tuple(trial.hearings)
    layers, opinion = judge_layers(rows, result.layers, references)
    measurements = measure_run(app, trial.image, result, model)
    return Verification(
        app=app.name,
        model=app.model.name,
        model_sha256=model.sha256,
        run=replace(result, layers=()),
        labels=app.labels,
        hearings=hearings,
        words=judge_words(hearings, app.minimum_accuracy),
        features=judge_features(hearings, network_inputs(rows, result.layers)),
        layers=layers,
        opinion=opinion,
        measurements=measurements,
        budgets=judge_budgets(
            read_budgets(app.budgets, app.board),
            measurements.figures,
            read_baseline(app.baseline),
        ),
    )
