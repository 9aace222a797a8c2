"""Numbers and bytes as packets write them, in hexadecimal; what is not so is refused."""

from __future__ import annotations

_DIGITS = frozenset(b"0123456789abcdefABCDEF")
_MOST_DIGITS = 16


class BadPacketError(Exception):
    """A packet that does not say what its kind must say; the answer is an error."""


def number(text: bytes) -> int:
    """A number without sign or prefix.

    Raises:
        BadPacketError: it is none.
    """
    if not text or len(text) > _MOST_DIGITS or not _DIGITS.issuperset(text):
        raise BadPacketError(f"no number: {text[:40]!r}")
    return int(text, 16)


def address(text: bytes) -> int:
    """An address of 32 bits.

    Raises:
        BadPacketError: it is none.
    """
    value = number(text)
    if value >> 32:
        raise BadPacketError(f"no address of 32 bits: {text[:40]!r}")
    return value


def unhex(text: bytes) -> bytes:
    """The bytes that pairs of digits stand for.

    Raises:
        BadPacketError: they do not.
    """
    if len(text) % 2 or not _DIGITS.issuperset(text):
        raise BadPacketError(f"no bytes: {text[:40]!r}")
    return bytes.fromhex(text.decode())


def hexed(data: bytes) -> bytes:
    """Bytes as pairs of digits."""
    return data.hex().encode()


def fields(text: bytes, separators: bytes, count: int) -> list[bytes]:
    """Exactly so many fields, each separator used once in its turn.

    Raises:
        BadPacketError: there are fewer.
    """
    found = []
    for separator in separators[: count - 1]:
        field, mark, text = text.partition(bytes((separator,)))
        if not mark:
            raise BadPacketError(f"a field is missing after {field[:40]!r}")
        found.append(field)
    return [*found, text]
