"""Sound files as streams of parts of full scale."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from simgate.errors import StreamError
from simgate.sensor.stream import Stream


def wav(
    path: Path,
    samples: bytes,
    *,
    rate: int = 8000,
    channels: int = 1,
    bits: int = 16,
    code: int = 1,
) -> Path:
    frame = channels * bits // 8
    header = struct.pack("<HHIIHH", code, channels, rate, rate * frame, frame, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(header)) + header
    body += b"data" + struct.pack("<I", len(samples)) + samples
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@pytest.mark.parametrize(
    ("bits", "code", "samples", "expected"),
    [
        (8, 1, bytes([0, 128, 192]), [-1.0, 0.0, 0.5]),
        (16, 1, struct.pack("<3h", -32768, 0, 16384), [-1.0, 0.0, 0.5]),
        (24, 1, b"\x00\x00\x80" + bytes(3) + b"\x00\x00\x40", [-1.0, 0.0, 0.5]),
        (32, 1, struct.pack("<3i", -(2**31), 0, 2**30), [-1.0, 0.0, 0.5]),
        (32, 3, struct.pack("<3f", -1.0, 0.0, 0.5), [-1.0, 0.0, 0.5]),
        (64, 3, struct.pack("<3d", -1.0, 0.0, 0.5), [-1.0, 0.0, 0.5]),
    ],
)
def test_every_width(
    tmp_path: Path, bits: int, code: int, samples: bytes, expected: list[float]
) -> None:
    stream = Stream.from_wav(wav(tmp_path / "a.wav", samples, bits=bits, code=code))
    assert [row for _, row in stream] == [(value,) for value in expected]
    assert [time for time, _ in stream] == [0, 125_000, 250_000]
    assert stream.units == ("FS",)


def test_channels_and_playing(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", struct.pack("<4h", 0, 16384, -16384, 0), channels=2)
    stream = Stream.from_wav(path, end="loop", start_s=1)
    assert stream.names == ("left", "right")
    assert stream.columns(("right",), "FS").at(1.0) == (0.5,)
    assert stream.at(1.0 + 3 / 8000) == (-0.5, 0.0)


@pytest.mark.parametrize(
    ("options", "samples", "message"),
    [
        ({"bits": 12}, bytes(4), "12 bits"),
        ({"code": 2}, bytes(4), "ADPCM"),
        ({"code": 3}, bytes(4), "16-bit floating point"),
        ({"channels": 0}, bytes(4), "0 channels"),
        ({}, bytes(3), "truncated"),
        ({}, b"", "no samples"),
        ({"bits": 32, "code": 3}, struct.pack("<f", float("nan")), "sample 0 at byte 44 is not a"),
    ],
)
def test_what_is_no_sound_is_refused(
    tmp_path: Path, options: dict[str, int], samples: bytes, message: str
) -> None:
    with pytest.raises(StreamError, match=message):
        Stream.from_wav(wav(tmp_path / "a.wav", samples, **options)).at(0)


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", bytes(100))
    content = path.read_bytes()
    for size in range(len(content)):
        path.write_bytes(content[:size])
        with pytest.raises(StreamError):
            Stream.from_wav(path)
