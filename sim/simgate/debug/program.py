"""The program as a report sees it: what is code, which function, which source line.

Wherever the board shows Flash a second time (at 0 on STM32), an address there means the same code.
"""

from __future__ import annotations

from collections.abc import Sequence

from simgate.debug.call_frames import CallFrames
from simgate.debug.source_text import SourceText
from simgate.image import Image
from simgate.platform.facts import MemoryArea
from simgate.result import SourceLocation


class Program:
    """An image on a board. Answers are kept: a recursion asks for the same place over and over."""

    def __init__(self, image: Image, areas: Sequence[MemoryArea] = ()) -> None:
        self.image = image
        self.areas = tuple(areas)
        self.call_frames = CallFrames(image)
        self.source = SourceText(image.path)
        self._aliases = [area for area in areas if area.alias_of is not None]
        ranges = [
            (section.address, section.end)
            for section in image.sections
            if section.allocated and section.executable and section.size
        ]
        if not ranges:  # a file without section headers still says which segments run
            ranges = [
                (segment.virtual_address, segment.virtual_address + segment.memory_size)
                for segment in image.segments
                if segment.executable
            ]
        self._code = tuple(ranges)
        self._places: dict[int, SourceLocation] = {}

    def home(self, address: int) -> int:
        """The address under which the program was linked, of one that may be an alias."""
        for area in self._aliases:
            if area.alias_of is not None and area.base <= address < area.base + area.size:
                return address - area.base + area.alias_of
        return address

    def is_code(self, address: int) -> bool:
        """The program has code there (bit 0 is ignored)."""
        home = self.home(address & ~1)
        return any(start <= home < end for start, end in self._code)

    def where(self, address: int) -> SourceLocation:
        """Function and line of an instruction, under the address that was asked for."""
        found = self._places.get(address)
        if found is None:
            home = self.image.where(self.home(address))
            found = SourceLocation(address, home.function, home.offset, home.file, home.line)
            self._places[address] = found
        return found

    def caller(self, return_address: int) -> SourceLocation:
        """The place of the call behind which `return_address` lies: its line is the call's."""
        inside = self.where((return_address & ~1) - 2)
        offset = None if inside.offset is None else inside.offset + 2
        return SourceLocation(
            return_address & ~1, inside.function, offset, inside.file, inside.line
        )

    def function_start(self, address: int) -> int | None:
        """The first address of the function that holds `address`."""
        symbol = self.image.function_at(self.home(address))
        return None if symbol is None else symbol.address

    @property
    def missing(self) -> tuple[str, ...]:
        """What the image lacks for a full report, and what that means."""
        found = []
        names = {section.name for section in self.image.sections}
        if not any(symbol.kind == "function" for symbol in self.image.symbols):
            found.append(
                "symbols: the image has none, so places are addresses (do not strip the ELF)"
            )
        if not names & {".debug_line", ".zdebug_line"}:
            found.append(
                "source lines: the image has no DWARF line table (compile and link with -g)"
            )
        if not self.call_frames:
            found.append(
                "call frames: the image has no .debug_frame, so callers are found by scanning the "
                "stack for return addresses and may be wrong (compile with -g)"
            )
        if self.call_frames.damaged:
            found.append(f"call frames: {self.call_frames.damaged}")
        return tuple(found)
