"""What a reference interpreter computed for one input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgate.model import Quantisation

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceTensor:
    """One tensor as the reference left it."""

    index: int  # in the .tflite
    name: str
    data: Array  # in the tensor's shape and type
    quantisation: Quantisation | None

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of an element."""
        return self.data.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """Dimensions, NHWC for an image."""
        return self.data.shape


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceRun:
    """Every activation of one inference."""

    reference: str  # "TFLM 0.dev20261023182759"
    tensors: Mapping[int, ReferenceTensor]  # by tensor index
