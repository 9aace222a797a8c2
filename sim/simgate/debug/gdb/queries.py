"""Packets q and Q: what the target can do, its threads, its descriptions."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.debug.gdb.notation import BadPacketError, fields, number
from simgate.debug.gdb.packets import MOST_BYTES

_FEATURES = (
    f"PacketSize={MOST_BYTES:x}",
    "QStartNoAckMode+",
    "ReverseStep+",
    "ReverseContinue+",
    "qXfer:features:read+",
    "qXfer:memory-map:read+",
    "vContSupported+",
)
_ANSWERS = {
    b"qC": b"QC1",
    b"qfThreadInfo": b"m1",
    b"qsThreadInfo": b"l",
    b"qAttached": b"1",  # gdb lets go of it when it leaves, and does not kill it
    b"qTStatus": b"",
}
_SLICE = MOST_BYTES // 2 - 16  # bytes of a document an answer: each may need an escape


def answer(text: bytes, documents: Mapping[bytes, bytes]) -> bytes:
    """The answer to a query that needs no machine; b"" to one that is not known.

    Args:
        text: the packet.
        documents: what qXfer reads, by ``object:annex``.

    Raises:
        BadPacketError: the packet is wrong.
    """
    if text.startswith(b"qSupported"):
        return ";".join(_FEATURES).encode()
    if text.startswith(b"qXfer:"):
        return _transfer(text.removeprefix(b"qXfer:"), documents)
    if text.startswith(b"qThreadExtraInfo,"):
        return b"core".hex().encode()
    return _ANSWERS.get(text.partition(b":")[0], b"")


def _transfer(text: bytes, documents: Mapping[bytes, bytes]) -> bytes:
    kind, operation, annex, place = fields(text, b":::", 4)
    if operation != b"read" or not any(name.startswith(kind + b":") for name in documents):
        return b""
    document = documents.get(kind + b":" + annex)
    if document is None:
        raise BadPacketError("no such annex")
    offset, length = (number(field) for field in fields(place, b",", 2))
    piece = document[offset : offset + min(length, _SLICE)]
    return (b"m" if offset + len(piece) < len(document) else b"l") + piece
