"""Numbers of variable length, as ELF build attributes and DWARF hold them.

Layout: "DWARF Debugging Information Format" version 5, section 7.6.
"""

from __future__ import annotations


def read_uleb128(content: bytes, position: int) -> tuple[int, int]:
    """An unsigned number of at most 64 bits, and the position behind it.

    Raises:
        ValueError: it does not end in time, or `content` ends before it.
    """
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(content):
            raise ValueError("the data end within a number")
        byte = content[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise ValueError("a number of more than 64 bits")
