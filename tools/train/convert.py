"""From Keras to .tflite: float first, to be compared, then int8 throughout."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.train.dataset import Examples
from tools.train.network import FEATURE_SCALE
from tools.train.rename import rename

CALIBRATION = 1_000
"""How many training examples set the ranges of the activations."""


def to_float(model: Any) -> bytes:
    """The float32 .tflite, for one clip at a time."""
    return bytes(_converter(model).convert())


def to_int8(model: Any, training: Examples, seed: int) -> bytes:
    """The int8 .tflite: int8 in, int8 out, its input being the front end's features themselves."""
    import tensorflow as tf

    chosen = np.random.default_rng(seed).choice(len(training.labels), CALIBRATION, replace=False)
    ends = np.zeros((1, *training.features.shape[1:]), np.int8)
    ends[0, 0, 0], ends[0, 0, 1] = -128, 127
    calibration = np.concatenate([ends, training.features[chosen]])

    def representative() -> Any:
        for clip in calibration:
            yield [clip[None, ..., None].astype(np.float32) * np.float32(FEATURE_SCALE)]

    converter = _converter(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return rename(bytes(converter.convert()))


def _converter(model: Any) -> Any:
    """A fixed batch of one keeps shape arithmetic out of the graph; weights become constants."""
    import tensorflow as tf
    from tensorflow.python.framework import convert_to_constants

    @tf.function(jit_compile=False)  # type: ignore[untyped-decorator]
    def kws(features: Any) -> Any:
        return model(features, training=False)

    spec = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="features")
    frozen = convert_to_constants.convert_variables_to_constants_v2(kws.get_concrete_function(spec))
    return tf.lite.TFLiteConverter.from_concrete_functions([frozen])
