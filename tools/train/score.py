"""What a set of predictions is worth: accuracy, per word, confusion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.train.words import LABELS


@dataclass(frozen=True, slots=True)
class Score:
    """``confusion[i, j]``: how many examples of label i were taken for label j."""

    confusion: NDArray[np.int64]

    @classmethod
    def of(cls, labels: NDArray[np.int64], outputs: NDArray[Any]) -> Score:
        """From true labels [n] and the network's outputs [n, 12]."""
        confusion = np.zeros((len(LABELS), len(LABELS)), np.int64)
        np.add.at(confusion, (labels, outputs.argmax(axis=1)), 1)
        return cls(confusion)

    @property
    def count(self) -> int:
        """How many examples."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """Share taken for what they are; not a number where there are none."""
        return float(np.trace(self.confusion) / self.count) if self.count else float("nan")

    @property
    def recall(self) -> NDArray[np.float64]:
        """Per label: the share of its examples that were found."""
        return np.asarray(np.diag(self.confusion) / np.maximum(self.confusion.sum(axis=1), 1))

    @property
    def precision(self) -> NDArray[np.float64]:
        """Per label: the share of answers with that label that were right."""
        return np.asarray(np.diag(self.confusion) / np.maximum(self.confusion.sum(axis=0), 1))
