"""Every kernel, over random shapes and values: bit for bit what TFLM computes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FAMILIES = (
    "CONV_2D",
    "POINTWISE",
    "DEPTHWISE_CONV_2D",
    "DEPTHWISE_3X3",
    "AVERAGE_POOL_2D",
    "MAX_POOL_2D",
    "RESHAPE",
    "FULLY_CONNECTED",
    "SOFTMAX",
    "CHAIN",
)
SOME_SEEDS = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def _check(run, builder, random_layers, reference, family, seed):
    model = random_layers.random_model(builder, family, seed)
    count = int(np.prod(_input_shape(model)))
    inputs = random_layers.random_input(builder, seed, count)

    compiled, result = run(model, inputs)

    expected = reference(model, inputs, list(result.tensors))
    for layer in compiled.layers:
        np.testing.assert_array_equal(
            result.tensors[layer.tensor_index], expected[layer.tensor_index], layer.operator
        )


def _input_shape(model):
    from simgate.model import parse_model

    parsed = parse_model(model)
    return parsed.tensors[parsed.inputs[0]].shape


@pytest.mark.parametrize("family", FAMILIES)
def test_portable_path(family, on_host, builder, random_layers, reference):
    @SOME_SEEDS
    @given(st.integers(0, 2**32 - 2))
    def check(seed):
        _check(on_host, builder, random_layers, reference, family, seed)

    check()


@pytest.mark.parametrize("family", FAMILIES)
def test_dsp_path(family, on_target, builder, random_layers, reference):
    @SOME_SEEDS
    @given(st.integers(0, 2**32 - 2))
    def check(seed):
        _check(on_target, builder, random_layers, reference, family, seed)

    check()
