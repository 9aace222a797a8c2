"""The bytes between Simgate and an interpreter's process."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.reference.wire import Message, WireError, decode, encode


def read_from(data: bytes):
    stream = io.BytesIO(data)

    def read(size: int) -> bytes:
        chunk = stream.read(size)
        if len(chunk) < size:
            raise EOFError
        return chunk

    return read


def test_a_message_is_a_size_a_header_and_blobs() -> None:
    data = encode(Message({"a": 1}, [b"xy", b""]))
    header = b'{"a": 1, "blobs": [2, 0]}'
    assert data == len(header).to_bytes(4, "little") + header + b"xy"


@given(st.dictionaries(st.text(), st.integers()), st.lists(st.binary(max_size=50), max_size=4))
def test_what_was_encoded_is_decoded(header: dict[str, int], blobs: list[bytes]) -> None:
    header.pop("blobs", None)
    message = decode(read_from(encode(Message(header, blobs))))
    assert message.header == header
    assert list(message.blobs) == blobs


@given(st.binary(max_size=200))
def test_hostile_bytes_are_an_error_and_nothing_else(data: bytes) -> None:
    try:
        decode(read_from(data))
    except (WireError, EOFError):
        return


def test_a_header_that_announces_gigabytes_is_refused() -> None:
    header = b'{"blobs": [4000000000]}'
    with pytest.raises(WireError, match="4000000000"):
        decode(read_from(len(header).to_bytes(4, "little") + header))
