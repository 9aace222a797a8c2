"""Writing streams as CSV and WAV: what `Stream.from_csv` and `Stream.from_wav` read again."""

from __future__ import annotations

import struct
from pathlib import Path

from simgate.errors import StreamError
from simgate.sensor.stream import Stream
from simgate.sensor.timing import NS

_MOST_WAV_BYTES = 0xFFFF_FFFF - 36  # RIFF counts in 32 bits


def write_csv(path: Path, stream: Stream) -> int:
    """A table with exact times in seconds; how many samples it has.

    Raises:
        StreamError: the stream has no end, or the file cannot be written.
    """
    _check_end(stream)
    titles = [f"{name}_{unit}" for name, unit in zip(stream.names, stream.units, strict=True)]
    count = 0
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(",".join(["time_s", *titles]) + "\n")
            for time_ns, row in stream:
                file.write(",".join([seconds_text(time_ns), *map(number_text, row)]) + "\n")
                count += 1
    except OSError as error:
        raise StreamError(f"cannot write {path}: {error.strerror}") from error
    return count


def write_wav(path: Path, stream: Stream, rate_hz: int | None = None) -> int:
    """16-bit PCM of a stream in parts of full scale; how many samples it has.

    Args:
        path: the file.
        stream: in the unit FS.
        rate_hz: samples a second, where the stream's times are those of a rate only nearly.

    Raises:
        StreamError: it has no end, no rate in whole hertz, or goes beyond full scale.
    """
    _check_end(stream)
    rate = _rate(stream, rate_hz)
    data = bytearray()
    for index, (time_ns, row) in enumerate(stream):
        if rate_hz is not None and abs(time_ns - stream.start_ns - index * NS // rate) > 1:
            raise StreamError(
                f"{stream.origin}: sample {index} at {seconds_text(time_ns)} s does not come at "
                f"{rate} samples a second"
            )
        for value in row:
            step = round(value * 0x8000)
            if not -0x8000 <= step <= 0x8000:
                raise StreamError(
                    f"{stream.origin}: sample {index}, {value:g}, is beyond full scale",
                    hint="Scale it down.",
                )
            data += struct.pack("<h", min(step, 0x7FFF))
    if len(data) > _MOST_WAV_BYTES:
        raise StreamError(f"{stream.origin}: {len(data)} bytes are too many for a WAV file")
    frame = 2 * len(stream.names)
    header = struct.pack("<HHIIHH", 1, len(stream.names), rate, rate * frame, frame, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + header + b"data" + struct.pack("<I", len(data))
    try:
        path.write_bytes(b"RIFF" + struct.pack("<I", len(body) + len(data)) + body + data)
    except OSError as error:
        raise StreamError(f"cannot write {path}: {error.strerror}") from error
    return len(data) // frame


def seconds_text(time_ns: int) -> str:
    """Nanoseconds as seconds, exactly: ``0.0625``."""
    whole, rest = divmod(time_ns, NS)
    return f"{whole}.{rest:09d}".rstrip("0").rstrip(".") if rest else str(whole)


def number_text(value: float) -> str:
    """The shortest text that reads as the same number."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _check_end(stream: Stream) -> None:
    if stream.end == "loop" or stream.count is None:
        raise StreamError(f"{stream.origin} has no end, so it does not fit into a file")


def _rate(stream: Stream, wanted: int | None) -> int:
    if wanted is not None:
        return wanted
    rate = stream.rate_hz
    if rate is None or not rate.is_integer() or not 0 < rate < 2**32:
        shown = "no constant rate" if rate is None else f"{rate:g} samples a second"
        raise StreamError(
            f"{stream.origin} has {shown}; WAV files have whole numbers of samples a second",
            hint="Give --rate-hz, where its times are rounded ones of a rate.",
        )
    return int(rate)
