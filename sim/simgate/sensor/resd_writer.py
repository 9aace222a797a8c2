"""Writing RESD."""

from __future__ import annotations

import struct
from pathlib import Path

from simgate.errors import StreamError
from simgate.sensor.resd_format import (
    BLOCK_HEADER,
    FILE_HEADER,
    MAGIC,
    RATE,
    SIZE,
    SUBHEADERS,
    TIMES,
    VERSION,
    Kind,
)
from simgate.sensor.resd_metadata import MetadataValue, build_metadata
from simgate.sensor.rows import Row
from simgate.sensor.stream import Stream

_TIME = struct.Struct("<Q")


class ResdWriter:
    """A file under construction: one block for each call of `add`.

    ::

        writer = ResdWriter()
        writer.add(find_kind("acceleration"), stream.columns(("x", "y", "z"), "g"))
        writer.save(Path("taps.resd"))
    """

    def __init__(self) -> None:
        self._content = bytearray(FILE_HEADER.pack(MAGIC, VERSION, bytes(3)))

    def add(
        self,
        kind: Kind,
        stream: Stream,
        *,
        channel: int = 0,
        metadata: dict[str, MetadataValue] | None = None,
    ) -> None:
        """The samples of a stream, as a block.

        A stream whose period is a whole number of nanoseconds becomes a block of constant rate;
        any other one (44.1 kHz) a block in which every sample has its time.

        Args:
            kind: what the samples are.
            stream: as many channels as the kind has values, in units that convert to the kind's.
            channel: 0 to 65535.
            metadata: notes for readers.

        Raises:
            StreamError: it has no end, a value does not fit into its field, or units differ.
        """
        if not 0 <= channel <= 0xFFFF:
            raise StreamError(f"a RESD channel is a number from 0 to 65535, not {channel}")
        if len(stream.names) != len(kind.names):
            raise StreamError(
                f"{stream.origin}: {len(stream.names)} columns for {kind.name}, "
                f"which has {', '.join(kind.names)}"
            )
        if stream.end == "loop" or stream.count is None:
            raise StreamError(f"{stream.origin} has no end, so it does not fit into a file")
        notes = build_metadata(metadata or {})
        period_ns = None if stream.timing is None else stream.timing.period_ns
        constant = period_ns is not None and period_ns.denominator == 1 and not stream.skip_ns
        start_ns, samples = self._samples(kind, stream.in_units(kind.unit), with_times=not constant)
        block_type = RATE if constant else TIMES
        assert period_ns is not None or not constant
        times = (start_ns, int(period_ns)) if constant and period_ns is not None else (start_ns,)
        body = SUBHEADERS[block_type].pack(*times) + SIZE.pack(len(notes)) + notes
        size = len(body) + len(samples)
        self._content += BLOCK_HEADER.pack(block_type, kind.number, channel, size)
        self._content += body
        self._content += samples

    def content(self) -> bytes:
        """The file so far."""
        return bytes(self._content)

    def save(self, path: Path) -> None:
        """Write the file.

        Raises:
            StreamError: it cannot be written.
        """
        try:
            path.write_bytes(self._content)
        except OSError as error:
            raise StreamError(f"cannot write {path}: {error.strerror}") from error

    @staticmethod
    def _samples(kind: Kind, stream: Stream, *, with_times: bool) -> tuple[int, bytearray]:
        """The first sample's time, and the bytes of all samples."""
        samples = bytearray()
        start_ns: int | None = None
        for index, (time_ns, row) in enumerate(stream):
            start_ns = time_ns if start_ns is None else start_ns
            if with_times:
                samples += _TIME.pack(time_ns - start_ns)
            samples += _packed(kind, row, stream.origin, index)
        return start_ns or 0, samples


def _packed(kind: Kind, row: Row, origin: str, index: int) -> bytes:
    up, down = kind.step
    numbers = [round(value * down / up) for value in row]
    try:
        return kind.layout.pack(*numbers)
    except struct.error:
        raise StreamError(
            f"{origin}: sample {index}, {row}, does not fit into {kind.name} "
            f"({kind.unit}, steps of {up}/{down})"
        ) from None
