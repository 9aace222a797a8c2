"""`Image`: a read-only view of one firmware ELF."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from simgate.errors import ImageError
from simgate.image._attributes import parse_attributes, runs_on_cortex_m
from simgate.image._debug_sections import debug_section
from simgate.image._records import Elf, parse_elf, read_elf
from simgate.image._sections import ARM_ATTRIBUTES, NOBITS, read_sections, read_segments
from simgate.image._symbols import SymbolTable
from simgate.image.layer_table import SECTION as LAYER_SECTION
from simgate.image.layer_table import LayerRow, parse_layer_table
from simgate.image.parts import Cpu, Section, Segment, SourceLine, Symbol
from simgate.result import SourceLocation

if TYPE_CHECKING:
    from simgate.image._lines import LineIndex


class Image:
    """A firmware as it is linked: what is loaded where, under which names, from which lines.

    Example::

        image = Image.read(Path("kws.elf"))
        image.symbol("main").address

    Debug information is read when the first source line is asked for.
    """

    def __init__(self, elf: Elf) -> None:
        self._elf = elf
        self.path = elf.path
        self.entry = elf.entry
        self.segments: tuple[Segment, ...] = read_segments(elf)
        self.sections: tuple[Section, ...] = read_sections(elf)
        self.cpu: Cpu | None = self._read_cpu()
        self._symbols = SymbolTable(elf, self.sections)

    @classmethod
    def read(cls, path: Path) -> Image:
        """The image in the file at ``path``.

        Raises:
            ImageError: the file is missing, truncated or damaged, no ELF for 32-bit
                little-endian Arm, not an executable, built for a core whose code does not run
                on Armv7E-M, or has nothing to load.
        """
        return cls(read_elf(path))

    @classmethod
    def parse(cls, path: Path, data: bytes) -> Image:
        """The image in ``data``; ``path`` is for messages. Errors as `read`."""
        return cls(parse_elf(path, data))

    @cached_property
    def sha256(self) -> str:
        """Of the whole file, hexadecimal."""
        return hashlib.sha256(self._elf.data).hexdigest()

    @cached_property
    def vector_table(self) -> int:
        """The lowest address that is programmed: where the vector table is expected."""
        return min(segment.physical_address for segment in self.segments if segment.data)

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """All defined symbols, in the file's order."""
        return self._symbols.all

    def symbol(self, name: str) -> Symbol:
        """The symbol ``name``; a global one where static ones share the name.

        Raises:
            SymbolError: there is none.
        """
        return self._symbols.one(name)

    def has_symbol(self, name: str) -> bool:
        """There is a symbol ``name``."""
        return bool(self._symbols.named(name))

    def function_at(self, address: int) -> Symbol | None:
        """The function whose code holds ``address`` (bit 0 is ignored)."""
        return self._symbols.function_at(address)

    def section_data(self, name: str) -> bytes | None:
        """The bytes of section ``name``; None where it is absent or has none in the file."""
        for section, header in zip(self.sections, self._elf.section_headers[1:], strict=True):
            if section.name == name and header[1] not in (0, NOBITS):
                return self._elf.piece(header[4], header[5], f"section '{name}'")
        return None

    def debug_section(self, name: str) -> bytes:
        """The bytes of debug section ``name``, decompressed; empty where it is absent.

        Raises:
            ImageError: it lies outside the file or cannot be decompressed.
        """
        return debug_section(self._elf, self.sections, name)

    def layers(self) -> tuple[LayerRow, ...]:
        """The layer table's rows; empty where the image has no table.

        Raises:
            LayerTableError: the table is malformed.
        """
        content = self.section_data(LAYER_SECTION)
        return () if content is None else parse_layer_table(self.path, content)

    def source_line(self, address: int) -> SourceLine | None:
        """The line that the instruction at ``address`` was compiled from, if it is known.

        Raises:
            ImageError: the debug information is damaged.
        """
        return self._lines.at(address & ~1)

    def where(self, address: int) -> SourceLocation:
        """Function and line of ``address``, as far as they are known.

        Damaged debug information leaves the line unknown: this serves reports of other faults.
        """
        function = self.function_at(address)
        try:
            line = self.source_line(address)
        except ImageError:
            line = None
        return SourceLocation(
            address=address,
            function=None if function is None else function.name,
            offset=None if function is None else (address & ~1) - function.address,
            file=None if line is None else line.file,
            line=None if line is None else line.line,
        )

    @cached_property
    def _lines(self) -> LineIndex:
        from simgate.image._lines import LineIndex

        return LineIndex(self._elf, self.sections)

    def _read_cpu(self) -> Cpu | None:
        """The core from the build attributes; None where there are none.

        Raises:
            ImageError: the attributes are damaged, or name a core that this one cannot stand for.
        """
        for section, header in zip(self.sections, self._elf.section_headers[1:], strict=True):
            if header[1] != ARM_ATTRIBUTES:
                continue
            content = self._elf.piece(header[4], header[5], f"section '{section.name}'")
            try:
                cpu = parse_attributes(content)
            except ValueError as error:
                raise self._elf.error(f"damaged: {error}") from None
            if cpu is not None and not runs_on_cortex_m(cpu):
                raise self._elf.error(
                    f"built for {cpu.architecture}; the boards here run Armv7E-M "
                    "(and with it Armv6-M and Armv7-M) code",
                    hint="Compile with -mcpu=cortex-m4 (or -mcpu=cortex-m7) -mthumb.",
                )
            return cpu
        return None
