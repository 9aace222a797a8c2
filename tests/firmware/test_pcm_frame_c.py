"""The firmware's frame parser against the encoder, against damage and against any bytes."""

from __future__ import annotations

import ctypes
import struct
import zlib
from enum import IntEnum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simgate.sensor.pcm_frame import CLIP_SAMPLES, encode

PCM = bytes(range(256)) * (2 * CLIP_SAMPLES // 256)
FRAME = encode(PCM)


class Event(IntEnum):
    MORE = 0
    COMPLETE = 1
    BAD_COUNT = 2
    BAD_CRC = 3


class State(ctypes.Structure):
    _fields_ = (
        ("samples", ctypes.c_void_p),
        ("position", ctypes.c_uint32),
        ("skipped", ctypes.c_uint32),
        ("count", ctypes.c_uint32),
        ("crc_computed", ctypes.c_uint32),
        ("crc_received", ctypes.c_uint32),
    )


class Receiver:
    """The parser, its sample buffer, and guard bytes behind that."""

    GUARD = b"\xa5" * 64

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library = library
        self.buffer = ctypes.create_string_buffer(bytes(2 * CLIP_SAMPLES) + self.GUARD)
        self.state = State()
        library.pcm_frame_reset(ctypes.byref(self.state), self.buffer)

    def push(self, data: bytes) -> list[Event]:
        push, state = self.library.pcm_frame_push, ctypes.byref(self.state)
        events = (push(state, byte) for byte in data)
        return [Event(event) for event in events if event]

    @property
    def samples(self) -> bytes:
        return self.buffer.raw[: 2 * CLIP_SAMPLES]

    @property
    def guard_holds(self) -> bool:
        return self.buffer.raw[2 * CLIP_SAMPLES :].startswith(self.GUARD)


@pytest.fixture
def receiver(host_library: ctypes.CDLL) -> Receiver:
    return Receiver(host_library)


def test_a_frame_arrives_whole_with_its_last_byte(receiver: Receiver) -> None:
    assert receiver.push(FRAME[:-1]) == []
    assert receiver.push(FRAME[-1:]) == [Event.COMPLETE]
    assert receiver.samples == PCM
    assert receiver.state.skipped == 0


def test_frames_may_follow_one_another(receiver: Receiver) -> None:
    assert receiver.push(FRAME + FRAME) == [Event.COMPLETE, Event.COMPLETE]


@pytest.mark.parametrize("before", [b"noise", b"P", b"PCM", b"PCMPCM", b"PPCPCM0", b"\r\n"])
def test_bytes_before_the_magic_are_skipped_and_counted(receiver: Receiver, before: bytes) -> None:
    assert receiver.push(before + FRAME) == [Event.COMPLETE]
    assert receiver.state.skipped == len(before)


@pytest.mark.parametrize("position", [8, 9, 16_000, len(FRAME) - 5, len(FRAME) - 4, len(FRAME) - 1])
def test_one_flipped_bit_is_a_bad_checksum_and_the_next_frame_is_good(
    receiver: Receiver, position: int
) -> None:
    damaged = bytearray(FRAME)
    damaged[position] ^= 0x10

    assert receiver.push(bytes(damaged)) == [Event.BAD_CRC]
    assert receiver.state.crc_computed == zlib.crc32(damaged[4:-4])
    assert receiver.state.crc_received == struct.unpack("<I", damaged[-4:])[0]
    assert receiver.push(FRAME) == [Event.COMPLETE]


@pytest.mark.parametrize("count", [0, 1, 15_999, 16_001, 0x8000_3E80, 0xFFFF_FFFF])
def test_another_count_is_refused_at_once(receiver: Receiver, count: int) -> None:
    assert receiver.push(b"PCM1" + struct.pack("<I", count)) == [Event.BAD_COUNT]
    assert receiver.state.count == count
    assert receiver.push(FRAME) == [Event.COMPLETE]


def test_reset_forgets_a_frame_begun(receiver: Receiver) -> None:
    receiver.push(FRAME[:1000])
    receiver.library.pcm_frame_reset(ctypes.byref(receiver.state), receiver.buffer)

    assert receiver.push(FRAME) == [Event.COMPLETE]


pieces = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"PCM1", b"PCM", FRAME[:8], FRAME[:1000], FRAME[500:600]]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(pieces, max_size=12))
def test_no_bytes_write_beyond_the_buffer_or_stop_the_parser(
    host_library: ctypes.CDLL, stream: list[bytes]
) -> None:
    receiver = Receiver(host_library)

    receiver.push(b"".join(stream))
    receiver.push(bytes(len(FRAME)))  # ends whatever frame was begun
    assert receiver.guard_holds
    assert receiver.push(FRAME) == [Event.COMPLETE]
    assert receiver.samples == PCM
