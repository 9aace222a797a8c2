"""Measurements: Flash, RAM and stack from an image, instructions, time and energy from a run."""

from simgate.measure.footprint import Footprint, SectionSize, SymbolSize, measure_footprint
from simgate.measure.instructions import LayerCost, SpanCost, per_layer, per_span
from simgate.measure.stack import StackBounds, find_stack_bounds, stack_bounds

__all__ = [
    "Footprint",
    "LayerCost",
    "SectionSize",
    "SpanCost",
    "StackBounds",
    "SymbolSize",
    "find_stack_bounds",
    "measure_footprint",
    "per_layer",
    "per_span",
    "stack_bounds",
]
