"""The I2S microphone, the camera on a parallel interface, and the one behind SPI."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy
import pytest

from simgate.errors import EngineError, StreamError
from simgate.peripheral.bus.devices import FrameSource, I2sSource
from simgate.sensor.arducam_mini import ArducamMini
from simgate.sensor.camera import Camera
from simgate.sensor.i2s_microphone import I2sMicrophone
from simgate.sensor.stream import Stream


def test_a_microphone_fills_its_slot_with_24_bits(host: Any) -> None:
    left = I2sMicrophone("mic", {}, host)
    right = I2sMicrophone("mic", {"channel": "right"}, host)
    assert isinstance(left, I2sSource)
    for mic in (left, right):
        mic.feed_sample(0.5)
        mic.feed_sample(-1.0)
        mic.feed_sample(1.0)
    assert [left.frame(0) for _ in range(3)] == [
        (0x4000_0000, 0),
        (0x8000_0000, 0),
        (0x7FFFFF00, 0),
    ]
    assert right.frame(0) == (0, 0x4000_0000)


def test_sound_in_virtual_time_mono_stereo_and_in_pascals(host: Any) -> None:
    both = I2sMicrophone("mic", {"channel": "both"}, host)
    stereo = Stream.from_array([[0.5, -0.5], [0.25, 0]], 1000, units=["FS"], names=["l", "r"])
    both.feed(stereo)
    assert both.frame(0) == (0x4000_0000, 0xC000_0000)
    host.advance(0.001)
    assert both.frame(0) == (0x2000_0000, 0)
    mono = I2sMicrophone("mic", {"sensitivity": -20}, host)
    mono.feed(Stream.from_array([5.0], 1, units=["Pa"]))  # 10 Pa are full scale
    assert mono.frame(0) == (0x4000_0000, 0)
    with pytest.raises(EngineError, match="has 2 channels, of which it takes 1"):
        mono.feed(stereo)
    with pytest.raises(StreamError, match="g is a unit of acceleration"):
        mono.feed(Stream.from_array([5.0], 1, units=["g"]))
    with pytest.raises(EngineError, match="'channel' is left, right, both, not 'middle'"):
        I2sMicrophone("mic", {"channel": "middle"}, host)


def test_a_sound_file(host: Any, tmp_path: Path) -> None:
    header = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + header + b"data\x04\0\0\0\0\x40\0\xc0"
    (tmp_path / "a.wav").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    mic = I2sMicrophone("mic", {}, host)
    mic.commands()["FeedSoundFromFile"](tmp_path / "a.wav", 0.0, -1)
    seen = []
    for _ in range(4):
        seen.append(mic.frame(0)[0])
        host.advance(1 / 8000)
    assert seen == [0x4000_0000, 0xC000_0000] * 2
    mic.inject_fault("saturation")
    assert mic.frame(0)[0] == 0x7FFFFF00


def test_a_camera_sends_files_and_arrays(host: Any, tmp_path: Path) -> None:
    camera = Camera("camera", {"width": 2, "height": 2}, host)
    assert isinstance(camera, FrameSource)
    assert camera.frame(0) == bytes(4)
    (tmp_path / "a.pgm").write_bytes(b"P5\n# a comment\n2 2\n255\n\x01\x02\x03\x04")
    camera.image_source = tmp_path / "a.pgm"
    camera.feed_frames(numpy.full((1, 2, 2), 9, dtype=numpy.uint8))
    assert [camera.frame(0) for _ in range(2)] == [b"\x09" * 4] * 2
    camera.commands()["FeedFrame"](tmp_path / "a.pgm", 2)
    assert [camera.frame(0)[0] for _ in range(3)] == [1, 1, 1]
    assert camera.frames_sent == 6
    with pytest.raises(EngineError, match="frame 0 has 3 bytes, not 4"):
        camera.feed_frames([b"abc"])


def test_colours(host: Any, tmp_path: Path) -> None:
    (tmp_path / "a.ppm").write_bytes(b"P6 2 1 255\n\xff\x00\x00\x00\xff\xff")
    seen = {}
    for form in ("rgb565", "rgb888", "gray", "yuv422"):
        camera = Camera("camera", {"width": 2, "height": 1, "format": form}, host)
        camera.image_source = tmp_path / "a.ppm"
        seen[form] = camera.frame(0)
    assert seen["rgb565"] == b"\xf8\x00\x07\xff"
    assert seen["rgb888"] == b"\xff\x00\x00\x00\xff\xff"
    assert seen["gray"] == bytes([76, 179])
    assert seen["yuv422"] == bytes([76, 85, 179, 0])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"P5 2 3 255\n123456", "is 2 x 3 with values to 255; needed is 2 x 2"),
        (b"P5 2 2 65535\n12345678", "values to 65535"),
        (b"P5 2 2 255\n123", "is truncated: 3 bytes of 4"),
        (b"12345", "has 5 bytes; 2 x 2 pixels in gray are 4"),
        (b"", "has 0 bytes: no picture"),
    ],
)
def test_pictures_that_are_none(host: Any, tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.pgm").write_bytes(content)
    camera = Camera("camera", {"width": 2, "height": 2}, host)
    with pytest.raises(StreamError, match=message):
        camera.image_source = tmp_path / "a.pgm"


def test_faults_of_a_camera(host: Any) -> None:
    camera = Camera("camera", {"width": 32, "height": 32}, host)
    camera.feed_frames([bytes([100]) * 1024, bytes([150]) * 1024, bytes([200]) * 1024])
    camera.inject_fault("noise", 5)
    noisy = numpy.frombuffer(camera.frame(0), dtype=numpy.uint8)
    assert 4 < noisy.std() < 6
    camera.clear_faults()
    camera.inject_fault("stuck")
    assert camera.frame(0) == noisy.tobytes()
    camera.clear_faults()
    assert camera.frame(0)[0] == 200
    camera.inject_fault("saturation")
    assert camera.frame(0) == b"\xff" * 1024


def test_arducam_captures_into_its_memory(host: Any, spi: Any, i2c: Any, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8picture\xff\xd9")
    camera = ArducamMini("camera", {"frameTime": 0.1}, host)
    camera.image_source = tmp_path / "a.jpg"
    bus = spi(camera)
    bus.transfer(0x80, 0x55)
    assert bus.transfer(0x00, 0)[1] == 0x55
    assert bus.transfer(0x40, 0)[1] == 0x73
    bus.transfer(0x84, 0x01)
    bus.transfer(0x84, 0x02)
    assert bus.transfer(0x41, 0)[1] == 0
    host.advance(0.11)
    assert bus.transfer(0x41, 0)[1] == 8
    assert [bus.transfer(0x42 + i, 0)[1] for i in range(3)] == [11, 0, 0]
    assert bus.transfer(0x3C, *bytes(11))[1:] == b"\xff\xd8picture\xff\xd9"
    assert bus.transfer(0x3D, 0)[1] == 0
    bus.transfer(0x84, 0x10)
    assert bus.transfer(0x3D, 0)[1] == 0xFF
    wires = i2c(camera)
    wires.write(0xFF, 1)
    assert wires.read_register(0x0A) + wires.read_register(0x0B) == b"\x26\x42"
    wires.write(0xFF, 0)
    wires.write(0x0A, 7)
    assert wires.read_register(0x0A) == b"\x07"
