"""Training: cross-entropy with smoothed labels and AdamW, in stages."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tools.train import vary
from tools.train.dataset import Examples
from tools.train.network import FEATURE_SCALE
from tools.train.words import LABELS

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """A run of epochs with one learning-rate curve: a short warm-up, then a cosine.

    ``end`` is how far along the cosine the stage goes: 1 is all the way down to nothing. ``share``
    is how much of the training set it takes, ``close`` whether the set of accented pronunciations
    and near misses joins it, ``unknown_weight`` what an unknown word counts for in the loss.
    """

    epochs: int
    batch: int
    rate: float
    weight_decay: float
    smoothing: float
    mixing: float
    variation: float
    end: float = 1.0
    share: float = 1.0
    close: bool = False
    unknown_weight: float = 1.0


ROUGH = Stage(1, 128, 4e-3, 0.004, 0.1, 0.15, 1.0, end=1 / 6)
"""One epoch under the strongest variation, the rate hardly falling."""
FINE = Stage(4, 64, 3e-3, 0.002, 0.05, 0.0, 0.5)
CLOSE = Stage(2, 64, 1.5e-3, 0.002, 0.05, 0.0, 0.4, share=0.35, close=True, unknown_weight=0.7)
"""What sounds nearly alike, and vowels further from the dictionary's."""
LONGER = Stage(3, 64, 2e-3, 0.002, 0.05, 0.0, 0.6, share=0.7, close=True, unknown_weight=0.7)
"""Everything again under more variation: voices that no synthesizer has are further off."""
POLISH = Stage(2, 64, 8e-4, 0.002, 0.05, 0.0, 0.4, share=0.5, close=True, unknown_weight=0.7)
"""At a low rate, down to nothing."""


@dataclass(frozen=True, slots=True)
class Course:
    """How the network is trained, from which seed."""

    stages: tuple[Stage, ...] = (ROUGH, FINE, CLOSE, LONGER, POLISH)
    seed: int = 7


def fit(
    model: Any,
    training: Examples,
    validation: Examples,
    stage: Stage,
    seed: int,
    say: Report,
    save_to: Path,
) -> None:
    """Train ``model`` in place; after every epoch a line goes to ``say``, the model to a file."""
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "2")
    import tensorflow as tf
    from tensorflow import keras

    keras.utils.set_random_seed(seed)
    batches = len(training.labels) // stage.batch
    total, warm = stage.epochs * batches / stage.end, batches // 2
    step = tf.Variable(0, dtype=tf.int64)
    optimizer = keras.optimizers.AdamW(stage.rate, weight_decay=stage.weight_decay, clipnorm=3.0)
    optimizer.build(model.trainable_variables)

    @tf.function(jit_compile=False)  # type: ignore[untyped-decorator]
    def learn(x: Any, y: Any) -> Any:
        done = tf.cast(step, tf.float32)
        cosine = 0.5 * (1 + tf.cos(math.pi * tf.minimum(done / total, 1.0)))
        optimizer.learning_rate.assign(stage.rate * cosine * tf.minimum(1.0, done / warm))
        step.assign_add(1)
        with tf.GradientTape() as tape:
            probability = model(x, training=True)
            loss = -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(probability + 1e-7), axis=-1))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    shapes = (
        tf.TensorSpec((stage.batch, *training.features.shape[1:], 1), tf.float32),
        tf.TensorSpec((stage.batch, len(LABELS)), tf.float32),
    )
    feed = tf.data.Dataset.from_generator(
        lambda: _batches(training, stage, seed), output_signature=shapes
    ).prefetch(4)
    losses = []
    for number, (x, y) in enumerate(feed, start=1):
        losses.append(learn(x, y))
        if number % (batches // 4) == 0:
            say(f"step {number}: loss {float(losses[-1]):.3f}")
        if number % batches == 0:
            mean = float(np.mean([float(loss) for loss in losses]))
            losses.clear()
            right = accuracy(model, validation)
            model.save(save_to)
            say(f"epoch {number // batches:2d}: loss {mean:.4f}, validation {right:.4f}")


def _batches(training: Examples, stage: Stage, seed: int) -> Iterator[tuple[Any, Any]]:
    """The stage's batches: varied features [batch, 49, 32, 1] and smoothed targets."""
    off = stage.smoothing / len(LABELS)
    targets = np.full((len(training.labels), len(LABELS)), off, np.float32)
    targets[np.arange(len(targets)), training.labels] += 1 - stage.smoothing
    targets[training.labels == LABELS.index("unknown")] *= stage.unknown_weight
    rng = np.random.default_rng(seed)
    for _ in range(stage.epochs):
        order = rng.permutation(len(targets))
        for i in range(len(targets) // stage.batch):
            chosen = order[i * stage.batch : (i + 1) * stage.batch]
            x = vary.vary(rng, training.features[chosen], stage.variation)
            x, y = vary.mix(rng, x, targets[chosen], stage.mixing)
            yield x[..., None] * np.float32(FEATURE_SCALE), y


def accuracy(model: Any, examples: Examples) -> float:
    """Share of examples whose most probable label is theirs."""
    return float(np.mean(predict(model, examples).argmax(axis=1) == examples.labels))


def predict(model: Any, examples: Examples) -> Any:
    """Probabilities [n, 12] of the float network."""
    x = examples.features[..., None].astype(np.float32) * FEATURE_SCALE
    return model.predict(x, batch_size=256, verbose=0)
