"""The layer table: its rows as the firmware holds them, and rows that cannot be right."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.errors import LayerTableError
from simgate.image import Image
from simgate.image.layer_table import MAGIC, ROW_BYTES, parse_layer_table

CONVOLUTION = {
    "magic": MAGIC,
    "operator_index": 3,
    "tensor_index": 17,
    "address": 0x20001000,
    "size": 800,
    "code_start": 0x08000101,
    "code_end": 0x08000201,
    "type": 9,
    "rank": 4,
    "d0": 1,
    "d1": 25,
    "d2": 4,
    "d3": 8,
    "d4": 0,
    "d5": 0,
    "scale": 0.5,
    "zero_point": -128,
    "operator": b"CONV_2D",
    "name": b"block/conv",
}


def row(**changes: object) -> bytes:
    values = {**CONVOLUTION, **changes}
    return struct.pack("<9I6ifi28s96s", *values.values())


def test_the_rows_of_a_firmware(firmware: Path) -> None:
    image = Image.read(firmware)
    model_input, convolution = image.layers()

    assert model_input.is_input and model_input.operator == "INPUT"
    assert model_input.shape == (1, 8, 8, 1)
    assert (model_input.scale, model_input.zero_point) == (0.5, -3)
    assert model_input.code_start == model_input.code_end == image.symbol("kws_at_0").address
    assert (convolution.operator_index, convolution.tensor_index) == (0, 1)
    assert (convolution.address, convolution.size) == (image.symbol("arena").address, 64)
    assert convolution.code_end == image.symbol("kws_at_1").address
    assert (convolution.dtype, convolution.shape) == ("int8", (1, 64))
    assert (convolution.operator, convolution.name) == ("CONV_2D", "layer/convolution")


def test_every_field_of_a_row() -> None:
    (parsed,) = parse_layer_table(Path("x.elf"), row())
    assert parsed.operator_index == 3 and parsed.tensor_index == 17
    assert (parsed.address, parsed.size) == (0x20001000, 800)
    assert (parsed.code_start, parsed.code_end) == (0x08000100, 0x08000200)
    assert (parsed.type_code, parsed.dtype, parsed.shape) == (9, "int8", (1, 25, 4, 8))
    assert (parsed.scale, parsed.zero_point) == (0.5, -128)
    assert (parsed.operator, parsed.name) == ("CONV_2D", "block/conv")
    assert not parsed.is_input


def test_a_scalar_and_a_wide_type() -> None:
    (parsed,) = parse_layer_table(Path("x.elf"), row(rank=0, size=4, type=2))
    assert (parsed.shape, parsed.dtype) == ((), "int32")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"magic": 0}, "0x00000000 instead of 0x314c4753"),
        ({"type": 5}, "tensor type 5"),
        ({"rank": 7}, "rank 7"),
        ({"d1": 0}, "not positive"),
        ({"d1": -25}, "not positive"),
        ({"size": 801}, "801 bytes do not hold"),
        ({"type": 0}, "of float32"),
        ({"address": 0xFFFFFFF0}, "address space"),
        ({"code_end": 0x08000000}, "before it starts"),
        ({"scale": float("nan")}, "scale nan"),
        ({"scale": float("inf")}, "scale inf"),
        ({"scale": -1.0}, "scale -1"),
        ({"operator": b""}, "no operator"),
        ({"operator": b"INPUT"}, "contradict"),
        ({"operator_index": 0xFFFFFFFF}, "contradict"),
    ],
)
def test_a_row_that_cannot_be_right_is_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(LayerTableError, match=message) as caught:
        parse_layer_table(Path("x.elf"), row() + row(**changes))
    assert "x.elf: row 1 of the layer table" in caught.value.message


def test_part_of_a_row() -> None:
    with pytest.raises(LayerTableError, match="no multiple of 192"):
        parse_layer_table(Path("x.elf"), row()[:-1])


def test_no_table(tmp_path: Path, firmware: Path) -> None:
    data = firmware.read_bytes().replace(b".simgate.layers\0", b".something.els\0\0")
    assert Image.parse(firmware, data).layers() == ()


@given(st.binary(max_size=2 * ROW_BYTES))
def test_any_bytes(content: bytes) -> None:
    try:
        rows = parse_layer_table(Path("x.elf"), content)
    except LayerTableError:
        return
    assert len(rows) * ROW_BYTES == len(content)


@given(st.binary(min_size=ROW_BYTES - 4, max_size=ROW_BYTES - 4))
def test_any_bytes_behind_the_magic(content: bytes) -> None:
    try:
        (parsed,) = parse_layer_table(Path("x.elf"), MAGIC.to_bytes(4, "little") + content)
    except LayerTableError:
        return
    assert parsed.operator.isprintable() and parsed.name.isprintable()
