"""SOFTMAX over the last dimension."""

from __future__ import annotations

import math

from simgate.model.lowering import Lowered, Site, lowers
from simgate.model.softmax_arithmetic import softmax_scaling

_DEEPEST = 4095  # the sum of shares has 12 integer bits


@lowers("SOFTMAX")
def lower(site: Site) -> Lowered:
    """To ``nn_softmax``."""
    site.count(inputs=(1,))
    source, source_quantisation = site.input()
    target, target_quantisation = site.output()
    if target.shape != source.shape or not source.shape:
        raise site.fail(f"it goes from {source.shape} to {target.shape}")
    if target_quantisation.scale != 1 / 256 or target_quantisation.zero_point != -128:
        raise site.fail("its output's scale must be 1/256 and its zero point -128")
    depth = source.shape[-1]
    if depth > _DEEPEST:
        raise site.fail(f"its rows have {depth} values; at most {_DEEPEST} are supported")
    beta = float(site.operator.options.get("Beta", 1.0))
    if not math.isfinite(beta):
        raise site.fail(f"its beta is {beta}, which is no number to scale with")
    scaling = softmax_scaling(beta, source_quantisation.scale)
    if scaling is None:
        raise site.fail(f"beta {beta} times the input's scale is too small")
    index = site.operator.index
    return Lowered(
        header="nn_softmax.h",
        layer_type="struct nn_softmax",
        layer=(
            f"{{\n    .rows = {source.elements // depth},\n    .depth = {depth},\n"
            f"    .multiplier = {scaling.multiplier},\n    .left_shift = {scaling.left_shift},\n"
            f"    .least_difference = {scaling.least_difference},\n}}"
        ),
        call=f"nn_softmax(&{{prefix}}_layer_{index}, {{input}}, {{output}})",
        layer_bytes=20,
        may_overwrite_input=True,
    )
