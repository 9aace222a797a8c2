"""The notes of a RESD block: keys with numbers, text or bytes."""

from __future__ import annotations

import struct

from simgate.errors import StreamError

MetadataValue = int | float | str | bytes

_NUMBERS = dict(enumerate(map(struct.Struct, ("<b", "<B", "<h", "<H", "<i", "<I", "<q", "<Q"))))
_NUMBERS |= {8: struct.Struct("<f"), 9: struct.Struct("<d")}
_TEXT, _BLOB = 0x0A, 0x0B
_INT64, _UINT64, _DOUBLE = 6, 7, 9
_LENGTH = struct.Struct("<I")


def read_metadata(data: bytes, offset: int, where: str) -> dict[str, MetadataValue]:
    """The items in `data`, which lies at byte `offset` of its file.

    Raises:
        StreamError: an item is truncated, or of an unknown type.
    """
    found: dict[str, MetadataValue] = {}
    position = 0
    while position < len(data):
        begin = offset + position
        end = data.find(0, position)
        if end < 0 or end + 1 >= len(data):
            raise StreamError(f"{where}: the metadata at byte {begin} is truncated")
        key = data[position:end].decode("utf-8", "replace")
        found[key], position = _value(data, data[end + 1], end + 2, f"{where}: '{key[:40]}'", begin)
    return found


def build_metadata(items: dict[str, MetadataValue]) -> bytes:
    """The bytes of the items: whole numbers as int64 (uint64), others as double, text and bytes.

    Raises:
        StreamError: a key or a text holds a NUL, or a number is too large.
    """
    result = bytearray()
    for key, value in items.items():
        if "\0" in key or (isinstance(value, str) and "\0" in value):
            raise StreamError(f"the metadata '{key}' holds a NUL")
        result += key.encode() + b"\0"
        if isinstance(value, str):
            result += bytes([_TEXT]) + value.encode() + b"\0"
        elif isinstance(value, bytes):
            result += bytes([_BLOB]) + _LENGTH.pack(len(value)) + value
        elif isinstance(value, float):
            result += bytes([_DOUBLE]) + _NUMBERS[_DOUBLE].pack(value)
        elif -(2**63) <= value < 2**64:
            code = _INT64 if value < 2**63 else _UINT64
            result += bytes([code]) + _NUMBERS[code].pack(value)
        else:
            raise StreamError(f"the metadata '{key}' is too large a number: {value}")
    return bytes(result)


def _value(data: bytes, code: int, start: int, what: str, at: int) -> tuple[MetadataValue, int]:
    if code in _NUMBERS:
        number = _NUMBERS[code]
        if start + number.size > len(data):
            raise StreamError(f"{what} at byte {at} is truncated")
        return number.unpack_from(data, start)[0], start + number.size
    if code == _TEXT:
        end = data.find(0, start)
        if end < 0:
            raise StreamError(f"{what} at byte {at} is a text without an end")
        return data[start:end].decode("utf-8", "replace"), end + 1
    if code == _BLOB:
        if start + _LENGTH.size > len(data):
            raise StreamError(f"{what} at byte {at} is truncated")
        (length,) = _LENGTH.unpack_from(data, start)
        end = start + _LENGTH.size + length
        if end > len(data):
            raise StreamError(f"{what} at byte {at} announces {length} bytes and is truncated")
        return data[start + _LENGTH.size : end], end
    raise StreamError(f"{what} at byte {at} has the unknown type {code}")
