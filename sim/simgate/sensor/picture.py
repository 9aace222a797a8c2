"""Pictures for cameras: PGM, PPM, or the bytes as the sensor sends them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from simgate.errors import StreamError

FORMATS = {"gray": 1, "rgb565": 2, "rgb888": 3, "yuv422": 2}
"""Bytes a pixel on the camera's wires."""

_LARGEST_BYTES = 64 * 1024 * 1024
_HEADER = re.compile(rb"(P[56])(?:\s+#[^\n]*\n?)*\s+(\d+)\s+(\d+)\s+(\d+)\s", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Picture:
    """Eight bits a colour, row by row."""

    width: int
    height: int
    colours: int  # 1: gray, 3: red, green, blue
    data: bytes

    def encode(self, form: str) -> bytes:
        """The bytes in one of `FORMATS`, most significant byte of RGB565 first; YUV422 as Y U Y V.

        Colours to luminance: ITU-R BT.601, full range.
        """
        if form == "gray" and self.colours == 1:
            return self.data
        pixels = [self._rgb(index) for index in range(self.width * self.height)]
        if form == "rgb888":
            return bytes(colour for pixel in pixels for colour in pixel)
        if form == "rgb565":
            words = ((r >> 3) << 11 | (g >> 2) << 5 | b >> 3 for r, g, b in pixels)
            return b"".join(word.to_bytes(2, "big") for word in words)
        luma = [round(0.299 * r + 0.587 * g + 0.114 * b) for r, g, b in pixels]
        if form == "gray":
            return bytes(luma)
        result = bytearray()
        for index, ((r, _, b), y) in enumerate(zip(pixels, luma, strict=True)):
            chroma = 0.564 * (b - y) if index % 2 == 0 else 0.713 * (r - y)
            result += bytes([y, min(max(round(chroma) + 128, 0), 255)])
        return bytes(result)

    def _rgb(self, index: int) -> tuple[int, int, int]:
        if self.colours == 1:
            value = self.data[index]
            return value, value, value
        r, g, b = self.data[3 * index : 3 * index + 3]
        return r, g, b


def read_picture(path: Path, width: int, height: int, form: str) -> bytes:
    """A picture of that size, as the bytes that a camera sends.

    Args:
        path: a PGM or PPM with 8 bits a colour (Netpbm's P5 and P6), or the bytes themselves.
        width: pixels.
        height: lines.
        form: one of `FORMATS`.

    Raises:
        StreamError: it cannot be read, or is of another size.
    """
    data = read_bytes(path)
    match = _HEADER.match(data)
    if match is None:
        wanted = width * height * FORMATS[form]
        if len(data) != wanted:
            raise StreamError(
                f"{path} has {len(data)} bytes; {width} x {height} pixels in {form} are {wanted}",
                hint="A PGM or PPM (8 bits), or exactly the camera's bytes.",
            )
        return data
    colours = 1 if match[1] == b"P5" else 3
    found, lines, top = (int(number) for number in match.groups()[1:])
    if top != 255 or (found, lines) != (width, height):
        raise StreamError(
            f"{path} is {found} x {lines} with values to {top}; needed is {width} x {height} to 255"
        )
    content = data[match.end() :]
    if len(content) != width * height * colours:
        raise StreamError(
            f"{path} is truncated: {len(content)} bytes of {width * height * colours} are there"
        )
    return Picture(width, height, colours, content).encode(form)


def read_bytes(path: Path) -> bytes:
    """A whole file, of a size that a camera could send.

    Raises:
        StreamError: it cannot be read, is empty or too large.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
    except OSError as error:
        raise StreamError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise StreamError(f"cannot read {str(path)!r}: {error}") from error
    if not data or len(data) > _LARGEST_BYTES:
        raise StreamError(f"{path} has {len(data)} bytes: no picture")
    return data
