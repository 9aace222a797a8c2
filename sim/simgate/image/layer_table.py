"""The layer table: what the model compiler tells the simulator about the network in an image.

It lies in section ``.simgate.layers``, which is not loaded, so it costs the chip nothing. Rows of
192 bytes, little endian, in order of execution; `_ROW` is their layout.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path

from simgate.errors import LayerTableError

SECTION = ".simgate.layers"
ROW_BYTES = 192
MAGIC = 0x314C4753  # "SGL1"
NO_OPERATOR = 0xFFFFFFFF
INPUT = "INPUT"
MAX_RANK = 6
TYPES = {0: "float32", 2: "int32", 3: "uint8", 7: "int16", 9: "int8"}
"""TFLite's TensorType codes that a row may have, and NumPy's names for them."""

_ITEM_BYTES = {"float32": 4, "int32": 4, "uint8": 1, "int16": 2, "int8": 1}
_ROW = struct.Struct("<IIIIIIIII6ifi28s96s")


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One tensor that the network on the chip computes, or its input.

    When PC reaches ``code_end`` the output is complete and not yet overwritten; when it reaches
    ``code_start`` the layer begins. Several rows may share addresses.
    """

    operator_index: int | None  # in the .tflite; None for the row of the model's input
    tensor_index: int  # in the .tflite
    address: int  # of the output
    size: int  # of the output, bytes
    code_start: int
    code_end: int
    type_code: int  # TFLite's TensorType
    dtype: str  # the same as NumPy names it: "int8"
    shape: tuple[int, ...]
    scale: float  # 0 where the tensor is not quantised
    zero_point: int
    operator: str  # "CONV_2D"; "INPUT" for the input's row
    name: str  # the tensor's name, possibly cut

    @property
    def is_input(self) -> bool:
        """The row describes the model's input, captured before the first layer runs."""
        return self.operator_index is None


def parse_layer_table(path: Path, content: bytes) -> tuple[LayerRow, ...]:
    """The rows in ``content``, the bytes of the section; ``path`` is for messages.

    Raises:
        LayerTableError: the section is no whole number of rows, or a row cannot be right; the
            message names the row.
    """
    if len(content) % ROW_BYTES:
        raise LayerTableError(
            f"{path}: section {SECTION} has {len(content)} bytes, no multiple of {ROW_BYTES}",
            hint="The model compiler and this Simgate may be of different versions.",
        )
    return tuple(
        _parse_row(path, offset // ROW_BYTES, content[offset : offset + ROW_BYTES])
        for offset in range(0, len(content), ROW_BYTES)
    )


def _parse_row(path: Path, number: int, content: bytes) -> LayerRow:
    fields = _ROW.unpack(content)
    magic, operator_index, tensor_index, address, size, code_start, code_end = fields[:7]
    type_code, rank = fields[7:9]
    scale, zero_point, operator, name = fields[15:]

    def refuse(what: str) -> LayerTableError:
        return LayerTableError(
            f"{path}: row {number} of the layer table: {what}",
            hint="Generate the model's C code again with this version of Simgate.",
        )

    if magic != MAGIC:
        raise refuse(f"begins with 0x{magic:08x} instead of 0x{MAGIC:08x}")
    dtype = TYPES.get(type_code)
    if dtype is None:
        raise refuse(f"tensor type {type_code} is not known")
    if rank > MAX_RANK:
        raise refuse(f"rank {rank} is more than {MAX_RANK}")
    shape = fields[9 : 9 + rank]
    if any(extent <= 0 for extent in shape):
        raise refuse(f"shape {list(shape)} has an extent that is not positive")
    if math.prod(shape) * _ITEM_BYTES[dtype] != size:
        raise refuse(f"{size} bytes do not hold shape {list(shape)} of {dtype}")
    if address + size > 1 << 32:
        raise refuse(f"the output at 0x{address:08x} goes beyond the address space")
    start, end = code_start & ~1, code_end & ~1
    if end < start:
        raise refuse(f"its code ends (0x{end:08x}) before it starts (0x{start:08x})")
    if not math.isfinite(scale) or scale < 0:
        raise refuse(f"scale {scale} is not a scale")
    operator_name = _text(operator)
    if not operator_name:
        raise refuse("it names no operator")
    is_input = operator_index == NO_OPERATOR
    if is_input != (operator_name == INPUT):
        raise refuse(f"operator '{operator_name}' and index 0x{operator_index:x} contradict")
    return LayerRow(
        operator_index=None if is_input else operator_index,
        tensor_index=tensor_index,
        address=address,
        size=size,
        code_start=start,
        code_end=end,
        type_code=type_code,
        dtype=dtype,
        shape=shape,
        scale=scale,
        zero_point=zero_point,
        operator=operator_name,
        name=_text(name),
    )


def _text(field: bytes) -> str:
    """A NUL-padded name; what is not printable becomes a replacement character."""
    text = field.split(b"\0", 1)[0].decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
