"""An ELF: what is loaded where, its symbols, its source lines, and its layer table."""

from simgate.image.layer_table import LayerRow
from simgate.image.parts import Cpu, Section, Segment, SourceLine, Symbol
from simgate.image.reader import Image

__all__ = ["Cpu", "Image", "LayerRow", "Section", "Segment", "SourceLine", "Symbol"]
