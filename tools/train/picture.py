"""The confusion matrix as a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tools.train.score import Score
from tools.train.words import LABELS


def draw_confusion(score: Score, title: str, file: Path) -> None:
    """Rows are what was said, columns what was understood; shade is the share of the row."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    counts = score.confusion
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(7.6, 6.8), layout="constrained")
    # The square root makes rare confusions visible beside the diagonal.
    axes.imshow(np.sqrt(share), cmap="Blues", vmin=0, vmax=1.15)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if share[row, column] > 0.4 else "#223"
            axes.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(len(LABELS)), LABELS, rotation=45, ha="right")
    axes.set_yticks(range(len(LABELS)), LABELS)
    axes.set_xlabel("understood")
    axes.set_ylabel("said")
    axes.set_title(title, fontsize=11)
    axes.spines[:].set_visible(False)
    axes.set_xticks(np.arange(-0.5, len(LABELS)), minor=True)
    axes.set_yticks(np.arange(-0.5, len(LABELS)), minor=True)
    axes.grid(which="minor", color="#dde", linewidth=0.6)
    axes.tick_params(which="both", length=0)
    figure.savefig(file, dpi=110)
    plt.close(figure)
