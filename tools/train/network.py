"""The network: a depthwise separable convolutional network on 49 x 32 log-mel features.

Only operators that a small kernel library has: convolution, depthwise convolution, average pool,
reshape, fully connected, softmax. Channels are multiples of 16, so that kernels that read four
int8 at once never meet a remainder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simgate.reference.front_end_tables import SPEC
from tools.train.words import LABELS

FEATURE_SCALE = 1 / 32
"""The network's float input is feature / 32; so its int8 input is the feature itself."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the network is."""

    stem: int = 32
    width: int = 80
    blocks: int = 5
    dropout: float = 0.1


def build(shape: Shape | None = None, *, seed: int) -> Any:
    """An untrained ``keras.Model`` from float [n, 49, 32, 1] to probabilities [n, 12]."""
    from tensorflow import keras

    keras.utils.set_random_seed(seed)
    shape = shape or Shape()
    layers = keras.layers

    def norm(x: Any, name: str) -> Any:
        x = layers.BatchNormalization(momentum=0.98, epsilon=1e-3, name=f"{name}_norm")(x)
        return layers.ReLU(name=f"{name}_relu")(x)

    entry = keras.Input((SPEC.frames, SPEC.mel_bins, 1), name="features")
    x = layers.Conv2D(shape.stem, 5, 2, "same", use_bias=False, name="stem")(entry)
    x = norm(x, "stem")
    for block in range(shape.blocks):
        stride = 2 if block == 0 else 1
        name = f"block{block + 1}"
        x = layers.DepthwiseConv2D(3, stride, "same", use_bias=False, name=f"{name}_depth")(x)
        x = norm(x, f"{name}_depth")
        x = layers.Conv2D(shape.width, 1, use_bias=False, name=f"{name}_point")(x)
        x = norm(x, f"{name}_point")
    x = layers.AveragePooling2D((x.shape[1], x.shape[2]), name="pool")(x)
    x = layers.Reshape((shape.width,), name="flat")(x)
    x = layers.Dropout(shape.dropout, name="dropout")(x)
    x = layers.Dense(len(LABELS), name="scores")(x)
    return keras.Model(entry, layers.Softmax(name="label")(x), name="kws")


UNKNOWN_HANDICAP = 0.8
"""Taken off the score of "unknown": a strange voice's keyword is too easily called unknown."""


def handicap_unknown(model: Any) -> None:
    """Lower the bias of "unknown" in place; once."""
    scores = model.get_layer("scores")
    weights, bias = scores.get_weights()
    bias[LABELS.index("unknown")] -= UNKNOWN_HANDICAP
    scores.set_weights([weights, bias])


def count_macs(model: Any) -> int:
    """Multiply-accumulates of one inference, in convolutions and fully connected layers."""
    total = 0
    for layer in model.layers:
        kind = type(layer).__name__
        if kind in ("Conv2D", "DepthwiseConv2D", "Dense"):
            weights = int(layer.get_weights()[0].size)
            positions = 1 if kind == "Dense" else layer.output.shape[1] * layer.output.shape[2]
            total += weights * positions
    return total
