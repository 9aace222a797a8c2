"""The front end on the chip against the front end's reference, for equality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simgate.reference.front_end import features
from simgate.result import LayerCapture
from simgate.verdict.hearing import Hearing

REFERENCE = "simgate.reference.front_end"


@dataclass(frozen=True, slots=True)
class FeaturesVerdict:
    """The network's inputs as the chip made them, against the reference's features."""

    clips: int
    exact: int  # clips whose every feature is the reference's
    max_difference: int  # steps
    first_difference: str = ""  # clip, frame, band, got and expected

    @property
    def passed(self) -> bool:
        """Clips were compared, and all of them are exact."""
        return self.clips > 0 and self.exact == self.clips

    def __str__(self) -> str:
        text = f"the features of {self.exact} of {self.clips} clips equal {REFERENCE} exactly"
        return f"{text}; {self.first_difference}" if self.first_difference else text


def judge_features(hearings: Sequence[Hearing], inputs: Sequence[LayerCapture]) -> FeaturesVerdict:
    """Compare the captured inputs of the network with the reference's features.

    Args:
        hearings: what was sent, in order.
        inputs: the captured input of each inference, in order.
    """
    if not hearings or len(inputs) != len(hearings):
        problem = f"{len(hearings)} clips were answered, {len(inputs)} inputs were captured"
        return FeaturesVerdict(len(hearings), 0, 0, problem)
    pcm = np.stack([np.frombuffer(hearing.pcm, dtype="<i2") for hearing in hearings])
    expected = features(pcm.astype(np.int16))
    exact, largest, first = 0, 0, ""
    for hearing, capture, wanted in zip(hearings, inputs, expected, strict=True):
        got = np.frombuffer(capture.data, dtype=np.int8)
        if got.size != wanted.size:
            first = first or (
                f"{hearing.clip.path.name}: the network's input has {got.size} values, "
                f"the features are {wanted.size}"
            )
            continue
        difference = np.abs(got.reshape(wanted.shape).astype(int) - wanted.astype(int))
        worst = int(difference.max())
        if worst == 0:
            exact += 1
            continue
        largest = max(largest, worst)
        frame, band = (int(i) for i in np.argwhere(difference > 0)[0])
        first = first or (
            f"{hearing.clip.path.name}: first different in frame {frame}, band {band}: "
            f"got {int(got.reshape(wanted.shape)[frame, band])}, "
            f"expected {int(wanted[frame, band])}"
        )
    return FeaturesVerdict(len(hearings), exact, largest, first)
