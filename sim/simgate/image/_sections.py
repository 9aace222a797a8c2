"""Segments and sections of an ELF."""

from __future__ import annotations

from simgate.image._records import Elf, SectionRecord, SegmentRecord
from simgate.image.parts import Section, Segment

_PT_LOAD = 1
_SHF_WRITE, _SHF_ALLOC, _SHF_EXECINSTR = 1, 2, 4
_PF_X, _PF_W, _PF_R = 1, 2, 4
NOBITS = 8
ARM_ATTRIBUTES = 0x70000003
SYMTAB = 2
MAX_SEGMENT_BYTES = 16 << 20
_ADDRESS_SPACE = 1 << 32
_TYPES = {
    0: "NULL",
    1: "PROGBITS",
    2: "SYMTAB",
    3: "STRTAB",
    4: "RELA",
    5: "HASH",
    6: "DYNAMIC",
    7: "NOTE",
    8: "NOBITS",
    9: "REL",
    11: "DYNSYM",
    14: "INIT_ARRAY",
    15: "FINI_ARRAY",
    16: "PREINIT_ARRAY",
    17: "GROUP",
    0x70000001: "ARM_EXIDX",
    0x70000003: "ARM_ATTRIBUTES",
}


def read_segments(elf: Elf) -> tuple[Segment, ...]:
    """The loadable segments, in the file's order.

    Raises:
        ImageError: none has content, or one is larger than 16 MiB, wraps around the address
            space or lies outside the file.
    """
    segments = []
    total = 0
    for number, record in enumerate(elf.program_headers):
        if record[0] == _PT_LOAD and record[5] > 0:
            _check_segment(elf, number, record)
            total += record[4]
            if total > 4 * MAX_SEGMENT_BYTES:
                raise elf.error("the segments together are larger than 64 MiB")
            segments.append(_segment(elf, number, record))
    if not any(segment.data for segment in segments):
        raise elf.error(
            "nothing to load: no segment has content",
            hint="Check the linker script: code must go to a loaded (LOAD) segment.",
        )
    return tuple(segments)


def _check_segment(elf: Elf, number: int, record: SegmentRecord) -> None:
    _, _, virtual, physical, file_size, memory_size, _, _ = record
    where = f"segment {number} at 0x{physical:08x}"
    if file_size > memory_size:
        raise elf.error(f"{where} has more bytes in the file ({file_size}) than in memory")
    if memory_size > MAX_SEGMENT_BYTES:
        raise elf.error(
            f"{where} is {memory_size:,} bytes; no more than {MAX_SEGMENT_BYTES:,} are taken",
            hint="Check the linker script: a gap between sections may have been filled.",
        )
    if max(virtual, physical) + memory_size > _ADDRESS_SPACE:
        raise elf.error(f"{where} goes beyond the end of the address space")


def _segment(elf: Elf, number: int, record: SegmentRecord) -> Segment:
    _, offset, virtual, physical, file_size, memory_size, flags, _ = record
    return Segment(
        physical_address=physical,
        virtual_address=virtual,
        data=elf.piece(offset, file_size, f"segment {number}"),
        memory_size=memory_size,
        readable=bool(flags & _PF_R),
        writable=bool(flags & _PF_W),
        executable=bool(flags & _PF_X),
    )


def read_sections(elf: Elf) -> tuple[Section, ...]:
    """All sections but the empty first one, in the file's order.

    Raises:
        ImageError: one lies outside the file, or its name outside the name table.
    """
    name = elf.strings(elf.section_names)
    return tuple(_section(elf, record, name(record[0])) for record in elf.section_headers[1:])


def _section(elf: Elf, record: SectionRecord, name: str) -> Section:
    _, kind, flags, address, offset, size, _, _, _, _ = record
    if kind not in (0, NOBITS) and offset + size > len(elf.data):
        raise elf.error(f"the file is truncated: section '{name}' ends behind the end of the file")
    if flags & _SHF_ALLOC and address + size > _ADDRESS_SPACE:
        raise elf.error(f"section '{name}' goes beyond the end of the address space")
    load_address = address
    if flags & _SHF_ALLOC and kind != NOBITS:
        load_address = _load_address(elf, offset, size, address)
    return Section(
        name=name,
        address=address,
        load_address=load_address,
        size=size,
        type=_TYPES.get(kind, f"0x{kind:x}"),
        allocated=bool(flags & _SHF_ALLOC),
        writable=bool(flags & _SHF_WRITE),
        executable=bool(flags & _SHF_EXECINSTR),
    )


def _load_address(elf: Elf, offset: int, size: int, address: int) -> int:
    """Where the segment that holds these bytes of the file puts them."""
    for kind, start, _, physical, file_size, _, _, _ in elf.program_headers:
        if kind == _PT_LOAD and start <= offset and offset + size <= start + file_size:
            return physical + (offset - start)
    return address
