"""Words that may be return addresses: they point into code, right behind a call.

Encodings of BL and BLX: DDI 0403E.e, A7.7.18 and A7.7.19.
"""

from __future__ import annotations

from simgate.debug.memory import Memory
from simgate.debug.program import Program


def is_return_address(value: int, program: Program, memory: Memory) -> bool:
    """`value` is odd, points into code, and a BL or BLX lies right before that."""
    if not value & 1 or not program.is_code(value):
        return False
    before = memory.read((value & ~1) - 4, 4)
    if before is None:
        return False
    first = int.from_bytes(before[:2], "little")
    second = int.from_bytes(before[2:], "little")
    return _is_bl(first, second) or second & 0xFF87 == 0x4780


def called_function(value: int, memory: Memory) -> int | None:
    """Where the BL before return address `value` goes; None where it is a BLX of a register."""
    address = (value & ~1) - 4
    before = memory.read(address, 4)
    if before is None:
        return None
    first = int.from_bytes(before[:2], "little")
    second = int.from_bytes(before[2:], "little")
    if not _is_bl(first, second):
        return None
    sign = first >> 10 & 1
    j1, j2 = second >> 13 & 1, second >> 11 & 1
    offset = (first & 0x3FF) << 12 | (second & 0x7FF) << 1
    offset |= (1 ^ j1 ^ sign) << 23 | (1 ^ j2 ^ sign) << 22
    if sign:
        offset -= 1 << 24
    return (address + 4 + offset) & 0xFFFFFFFF


def _is_bl(first: int, second: int) -> bool:
    return first & 0xF800 == 0xF000 and second & 0xD000 == 0xD000
