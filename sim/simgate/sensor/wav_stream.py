"""A WAV file as a stream: parts of full scale, read from the file when they are needed."""

from __future__ import annotations

import math
import struct
from mmap import mmap
from pathlib import Path

from simgate.errors import StreamError, WavError
from simgate.sensor.mapped_file import map_file
from simgate.sensor.rows import Row
from simgate.sensor.stream import Stream
from simgate.sensor.timing import ConstantRate
from simgate.sensor.wav import WavFormat, locate_samples

_FLOAT = "floating point"


def wav_stream(path: Path) -> Stream:
    """Every sample as a part of full scale, -1 to just under 1; a channel each.

    8-bit samples are unsigned, wider ones signed, floats as they are: Microsoft/IBM, Multimedia
    Programming Interface and Data Specifications 1.0, chapter 3, "Data Format of the Samples".

    Raises:
        StreamError: it is no WAV, or its samples are neither integers of 8, 16, 24, 32 bits nor
            floats of 32 or 64.
    """
    data = map_file(path)
    try:
        found, start, size = locate_samples(path, data)
    except WavError as error:
        raise StreamError(error.message) from error
    rows = _WavRows(path, data, found, start, size)
    names = {1: ("value",), 2: ("left", "right")}.get(
        found.channels, tuple(f"channel{number}" for number in range(found.channels))
    )
    return Stream(rows, ConstantRate(found.rate_hz), names, ("FS",) * len(names), origin=str(path))


class _WavRows:
    def __init__(
        self, path: Path, data: bytes | mmap, found: WavFormat, start: int, size: int
    ) -> None:
        self._path, self._data, self._start = path, data, start
        self._bytes, self._channels = found.bits // 8, found.channels
        self._frame = self._bytes * found.channels
        self.count: int | None = size // self._frame
        if found.channels > 256:
            raise StreamError(f"{path}: {found.channels} channels")
        if found.encoding == _FLOAT and found.bits in (32, 64):
            code = "f" if found.bits == 32 else "d"
            self._struct: struct.Struct | None = struct.Struct(f"<{found.channels}{code}")
            self._bias, self._scale = 0, 1
        elif found.encoding == "PCM" and found.bits in (8, 16, 24, 32):
            code = {8: "B", 16: "h", 24: "", 32: "i"}[found.bits]
            self._struct = struct.Struct(f"<{found.channels}{code}") if code else None
            self._bias, self._scale = 128 if found.bits == 8 else 0, 1 << (found.bits - 1)
        else:
            raise StreamError(
                f"{path} is {found}; needed is PCM of 8, 16, 24 or 32 bits, or floating point"
            )

    def row(self, index: int) -> Row:
        """One sample of every channel."""
        assert self.count is not None
        if index >= self.count:
            raise IndexError(index)
        start = self._start + index * self._frame
        if self._struct is None:
            frame = self._data[start : start + self._frame]
            whole = range(0, self._frame, 3)
            return tuple(
                int.from_bytes(frame[i : i + 3], "little", signed=True) / 0x80_0000 for i in whole
            )
        values = self._struct.unpack_from(self._data, start)
        row = tuple((value - self._bias) / self._scale for value in values)
        if self._scale == 1 and not all(map(math.isfinite, row)):
            raise StreamError(f"{self._path}: sample {index} at byte {start} is not a number")
        return row
