"""AVERAGE_POOL_2D: the mean of a window's pixels."""

from __future__ import annotations

from simgate.model.lowering import Lowered, Site, lowers
from simgate.model.pooling import lower_pool


@lowers("AVERAGE_POOL_2D")
def lower(site: Site) -> Lowered:
    """To ``nn_average_pool``."""
    return lower_pool(site, "nn_average_pool")
