"""A RESD file as a stream: all blocks of one kind and channel, one after the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path

from simgate.errors import StreamError
from simgate.sensor.resd_file import ResdBlock, read_resd
from simgate.sensor.resd_format import BINARY, RATE, Kind, find_kind, kind_name
from simgate.sensor.rows import Row
from simgate.sensor.stream import Stream
from simgate.sensor.timing import ConstantRate, Timing


def resd_stream(path: Path, kind: str | int | None = None, channel: int = 0) -> Stream:
    """The samples of a kind and channel.

    Args:
        path: the file.
        kind: such as ``"acceleration"``; None: that of the file, where it holds only one.
        channel: the file's number of it.

    Raises:
        StreamError: the file is damaged, has no such samples, or its blocks overlap.
    """
    blocks = read_resd(path)
    wanted = _only_kind(path, blocks) if kind is None else find_kind(kind)
    chosen = [block for block in blocks if (block.kind, block.channel) == (wanted.number, channel)]
    chosen = [block for block in chosen if block.count]
    if not chosen:
        there = sorted({f"{kind_name(block.kind)}:{block.channel}" for block in blocks})
        raise StreamError(
            f"{path} has no samples of {wanted.name} in channel {channel}",
            hint=f"It has: {', '.join(there) or 'nothing'}.",
        )
    for earlier, later in pairwise(chosen):
        assert earlier.count is not None
        if later.time_ns(0) <= earlier.time_ns(earlier.count - 1):
            raise StreamError(f"{later.where} begins before the one before it has ended")
    chain = _Chain(chosen, wanted)
    timing: Timing = chain
    if len(chosen) == 1 and chosen[0].type == RATE:
        timing = ConstantRate.of_period(chosen[0].period_ns, chosen[0].start_ns)
    units = (wanted.unit,) * len(wanted.names)
    return Stream(chain, timing, wanted.names, units, origin=str(path))


def _only_kind(path: Path, blocks: Sequence[ResdBlock]) -> Kind:
    numbers = sorted({block.kind for block in blocks})
    if numbers == [BINARY]:
        raise StreamError(f"{path} holds binary data, which is no stream of numbers")
    if len(numbers) != 1:
        there = ", ".join(map(kind_name, numbers)) or "nothing"
        raise StreamError(f"{path} holds {there}", hint="Name one kind of sample.")
    return find_kind(numbers[0])


class _Chain:
    """Blocks behind each other, as rows and as their timing."""

    period_ns: Fraction | None = None

    def __init__(self, blocks: Sequence[ResdBlock], kind: Kind) -> None:
        counts = [block.count or 0 for block in blocks]
        self._blocks = blocks
        self._ends = list(accumulate(counts))
        self._firsts = [block.time_ns(0) for block in blocks]
        self._up, self._down = kind.step
        self.count: int | None = self._ends[-1]

    def row(self, index: int) -> Row:
        """One row."""
        if index >= self._ends[-1]:
            raise IndexError(index)
        block, inside = self._find(index)
        return tuple(number * self._up / self._down for number in block.numbers(inside))

    def time_ns(self, index: int) -> int:
        """When sample `index` is due."""
        block, inside = self._find(index)
        return block.time_ns(inside)

    def index_at(self, time_ns: int) -> int:
        """The last sample due by then; -1 before the first."""
        number = bisect_right(self._firsts, time_ns) - 1
        if number < 0:
            return -1
        block = self._blocks[number]
        inside = bisect_right(range(block.count or 0), time_ns, key=block.time_ns)
        return self._ends[number] - (block.count or 0) + inside - 1

    def pass_ns(self, count: int) -> Fraction:
        """How long the samples last: the last one as long as the one before it."""
        last = self.time_ns(count - 1)
        return Fraction(2 * last - self.time_ns(count - 2) if count > 1 else max(last, 1))

    def _find(self, index: int) -> tuple[ResdBlock, int]:
        number = bisect_right(self._ends, index)
        begin = self._ends[number - 1] if number else 0
        return self._blocks[number], index - begin
