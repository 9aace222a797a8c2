"""Names of the network's layers."""

from __future__ import annotations

import pytest

from tools.train.rename import layer_names


def test_layers_are_named_by_kind_and_place() -> None:
    kinds = ["CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D"]
    kinds += ["AVERAGE_POOL_2D", "FULLY_CONNECTED", "SOFTMAX"]
    assert layer_names(kinds) == [
        *("stem", "block1_depth", "block1_point", "block2_depth", "block2_point"),
        *("pool", "scores", "label"),
    ]


def test_a_foreign_operator_is_named_with_its_place() -> None:
    with pytest.raises(ValueError, match="operator 1 is LSTM"):
        layer_names(["CONV_2D", "LSTM"])
