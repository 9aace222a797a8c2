"""CONV_2D: a convolution over all channels."""

from __future__ import annotations

from simgate.model.c_text import CArray
from simgate.model.lowering import Lowered, Site, lowers
from simgate.model.packing import pack_pairs
from simgate.model.requantisation import requantisation
from simgate.model.window import operator_window

_TILE = 3  # pixels computed together (nn_convolve.c)


@lowers("CONV_2D")
def lower(site: Site) -> Lowered:
    """To ``nn_convolve``. Weights: (output channel, kernel row, kernel column, input channel)."""
    site.count(inputs=(2, 3))
    source, source_quantisation = site.input()
    target, target_quantisation = site.output()
    site.image(source, "input")
    site.image(target, "output")
    weights, values = site.weights(rank=4, channel_axis=0)
    channels, kernel_height, kernel_width, depth = weights.shape
    if depth != source.shape[3] or channels != target.shape[3]:
        raise site.fail(
            f"its weights {weights.shape} do not fit from {source.shape} to {target.shape}",
            hint="Grouped convolutions are not supported." if source.shape[3] % depth == 0 else "",
        )
    index = site.operator.index
    window = operator_window(site.operator, source, target, (kernel_height, kernel_width))
    taps = kernel_height * kernel_width * depth
    rows = [values[i * taps : (i + 1) * taps] for i in range(channels)]
    how = requantisation(
        site.operator,
        (source_quantisation, target_quantisation),
        weights,
        rows,
        site.bias(channels),
    )
    packed = CArray(f"weights_{index}", "int8_t", pack_pairs(rows, 4), is_weight=True)
    height, width = window.height, window.width
    direct = kernel_height * kernel_width == 1 and height.pad == 0 and width.pad == 0
    blocks = -(-taps // 4)
    return Lowered(
        header="nn_convolve.h",
        layer_type="struct nn_convolution",
        layer=(
            f"{{\n    .window = {window.c_initialiser()},\n"
            f"    .requantisation = {how.c_initialiser('{prefix}', index)},\n"
            f"    .weights = {{prefix}}_weights_{index},\n"
            f"    .input_channels = {depth},\n    .output_channels = {channels},\n"
            f"    .input_offset = {-source_quantisation.zero_point},\n}}"
        ),
        call=f"nn_convolve(&{{prefix}}_layer_{index}, {{input}}, {{output}}, {{scratch}})",
        arrays=(packed, *how.arrays(index)),
        layer_bytes=56,
        macs=height.output * width.output * channels * taps,
        scratch_bytes=blocks * (8 * _TILE + (0 if direct else 4)),
        may_overwrite_input=(
            direct and height.stride == 1 and width.stride == 1 and channels <= depth
        ),
    )
