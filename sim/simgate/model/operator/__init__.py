"""The operators that the compiler knows, one module each; importing them registers them."""

from simgate.model.operator import (
    average_pool_2d,
    conv_2d,
    depthwise_conv_2d,
    fully_connected,
    max_pool_2d,
    reshape,
    softmax,
)

__all__ = [
    "average_pool_2d",
    "conv_2d",
    "depthwise_conv_2d",
    "fully_connected",
    "max_pool_2d",
    "reshape",
    "softmax",
]
