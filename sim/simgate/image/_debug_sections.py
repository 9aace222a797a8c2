"""Debug sections of an ELF, which may be compressed."""

from __future__ import annotations

import zlib

from simgate.image._records import Elf
from simgate.image.parts import Section

_SHF_COMPRESSED = 0x800
_ZLIB = 1
_MAX_DEBUG_BYTES = 256 << 20


def debug_section(elf: Elf, sections: tuple[Section, ...], name: str) -> bytes:
    """The bytes of a debug section, decompressed; empty where it is absent."""
    for section, header in zip(sections, elf.section_headers[1:], strict=True):
        if section.name != name or section.type in ("NULL", "NOBITS"):
            continue
        data = elf.piece(header[4], header[5], f"section '{name}'")
        return _decompressed(elf, name, data) if header[2] & _SHF_COMPRESSED else data
    return b""


def _decompressed(elf: Elf, name: str, data: bytes) -> bytes:
    """A section behind an Elf32_Chdr: type, size, alignment."""
    size = int.from_bytes(data[4:8], "little")
    if int.from_bytes(data[:4], "little") != _ZLIB or len(data) < 12 or size > _MAX_DEBUG_BYTES:
        raise elf.error(f"section '{name}' is compressed in a way that is not supported")
    try:
        return zlib.decompressobj().decompress(data[12:], size)
    except zlib.error as error:
        raise elf.error(f"section '{name}' cannot be decompressed: {error}") from None
