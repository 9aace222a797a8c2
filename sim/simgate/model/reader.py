"""Reading of a .tflite into ``Model``; nothing in the file is trusted."""

from __future__ import annotations

import hashlib
import math
import struct
from pathlib import Path
from types import MappingProxyType
from typing import Any

from simgate.errors import ModelError
from simgate.model._verify import verify
from simgate.model.graph import Model, Operator, Quantisation, Tensor

_ITEM_SIZES = {
    "FLOAT32": 4, "FLOAT16": 2, "INT32": 4, "UINT8": 1, "INT64": 8, "BOOL": 1, "INT16": 2,
    "INT8": 1, "FLOAT64": 8, "UINT64": 8, "UINT32": 4, "UINT16": 2,
}  # fmt: skip
_MOST_DIMENSIONS = 6
_MOST_ITEMS = 20_000  # tensors, operators, buffers: far above any model for a microcontroller
_MOST_BYTES = 1 << 31

# Options by the name of the table in the schema; values are the accessors' names.
_OPTIONS: dict[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "Conv2DOptions",
        ("Padding", "StrideW", "StrideH", "FusedActivationFunction", "DilationWFactor",
         "DilationHFactor"),
    ),
    2: (
        "DepthwiseConv2DOptions",
        ("Padding", "StrideW", "StrideH", "DepthMultiplier", "FusedActivationFunction",
         "DilationWFactor", "DilationHFactor"),
    ),
    5: (
        "Pool2DOptions",
        ("Padding", "StrideW", "StrideH", "FilterWidth", "FilterHeight",
         "FusedActivationFunction"),
    ),
    8: ("FullyConnectedOptions", ("FusedActivationFunction", "WeightsFormat", "KeepNumDims")),
    9: ("SoftmaxOptions", ("Beta",)),
}  # fmt: skip


