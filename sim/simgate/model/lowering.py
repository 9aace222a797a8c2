"""From an operator to a kernel's call: what an operator's module gives, and its registration."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from simgate.errors import ModelError
from simgate.model.c_text import CArray
from simgate.model.graph import Model, Operator, Quantisation, Tensor


@dataclass(frozen=True, slots=True)
class Lowered:
    """One operator, ready to be written as C.

    ``layer`` and ``call`` are C with these names in braces: ``prefix``; in ``call`` also
    ``input``, ``output`` (int8_t pointers) and ``scratch`` (uint32_t pointer). Both are empty
    where the output is the input under another shape.
    """

    header: str  # of the kernel
    layer_type: str
    layer: str
    call: str
    arrays: tuple[CArray, ...] = ()
    layer_bytes: int = 0  # of the layer's description on a 32-bit target
    macs: int = 0
    scratch_bytes: int = 0
    may_overwrite_input: bool = False

    @property
    def is_alias(self) -> bool:
        """Whether the output is the input's memory, without any code."""
        return not self.call


@dataclass(frozen=True, slots=True)
class Site:
    """One operator within its model, with the checks that all operators share.

    Each check raises ModelError, which names the operator and what is not supported.
    """

    model: Model
    operator: Operator

    @property
    def where(self) -> str:
        """How messages name it."""
        return f"operator {self.operator.index} ({self.operator.name})"

    def fail(self, what: str, hint: str = "") -> ModelError:
        """An error about this operator."""
        return ModelError(f"{self.where}: {what}", hint=hint)

    def count(self, inputs: tuple[int, ...], outputs: int = 1) -> None:
        """Check the numbers of inputs (any of ``inputs``) and outputs."""
        if len(self.operator.inputs) not in inputs or len(self.operator.outputs) != outputs:
            raise self.fail(
                f"it has {len(self.operator.inputs)} inputs and "
                f"{len(self.operator.outputs)} outputs"
            )

    def _activation(self, index: int, role: str) -> tuple[Tensor, Quantisation]:
        tensor = self.model.tensors[index] if index >= 0 else None
        if tensor is None or tensor.data is not None:
            raise self.fail(f"its {role} must be a computed tensor")
        if tensor.type_name != "INT8":
            raise self.fail(
                f"its {role}, tensor {index} '{tensor.name}', is {tensor.type_name}; "
                "INT8 is supported",
                hint="Quantise the model to int8, inputs and outputs included.",
            )
        quantisation = tensor.quantisation
        if quantisation is None or len(quantisation.scales) != 1 or quantisation.scale <= 0.0:
            raise self.fail(
                f"its {role}, tensor {index} '{tensor.name}', has no scale for the whole tensor"
            )
        if not -128 <= quantisation.zero_point <= 127:
            raise self.fail(f"the zero point of its {role} is {quantisation.zero_point}")
        if tensor.elements < 1:
            raise self.fail(f"its {role} of shape {tensor.shape} is empty")
        return tensor, quantisation

    def input(self) -> tuple[Tensor, Quantisation]:
        """The first input: computed, int8, quantised as a whole."""
        return self._activation(self.operator.inputs[0], "input")

    def output(self) -> tuple[Tensor, Quantisation]:
        """The output: int8, quantised as a whole."""
        return self._activation(self.operator.outputs[0], "output")

    def image(self, tensor: Tensor, role: str) -> None:
        """Check that ``tensor`` is one image: (1, height, width, channels)."""
        if len(tensor.shape) != 4 or tensor.shape[0] != 1:
            raise self.fail(
                f"its {role} has the shape {tensor.shape}; (1, height, width, channels) is "
                "supported"
            )
        if max(tensor.shape) > 32767:
            raise self.fail(f"its {role} of shape {tensor.shape} has a side above 32767")

    def weights(self, rank: int, channel_axis: int) -> tuple[Tensor, tuple[int, ...]]:
        """The weights and their values: constant, int8, symmetric, per tensor or channel."""
        index = self.operator.inputs[1]
        tensor = self.model.tensors[index] if index >= 0 else None
        if tensor is None or tensor.data is None:
            raise self.fail("its weights must be constant")
        if tensor.type_name != "INT8" or len(tensor.shape) != rank or tensor.elements < 1:
            raise self.fail(
                f"its weights are {tensor.type_name} of shape {tensor.shape}; INT8 with "
                f"{rank} dimensions is supported",
                hint="Quantise the model to int8.",
            )
        quantisation = tensor.quantisation
        if quantisation is None:
            raise self.fail("its weights have no scale", hint="Quantise the model to int8.")
        if any(quantisation.zero_points):
            raise self.fail("its weights are not symmetric: a zero point is not 0")
        count = len(quantisation.scales)
        if count > 1 and quantisation.axis != channel_axis:
            raise self.fail(
                f"its weights are quantised along dimension {quantisation.axis}; "
                f"{channel_axis} is supported"
            )
        if max(quantisation.scales) > 1e30:
            raise self.fail("a scale of its weights is beyond any use")
        return tensor, struct.unpack(f"<{tensor.elements}b", tensor.data)

    def bias(self, channels: int) -> tuple[int, ...]:
        """One int32 a channel; zeros where the operator has none."""
        inputs = self.operator.inputs
        if len(inputs) < 3 or inputs[2] < 0:
            return (0,) * channels
        tensor = self.model.tensors[inputs[2]]
        if tensor.data is None or tensor.type_name != "INT32" or tensor.elements != channels:
            raise self.fail(
                f"its bias is {tensor.type_name} of shape {tensor.shape}; constant INT32, one "
                f"for each of {channels} channels, is supported"
            )
        return struct.unpack(f"<{channels}i", tensor.data)


Lower = Callable[[Site], Lowered]
_LOWERS: dict[str, Lower] = {}


def lowers(name: str) -> Callable[[Lower], Lower]:
    """Register a function as the one that lowers the operator called ``name``."""

    def register(function: Lower) -> Lower:
        _LOWERS[name] = function
        return function

    return register


def lower_operator(model: Model, operator: Operator) -> Lowered:
    """Lower one operator.

    Raises:
        ModelError: the operator, or something about it, is not supported.
    """
    import simgate.model.operator as _modules  # noqa: F401  (fills the registry)

    function = _LOWERS.get(operator.name)
    if function is None:
        raise ModelError(
            f"operator {operator.index} ({operator.name}) is not supported",
            hint="Supported: " + ", ".join(sorted(_LOWERS)) + ".",
        )
    return function(Site(model, operator))
