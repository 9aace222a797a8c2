"""What the compiler does not support is named, with the operator's index."""

from __future__ import annotations

import pytest

from simgate.errors import ModelError
from simgate.model import check_model, parse_model


def _check(builder, tensors, operators, last):
    check_model(parse_model(builder.build(tensors, operators, [0], [last])))


def _values(builder, shape=(1, 4, 4, 2), **more):
    return builder.T(shape, **{"scales": [0.5], "zero_points": [0], **more})


def test_an_operator_that_is_not_supported(builder):
    tensors = [_values(builder, (1, 4)) for _ in range(3)]
    tensors[1] = builder.T((1, 4), scales=[1 / 256], zero_points=[-128])
    operators = [builder.Op("SOFTMAX", [0], [1]), builder.Op("LOGISTIC", [1], [2])]

    with pytest.raises(ModelError, match=r"operator 1 \(LOGISTIC\) is not supported") as caught:
        _check(builder, tensors, operators, 2)

    assert "CONV_2D" in caught.value.hint


def test_a_float_model(builder):
    tensors = [builder.T((1, 4), "FLOAT32"), builder.T((1, 4), "FLOAT32")]

    with pytest.raises(ModelError, match=r"operator 0 \(SOFTMAX\): its input, .* is FLOAT32"):
        _check(builder, tensors, [builder.Op("SOFTMAX", [0], [1])], 1)


def test_values_without_a_scale(builder):
    tensors = [builder.T((1, 4)), builder.T((1, 4))]

    with pytest.raises(ModelError, match="has no scale"):
        _check(builder, tensors, [builder.Op("SOFTMAX", [0], [1])], 1)


def _convolution(builder, weights, output=(1, 4, 4, 3), **options):
    tensors = [_values(builder), weights, _values(builder, output)]
    return tensors, [builder.Op("CONV_2D", [0, 1], [2], options)]


def test_weights_that_are_not_symmetric(builder):
    weights = _values(builder, (3, 1, 1, 2), data=bytes(6), zero_points=[4])

    with pytest.raises(ModelError, match="not symmetric"):
        _check(builder, *_convolution(builder, weights), 2)


def test_a_grouped_convolution(builder):
    weights = _values(builder, (3, 1, 1, 1), data=bytes(3))

    with pytest.raises(ModelError, match="do not fit") as caught:
        _check(builder, *_convolution(builder, weights), 2)

    assert "Grouped" in caught.value.hint


def test_an_output_of_another_size_than_the_window_gives(builder):
    weights = _values(builder, (3, 3, 3, 2), data=bytes(54))

    with pytest.raises(ModelError, match="an output of 2 by 2 pixels"):
        _check(builder, *_convolution(builder, weights, padding=1), 2)


def test_a_stride_of_nothing(builder):
    weights = _values(builder, (3, 1, 1, 2), data=bytes(6))

    with pytest.raises(ModelError, match="must be 1 to 32767"):
        _check(builder, *_convolution(builder, weights, stride_w=0), 2)


def test_an_activation_that_is_not_supported(builder):
    weights = _values(builder, (3, 1, 1, 2), data=bytes(6))

    with pytest.raises(ModelError, match="fused activation 4"):
        _check(builder, *_convolution(builder, weights, activation=4), 2)


def test_more_than_one_image(builder):
    tensors = [_values(builder, (2, 4, 4, 2)), _values(builder, (2, 2, 2, 2))]
    options = {"filter_h": 2, "filter_w": 2, "stride_h": 2, "stride_w": 2}

    with pytest.raises(ModelError, match=r"\(1, height, width, channels\) is supported"):
        _check(builder, tensors, [builder.Op("MAX_POOL_2D", [0], [1], options)], 1)


@pytest.mark.parametrize("beta", [float("nan"), float("inf")])
def test_a_softmax_whose_beta_is_no_number(builder, beta):
    tensors = [_values(builder, (1, 4)), builder.T((1, 4), scales=[1 / 256], zero_points=[-128])]

    with pytest.raises(ModelError, match="its beta is"):
        _check(builder, tensors, [builder.Op("SOFTMAX", [0], [1], {"beta": beta})], 1)


def test_a_softmax_whose_output_has_another_scale(builder):
    tensors = [_values(builder, (1, 4)), _values(builder, (1, 4))]

    with pytest.raises(ModelError, match="must be 1/256"):
        _check(builder, tensors, [builder.Op("SOFTMAX", [0], [1])], 1)
