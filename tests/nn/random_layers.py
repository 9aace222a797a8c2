"""Random layers and chains of layers, with ordinary and extreme values; for tests only.

Every choice comes from one numpy generator, so a seed is a model.
"""

from __future__ import annotations

from typing import Any

import numpy as np

NONE, RELU, RELU_N1_TO_1, RELU6 = 0, 1, 2, 3


class Chain:
    """A model under construction: each method adds a layer behind the last."""

    def __init__(self, builder: Any, rng: np.random.Generator, shape: tuple[int, ...]) -> None:
        self._b = builder
        self.rng = rng
        # Scales that are powers of two and small weights bring many results to exactly a half,
        # where roundings differ.
        self._binary = bool(rng.random() < 0.6)
        self._small = bool(rng.random() < 0.5)
        self.tensors = [self._activation(shape)]
        self.operators: list[Any] = []
        self.last = 0

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the last output."""
        shape: tuple[int, ...] = self.tensors[self.last].shape
        return shape

    def bytes(self) -> bytes:
        """The .tflite."""
        data: bytes = self._b.build(self.tensors, self.operators, [0], [self.last])
        return data

    def _int(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))

    def _scale(self, low: float = -7.0, high: float = 0.0) -> float:
        exponent = self.rng.uniform(low, high)
        return float(np.float32(2.0 ** (np.round(exponent) if self._binary else exponent)))

    def _output(self, shape: tuple[int, ...], weights: Any, taps: int) -> Any:
        """What a layer of ``taps`` weights computes: a scale that spreads it over int8, mostly."""
        output = self._activation(shape)
        if self.rng.random() < 0.8:
            typical = 70 * (1.5 if self._small else 70) * taps**0.5
            real = self.tensors[self.last].scales[0] * weights.scales[-1] * typical
            exponent = max(np.log2(real / 64) + self.rng.uniform(-1, 1), -20.0)  # for softmax
            output.scales = [
                float(np.float32(2.0 ** (np.round(exponent) if self._binary else exponent)))
            ]
        return output

    def _activation(self, shape: tuple[int, ...]) -> Any:
        zero_point = int(self.rng.choice([-128, 127, 0, self._int(-128, 127)]))
        return self._b.T(
            tuple(shape), scales=[self._scale()], zero_points=[zero_point], name="values"
        )

    def values(self, count: int) -> np.ndarray:
        """int8 values: all of the range, or its ends only."""
        if self.rng.random() < 0.3:
            return self.rng.choice(np.array([-128, -127, 127], np.int8), count)
        return self.rng.integers(-128, 128, count).astype(np.int8)

    def _constant(self, shape: tuple[int, ...], axis: int, count: int) -> Any:
        scales = [self._scale(-12, -4) for _ in range(count)]
        if count > 1 and self.rng.random() < 0.3:  # multipliers of one and more, too
            scales[0] = self._scale(-2, 4)
        values = self.values(int(np.prod(shape)))
        if self._small:
            values = (values % 5 - 2).astype(np.int8)
        data = values.tobytes()
        return self._b.T(shape, scales=scales, axis=axis, data=data, name="weights")

    def _bias(self, channels: int, weights: Any) -> int:
        if self.rng.random() < 0.15:
            return -1
        reach = int(self.rng.choice([0, 300, 300, 10_000, 1 << 28]))
        values = self.rng.integers(-reach, reach + 1, channels).astype("<i4")
        source = float(self.tensors[self.last].scales[0])
        scales = [float(np.float32(source * s)) for s in weights.scales]
        tensor = self._b.T((channels,), "INT32", scales=scales, data=values.tobytes(), name="bias")
        return self._push(tensor)

    def _push(self, tensor: Any) -> int:
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def _layer(self, name: str, constants: list[int], output: Any, **options: Any) -> None:
        # TFLM crashes on a depthwise convolution whose bias is -1, not on one without the entry.
        constants = [index for index in constants if index >= 0]
        target = self._push(output)
        self.operators.append(self._b.Op(name, [self.last, *constants], [target], options))
        self.last = target

    def _window(self, kernel: tuple[int, int], dilation: tuple[int, int]) -> tuple[Any, ...]:
        """Options, and output height and width; padding VALID only where the kernel fits."""
        strides = (self._int(1, 3), self._int(1, 3))
        sizes = self.shape[1:3]
        spans = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
        valid = all(s >= span for s, span in zip(sizes, spans, strict=True))
        same = not valid or self.rng.random() < 0.5
        output = tuple(
            -(-size // stride) if same else (size - span) // stride + 1
            for size, stride, span in zip(sizes, strides, spans, strict=True)
        )
        options = {
            "padding": 0 if same else 1,
            "stride_h": strides[0],
            "stride_w": strides[1],
            "activation": int(self.rng.choice([NONE, RELU, RELU6, RELU_N1_TO_1])),
        }
        return options, output

    def _dilation(self) -> tuple[int, int]:
        if self.rng.random() < 0.7:
            return 1, 1
        return self._int(1, 3), self._int(1, 3)

    def convolution(self, kernel: tuple[int, int] | None = None) -> None:
        """CONV_2D."""
        kernel = kernel or (self._int(1, 5), self._int(1, 5))
        depth, channels = self.shape[3], self._int(1, 9)
        dilation = self._dilation()
        options, size = self._window(kernel, dilation)
        per_channel = self.rng.random() < 0.7
        weights = self._constant((channels, *kernel, depth), 0, channels if per_channel else 1)
        constants = [self._push(weights), self._bias(channels, weights)]
        self._layer(
            "CONV_2D", constants,
            self._output((1, *size, channels), weights, kernel[0] * kernel[1] * depth),
            dilation_h=dilation[0], dilation_w=dilation[1], **options,
        )  # fmt: skip

    def depthwise(self, kernel: tuple[int, int] | None = None) -> None:
        """DEPTHWISE_CONV_2D."""
        kernel = kernel or (self._int(1, 5), self._int(1, 5))
        depth = self.shape[3]
        multiplier = 1 if self.rng.random() < 0.6 else self._int(2, 3)
        channels = depth * multiplier
        dilation = self._dilation()
        options, size = self._window(kernel, dilation)
        per_channel = self.rng.random() < 0.7
        weights = self._constant((1, *kernel, channels), 3, channels if per_channel else 1)
        constants = [self._push(weights), self._bias(channels, weights)]
        self._layer(
            "DEPTHWISE_CONV_2D", constants,
            self._output((1, *size, channels), weights, kernel[0] * kernel[1]),
            multiplier=multiplier, dilation_h=dilation[0], dilation_w=dilation[1], **options,
        )  # fmt: skip

    def pool(self, name: str) -> None:
        """AVERAGE_POOL_2D or MAX_POOL_2D."""
        kernel = (self._int(1, 4), self._int(1, 4))
        options, size = self._window(kernel, (1, 1))
        source = self.tensors[self.last]
        output = self._b.T(
            (1, *size, self.shape[3]), scales=source.scales, zero_points=source.zero_points,
            name="values",
        )  # fmt: skip
        self._layer(name, [], output, filter_h=kernel[0], filter_w=kernel[1], **options)

    def flatten(self, rows: int = 1) -> None:
        """RESHAPE to (rows, ...)."""
        source = self.tensors[self.last]
        count = int(np.prod(self.shape))
        shape = (rows, count // rows)
        constant = self._push(
            self._b.T((2,), "INT32", data=np.array(shape, "<i4").tobytes(), name="shape")
        )
        output = self._b.T(
            shape, scales=source.scales, zero_points=source.zero_points, name="values"
        )
        self._layer("RESHAPE", [constant], output)

    def fully_connected(self) -> None:
        """FULLY_CONNECTED."""
        rows, taps = self.shape
        channels = self._int(1, 11)
        per_channel = self.rng.random() < 0.4
        weights = self._constant((channels, taps), 0, channels if per_channel else 1)
        constants = [self._push(weights), self._bias(channels, weights)]
        activation = int(self.rng.choice([NONE, RELU, RELU6]))
        output = self._output((rows, channels), weights, taps)
        self._layer("FULLY_CONNECTED", constants, output, activation=activation)

    def softmax(self) -> None:
        """SOFTMAX."""
        output = self._b.T(self.shape, scales=[1 / 256], zero_points=[-128], name="values")
        self._layer("SOFTMAX", [], output, beta=float(self.rng.choice([1.0, 0.5, 2.0])))


def _image(rng: np.random.Generator) -> tuple[int, ...]:
    return (1, *(int(rng.integers(1, 10)) for _ in range(2)), int(rng.integers(1, 10)))


def random_model(builder: Any, family: str, seed: int) -> bytes:
    """A model of one family: an operator's name, "POINTWISE", "DEPTHWISE_3X3" or "CHAIN"."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 4))
    flat = family in ("FULLY_CONNECTED", "SOFTMAX", "RESHAPE")
    chain = Chain(builder, rng, (rows, int(rng.integers(1, 40))) if flat else _image(rng))
    if family == "CONV_2D":
        chain.convolution()
    elif family == "POINTWISE":
        chain.convolution((1, 1))
    elif family == "DEPTHWISE_CONV_2D":
        chain.depthwise()
    elif family == "DEPTHWISE_3X3":
        chain.depthwise((3, 3))
    elif family in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        chain.pool(family)
    elif family == "RESHAPE":
        chain.flatten(1)
        chain.fully_connected()
    elif family == "FULLY_CONNECTED":
        chain.fully_connected()
    elif family == "SOFTMAX":
        chain.softmax()
    else:
        for _ in range(int(rng.integers(1, 4))):
            step = rng.integers(0, 5)
            if step == 0:
                chain.pool("AVERAGE_POOL_2D" if rng.random() < 0.5 else "MAX_POOL_2D")
            elif step <= 2:
                chain.depthwise((3, 3) if rng.random() < 0.5 else None)
            else:
                chain.convolution((1, 1) if step == 3 else None)
        chain.flatten()
        chain.fully_connected()
        chain.softmax()
    return chain.bytes()


def random_input(builder: Any, seed: int, count: int) -> np.ndarray:
    """int8 input for the model of that seed."""
    return Chain(builder, np.random.default_rng(seed + 1), (1, 1)).values(count)