def read_model(path: Path) -> Model:
    """Read and verify the .tflite at ``path``.

    Raises:
        ModelError: there is no such file, it is not a TFLite model, or it contradicts itself.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise ModelError(f"the model {path} is not a regular file")  # it may have no end
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"cannot read the model {path}: {error.strerror or error}",
            hint="Give the path of a .tflite file.",
        ) from error
    try:
        return parse_model(data, path.name)
    except ModelError as error:
        raise ModelError(f"{path}: {error.message}", hint=error.hint) from error


def parse_model(data: bytes, name: str = "model") -> Model:
    """The model in ``data``, the bytes of a .tflite.

    Raises:
        ModelError: they are not one, or contradict themselves.
    """
    verify(data)
    return _Reader(data, name).model()


def _damaged(what: str) -> ModelError:
    return ModelError(
        f"the TFLite model is damaged: {what}",
        hint="Convert the model again, or check the copy against its origin.",
    )


class _Reader:
    def __init__(self, data: bytes, name: str) -> None:
        from tflite.BuiltinOperator import BuiltinOperator
        from tflite.Model import Model as Root
        from tflite.TensorType import TensorType

        self._data = data
        self._name = name
        self._root: Any = Root.GetRootAs(data, 0)
        self._operator_names = _names(BuiltinOperator)
        self._type_names = _names(TensorType)
        self._constants: dict[tuple[int, int], bytes] = {}

    def model(self) -> Model:
        root = self._root
        if root.SubgraphsLength() != 1:
            raise ModelError(
                f"the model has {root.SubgraphsLength()} subgraphs; one is supported",
                hint="Convert it without control flow (IF, WHILE) and with one signature.",
            )
        graph = root.Subgraphs(0)
        for what, count in (
            ("tensors", graph.TensorsLength()),
            ("operators", graph.OperatorsLength()),
            ("buffers", root.BuffersLength()),
            ("operator codes", root.OperatorCodesLength()),
        ):
            if count > _MOST_ITEMS:
                raise _damaged(f"{count} {what}")
        self._check_indices(graph)
        tensors = tuple(self._tensor(graph.Tensors(i), i) for i in range(graph.TensorsLength()))
        operators = tuple(
            self._operator(graph.Operators(i), i, len(tensors))
            for i in range(graph.OperatorsLength())
        )
        inputs = self._ports(graph.Inputs, graph.InputsLength(), len(tensors), "input")
        outputs = self._ports(graph.Outputs, graph.OutputsLength(), len(tensors), "output")
        model = Model(
            name=self._name,
            sha256=hashlib.sha256(self._data).hexdigest(),
            size_bytes=len(self._data),
            tensors=tensors,
            operators=operators,
            inputs=inputs,
            outputs=outputs,
        )
        _check_order(model)
        return model

    def _check_indices(self, graph: Any) -> None:
        root = self._root
        for i in range(min(root.MetadataLength(), _MOST_ITEMS)):
            if root.Metadata(i).Buffer() >= root.BuffersLength():
                raise _damaged(f"metadata {i} names buffer {root.Metadata(i).Buffer()}")
        for i in range(min(root.SignatureDefsLength(), _MOST_ITEMS)):
            signature = root.SignatureDefs(i)
            if signature.SubgraphIndex() >= root.SubgraphsLength():
                raise _damaged(f"signature {i} names subgraph {signature.SubgraphIndex()}")
            maps = [signature.Inputs(j) for j in range(min(signature.InputsLength(), _MOST_ITEMS))]
            maps += [
                signature.Outputs(j) for j in range(min(signature.OutputsLength(), _MOST_ITEMS))
            ]
            if any(entry.TensorIndex() >= graph.TensorsLength() for entry in maps):
                raise _damaged(f"signature {i} names a tensor that does not exist")

    def _ports(self, get: Any, count: int, tensors: int, what: str) -> tuple[int, ...]:
        if count > _MOST_ITEMS:
            raise _damaged(f"{count} {what}s")
        indices = tuple(int(get(i)) for i in range(count))
        for index in indices:
            if not 0 <= index < tensors:
                raise _damaged(f"{what} tensor {index} does not exist ({tensors} tensors)")
        return indices

    def _tensor(self, table: Any, index: int) -> Tensor:
        rank = table.ShapeLength()
        where = f"tensor {index}"
        if rank > _MOST_DIMENSIONS:
            raise ModelError(
                f"{where} has {rank} dimensions; at most {_MOST_DIMENSIONS} are supported"
            )
        shape = tuple(int(table.Shape(i)) for i in range(rank))
        if any(size < 0 for size in shape):
            raise _damaged(f"{where} has the shape {shape}")
        if table.Sparsity() is not None:
            raise ModelError(
                f"{where} is sparse, which is not supported",
                hint="Convert the model with dense weights.",
            )
        type_name = self._type_names.get(table.Type(), f"type {table.Type()}")
        item_size = _ITEM_SIZES.get(type_name, 0)
        data = self._constant(table.Buffer(), where)
        size = math.prod(shape) * item_size
        if size >= _MOST_BYTES:
            raise _damaged(f"{where} has the shape {shape}")
        if data is not None and item_size and len(data) != size:
            raise _damaged(
                f"{where} of shape {shape} and type {type_name} needs {size} bytes, "
                f"its buffer holds {len(data)}"
            )
        return Tensor(
            index=index,
            name=_text(table.Name()),
            type_code=int(table.Type()),
            type_name=type_name,
            item_size=item_size,
            shape=shape,
            quantisation=self._quantisation(table.Quantization(), shape, where),
            data=data,
        )

    def _constant(self, buffer_index: int, where: str) -> bytes | None:
        if buffer_index >= self._root.BuffersLength():
            raise _damaged(f"{where} names buffer {buffer_index}, which does not exist")
        buffer = self._root.Buffers(buffer_index)
        length = buffer.DataLength()
        if length:
            start = buffer._tab.Vector(buffer._tab.Offset(4))
        elif buffer.Offset() > 1:  # the data lies behind the flatbuffer (models above 2 GB)
            start, length = int(buffer.Offset()), int(buffer.Size())
        else:
            return None
        if start + length > len(self._data):
            raise _damaged(f"buffer {buffer_index} reaches beyond the end of the file")
        key = (start, length)
        if key not in self._constants:
            self._constants[key] = self._data[start : start + length]
        return self._constants[key]

    def _quantisation(self, table: Any, shape: tuple[int, ...], where: str) -> Quantisation | None:
        if table is None or table.ScaleLength() == 0:
            return None
        count = table.ScaleLength()
        axis = int(table.QuantizedDimension())
        if count > 1 and not (0 <= axis < len(shape) and shape[axis] == count):
            raise _damaged(f"{where} of shape {shape} has {count} scales along dimension {axis}")
        if table.ZeroPointLength() not in (0, count):
            raise _damaged(f"{where} has {count} scales and {table.ZeroPointLength()} zero points")
        position = table._tab.Vector(table._tab.Offset(8))
        scales = struct.unpack_from(f"<{count}f", self._data, position)
        if not all(math.isfinite(scale) and scale >= 0 for scale in scales):
            raise _damaged(f"{where} has a scale that is negative or not a number")
        zero_points = tuple(int(table.ZeroPoint(i)) for i in range(table.ZeroPointLength()))
        return Quantisation(scales, zero_points or (0,) * count, axis)

    def _operator(self, table: Any, index: int, tensors: int) -> Operator:
        code_index = table.OpcodeIndex()
        if code_index >= self._root.OperatorCodesLength():
            raise _damaged(f"operator {index} names operator code {code_index}")
        code = self._root.OperatorCodes(code_index)
        builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        name = self._operator_names.get(builtin, f"BUILTIN_{builtin}")
        if name == "CUSTOM":
            name = f"CUSTOM({_text(code.CustomCode())})"
        count_in, count_out = table.InputsLength(), table.OutputsLength()
        if max(count_in, count_out) > _MOST_ITEMS:
            raise _damaged(f"operator {index} has {count_in} inputs and {count_out} outputs")
        inputs = tuple(int(table.Inputs(i)) for i in range(count_in))
        outputs = tuple(int(table.Outputs(i)) for i in range(count_out))
        for tensor in (*inputs, *outputs):
            if not (0 <= tensor < tensors or (tensor == -1 and tensor in inputs)):
                raise _damaged(f"operator {index} ({name}) names tensor {tensor}")
        return Operator(index, name, inputs, outputs, MappingProxyType(self._options(table)))

    def _options(self, table: Any) -> dict[str, int | float]:
        known = _OPTIONS.get(table.BuiltinOptionsType())
        union = table.BuiltinOptions()
        if known is None or union is None:
            return {}
        import importlib

        class_name, fields = known
        options: Any = getattr(importlib.import_module(f"tflite.{class_name}"), class_name)()
        options.Init(union.Bytes, union.Pos)
        return {field: getattr(options, field)() for field in fields}


def _names(enumeration: type) -> dict[int, str]:
    return {v: k for k, v in vars(enumeration).items() if isinstance(v, int)}


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")


def _check_order(model: Model) -> None:
    """Every tensor is known before it is read, and computed once."""
    known = set(model.inputs) | {t.index for t in model.tensors if t.data is not None}
    for operator in model.operators:
        for tensor in operator.inputs:
            # A tensor without elements (an optional bias, a scalar's shape) needs no data.
            if tensor >= 0 and tensor not in known and model.tensors[tensor].elements > 0:
                raise _damaged(
                    f"operator {operator.index} ({operator.name}) reads tensor {tensor} "
                    "before anything computes it"
                )
        for tensor in operator.outputs:
            if tensor in known:
                raise _damaged(
                    f"operator {operator.index} ({operator.name}) writes tensor {tensor}, "
                    "which is already known"
                )
            known.add(tensor)
    for tensor in model.outputs:
        if tensor not in known:
            raise _damaged(f"nothing computes the output tensor {tensor}")
