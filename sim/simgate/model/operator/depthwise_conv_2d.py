"""DEPTHWISE_CONV_2D: each output channel sees one input channel."""

from __future__ import annotations

from simgate.model.c_text import CArray
from simgate.model.lowering import Lowered, Site, lowers
from simgate.model.requantisation import requantisation
from simgate.model.window import Window, operator_window

_GROUP = 4  # planes that lie in scratch together (nn_depthwise.c)
_BEHIND = 4  # bytes that may be read behind the last tap


def _plane(window: Window) -> tuple[int, int]:
    """Rows of a padded plane, and elements from one row to the next.

    A row holds what every window reaches, what the 3x3 kernels read beyond the last output, and
    one more where pairs of taps are read and their number is odd; rounded up to whole words.
    """
    width = window.width
    furthest = (width.output - 1) * width.stride + (width.kernel - 1) * width.dilation + 2
    if width.kernel == 3 and width.dilation == 1:
        furthest = max(furthest, (width.output + width.output % 2) * width.stride + 2)
    return window.height.reach, -(-furthest // 2) * 2


@lowers("DEPTHWISE_CONV_2D")
def lower(site: Site) -> Lowered:
    """To ``nn_convolve_depthwise``. Weights: (1, kernel row, kernel column, output channel)."""
    site.count(inputs=(2, 3))
    source, source_quantisation = site.input()
    target, target_quantisation = site.output()
    site.image(source, "input")
    site.image(target, "output")
    weights, values = site.weights(rank=4, channel_axis=3)
    one, kernel_height, kernel_width, channels = weights.shape
    depth = source.shape[3]
    if one != 1 or channels != target.shape[3] or channels % depth:
        raise site.fail(
            f"its weights {weights.shape} do not fit from {source.shape} to {target.shape}"
        )
    index = site.operator.index
    window = operator_window(site.operator, source, target, (kernel_height, kernel_width))
    taps = kernel_height * kernel_width
    rows = [values[channel::channels] for channel in range(channels)]
    how = requantisation(
        site.operator,
        (source_quantisation, target_quantisation),
        weights,
        rows,
        site.bias(channels),
    )
    flat = [tap for row in rows for tap in row] + [0] * _BEHIND
    height, width = window.height, window.width
    plane_height, plane_stride = _plane(window)
    pixels = height.output * width.output
    return Lowered(
        header="nn_depthwise.h",
        layer_type="struct nn_depthwise",
        layer=(
            f"{{\n    .window = {window.c_initialiser()},\n"
            f"    .requantisation = {how.c_initialiser('{prefix}', index)},\n"
            f"    .weights = {{prefix}}_weights_{index},\n"
            f"    .input_channels = {depth},\n    .multiplier_of_depth = {channels // depth},\n"
            f"    .input_offset = {-source_quantisation.zero_point},\n"
            f"    .plane_height = {plane_height},\n    .plane_stride = {plane_stride},\n}}"
        ),
        call=(
            f"nn_convolve_depthwise(&{{prefix}}_layer_{index}, {{input}}, {{output}}, {{scratch}})"
        ),
        arrays=(
            CArray(f"weights_{index}", "int8_t", flat, is_weight=True),
            *how.arrays(index),
        ),
        layer_bytes=60,
        macs=pixels * channels * taps,
        scratch_bytes=_GROUP * plane_height * plane_stride * 2
        + 2 * kernel_height * (kernel_width + kernel_width % 2),
        may_overwrite_input=channels == depth and pixels <= height.input * width.input,
    )
