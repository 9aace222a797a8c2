"""The camera interface against RM0090, section 15."""

from __future__ import annotations

from typing import Any

import pytest

from simgate.peripheral.bus.stm32_dcmi import (
    CAPTURE,
    CM,
    CR,
    CROP,
    CWSIZE,
    CWSTRT,
    DR,
    ENABLE,
    FNE,
    FRAME_RIS,
    HSYNC,
    ICR,
    IER,
    LINE_RIS,
    MIS,
    OVR_RIS,
    RIS,
    SR,
    VSYNC,
    VSYNC_RIS,
    Stm32Dcmi,
)
from simgate.peripheral.model import AttachError


class Camera:
    """Four lines of eight bytes that count up, each frame from its own number on."""

    TYPE, name = "Camera", "camera"
    width, height = 8, 4

    def __init__(self) -> None:
        self.frames = 0

    def frame(self, time_s: float) -> bytes:
        self.frames += 1
        return bytes(self.frames * 64 + place & 0xFF for place in range(32))


CLOCK_S = 1e-6
LINE = 8 + 2
FRAME = LINE * (4 + 2)


class Bench:
    def __init__(self, host: Any) -> None:
        self.host = host
        attributes = {"pixelClock": 1_000_000, "lineGap": 2, "frameGap": 2}
        self.dcmi = Stm32Dcmi("dcmi", attributes, host)
        self.camera = Camera()
        self.dcmi.attach(None, self.camera)  # type: ignore[arg-type]
        self.dcmi.reset()

    def read(self, offset: int) -> int:
        return self.dcmi.read(offset, 4)

    def write(self, offset: int, value: int) -> None:
        self.dcmi.write(offset, 4, value)

    def serve(self) -> list[int]:
        """A DMA controller, and what it gets."""
        words: list[int] = []
        line = self.host.signal("DCMI")
        line.sinks.append(lambda level: level and words.append(self.read(DR)))
        return words

    def clocks(self, count: float) -> None:
        self.host.advance(count * CLOCK_S)


@pytest.fixture
def bench(host: Any) -> Bench:
    return Bench(host)


def as_words(data: bytes) -> list[int]:
    return [int.from_bytes(data[i : i + 4], "little") for i in range(0, len(data), 4)]


def test_reset_values(bench: Bench) -> None:
    assert [bench.read(offset) for offset in range(0, 0x2C, 4)] == [0, HSYNC | VSYNC, *([0] * 9)]


def test_a_snapshot_waits_for_a_frame_and_ends_with_it(bench: Bench) -> None:
    words = bench.serve()
    bench.write(IER, FRAME_RIS)
    bench.clocks(10)  # into the first frame: the next one is taken
    bench.write(CR, ENABLE | CM | CAPTURE)
    bench.clocks(FRAME - 11)
    assert words == []
    bench.clocks(1 + 3 * LINE + 8.5)
    assert words == as_words(bytes(range(64, 96)))
    assert bench.dcmi.output("IRQ").level
    assert bench.read(MIS) == FRAME_RIS
    assert bench.read(RIS) == FRAME_RIS | VSYNC_RIS | LINE_RIS
    assert not bench.read(CR) & CAPTURE
    bench.write(ICR, FRAME_RIS)
    assert not bench.dcmi.output(None).level
    bench.clocks(3 * FRAME)
    assert bench.camera.frames == 1


def test_continuous_capture_goes_on_until_capture_is_cleared(bench: Bench) -> None:
    words = bench.serve()
    bench.write(CR, ENABLE | CAPTURE)
    bench.clocks(3.5 * FRAME)
    bench.write(CR, ENABLE)
    bench.clocks(3 * FRAME)
    assert len(words) == 3 * 8
    assert bench.camera.frames == 3


def test_every_second_frame(bench: Bench) -> None:
    words = bench.serve()
    bench.write(CR, ENABLE | CAPTURE | 1 << 8)
    bench.clocks(4.9 * FRAME)
    assert len(words) == 2 * 8


def test_words_come_at_the_pixel_clock_and_fne_shows_them(bench: Bench) -> None:
    bench.write(CR, ENABLE | CAPTURE)
    bench.clocks(FRAME + 3.9)
    assert not bench.read(SR) & FNE
    bench.clocks(0.2)
    assert bench.read(SR) & FNE
    assert bench.read(DR) == 0x43424140
    assert not bench.read(SR) & FNE


def test_who_does_not_read_overruns_after_four_words(bench: Bench) -> None:
    bench.write(CR, ENABLE | CAPTURE)
    bench.clocks(FRAME + 2 * LINE - 1)
    assert not bench.read(RIS) & OVR_RIS
    bench.clocks(8)
    assert bench.read(RIS) & OVR_RIS
    assert [bench.read(DR) for _ in range(4)] == as_words(bytes(range(64, 80)))


def test_the_window_is_cut_out(bench: Bench) -> None:
    words = bench.serve()
    bench.write(CWSTRT, 1 << 16 | 2)  # from line 1, byte 2
    bench.write(CWSIZE, 1 << 16 | 3)  # two lines of four bytes
    bench.write(CR, ENABLE | CROP | CM | CAPTURE)
    bench.clocks(2 * FRAME)
    assert words == as_words(bytes(range(74, 78)) + bytes(range(82, 86)))


def test_enable_off_forgets_everything(bench: Bench) -> None:
    bench.write(CR, ENABLE | CAPTURE)
    bench.clocks(FRAME + 5)
    bench.write(CR, 0)
    assert bench.read(SR) == HSYNC | VSYNC
    bench.clocks(FRAME)
    assert bench.read(RIS) == 0


def test_one_camera_only(bench: Bench) -> None:
    with pytest.raises(AttachError):
        bench.dcmi.attach(None, Camera())  # type: ignore[arg-type]


def test_without_a_camera_a_remark_says_so(host: Any) -> None:
    dcmi = Stm32Dcmi("dcmi", {}, host)
    dcmi.write(CR, 4, ENABLE | CAPTURE)
    assert dcmi.remarks() == ("dcmi: captures, and no camera is attached",)
