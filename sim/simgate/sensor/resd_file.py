"""Reading RESD: the blocks of a file, checked before anything is believed. Errors have offsets."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path

from simgate.errors import StreamError
from simgate.sensor.mapped_file import map_file
from simgate.sensor.resd_format import (
    BINARY,
    BLOCK_HEADER,
    FILE_HEADER,
    KINDS,
    MAGIC,
    RATE,
    SIZE,
    SUBHEADERS,
    TIMES,
    VERSION,
    Kind,
    kind_name,
)
from simgate.sensor.resd_metadata import MetadataValue, read_metadata
from simgate.sensor.timing import LONGEST_NS

_MOST_BLOCKS = 65_536
_TIME = struct.Struct("<Q")
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class ResdBlock:
    """One block: samples of one kind and channel, in the order of their times.

    `count` is None where the kind's layout is not known.
    """

    path: Path
    data: bytes | mmap
    offset: int  # of the block's header in the file
    type: int  # TIMES or RATE
    kind: int
    channel: int
    start_ns: int
    period_ns: int  # 0 where every sample has its time
    metadata: dict[str, MetadataValue]
    samples_at: int  # offset in the file
    samples_size: int  # bytes
    count: int | None

    @property
    def where(self) -> str:
        """For messages."""
        return f"{self.path}: {kind_name(self.kind)} block at byte {self.offset}"

    @property
    def layout(self) -> Kind | None:
        """What its samples are; None where they are bytes, or nobody knows."""
        return next((kind for kind in KINDS if kind.number == self.kind), None)

    @property
    def width(self) -> int:
        """Bytes of one sample with its time; 0 where they differ, or nobody knows."""
        layout = self.layout
        return 0 if layout is None else layout.layout.size + (8 if self.type == TIMES else 0)

    def time_ns(self, index: int) -> int:
        """When sample `index` is due, from the beginning of the file's time."""
        if self.type == RATE:
            return self.start_ns + index * self.period_ns
        start = self.samples_at + index * self.width
        return self.start_ns + int(_TIME.unpack_from(self.data, start)[0])

    def numbers(self, index: int) -> tuple[int, ...]:
        """The numbers of sample `index`, as they are in the file."""
        layout = self.layout
        assert layout is not None
        start = self.samples_at + (index + 1) * self.width - layout.layout.size
        return layout.layout.unpack_from(self.data, start)

    def binary(self) -> Iterator[tuple[int, bytes]]:
        """(time in ns, bytes) of each sample of a block of binary data."""
        position, index = self.samples_at, 0
        while position < self.samples_at + self.samples_size:
            time_ns = self.start_ns + index * self.period_ns
            if self.type == TIMES:
                time_ns = self.start_ns + _TIME.unpack_from(self.data, position)[0]
                position += 8
            (length,) = _LENGTH.unpack_from(self.data, position)
            position += 4
            yield time_ns, bytes(self.data[position : position + length])
            position += length
            index += 1


def read_resd(path: Path) -> tuple[ResdBlock, ...]:
    """The blocks of a file. Samples are read when they are looked at.

    Raises:
        StreamError: it is not RESD of version 1, is truncated, or contradicts itself.
    """
    data = map_file(path)
    if len(data) < FILE_HEADER.size or data[:4] != MAGIC:
        raise StreamError(f"{path} is not a RESD file: it begins with {bytes(data[:8])!r}")
    version = data[4]
    if version != VERSION:
        raise StreamError(f"{path}: RESD of version {version} at byte 4; known is {VERSION}")
    blocks: list[ResdBlock] = []
    position = FILE_HEADER.size
    while position < len(data):
        if len(blocks) == _MOST_BLOCKS:
            raise StreamError(f"{path}: more than {_MOST_BLOCKS} blocks")
        block, position = _block(path, data, position)
        blocks.append(block)
    return tuple(blocks)


