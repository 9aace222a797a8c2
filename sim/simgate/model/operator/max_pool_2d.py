"""MAX_POOL_2D: the largest of a window's pixels."""

from __future__ import annotations

from simgate.model.lowering import Lowered, Site, lowers
from simgate.model.pooling import lower_pool


@lowers("MAX_POOL_2D")
def lower(site: Site) -> Lowered:
    """To ``nn_max_pool``."""
    return lower_pool(site, "nn_max_pool")
