"""What an ELF is made of, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

SymbolKind = Literal["function", "object", "other"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A PT_LOAD program header and its bytes in the file.

    ``data`` may be shorter than ``memory_size``: the start-up code clears the rest.
    """

    physical_address: int  # where a programmer writes it
    virtual_address: int  # where the program uses it
    data: bytes = field(repr=False)
    memory_size: int  # bytes
    readable: bool = True
    writable: bool = False
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One section; sizes in bytes."""

    name: str
    address: int  # where the program uses it
    load_address: int  # where its bytes are programmed; equals ``address`` where nothing is copied
    size: int
    type: str  # "PROGBITS", "NOBITS", ... as readelf names them
    allocated: bool
    writable: bool
    executable: bool

    @property
    def end(self) -> int:
        """First address behind it."""
        return self.address + self.size

    @property
    def loaded(self) -> bool:
        """It brings bytes from the file into the chip."""
        return self.allocated and self.type != "NOBITS" and self.size > 0


@dataclass(frozen=True, slots=True)
class Symbol:
    """A defined symbol. Mapping symbols, file names and section symbols are left out."""

    name: str
    address: int  # a function's Thumb bit is cleared
    size: int  # bytes; 0 where the compiler gave none (assembler, linker script)
    kind: SymbolKind
    section: str | None  # None: an absolute value, such as a size from the linker script
    file: str | None  # of a local symbol: its source file's name as the compiler noted it
    is_global: bool = True

    @property
    def end(self) -> int:
        """First address behind it."""
        return self.address + self.size


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of source, its path as the compiler recorded it."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Cpu:
    """What the build attributes say that the code was compiled for.

    Numbers as in "Addenda to, and Errata in, the ABI for the Arm Architecture", section 3.3.5.
    """

    architecture: str  # "Armv7E-M"
    profile: str  # "M", "A", "R", "S" or ""
    fp_architecture: int  # Tag_FP_arch: 0 none, 6 FPv4-SP/VFPv4-D16, 8 FPv5-D16
