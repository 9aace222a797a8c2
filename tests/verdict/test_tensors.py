"""Layer by layer: exact, within one step, wrong; the worst element named."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.image import LayerRow
from simgate.model import Quantisation
from simgate.reference.tensors import ReferenceRun, ReferenceTensor
from simgate.result import LayerCapture
from simgate.verdict.rounding import second_opinion
from simgate.verdict.tensors import Match, compare_layers, compare_tensor

SHAPE = (1, 2, 3, 2)  # NHWC
EXPECTED = np.arange(12, dtype=np.int8).reshape(SHAPE)


def row(index: int = 7, shape: tuple[int, ...] = SHAPE, dtype: str = "int8") -> LayerRow:
    return LayerRow(
        operator_index=index - 7,
        tensor_index=index,
        address=0x20000000,
        size=math.prod(shape) * np.dtype(dtype).itemsize,
        code_start=0x08000100,
        code_end=0x08000200,
        type_code=9,
        dtype=dtype,
        shape=shape,
        scale=0.5,
        zero_point=3,
        operator="CONV_2D",
        name="conv/Relu",
    )


def reference(data: np.ndarray, index: int = 7) -> ReferenceTensor:
    return ReferenceTensor(index, "conv/Relu", data, Quantisation((0.5,), (3,)))


def changed(*changes: tuple[tuple[int, ...], int]) -> bytes:
    data = EXPECTED.copy()
    for where, value in changes:
        data[where] = value
    return data.tobytes()


def test_equal_bytes_are_exact() -> None:
    verdict = compare_tensor(0, row(), EXPECTED.tobytes(), reference(EXPECTED))
    assert verdict.match is Match.EXACT
    assert (verdict.elements, verdict.differing, verdict.max_difference) == (12, 0, 0)
    assert verdict.worst is None


def test_one_step_is_within_one_step() -> None:
    data = changed(((0, 0, 0, 0), 1), ((0, 1, 2, 1), 10))
    verdict = compare_tensor(0, row(), data, reference(EXPECTED))
    assert verdict.match is Match.WITHIN_ONE
    assert (verdict.differing, verdict.max_difference) == (2, 1)


def test_the_worst_element_is_named_in_nhwc_stored_and_dequantised() -> None:
    data = changed(((0, 0, 1, 1), 5), ((0, 1, 0, 1), -3))
    verdict = compare_tensor(0, row(), data, reference(EXPECTED))
    assert verdict.match is Match.WRONG
    assert (verdict.differing, verdict.max_difference) == (2, 10)
    worst = verdict.worst
    assert worst is not None
    assert (worst.index, worst.got, worst.expected) == ((0, 1, 0, 1), -3, 7)
    assert (worst.got_value, worst.expected_value) == (-3.0, 2.0)  # (stored - 3) * 0.5
    assert "at [0, 1, 0, 1] got -3, expected 7 (that is -3 instead of 2)" in str(verdict)


def test_int8_extremes_do_not_wrap_around() -> None:
    expected = np.array([[-128, 127]], np.int8)
    data = np.array([[127, -128]], np.int8).tobytes()
    verdict = compare_tensor(0, row(shape=(1, 2)), data, reference(expected))
    assert verdict.max_difference == 255


@pytest.mark.parametrize(
    ("the_row", "data", "problem"),
    [
        (row(), b"\0" * 11, "11 bytes were captured, the tensor has 12"),
        (row(shape=(1, 12)), b"\0" * 12, r"shape is \[1, 12\], the reference's \[1, 2, 3, 2\]"),
        (row(dtype="int16"), b"\0" * 24, "the firmware holds int16, the reference int8"),
    ],
)
def test_what_cannot_be_compared_is_wrong_and_says_why(
    the_row: LayerRow, data: bytes, problem: str
) -> None:
    verdict = compare_tensor(0, the_row, data, reference(EXPECTED))
    assert verdict.match is Match.WRONG
    with pytest.raises(AssertionError, match=problem):
        raise AssertionError(verdict.problem)


def test_a_tensor_that_the_reference_lacks_is_wrong() -> None:
    verdict = compare_tensor(0, row(), EXPECTED.tobytes(), None)
    assert (verdict.match, verdict.problem) == (Match.WRONG, "the reference has no tensor 7")


def test_floats_are_compared_in_units_in_the_last_place() -> None:
    expected = np.array([[1.0, np.nan, np.inf, 0.0]], np.float32)
    tensor = ReferenceTensor(7, "f", expected, None)
    the_row = row(shape=(1, 4), dtype="float32")

    def verdict(*values: float):
        return compare_tensor(0, the_row, np.array([values], np.float32).tobytes(), tensor)

    assert verdict(1.0, math.nan, math.inf, -0.0).match is Match.EXACT
    next_up = float(np.nextafter(np.float32(1), np.float32(2)))
    assert verdict(next_up, math.nan, math.inf, 0.0).match is Match.WITHIN_ONE
    assert verdict(1.001, math.nan, math.inf, 0.0).match is Match.WRONG
    number_for_nan = verdict(1.0, 5.0, math.inf, 0.0)
    assert (number_for_nan.match, number_for_nan.max_difference) == (Match.WRONG, math.inf)
    nan_for_number = verdict(math.nan, math.nan, math.inf, 0.0)
    assert (nan_for_number.match, nan_for_number.max_difference) == (Match.WRONG, math.inf)
    assert verdict(1.0, math.nan, -math.inf, 0.0).match is Match.WRONG


def capture(inference: int, number: int, data: bytes) -> LayerCapture:
    return LayerCapture(inference, number, 0, 1, data)


def run(*tensors: ReferenceTensor) -> ReferenceRun:
    return ReferenceRun("TFLM 1", {tensor.index: tensor for tensor in tensors})


def test_many_inferences_merge_into_the_worst_and_the_first_wrong_layer_is_named() -> None:
    rows = [row(7), row(8), row(9)]
    good = EXPECTED.tobytes()
    bad, worse = changed(((0, 0, 0, 0), 9)), changed(((0, 0, 0, 1), 99))
    captures = [
        *(capture(0, number, data) for number, data in enumerate([good, good, worse])),
        *(capture(1, number, data) for number, data in enumerate([good, bad, good])),
    ]
    references = {i: run(*(reference(EXPECTED, n) for n in (7, 8, 9))) for i in (0, 1)}
    verdict = compare_layers(rows, captures, references, "TFLM 1")
    assert not verdict.exact
    assert [layer.match for layer in verdict.layers] == [Match.EXACT, Match.WRONG, Match.WRONG]
    assert [layer.elements for layer in verdict.layers] == [24, 24, 24]
    first = verdict.first_wrong
    assert first is not None
    assert (first.label, first.inference, first.max_difference) == ("1 CONV_2D", 1, 9)
    assert "1 of 3 layers" in str(verdict) and "layer 1 CONV_2D ('conv/Relu'): wrong" in str(
        verdict
    )


def test_a_layer_that_was_never_reached_is_wrong() -> None:
    verdict = compare_layers(
        [row(7), row(8)],
        [capture(0, 0, EXPECTED.tobytes())],
        {0: run(reference(EXPECTED, 7), reference(EXPECTED, 8))},
        "TFLM 1",
    )
    assert verdict.layers[1].problem == "its code was not reached in inference 0"


def test_a_network_that_never_ran_is_not_exact() -> None:
    verdict = compare_layers([row()], [], {}, "TFLM 1")
    assert not verdict.exact
    assert "never ran" in str(verdict)


@given(st.binary(min_size=12, max_size=12))
def test_exact_means_equal_bytes_and_nothing_else(data: bytes) -> None:
    verdict = compare_tensor(0, row(), data, reference(EXPECTED))
    assert (verdict.match is Match.EXACT) == (data == EXPECTED.tobytes())
    assert verdict.differing == sum(a != b for a, b in zip(data, EXPECTED.tobytes(), strict=True))


def test_another_reference_that_rounds_differently_is_explained_not_believed() -> None:
    rows, good = [row(7), row(8)], EXPECTED.tobytes()
    captures = [capture(0, 0, good), capture(0, 1, good)]
    other = EXPECTED.copy()
    other[0, 0, 0, 0] += 2
    exact = compare_layers(
        rows, captures, {0: run(reference(EXPECTED, 7), reference(EXPECTED, 8))}, "TFLM 1"
    )
    rounding = compare_layers(
        rows, captures, {0: run(reference(EXPECTED, 7), reference(other, 8))}, "LiteRT 2 (REF)"
    )
    opinion = second_opinion(exact, rounding)
    assert [layer.row for layer in opinion.rounded] == [1]
    assert opinion.unexplained == ()
    assert "LiteRT 2 (REF) rounds differently in 1 of 2 layers" in str(opinion)
    assert "equals TFLM 1 exactly" in str(opinion) and "up to 2 steps" in str(opinion)


def test_a_wrong_layer_is_not_explained_away_by_rounding() -> None:
    captures = [capture(0, 0, changed(((0, 0, 0, 0), 50)))]
    exact = compare_layers([row(7)], captures, {0: run(reference(EXPECTED, 7))}, "TFLM 1")
    opinion = second_opinion(exact, exact)
    assert opinion.rounded == ()
    assert [layer.row for layer in opinion.unexplained] == [0]
    assert "confirms 1 layers that are not exact" in str(opinion)
