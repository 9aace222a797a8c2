"""Packets that read and write memory: m, M, X, and those that write Flash as `load` does."""

from __future__ import annotations

from simgate.debug.gdb.notation import BadPacketError, address, fields, hexed, number, unhex
from simgate.debug.timeline.timeline import Timeline

_MOST_READ = 0x1FF0  # bytes an answer: their digits must fit one packet
_ERASED = b"\xff"
_MOST_ERASED = 1 << 24


def read(timeline: Timeline, text: bytes) -> bytes:
    """m ADDRESS,LENGTH: bytes in hexadecimal, fewer where memory ends.

    Raises:
        BadPacketError: the packet is wrong, or nothing is there.
    """
    start, length = fields(text, b",", 2)
    size = min(number(length), _MOST_READ, (1 << 32) - address(start))
    data = timeline.read(address(start), size)
    if size and not data:
        raise BadPacketError("nothing is there")
    return hexed(data)


def write(timeline: Timeline, text: bytes) -> bytes:
    """M ADDRESS,LENGTH:DIGITS.

    Raises:
        BadPacketError: the packet is wrong.
        EngineError: nothing there takes the bytes.
    """
    place, digits = fields(text, b":", 2)
    return _write(timeline, place, unhex(digits))


def write_binary(timeline: Timeline, text: bytes) -> bytes:
    """X ADDRESS,LENGTH:BYTES; a length of 0 asks whether the packet is known.

    Raises:
        BadPacketError: the packet is wrong.
        EngineError: nothing there takes the bytes.
    """
    place, data = fields(text, b":", 2)
    return _write(timeline, place, data)


def _write(timeline: Timeline, place: bytes, data: bytes) -> bytes:
    start, length = fields(place, b",", 2)
    if number(length) != len(data):
        raise BadPacketError(f"{len(data)} bytes, not {number(length)}")
    timeline.write(address(start), data)
    return b"OK"


# ---- Flash ----


def erase_flash(timeline: Timeline, text: bytes) -> bytes:
    """vFlashErase:ADDRESS,LENGTH.

    Raises:
        BadPacketError: the packet is wrong, or the range is not Flash.
    """
    start, length = fields(text, b",", 2)
    return _write_flash(timeline, address(start), _ERASED * min(number(length), _MOST_ERASED))


def write_flash(timeline: Timeline, text: bytes) -> bytes:
    """vFlashWrite:ADDRESS:BYTES.

    Raises:
        BadPacketError: the packet is wrong, or the range is not Flash.
    """
    start, data = fields(text, b":", 2)
    return _write_flash(timeline, address(start), data)


def _write_flash(timeline: Timeline, start: int, data: bytes) -> bytes:
    for area in timeline.machine.board.memories:
        if area.is_flash and area.base <= start and start + len(data) <= area.base + area.size:
            timeline.write(start, data)
            return b"OK"
    raise BadPacketError("not Flash")
