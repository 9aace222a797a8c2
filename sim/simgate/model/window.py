"""Where a convolution's or pooling's window lies: output sizes and padding."""

from __future__ import annotations

from dataclasses import dataclass

from simgate.errors import ModelError
from simgate.model.graph import Operator, Tensor

_PADDINGS = {0: "SAME", 1: "VALID"}
_LARGEST = 32767  # of nn_window's int16_t
_LARGEST_PADDED = 32000  # leaves room for what the kernels read beyond the last output


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction: height or width."""

    input: int
    output: int
    kernel: int
    stride: int
    dilation: int
    pad: int  # pixels before the image

    @property
    def reach(self) -> int:
        """Pixels from the first that any window looks at, to the last, padding included."""
        return (self.output - 1) * self.stride + (self.kernel - 1) * self.dilation + 1


@dataclass(frozen=True, slots=True)
class Window:
    """Both directions."""

    height: Axis
    width: Axis

    def c_initialiser(self) -> str:
        """The value of a ``struct nn_window``."""
        pairs = []
        for name in ("input", "output", "kernel", "stride", "dilation"):
            for side, axis in (("height", self.height), ("width", self.width)):
                pairs.append(f".{name}_{side} = {getattr(axis, name)}")
        pairs += [f".pad_top = {self.height.pad}", f".pad_left = {self.width.pad}"]
        return "{" + ", ".join(pairs) + "}"


def axis(padding: str, image: int, kernel: int, stride: int, dilation: int = 1) -> Axis:
    """One direction of a window, as TFLite places it: padding halved, the odd pixel behind.

    Args:
        padding: "SAME" or "VALID".
        image: pixels; likewise ``kernel``.
        stride: pixels, at least 1; likewise ``dilation``.
    """
    span = (kernel - 1) * dilation + 1
    output = -(-image // stride) if padding == "SAME" else (image + stride - span) // stride
    total = max((output - 1) * stride + span - image, 0)
    return Axis(image, output, kernel, stride, dilation, total // 2)


def operator_window(
    operator: Operator, image: Tensor, output: Tensor, kernel: tuple[int, int]
) -> Window:
    """The window of ``operator``; ``kernel`` is its height and width.

    Raises:
        ModelError: options out of range, or shapes that contradict them.
    """
    options = operator.options
    where = f"operator {operator.index} ({operator.name})"
    padding = _PADDINGS.get(int(options.get("Padding", -1)))
    if padding is None:
        raise ModelError(f"{where} has no padding that is known (SAME or VALID)")
    axes = []
    for i, side in enumerate("HW"):
        stride = int(options.get(f"Stride{side}", 0))
        dilation = int(options.get(f"Dilation{side}Factor", 1))
        sizes = (image.shape[1 + i], kernel[i], stride, dilation)
        if not all(1 <= size <= _LARGEST for size in sizes):
            raise ModelError(
                f"{where}: image, kernel, stride and dilation {sizes} must be 1 to {_LARGEST}"
            )
        axes.append(axis(padding, sizes[0], sizes[1], stride, dilation))
    expected = tuple(a.output for a in axes)
    if output.shape[1:3] != expected or min(expected) < 1:
        raise ModelError(
            f"{where}: its options give an output of {expected[0]} by {expected[1]} pixels, "
            f"its output tensor has the shape {output.shape}"
        )
    if max(a.reach for a in axes) > _LARGEST_PADDED:
        raise ModelError(f"{where}: its padded image has a side above {_LARGEST_PADDED}")
    return Window(axes[0], axes[1])
