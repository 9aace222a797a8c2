"""Keywords that judge: words, features and layers against references."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simgate.keywords.failing import KeywordFailure, keyword
from simgate.keywords.session import KeywordFamily

if TYPE_CHECKING:
    from simgate.verdict.rounding import SecondOpinion
    from simgate.verdict.tensors import TensorsVerdict
    from simgate.verdict.verification import Verification


class VerdictKeywords(KeywordFamily):
    """Each judges everything that was sent since the application started."""

    @keyword("Words Should Be Heard")
    def words_should_be_heard(self, minimum_accuracy: float | None = None) -> str:
        """The share of clips heard right is at least the minimum (default: the application's)."""
        from simgate.verdict.hearing import judge_words

        trial = self.session.trying()
        minimum = trial.app.minimum_accuracy if minimum_accuracy is None else minimum_accuracy
        verdict = judge_words(tuple(trial.hearings), minimum)
        if verdict.passed:
            return str(verdict)
        wrong = [
            f"  {hearing.clip.path.name}: heard '{hearing.answer.label}'"
            for hearing in trial.hearings
            if not hearing.right
        ]
        raise KeywordFailure("\n".join([f"Too few words: {verdict}", *wrong]))

    @keyword("Features Should Match Reference")
    def features_should_match_reference(self) -> str:
        """What the front end gave the network equals the reference's features, value by value."""
        verdict = self.verification().features
        if not verdict.passed:
            raise KeywordFailure(f"The features differ: {verdict}")
        return str(verdict)

    @keyword("Every Layer Should Match Reference")
    def every_layer_should_match_reference(
        self, model: Path | None = None, reference: str = "TFLM"
    ) -> str:
        """Every value of every layer of every inference equals the reference's.

        ``model`` is the .tflite that the image was built from (default: the application's), so
        this works on any image with a layer table. ``reference`` is TFLM (the exact one) or
        LITERT, which may round differently: then a layer fails only when TFLM too contradicts it.
        """
        if reference.upper() not in ("TFLM", "LITERT"):
            raise KeywordFailure(f"reference is '{reference}'; it can be TFLM or LITERT")
        if model is None:
            verification = self.verification()
            exact, opinion = verification.layers, verification.opinion
        else:
            exact, opinion = self._judge_layers(model)
        if not exact.exact:
            raise KeywordFailure(f"Layers differ: {exact}")
        return str(exact if opinion is None or reference.upper() == "TFLM" else opinion)

    @keyword("Log Verification Table")
    def log_verification_table(self) -> None:
        """Write words, layers, budgets and the verdict to the console and the log.

        The log has the footprint too: Flash and RAM by section, and the largest symbols.
        """
        from robot.api import logger

        from simgate.report.footprint_table import footprint_tables
        from simgate.report.plain import plain_text
        from simgate.report.verification_table import verification_tables

        text = plain_text(verification_tables(self.verification()))
        logger.info(text)
        logger.info(plain_text(footprint_tables(self.verification().measurements.footprint)))
        logger.console(f"\n{text}")

    @keyword("Verification Should Pass")
    def verification_should_pass(self) -> None:
        """Everything at once: no fault, words, features, layers, budgets."""
        verification = self.verification()
        if not verification.passed:
            raise KeywordFailure("\n".join(verification.failures))

    def verification(self) -> Verification:
        """What was sent so far, judged; judged once until something else is sent."""
        from simgate.verdict.verification import judge

        if self.session.verification is None:
            trial, references = self.session.trying(), self.session.references
            if references is None:
                raise KeywordFailure("No application runs: use 'Start Application' first")
            self.session.verification = judge(trial, references)
        return self.session.verification

    def _judge_layers(self, model: Path) -> tuple[TensorsVerdict, SecondOpinion | None]:
        from simgate.verdict.layers import References, judge_layers

        machine = self.session.running()
        with References(model) as references:
            return judge_layers(machine.image.layers(), machine.result().layers, references)
