"""What was said to the firmware and what it heard."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from simgate.errors import SimgateError
from simgate.verdict.application import Clip


class AnswerError(SimgateError):
    """A line of the firmware that is no answer to a clip, or reports an error."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The firmware's line of JSON about one clip."""

    label: str
    scores: tuple[int, ...]  # int8, one a label
    front_end: int  # instructions by the firmware's own counter (DWT)
    network: int


@dataclass(frozen=True, slots=True)
class Hearing:
    """One clip, what was heard, and the samples that were sent."""

    clip: Clip
    answer: Answer
    pcm: bytes = field(repr=False)  # int16, little endian
    time_s: float = 0.0  # virtual, when the answer was complete

    @property
    def right(self) -> bool:
        """The word that was said is the word that was heard."""
        return self.answer.label == self.clip.word


@dataclass(frozen=True, slots=True)
class WordsVerdict:
    """How many of the clips were heard right."""

    clips: int
    right: int
    minimum_accuracy: float

    @property
    def accuracy(self) -> float:
        """Share heard right; 0 where no clip was sent."""
        return self.right / self.clips if self.clips else 0.0

    @property
    def passed(self) -> bool:
        """At least the minimum was heard right."""
        return self.clips > 0 and self.accuracy >= self.minimum_accuracy

    def __str__(self) -> str:
        return (
            f"{self.right} of {self.clips} clips were heard right ({self.accuracy:.1%}; "
            f"at least {self.minimum_accuracy:.1%} are asked for)"
        )


def judge_words(hearings: tuple[Hearing, ...], minimum_accuracy: float) -> WordsVerdict:
    """Count what was heard right."""
    right = sum(hearing.right for hearing in hearings)
    return WordsVerdict(len(hearings), right, minimum_accuracy)


def parse_answer(line: str, labels: tuple[str, ...]) -> Answer:
    """The answer in a line.

    Args:
        line: what the firmware said.
        labels: the words that it may have heard.

    Raises:
        AnswerError: it is no answer, or the firmware reports an error in it.
    """
    try:
        content = json.loads(line)
    except ValueError:
        raise AnswerError(f"the firmware's line is not JSON: {line!r}") from None
    if not isinstance(content, dict):
        raise AnswerError(f"the firmware's line is no JSON object: {line!r}")
    if "error" in content:
        raise AnswerError(
            f"the firmware refused the clip: {content['error']} ({line})",
            hint="The frame's layout is in simgate.sensor.pcm_frame.",
        )
    scores = content.get("scores")
    counts = (content.get("front_end"), content.get("network"))
    if (
        content.get("label") not in labels
        or not isinstance(scores, list)
        or len(scores) != len(labels)
        or not all(type(number) is int for number in (*scores, *counts))
    ):
        raise AnswerError(
            f"the firmware's line is no answer to a clip: {line!r}",
            hint='Expected: {"label":WORD,"scores":[...],"front_end":N,"network":N} '
            f"with one score for each of {', '.join(labels)}.",
        )
    return Answer(content["label"], tuple(scores), content["front_end"], content["network"])
