"""Reading a WAV file, strictly: what the firmware takes, or an error that says what to do.

The RIFF chunks are walked here, not by the standard library's ``wave``, which accepts truncated
files, refuses WAVE_FORMAT_EXTENSIBLE (before Python 3.12) and says little when it refuses.
Layout: Microsoft/IBM, Multimedia Programming Interface and Data Specifications 1.0, chapter 3.
"""

from __future__ import annotations

import shlex
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path

from simgate.errors import WavError

LARGEST_FILE_BYTES = 64 * 1024 * 1024
"""Half an hour at 16 kHz: more is a mistake, and would be read into memory."""

_PCM = 0x0001
_EXTENSIBLE = 0xFFFE
_STREAM_SIZES = (0, 0xFFFF_FFFF)  # what programs write that could not seek back to the header
_ENCODINGS = {0x0002: "ADPCM", 0x0003: "floating point", 0x0006: "A-law", 0x0007: "mu-law"}


@dataclass(frozen=True, slots=True)
class WavFormat:
    """What a WAV file's header says of its samples."""

    rate_hz: int
    channels: int
    bits: int
    encoding: str = "PCM"

    def __str__(self) -> str:
        names = {1: "mono", 2: "stereo"}
        channels = names.get(self.channels, f"{self.channels} channels")
        return f"{self.rate_hz} Hz, {channels}, {self.bits}-bit {self.encoding}"


@dataclass(frozen=True, slots=True)
class Wav:
    """A WAV file's samples, interleaved, little endian, as they are in the file."""

    format: WavFormat
    pcm: bytes

    @property
    def samples(self) -> int:
        """Samples a channel."""
        return len(self.pcm) // (self.format.channels * self.format.bits // 8)

    @property
    def seconds(self) -> float:
        """Duration."""
        return self.samples / self.format.rate_hz


def read_pcm16(path: Path, *, rate_hz: int = 16_000) -> bytes:
    """The samples of a mono 16-bit WAV file at ``rate_hz``: int16, little endian.

    Raises:
        WavError: the file is not such a WAV; the hint has the command that converts it.
    """
    wav = read_wav(path)
    wanted = WavFormat(rate_hz, 1, 16)
    if wav.format != wanted:
        hint = _conversion(path, wanted)
        raise WavError(f"{path} is {wav.format}; needed is {wanted}", hint=hint)
    return wav.pcm


def read_wav(path: Path) -> Wav:
    """A WAV file of any rate, width and number of channels, checked from end to end.

    Raises:
        WavError: it cannot be read, is not a WAV, contradicts itself or is truncated.
    """
    data = _read(path)
    found, start, size = locate_samples(path, data)
    return Wav(found, data[start : start + size])


def locate_samples(path: Path, data: bytes | mmap) -> tuple[WavFormat, int, int]:
    """The format of a WAV file, and where its samples lie: offset and size in bytes.

    Raises:
        WavError: it is not a WAV, contradicts itself or is truncated.
    """
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise WavError(
            f"{path} is not a WAV file: it begins with {data[:12]!r}",
            hint=_conversion(path, WavFormat(16_000, 1, 16)),
        )
    found: WavFormat | None = None
    for name, start, size in _chunks(path, data):
        if name == b"fmt " and found is None:
            found = _format(path, data[start : start + size])
        elif name == b"data":
            if found is None:
                raise WavError(f"{path}: the samples come before the format, as no WAV file has it")
            _check(path, found, size)
            return found, start, size
    missing = "samples ('data')" if found else "format ('fmt ')"
    raise WavError(f"{path} has no chunk with its {missing}: it is truncated or not a WAV file")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise WavError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise WavError(f"cannot read {str(path)!r}: {error}") from error
    if len(data) > LARGEST_FILE_BYTES:
        raise WavError(f"{path} is larger than {LARGEST_FILE_BYTES // 1024**2} MiB")
    return data


def _chunks(path: Path, data: bytes | mmap) -> Iterator[tuple[bytes, int, int]]:
    """(name, offset of the content, size of it) of each chunk."""
    position = 12
    while position + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, position)
        start = position + 8
        left = len(data) - start
        if name == b"data" and size in _STREAM_SIZES:
            size = left
        if size > left:
            raise WavError(
                f"{path} is truncated: its chunk {name.decode('latin-1')!r} at byte {position} "
                f"announces {size} bytes, {left} are there"
            )
        yield name, start, size
        position = start + size + size % 2


def _format(path: Path, chunk: bytes) -> WavFormat:
    if len(chunk) < 16:
        raise WavError(f"{path}: its format chunk has {len(chunk)} bytes instead of 16 or more")
    code, channels, rate_hz, _bytes_a_second, _block, bits = struct.unpack_from("<HHIIHH", chunk)
    if code == _EXTENSIBLE and len(chunk) >= 26:
        (code,) = struct.unpack_from("<H", chunk, 24)  # the GUID begins with the plain code
    if not channels or not rate_hz or not bits:
        raise WavError(f"{path}: its format says {channels} channels, {rate_hz} Hz, {bits} bits")
    encoding = "PCM" if code == _PCM else _ENCODINGS.get(code, f"encoding 0x{code:04x}")
    return WavFormat(rate_hz, channels, bits, encoding)


def _check(path: Path, found: WavFormat, size: int) -> None:
    if found.bits % 8:
        raise WavError(f"{path}: samples of {found.bits} bits are not supported")
    frame = found.channels * found.bits // 8
    if size % frame:
        raise WavError(f"{path} is truncated: {size} bytes of samples are no multiple of {frame}")
    if not size:
        raise WavError(f"{path} holds no samples")


def _conversion(path: Path, wanted: WavFormat) -> str:
    converted = f"{path.stem}-{wanted.rate_hz // 1000}k.wav"
    return (
        f"Convert it: sox {shlex.quote(str(path))} -r {wanted.rate_hz} -c {wanted.channels} "
        f"-b {wanted.bits} -e signed-integer {shlex.quote(converted)}"
    )
