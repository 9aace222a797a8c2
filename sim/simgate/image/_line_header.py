"""Checks the counts in a DWARF 5 line header before anything believes them.

A header may claim 2**60 files of zero bytes each; a reader that believes it never returns.
Layout: "DWARF Debugging Information Format" version 5, section 6.2.4.
"""

from __future__ import annotations

from simgate.image._leb128 import read_uleb128

_FIXED_BYTES = {0x0B: 1, 0x05: 2, 0x06: 4, 0x0E: 4, 0x1F: 4, 0x07: 8, 0x1E: 16}
"""DW_FORM_data1, data2, data4, strp, line_strp, data8, data16"""
_STRING, _BLOCK, _UDATA = 0x08, 0x09, 0x0F
_OPCODE_BASE_AT = 17  # behind length, version, two sizes, header length and five bytes


def check_tables(unit: bytes) -> None:
    """Checks directory and file tables of a version 5 ``unit`` of .debug_line (32-bit DWARF).

    Raises:
        ValueError: a count does not fit the unit, or a form is not one that compilers use here.
        IndexError: the unit ends within the tables.
    """
    position = _OPCODE_BASE_AT + unit[_OPCODE_BASE_AT]
    for what in ("directories", "files"):
        formats = []
        format_count = unit[position]
        position += 1
        for _ in range(format_count):
            _, position = read_uleb128(unit, position)
            form, position = read_uleb128(unit, position)
            formats.append(form)
        count, position = read_uleb128(unit, position)
        if count and not formats:
            raise ValueError(f"{count} {what} without a format")
        if count > len(unit) - position:
            raise ValueError(f"{count} {what} in {len(unit) - position} bytes")
        for _ in range(count):
            for form in formats:
                position = _skip(unit, position, form)


def _skip(unit: bytes, position: int, form: int) -> int:
    if form in _FIXED_BYTES:
        position += _FIXED_BYTES[form]
    elif form == _STRING:
        position = unit.index(b"\0", position) + 1
    elif form == _UDATA:
        _, position = read_uleb128(unit, position)
    elif form == _BLOCK:
        length, position = read_uleb128(unit, position)
        position += length
    else:
        raise ValueError(f"form 0x{form:x} in a line header")
    if position > len(unit):
        raise ValueError("the file table goes beyond its unit")
    return position
