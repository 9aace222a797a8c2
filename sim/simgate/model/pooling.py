"""What both poolings share: one window, channel by channel, the scale unchanged."""

from __future__ import annotations

from simgate.model.lowering import Lowered, Site
from simgate.model.requantisation import activation_limits
from simgate.model.window import operator_window


def lower_pool(site: Site, kernel_name: str) -> Lowered:
    """To the pooling kernel called ``kernel_name``."""
    site.count(inputs=(1,))
    source, source_quantisation = site.input()
    target, target_quantisation = site.output()
    site.image(source, "input")
    site.image(target, "output")
    if target.shape[3] != source.shape[3]:
        raise site.fail(f"it goes from {source.shape} to {target.shape}")
    if (
        abs(source_quantisation.scale - target_quantisation.scale) > 1e-6
        or source_quantisation.zero_point != target_quantisation.zero_point
    ):
        raise site.fail("input and output are quantised differently")
    options = site.operator.options
    kernel = (int(options.get("FilterHeight", 0)), int(options.get("FilterWidth", 0)))
    window = operator_window(site.operator, source, target, kernel)
    low, high = activation_limits(site.operator, target_quantisation)
    index = site.operator.index
    return Lowered(
        header="nn_pool.h",
        layer_type="struct nn_pool",
        layer=(
            f"{{\n    .window = {window.c_initialiser()},\n    .channels = {source.shape[3]},\n"
            f"    .minimum = {low},\n    .maximum = {high},\n}}"
        ),
        call=f"{kernel_name}(&{{prefix}}_layer_{index}, {{input}}, {{output}})",
        layer_bytes=28,
    )
