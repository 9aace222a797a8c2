"""Training: cross-entropy with smoothed labels, AdamW, a warm-up and a cosine down to nothing."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
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
class Course:
    """How the network is trained."""

    epochs: int = 6
    batch: int = 128
    rate: float = 4e-3
    weight_decay: float = 0.004
    smoothing: float = 0.1
    mixing: float = 0.15
    seed: int = 7


def fit(
    model: Any,
    training: Examples,
    validation: Examples,
    course: Course,
    say: Report,
    save_to: Path,
) -> None:
    """Train ``model`` in place; after every epoch a line goes to ``say``, the model to a file."""
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "2")
    import tensorflow as tf
    from tensorflow import keras

    keras.utils.set_random_seed(course.seed)
    batches = len(training.labels) // course.batch
    total, warm = course.epochs * batches, batches // 2
    step = tf.Variable(0, dtype=tf.int64)
    optimizer = keras.optimizers.AdamW(course.rate, weight_decay=course.weight_decay, clipnorm=3.0)
    optimizer.build(model.trainable_variables)

    @tf.function(jit_compile=False)  # type: ignore[untyped-decorator]
    def learn(x: Any, y: Any) -> Any:
        done = tf.cast(step, tf.float32)
        cosine = 0.5 * (1 + tf.cos(math.pi * tf.minimum(done / total, 1.0)))
        optimizer.learning_rate.assign(course.rate * cosine * tf.minimum(1.0, done / warm))
        step.assign_add(1)
        with tf.GradientTape() as tape:
            probability = model(x, training=True)
            loss = -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(probability + 1e-7), axis=-1))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    off = course.smoothing / len(LABELS)
    targets = np.full((len(training.labels), len(LABELS)), off, np.float32)
    targets[np.arange(len(targets)), training.labels] += 1 - course.smoothing
    rng = np.random.default_rng(course.seed)

    def stream() -> Any:
        for _ in range(course.epochs):
            order = rng.permutation(len(targets))
            for i in range(batches):
                chosen = order[i * course.batch : (i + 1) * course.batch]
                x = vary.vary(rng, training.features[chosen])
                x, y = vary.mix(rng, x, targets[chosen], course.mixing)
                yield x[..., None] * np.float32(FEATURE_SCALE), y

    shapes = (
        tf.TensorSpec((course.batch, *training.features.shape[1:], 1), tf.float32),
        tf.TensorSpec((course.batch, len(LABELS)), tf.float32),
    )
    feed = tf.data.Dataset.from_generator(stream, output_signature=shapes).prefetch(4)
    losses = []
    for number, (x, y) in enumerate(feed, start=1):
        losses.append(learn(x, y))
        if number % batches == 0:
            mean = float(np.mean([float(loss) for loss in losses]))
            losses.clear()
            right = accuracy(model, validation)
            model.save(save_to)
            say(f"epoch {number // batches:2d}: loss {mean:.4f}, validation {right:.4f}")


def accuracy(model: Any, examples: Examples) -> float:
    """Share of examples whose most probable label is theirs."""
    return float(np.mean(predict(model, examples).argmax(axis=1) == examples.labels))


def predict(model: Any, examples: Examples) -> Any:
    """Probabilities [n, 12] of the float network."""
    x = examples.features[..., None].astype(np.float32) * FEATURE_SCALE
    return model.predict(x, batch_size=256, verbose=0)
