"""Putting an image into a chip's memories, or saying exactly what does not fit."""

from __future__ import annotations

from collections.abc import Sequence

from simgate.engine.strict.chip import Chip
from simgate.errors import EngineError
from simgate.image import Image, LayerRow, Section
from simgate.platform.facts import MemoryArea
from simgate.units import format_size

_VECTOR_ALIGNMENT = 128  # TBLOFF of VTOR on Armv7-M begins at bit 7


def load(image: Image, chip: Chip) -> None:
    """Copy every segment's content to its physical address.

    Raises:
        EngineError: a section lies in no memory of the board, or ends beyond it.
    """
    for section in image.sections:
        if section.allocated and section.size:
            _check(image, chip, section, section.address)
            if section.type != "NOBITS" and section.load_address != section.address:
                _check(image, chip, section, section.load_address)
    for segment in image.segments:
        if not segment.data:
            continue
        if not chip.fill_memory(segment.physical_address, segment.data):
            raise EngineError(
                f"{image.path}: a segment of {format_size(len(segment.data))} at "
                f"0x{segment.physical_address:08x} lies in no memory of this board",
                hint=_memories(chip),
            )


def initial_vector_table(image: Image, areas: tuple[MemoryArea, ...]) -> int:
    """VTOR after reset: 0 where that address shows the image's vectors, as on silicon.

    Raises:
        EngineError: the image's vector table is not aligned to 128 bytes.
    """
    table = image.vector_table
    for area in areas:
        if area.base == 0 and table in (0, area.alias_of):
            return 0
    if table % _VECTOR_ALIGNMENT:
        raise EngineError(
            f"{image.path}: its lowest content is at 0x{table:08x}, which cannot be a vector table",
            hint="A vector table is aligned to 128 bytes at least.",
        )
    return table


def check_layers(image: Image, rows: Sequence[LayerRow], chip: Chip) -> None:
    """See that every layer's output can be read.

    Raises:
        EngineError: a row names addresses that are no memory of the board.
    """
    for index, row in enumerate(rows):
        if chip.find_memory(row.address, row.size) is None:
            raise EngineError(
                f"{image.path}: row {index} of the layer table ({row.operator} '{row.name}') has "
                f"its output of {format_size(row.size)} at 0x{row.address:08x}, where this board "
                "has no memory"
            )


def _check(image: Image, chip: Chip, section: Section, address: int) -> None:
    if chip.find_memory(address, section.size) is not None:
        return
    area = last = chip.area_at(address)
    while area is not None:  # to the end of what adjoins
        last, area = area, chip.area_at(area.base + area.size)
    if last is not None:
        excess = address + section.size - (last.base + last.size)
        raise EngineError(
            f"{image.path}: section {section.name} ({format_size(section.size)} at "
            f"0x{address:08x}) ends {format_size(excess)} beyond '{last.name}', "
            f"which this board has {format_size(last.size)} of",
            hint="The image is too large for this board, or was linked for another one. "
            + _memories(chip),
        )
    raise EngineError(
        f"{image.path}: section {section.name} ({format_size(section.size)}) lies at "
        f"0x{address:08x}, where this board has no memory",
        hint="The image was linked for another board. " + _memories(chip),
    )


def _memories(chip: Chip) -> str:
    parts = (
        f"{area.name} 0x{area.base:08x} +{format_size(area.size)}"
        for area in chip.areas
        if area.alias_of is None
    )
    return "Memories: " + ", ".join(parts) + "."
