"""A writer of small TFLite models, for tests only: tensors and operators in, bytes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np

TYPES = {"FLOAT32": 0, "INT32": 2, "UINT8": 3, "INT16": 7, "INT8": 9}
CODES = {
    "AVERAGE_POOL_2D": 1,
    "CONV_2D": 3,
    "DEPTHWISE_CONV_2D": 4,
    "FULLY_CONNECTED": 9,
    "LOGISTIC": 14,
    "MAX_POOL_2D": 17,
    "RESHAPE": 22,
    "SOFTMAX": 25,
}
# Table of BuiltinOptions, and its fields in order of their slots: name and width.
OPTIONS: dict[str, tuple[int, tuple[tuple[str, str], ...]]] = {
    "CONV_2D": (
        1,
        (("padding", "b"), ("stride_w", "i"), ("stride_h", "i"), ("activation", "b"),
         ("dilation_w", "i"), ("dilation_h", "i")),
    ),
    "DEPTHWISE_CONV_2D": (
        2,
        (("padding", "b"), ("stride_w", "i"), ("stride_h", "i"), ("multiplier", "i"),
         ("activation", "b"), ("dilation_w", "i"), ("dilation_h", "i")),
    ),
    "AVERAGE_POOL_2D": (
        5,
        (("padding", "b"), ("stride_w", "i"), ("stride_h", "i"), ("filter_w", "i"),
         ("filter_h", "i"), ("activation", "b")),
    ),
    "FULLY_CONNECTED": (8, (("activation", "b"),)),
    "SOFTMAX": (9, (("beta", "f"),)),
}  # fmt: skip
OPTIONS["MAX_POOL_2D"] = OPTIONS["AVERAGE_POOL_2D"]


@dataclass
class T:
    """A tensor; ``data`` makes it a constant."""

    shape: tuple[int, ...]
    type: str = "INT8"
    scales: Sequence[float] = ()
    zero_points: Sequence[int] = ()
    axis: int = 0
    data: bytes | None = None
    name: str = ""


@dataclass
class Op:
    """An operator; options by the names in OPTIONS."""

    name: str
    inputs: Sequence[int]
    outputs: Sequence[int]
    options: dict[str, Any] = field(default_factory=dict)


def _vector(builder: flatbuffers.Builder, values: Sequence[Any], dtype: str) -> int:
    return int(builder.CreateNumpyVector(np.asarray(values, dtype)))


def _tables(builder: flatbuffers.Builder, offsets: Sequence[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def _tensor(builder: flatbuffers.Builder, tensor: T, buffer: int) -> int:
    name = builder.CreateString(tensor.name)
    shape = _vector(builder, tensor.shape, "<i4")
    quantisation = 0
    if tensor.scales:
        scales = _vector(builder, tensor.scales, "<f4")
        zero_points = _vector(builder, tensor.zero_points or [0] * len(tensor.scales), "<i8")
        builder.StartObject(7)
        builder.PrependUOffsetTRelativeSlot(2, scales, 0)
        builder.PrependUOffsetTRelativeSlot(3, zero_points, 0)
        builder.PrependInt32Slot(6, tensor.axis, 0)
        quantisation = builder.EndObject()
    builder.StartObject(10)
    builder.PrependUOffsetTRelativeSlot(0, shape, 0)
    builder.PrependInt8Slot(1, TYPES[tensor.type], 0)
    builder.PrependUint32Slot(2, buffer, 0)
    builder.PrependUOffsetTRelativeSlot(3, name, 0)
    if quantisation:
        builder.PrependUOffsetTRelativeSlot(4, quantisation, 0)
    return int(builder.EndObject())


def _options(builder: flatbuffers.Builder, op: Op) -> tuple[int, int]:
    if op.name not in OPTIONS:
        return 0, 0
    code, fields = OPTIONS[op.name]
    defaults = {"stride_w": 1, "stride_h": 1, "dilation_w": 1, "dilation_h": 1, "beta": 1.0}
    builder.StartObject(len(fields))
    for slot, (name, width) in enumerate(fields):
        value = op.options.get(name, defaults.get(name, 0))
        if width == "b":
            builder.PrependInt8Slot(slot, value, None)
        elif width == "i":
            builder.PrependInt32Slot(slot, value, None)
        else:
            builder.PrependFloat32Slot(slot, value, None)
    return code, int(builder.EndObject())


def build(
    tensors: Sequence[T], operators: Sequence[Op], inputs: Sequence[int], outputs: Sequence[int]
) -> bytes:
    """The model as the bytes of a .tflite."""
    builder = flatbuffers.Builder(1024)
    buffers: list[bytes] = [b""]
    tables = []
    for tensor in tensors:
        index = 0
        if tensor.data is not None:
            index = len(buffers)
            buffers.append(tensor.data)
        tables.append(_tensor(builder, tensor, index))
    names = sorted({op.name for op in operators})
    ops = []
    for op in operators:
        ins, outs = _vector(builder, op.inputs, "<i4"), _vector(builder, op.outputs, "<i4")
        kind, options = _options(builder, op)
        builder.StartObject(9)
        builder.PrependUint32Slot(0, names.index(op.name), 0)
        builder.PrependUOffsetTRelativeSlot(1, ins, 0)
        builder.PrependUOffsetTRelativeSlot(2, outs, 0)
        if options:
            builder.PrependUint8Slot(3, kind, 0)
            builder.PrependUOffsetTRelativeSlot(4, options, 0)
        ops.append(builder.EndObject())
    parts = [
        _tables(builder, tables),
        _vector(builder, inputs, "<i4"),
        _vector(builder, outputs, "<i4"),
        _tables(builder, ops),
    ]
    builder.StartObject(5)
    for slot, part in enumerate(parts):
        builder.PrependUOffsetTRelativeSlot(slot, part, 0)
    subgraph = builder.EndObject()
    codes = []
    for name in names:
        builder.StartObject(4)
        builder.PrependInt8Slot(0, CODES[name], 0)
        builder.PrependInt32Slot(2, 1, 0)
        builder.PrependInt32Slot(3, CODES[name], 0)
        codes.append(builder.EndObject())
    stored = []
    for data in buffers:
        content = 0
        if data:
            builder.StartVector(1, len(data), 16)
            builder.head = builder.head - len(data)
            builder.Bytes[builder.head : builder.head + len(data)] = data
            content = builder.EndVector()
        builder.StartObject(3)
        if content:
            builder.PrependUOffsetTRelativeSlot(0, content, 0)
        stored.append(builder.EndObject())
    vectors = [_tables(builder, codes), _tables(builder, [subgraph]), _tables(builder, stored)]
    builder.StartObject(8)
    builder.PrependUint32Slot(0, 3, 0)
    builder.PrependUOffsetTRelativeSlot(1, vectors[0], 0)
    builder.PrependUOffsetTRelativeSlot(2, vectors[1], 0)
    builder.PrependUOffsetTRelativeSlot(4, vectors[2], 0)
    builder.Finish(builder.EndObject(), b"TFL3")
    return bytes(builder.Output())
