"""The constants that turn one layer's accumulators into its outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simgate.errors import ModelError
from simgate.model.arithmetic import (
    INT8_MAX,
    INT8_MIN,
    Multiplier,
    activation_range,
    channel_multiplier,
    tensor_multiplier,
)
from simgate.model.c_text import CArray
from simgate.model.graph import Operator, Quantisation, Tensor

_ACTIVATIONS = {0: "NONE", 1: "RELU", 2: "RELU_N1_TO_1", 3: "RELU6"}


@dataclass(frozen=True, slots=True)
class Requantisation:
    """What ``struct nn_requantisation`` says of one layer; one entry a channel."""

    bias: tuple[int, ...]
    multipliers: tuple[Multiplier, ...]
    zero_point: int
    minimum: int
    maximum: int
    narrow: bool

    def arrays(self, index: int) -> tuple[CArray, ...]:
        """The constant arrays of operator ``index``; the bias filled up to an even number."""
        bias = self.bias + (0,) * (len(self.bias) % 2)
        return (
            CArray(f"bias_{index}", "int32_t", bias, is_weight=True),
            CArray(
                f"multiplier_{index}",
                "int32_t",
                tuple(m.mantissa for m in self.multipliers),
                is_weight=False,
            ),
            CArray(
                f"shift_{index}",
                "int8_t",
                tuple(m.shift for m in self.multipliers),
                is_weight=False,
            ),
        )

    def c_initialiser(self, prefix: str, index: int) -> str:
        """The value of a ``struct nn_requantisation``."""
        clamp = self.minimum > INT8_MIN or self.maximum < INT8_MAX
        return (
            f"{{.bias = {prefix}_bias_{index}, .multiplier = {prefix}_multiplier_{index}, "
            f".shift = {prefix}_shift_{index}, .zero_point = {self.zero_point}, "
            f".minimum = {self.minimum}, .maximum = {self.maximum}, "
            f".narrow = {int(self.narrow)}, .clamp = {int(clamp)}}}"
        )


def activation_limits(operator: Operator, output: Quantisation) -> tuple[int, int]:
    """The int8 range that the operator's fused activation leaves.

    Raises:
        ModelError: an activation that is not supported.
    """
    code = int(operator.options.get("FusedActivationFunction", 0))
    activation = _ACTIVATIONS.get(code)
    if activation is None:
        raise ModelError(
            f"operator {operator.index} ({operator.name}) has the fused activation {code}, "
            f"which is not supported",
            hint="Supported: " + ", ".join(_ACTIVATIONS.values()) + ".",
        )
    low, high = activation_range(activation, output.scale, output.zero_point)
    # A zero point at the very edge can leave no room at all; the kernels' limits are int8.
    return max(INT8_MIN, min(low, INT8_MAX)), max(INT8_MIN, min(high, INT8_MAX))


def requantisation(
    operator: Operator,
    activations: tuple[Quantisation, Quantisation],
    weights: Tensor,
    rows: Sequence[Sequence[int]],
    bias: Sequence[int],
) -> Requantisation:
    """Constants of a layer.

    Args:
        operator: for its activation and messages.
        activations: quantisation of input and output.
        weights: for its scales; one, or one a channel.
        rows: the weights of each output channel.
        bias: one a channel.

    Raises:
        ModelError: the activation is not supported, or scales differ by more than 2^30.
    """
    source, target = activations
    scales = weights.quantisation.scales if weights.quantisation else ()
    if len(scales) == 1 and operator.name == "FULLY_CONNECTED":
        multipliers = (tensor_multiplier(source.scale, scales[0], target.scale),) * len(rows)
    else:
        spread = scales if len(scales) == len(rows) else scales * len(rows)
        multipliers = tuple(channel_multiplier(source.scale, s, target.scale) for s in spread)
    for channel, multiplier in enumerate(multipliers):
        if multiplier.shift > 30:
            raise ModelError(
                f"operator {operator.index} ({operator.name}): the scales of channel {channel} "
                "differ by more than 2^30 from input to output"
            )
    low, high = activation_limits(operator, target)
    # The largest magnitude that an input can have once its zero point is taken away.
    reach = max(INT8_MAX - source.zero_point, source.zero_point - INT8_MIN)
    narrow = all(
        -20 <= m.shift <= -1 and abs(b) + reach * sum(map(abs, row)) < 1 << 30
        for m, b, row in zip(multipliers, bias, rows, strict=True)
    )
    return Requantisation(tuple(bias), multipliers, target.zero_point, low, high, narrow)
