"""Whole networks: every layer identical to TFLM's, on both paths, at a known cost."""

from __future__ import annotations

import numpy as np
import pytest

from simgate.model import parse_model

NETWORKS = ("kws_ref_model.tflite", "ad01_int8.tflite", "hello_world_int8.tflite")


def _input(shared_model, name, model):
    if name.startswith("kws"):
        return np.fromfile(shared_model("kws_input_490_int8.bin"), np.int8)
    parsed = parse_model(model)
    tensor = parsed.tensors[parsed.inputs[0]]
    if name.startswith("ad01"):
        real = np.fromfile(shared_model("ad01_window0_640_float32.bin"), "<f4")
        quantised = np.round(real / tensor.quantisation.scale) + tensor.quantisation.zero_point
        return np.clip(quantised, -128, 127).astype(np.int8)
    return np.random.default_rng(7).integers(-128, 128, tensor.elements).astype(np.int8)


def _assert_exact(compiled, run, expected):
    for layer in compiled.layers:
        np.testing.assert_array_equal(
            run.tensors[layer.tensor_index],
            expected[layer.tensor_index],
            f"{layer.operator_index} {layer.operator}",
        )


@pytest.mark.parametrize("name", NETWORKS)
def test_portable_path(name, shared_model, on_host, reference):
    model = shared_model(name).read_bytes()
    inputs = _input(shared_model, name, model)

    compiled, run = on_host(model, inputs)

    _assert_exact(compiled, run, reference(model, inputs, list(run.tensors)))


@pytest.mark.parametrize("name", NETWORKS)
def test_dsp_path(name, shared_model, on_target, reference):
    model = shared_model(name).read_bytes()
    inputs = _input(shared_model, name, model)

    compiled, run = on_target(model, inputs)

    _assert_exact(compiled, run, reference(model, inputs, list(run.tensors)))


def test_keyword_spotter_costs_less_than_the_peer(shared_model, on_target):
    """CMSIS-NN under TFLM: 2.90 instructions a multiply-accumulate, 22,820 bytes of arena."""
    model = shared_model("kws_ref_model.tflite").read_bytes()
    inputs = _input(shared_model, "kws_ref_model.tflite", model)

    compiled, run = on_target(model, inputs)

    assert compiled.macs == 2_656_768
    assert run.instructions / compiled.macs < 2.0
    assert compiled.arena_bytes < 10_000
    assert run.stack_bytes < 600


def test_committed_keyword_spotter(on_target, reference, committed_model):
    model = committed_model.read_bytes()
    tensor = parse_model(model).tensors[parse_model(model).inputs[0]]
    inputs = np.random.default_rng(3).integers(-128, 128, tensor.elements).astype(np.int8)

    compiled, run = on_target(model, inputs)

    _assert_exact(compiled, run, reference(model, inputs, list(run.tensors)))
    assert run.instructions / compiled.macs < 2.9
