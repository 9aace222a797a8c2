"""Messages between Simgate and an interpreter's process: a JSON header and raw blobs.

One message is ``u32 header size | header | blob | blob ...``, little endian; the header's
``blobs`` member lists the blobs' sizes. Nothing in it is code, so a process that went astray
cannot do harm through it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

_SIZE = struct.Struct("<I")
HEADER_LIMIT = 1 << 20
BLOB_LIMIT = 1 << 28


class WireError(Exception):
    """Bytes that are no message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: JSON members and the blobs that belong to them."""

    header: dict[str, Any]
    blobs: Sequence[bytes] = field(default=())


def encode(message: Message) -> bytes:
    """The message as bytes."""
    header = {**message.header, "blobs": [len(blob) for blob in message.blobs]}
    text = json.dumps(header).encode()
    return b"".join((_SIZE.pack(len(text)), text, *message.blobs))


def decode(read: Callable[[int], bytes]) -> Message:
    """The next message of a stream.

    Args:
        read: gives exactly as many bytes as it is asked for, or raises.

    Raises:
        WireError: the bytes are no message, or one that is too large.
    """
    (size,) = _SIZE.unpack(read(_SIZE.size))
    if size > HEADER_LIMIT:
        raise WireError(f"a header of {size} bytes")
    try:
        header = json.loads(read(size))
        sizes = header.pop("blobs")
        total = sum(sizes)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WireError(f"not a header: {error}") from None
    if total > BLOB_LIMIT or any(blob < 0 for blob in sizes):
        raise WireError(f"blobs of {total} bytes")
    return Message(header, [read(blob) for blob in sizes])
