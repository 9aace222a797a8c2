"""RESHAPE: the same bytes under another shape."""

from __future__ import annotations

from simgate.model.lowering import Lowered, Site, lowers


@lowers("RESHAPE")
def lower(site: Site) -> Lowered:
    """To nothing: the output is the input's memory. The shape comes from the output tensor."""
    site.count(inputs=(1, 2))
    source, _ = site.input()
    target, _ = site.output()
    if source.elements != target.elements:
        raise site.fail(f"it goes from {source.shape} to {target.shape}")
    return Lowered(header="", layer_type="", layer="", call="")
