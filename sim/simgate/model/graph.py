"""A model as data: tensors, operators and how they hang together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod


@dataclass(frozen=True, slots=True)
class Quantisation:
    """real = scale * (quantised - zero_point), per tensor or along ``axis``."""

    scales: tuple[float, ...]  # exact values of float32 numbers
    zero_points: tuple[int, ...]
    axis: int = 0

    @property
    def scale(self) -> float:
        """The scale of the whole tensor (of its first channel, where there are many)."""
        return self.scales[0]

    @property
    def zero_point(self) -> int:
        """The zero point of the whole tensor (of its first channel, where there are many)."""
        return self.zero_points[0]


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor; ``data`` holds the bytes of a constant and is None for what is computed."""

    index: int
    name: str
    type_code: int
    type_name: str
    item_size: int  # bytes
    shape: tuple[int, ...]
    quantisation: Quantisation | None = None
    data: bytes | None = None

    @property
    def elements(self) -> int:
        """Number of elements."""
        return prod(self.shape)

    @property
    def size_bytes(self) -> int:
        """Size in memory."""
        return self.elements * self.item_size


@dataclass(frozen=True, slots=True)
class Operator:
    """One step. ``options`` are those of the schema, by their names there."""

    index: int
    name: str
    inputs: tuple[int, ...]  # tensor indices; -1 where an optional one is absent
    outputs: tuple[int, ...]
    options: Mapping[str, int | float]


@dataclass(frozen=True, slots=True)
class Model:
    """A verified model with one subgraph; operators are in order of execution."""

    name: str
    sha256: str
    size_bytes: int
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
