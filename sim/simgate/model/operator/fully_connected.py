"""FULLY_CONNECTED: a matrix times each row of the input."""

from __future__ import annotations

from simgate.model.c_text import CArray
from simgate.model.lowering import Lowered, Site, lowers
from simgate.model.packing import pack_pairs
from simgate.model.requantisation import requantisation


@lowers("FULLY_CONNECTED")
def lower(site: Site) -> Lowered:
    """To ``nn_fully_connect``. Weights: (output channel, tap)."""
    site.count(inputs=(2, 3))
    source, source_quantisation = site.input()
    target, target_quantisation = site.output()
    weights, values = site.weights(rank=2, channel_axis=0)
    channels, taps = weights.shape
    rows_of_input = source.elements // taps
    if source.elements % taps or target.elements != rows_of_input * channels:
        raise site.fail(
            f"its weights {weights.shape} do not fit from {source.shape} to {target.shape}"
        )
    if site.operator.options.get("WeightsFormat", 0) != 0:
        raise site.fail("its weights are shuffled, which is not supported")
    index = site.operator.index
    rows = [values[i * taps : (i + 1) * taps] for i in range(channels)]
    how = requantisation(
        site.operator,
        (source_quantisation, target_quantisation),
        weights,
        rows,
        site.bias(channels),
    )
    return Lowered(
        header="nn_fully_connected.h",
        layer_type="struct nn_fully_connected",
        layer=(
            f"{{\n    .requantisation = {how.c_initialiser('{prefix}', index)},\n"
            f"    .weights = {{prefix}}_weights_{index},\n    .taps = {taps},\n"
            f"    .output_channels = {channels},\n    .rows = {rows_of_input},\n"
            f"    .input_offset = {-source_quantisation.zero_point},\n}}"
        ),
        call=f"nn_fully_connect(&{{prefix}}_layer_{index}, {{input}}, {{output}}, {{scratch}})",
        arrays=(
            CArray(f"weights_{index}", "int8_t", pack_pairs(rows, 8), is_weight=True),
            *how.arrays(index),
        ),
        layer_bytes=40,
        macs=rows_of_input * channels * taps,
        scratch_bytes=2 * (-(-taps // 8) * 8),
    )
