import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.errors import WavError
from simgate.sensor.pcm_frame import CLIP_SAMPLES, encode, fit_clip


def crc32_bit_by_bit(data: bytes) -> int:
    """CRC-32 as its definition has it, apart from any library."""
    crc = 0xFFFF_FFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB8_8320 if crc & 1 else 0)
    return crc ^ 0xFFFF_FFFF


def test_a_frame_is_magic_count_samples_and_checksum() -> None:
    frame = encode(struct.pack("<2h", 1, -2))

    assert frame[:12] == b"PCM1\x02\0\0\0\x01\0\xfe\xff"
    assert frame[12:] == struct.pack("<I", crc32_bit_by_bit(frame[4:12]))


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(WavError, match="3 bytes"):
        encode(b"abc")


@given(st.binary(max_size=60).filter(lambda b: len(b) % 2 == 0))
def test_every_frame_carries_its_samples(pcm: bytes) -> None:
    frame = encode(pcm)

    assert struct.unpack_from("<I", frame, 4) == (len(pcm) // 2,)
    assert frame[8:-4] == pcm


def test_a_short_clip_is_followed_by_silence() -> None:
    assert fit_clip(b"\x01\x02", samples=3) == b"\x01\x02\0\0\0\0"


def test_of_a_long_clip_the_middle_is_taken_whole_samples_only() -> None:
    assert fit_clip(bytes(range(12)), samples=2) == bytes(range(4, 8))
    assert fit_clip(bytes(range(10)), samples=2) == bytes(range(2, 6))


def test_a_clip_that_fits_is_left_alone() -> None:
    pcm = bytes(range(256)) * 125
    assert len(pcm) == 2 * CLIP_SAMPLES
    assert fit_clip(pcm) == pcm