def _block(path: Path, data: bytes | mmap, offset: int) -> tuple[ResdBlock, int]:
    if len(data) - offset < BLOCK_HEADER.size:
        raise StreamError(
            f"{path} is truncated: at byte {offset} a block's header needs {BLOCK_HEADER.size} "
            f"bytes, {len(data) - offset} are there"
        )
    kind, number, channel, size = BLOCK_HEADER.unpack_from(data, offset)
    position = offset + BLOCK_HEADER.size
    where = f"{path}: {kind_name(number)} block at byte {offset}"
    end = position + size
    if end > len(data):
        raise StreamError(
            f"{where} is truncated: it announces {size} bytes, {len(data) - position} are there"
        )
    if kind not in SUBHEADERS:
        raise StreamError(f"{where} is of type {kind}; known are {TIMES} and {RATE}")
    subheader = SUBHEADERS[kind]
    if size < subheader.size + SIZE.size:
        raise StreamError(f"{where} announces {size} bytes, which are too few for its headers")
    start_ns, period_ns = (*subheader.unpack_from(data, position), 0)[:2]
    position += subheader.size
    if kind == RATE and not 0 < period_ns <= LONGEST_NS:
        raise StreamError(f"{where} has a period of {period_ns} ns, at byte {position - 8}")
    if start_ns > LONGEST_NS:
        raise StreamError(f"{where} starts at {start_ns} ns, at byte {offset + BLOCK_HEADER.size}")
    (metadata_size,) = SIZE.unpack_from(data, position)
    position += SIZE.size
    if metadata_size > end - position:
        raise StreamError(
            f"{where} announces {metadata_size} bytes of metadata at byte {position - 8}, "
            f"{end - position} are there"
        )
    metadata = read_metadata(bytes(data[position : position + metadata_size]), position, where)
    position += metadata_size
    unchecked = ResdBlock(
        path, data, offset, kind, number, channel, start_ns, period_ns, metadata, position,
        end - position, None,
    )  # fmt: skip
    return _counted(unchecked), end


def _counted(block: ResdBlock) -> ResdBlock:
    from dataclasses import replace

    if block.kind == BINARY:
        return replace(block, count=_count_binary(block))
    if not block.width:
        return block
    count, rest = divmod(block.samples_size, block.width)
    if rest:
        raise StreamError(
            f"{block.where} is truncated: {block.samples_size} bytes of samples from byte "
            f"{block.samples_at} on are no multiple of {block.width}"
        )
    counted = replace(block, count=count)
    _check_times(counted, count)
    return counted


def _check_times(block: ResdBlock, count: int) -> None:
    if block.type == RATE:
        if block.start_ns + count * block.period_ns > LONGEST_NS:
            raise StreamError(f"{block.where}: its last samples come after {LONGEST_NS} ns")
        return
    before = -1
    row = struct.Struct(f"<Q{block.width - 8}x")
    with memoryview(block.data)[block.samples_at : block.samples_at + block.samples_size] as view:
        for index, (time,) in enumerate(row.iter_unpack(view)):
            if time <= before:
                raise StreamError(
                    f"{block.where}: the time of sample {index}, at byte "
                    f"{block.samples_at + index * block.width}, does not come after the one before"
                )
            before = time
    if block.start_ns + before > LONGEST_NS:
        raise StreamError(f"{block.where}: its last sample comes at {before} ns")


def _count_binary(block: ResdBlock) -> int:
    position, end, count = block.samples_at, block.samples_at + block.samples_size, 0
    head = 4 + (8 if block.type == TIMES else 0)
    while position < end:
        if end - position < head:
            raise StreamError(f"{block.where} is truncated at byte {position}")
        (length,) = _LENGTH.unpack_from(block.data, position + head - 4)
        if length > end - position - head:
            raise StreamError(
                f"{block.where}: the sample at byte {position} announces {length} bytes, "
                f"{end - position - head} are there"
            )
        position += head + length
        count += 1
    return count
