"""The writer of small models that the tests of the kernels use."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BUILDER = Path(__file__).resolve().parents[1] / "nn" / "tflite_builder.py"


@pytest.fixture(scope="session")
def builder() -> ModuleType:
    """tests/nn/tflite_builder.py"""
    spec = importlib.util.spec_from_file_location("model_tflite_builder", BUILDER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def small_model(builder: ModuleType) -> bytes:
    """Three int8 values through two outputs of a fully connected layer, then softmax."""
    weights = bytes([1, 2, 3, 256 - 4, 5, 256 - 6])
    return builder.build(
        [
            builder.T((1, 3), scales=[0.5], zero_points=[3], name="in"),
            builder.T((2, 3), scales=[0.25], data=weights, name="weights"),
            builder.T((2,), "INT32", scales=[0.125], data=bytes([1, 0, 0, 0, 2, 0, 0, 0])),
            builder.T((1, 2), scales=[1.0], zero_points=[-1], name="sums"),
            builder.T((1, 2), scales=[1 / 256], zero_points=[-128], name="shares"),
        ],
        [
            builder.Op("FULLY_CONNECTED", [0, 1, 2], [3], {"activation": 0}),
            builder.Op("SOFTMAX", [3], [4], {"beta": 1.0}),
        ],
        [0],
        [4],
    )
