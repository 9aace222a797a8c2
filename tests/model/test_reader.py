"""Reading of .tflite files: what is in them, and that nothing in them is trusted."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simgate.errors import ModelError
from simgate.model import check_model, parse_model, read_model


def test_what_is_in_the_file(small_model):
    model = parse_model(small_model, "small.tflite")

    assert model.name == "small.tflite"
    assert model.size_bytes == len(small_model)
    assert [op.name for op in model.operators] == ["FULLY_CONNECTED", "SOFTMAX"]
    assert model.operators[0].inputs == (0, 1, 2)
    assert model.operators[1].options == {"Beta": 1.0}
    assert (model.inputs, model.outputs) == ((0,), (4,))
    source, weights = model.tensors[0], model.tensors[1]
    assert (source.shape, source.type_name, source.data) == ((1, 3), "INT8", None)
    assert source.quantisation is not None
    assert (source.quantisation.scale, source.quantisation.zero_point) == (0.5, 3)
    assert weights.data == bytes([1, 2, 3, 252, 5, 250])


@pytest.mark.parametrize(
    "data",
    [b"", b"TFL3", b"\x7fELF" + bytes(60), b"\x00" * 64, b"PK\x03\x04" + b"a" * 40],
    ids=["empty", "short", "elf", "zeros", "zip"],
)
def test_what_is_not_a_model(data):
    with pytest.raises(ModelError, match="not a TFLite model"):
        parse_model(data)


def test_a_missing_file(tmp_path):
    with pytest.raises(ModelError, match=r"cannot read the model .*absent\.tflite"):
        read_model(tmp_path / "absent.tflite")


def test_every_truncation_is_refused(small_model):
    for length in range(len(small_model) - 3):  # the last bytes only fill up a word
        with pytest.raises(ModelError):
            check_model(parse_model(small_model[:length]))


def test_every_byte_may_be_anything(small_model):
    """Any one byte changed: a model or a ModelError, nothing else."""
    for position in range(len(small_model)):
        for value in (0x00, 0x01, 0x7F, 0x80, 0xFF):
            data = bytearray(small_model)
            data[position] = value
            _read(bytes(data))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 12))
def test_many_bytes_may_be_anything(small_model, seed, changes):
    rng = random.Random(seed)
    data = bytearray(small_model)
    for _ in range(changes):
        position = rng.randrange(len(data) // 4) * 4
        word = rng.choice([0, 1, 0xFFFFFFFF, 0x7FFFFFFF, rng.randrange(1 << 32), rng.randrange(99)])
        data[position : position + 4] = struct.pack("<I", word)
    data[4:8] = b"TFL3"
    _read(bytes(data))


def _read(data):
    try:
        check_model(parse_model(data))
    except ModelError as error:
        assert error.message


def test_offsets_that_share_a_table_cost_nothing(builder):
    """A thousand entries that name one table are verified once each table, not once each entry."""
    tensors = [builder.T((1, 4), scales=[1.0], name="x" * 500) for _ in range(3000)]
    data = builder.build(tensors, [builder.Op("SOFTMAX", [0], [1])], [0], [1])

    assert len(parse_model(data).tensors) == 3000


def test_a_buffer_of_another_size_than_the_shape(builder):
    tensors = [builder.T((1, 4), scales=[1.0]), builder.T((4, 4), scales=[1.0], data=bytes(15))]

    with pytest.raises(ModelError, match=r"tensor 1 .* needs 16 bytes, its buffer holds 15"):
        parse_model(builder.build(tensors, [builder.Op("SOFTMAX", [0], [1])], [0], [1]))


def test_an_operator_that_reads_what_nobody_computes(builder):
    tensors = [builder.T((1, 4), scales=[1.0]) for _ in range(3)]

    with pytest.raises(ModelError, match=r"operator 0 \(SOFTMAX\) reads tensor 2"):
        parse_model(builder.build(tensors, [builder.Op("SOFTMAX", [2], [1])], [0], [1]))


def test_an_operator_that_names_a_tensor_beyond_the_last(builder):
    tensors = [builder.T((1, 4), scales=[1.0])]

    with pytest.raises(ModelError, match=r"operator 0 \(SOFTMAX\) names tensor 9"):
        parse_model(builder.build(tensors, [builder.Op("SOFTMAX", [0], [9])], [0], [0]))
