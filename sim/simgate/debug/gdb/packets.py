"""Packets of the remote protocol: ``$payload#checksum``, acknowledgements, and the interrupt byte.

The protocol is described in the manual of GDB, appendix "Remote Serial Protocol". A payload's
bytes ``$ # } *`` travel as ``}`` and the byte with bit 5 flipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

MOST_BYTES = 0x4000  # of one packet as it travels
_ESCAPED = frozenset(b"$#}*")
_ESCAPE = 0x7D
_FLIP = 0x20
_INTERRUPT = 0x03
_HEX = frozenset(b"0123456789abcdefABCDEF")


class Kind(Enum):
    """What came over the line."""

    PACKET = auto()
    DAMAGED = auto()  # a packet whose checksum does not hold
    TOO_LONG = auto()  # a packet beyond what was offered
    ACK = auto()
    NACK = auto()
    INTERRUPT = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that came over the line; `payload` is that of a packet."""

    kind: Kind
    payload: bytes = b""


def frame(payload: bytes) -> bytes:
    """The payload as it travels."""
    body = bytearray()
    for byte in payload:
        if byte in _ESCAPED:
            body += bytes((_ESCAPE, byte ^ _FLIP))
        else:
            body.append(byte)
    return b"$%b#%02x" % (bytes(body), sum(body) & 0xFF)


class PacketReader:
    """Takes bytes as they come, in pieces of any size; what is no packet is passed over."""

    def __init__(self) -> None:
        self._body: bytearray | None = None  # of the packet under way
        self._digits: bytearray | None = None  # of its checksum
        self._length = 0

    def feed(self, data: bytes) -> list[Event]:
        """What these bytes complete."""
        events = []
        for byte in data:
            event = self._take(byte)
            if event is not None:
                events.append(event)
        return events

    def _take(self, byte: int) -> Event | None:
        if self._digits is not None:
            return self._take_digit(byte)
        if self._body is not None:
            return self._take_body(byte)
        if byte == ord("$"):
            self._body, self._length = bytearray(), 0
        elif byte == ord("+"):
            return Event(Kind.ACK)
        elif byte == ord("-"):
            return Event(Kind.NACK)
        elif byte == _INTERRUPT:
            return Event(Kind.INTERRUPT)
        return None

    def _take_body(self, byte: int) -> Event | None:
        assert self._body is not None
        if byte == ord("#"):
            self._digits = bytearray()
        elif byte == ord("$"):  # its end was lost, and another one begins
            self._body, self._length = bytearray(), 0
            return Event(Kind.DAMAGED)
        else:
            self._length += 1
            if self._length <= MOST_BYTES:
                self._body.append(byte)
        return None

    def _take_digit(self, byte: int) -> Event | None:
        assert self._digits is not None and self._body is not None
        self._digits.append(byte)
        if len(self._digits) < 2:
            return None
        body, digits, length = self._body, bytes(self._digits), self._length
        self._body = self._digits = None
        if length > MOST_BYTES:
            return Event(Kind.TOO_LONG)
        if not _HEX.issuperset(digits) or int(digits, 16) != sum(body) & 0xFF:
            return Event(Kind.DAMAGED)
        return Event(Kind.PACKET, _unescaped(body))


def _unescaped(body: bytearray) -> bytes:
    payload, flip = bytearray(), 0
    for byte in body:
        if byte == _ESCAPE and not flip:
            flip = _FLIP
        else:
            payload.append(byte ^ flip)
            flip = 0
    return bytes(payload)
