"""The part of the TFLite schema that is verified: which table has what in which slot.

Source: tensorflow/compiler/mlir/lite/schema/schema.fbs (version 3). A slot that is not listed here
is not read by Simgate and may hold anything that lies inside its table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Kind(Enum):
    """What one slot of a table holds."""

    SCALAR = "scalar"  # ``size`` bytes inside the table
    STRING = "string"
    VECTOR = "vector"  # of scalars of ``size`` bytes
    TABLE = "table"  # of type ``table``
    TABLES = "tables"  # a vector of such tables
    UNION = "union"  # the table that the slot before names


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a table."""

    index: int
    kind: Kind
    size: int = 0
    table: str = ""
    required: bool = False


def _scalar(index: int, size: int) -> Slot:
    return Slot(index, Kind.SCALAR, size)


def _vector(index: int, size: int) -> Slot:
    return Slot(index, Kind.VECTOR, size)


def _tables(index: int, table: str, *, required: bool = False) -> Slot:
    return Slot(index, Kind.TABLES, table=table, required=required)


def _string(index: int) -> Slot:
    return Slot(index, Kind.STRING)


_CONVOLUTION = tuple(_scalar(i, 1 if i in (0, 3) else 4) for i in range(6))
_DEPTHWISE = tuple(_scalar(i, 1 if i in (0, 4) else 4) for i in range(7))
_POOL = tuple(_scalar(i, 1 if i in (0, 5) else 4) for i in range(6))

TABLES: MappingProxyType[str, tuple[Slot, ...]] = MappingProxyType(
    {
        "Model": (
            _scalar(0, 4),
            _tables(1, "OperatorCode", required=True),
            _tables(2, "SubGraph", required=True),
            _string(3),
            _tables(4, "Buffer", required=True),
            _vector(5, 4),
            _tables(6, "Metadata"),
            _tables(7, "SignatureDef"),
        ),
        "OperatorCode": (_scalar(0, 1), _string(1), _scalar(2, 4), _scalar(3, 4)),
        "SubGraph": (
            _tables(0, "Tensor", required=True),
            _vector(1, 4),
            _vector(2, 4),
            _tables(3, "Operator", required=True),
            _string(4),
        ),
        "Tensor": (
            _vector(0, 4),
            _scalar(1, 1),
            _scalar(2, 4),
            _string(3),
            Slot(4, Kind.TABLE, table="QuantizationParameters"),
            _scalar(5, 1),
            Slot(6, Kind.TABLE, table="Opaque"),
            _vector(7, 4),
            _scalar(8, 1),
        ),
        "QuantizationParameters": (
            _vector(0, 4),
            _vector(1, 4),
            _vector(2, 4),
            _vector(3, 8),
            _scalar(4, 1),
            Slot(5, Kind.TABLE, table="Opaque"),
            _scalar(6, 4),
        ),
        "Operator": (
            _scalar(0, 4),
            _vector(1, 4),
            _vector(2, 4),
            _scalar(3, 1),
            Slot(4, Kind.UNION),
            _vector(5, 1),
            _scalar(6, 1),
            _vector(7, 1),
            _vector(8, 4),
            _scalar(9, 8),
            _scalar(10, 8),
            _scalar(11, 1),
            Slot(12, Kind.TABLE, table="Opaque"),
        ),
        "Buffer": (_vector(0, 1), _scalar(1, 8), _scalar(2, 8)),
        "Metadata": (_string(0), _scalar(1, 4)),
        "SignatureDef": (
            _tables(0, "TensorMap"),
            _tables(1, "TensorMap"),
            _string(2),
            _scalar(4, 4),
        ),
        "TensorMap": (_string(0), _scalar(1, 4)),
        "Opaque": (),
        "Conv2DOptions": _CONVOLUTION,
        "DepthwiseConv2DOptions": _DEPTHWISE,
        "Pool2DOptions": _POOL,
        "FullyConnectedOptions": tuple(_scalar(i, 1) for i in range(5)),
        "SoftmaxOptions": (_scalar(0, 4),),
        "ReshapeOptions": (_vector(0, 4),),
    }
)

# BuiltinOptions: code of the union's member -> its table. Others are held to be opaque tables.
UNION_MEMBERS: MappingProxyType[int, str] = MappingProxyType(
    {
        1: "Conv2DOptions",
        2: "DepthwiseConv2DOptions",
        5: "Pool2DOptions",
        8: "FullyConnectedOptions",
        9: "SoftmaxOptions",
        17: "ReshapeOptions",
    }
)
