"""What DMA moved past a data cache that nobody cleaned or invalidated (Cortex-M7).

The simulator has no data cache: DMA and the core always see the same bytes. On silicon the core's
stores stay in the cache until they are cleaned, and its loads give what was cached before DMA
wrote. So, with CCR.DC set at the end of the run:

* memory that DMA read, kept write-back, with a line neither cleaned ever nor filled by DMA: told;
* memory that DMA wrote, kept in any way, with a line that was never invalidated: told.

Regions of the MPU count as they are at the end. What is not checked: the order of maintenance and
transfers (one operation ever is enough), whether the core touched the memory at all, lines that a
buffer shares with other variables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from simgate.platform.facts import MemoryArea

if TYPE_CHECKING:
    from simgate.core import Core

_LINE = 32  # bytes
_COUPLED = frozenset({"dtcm", "itcm"})  # the core reaches these past its caches
_WRITE_BACK = 2


class Transfer(NamedTuple):
    """Memory that DMA reads or writes, as the firmware set it up."""

    master: str  # "dma1 stream 0"
    address: int
    size: int  # bytes
    writes: bool


def coherency_remarks(
    core: Core, areas: tuple[MemoryArea, ...], transfers: Iterable[Transfer]
) -> tuple[str, ...]:
    """One remark for each transfer whose lines were left alone."""
    cleaned, invalidated = core.cleaned_lines, core.invalidated_lines
    transfers = tuple(transfers)
    filled = [(one.address, one.address + one.size - 1) for one in transfers if one.writes]
    found = []
    for transfer in transfers:
        address, end = transfer.address, transfer.address + transfer.size
        area = next((a for a in areas if a.base <= address and end <= a.base + a.size), None)
        if area is None or area.is_flash or area.name in _COUPLED:
            continue
        kept = core.cacheability(address)
        done = invalidated if transfer.writes else cleaned
        if done is None or not kept or (not transfer.writes and kept != _WRITE_BACK):
            continue
        missing = _first_missing(address, end, done if transfer.writes else [*done, *filled])
        if missing is None:
            continue
        verb, need = ("wrote", "invalidated") if transfer.writes else ("read", "cleaned")
        found.append(
            f"{transfer.master} {verb} {transfer.size} bytes at 0x{address:08x} ({area.name}) with "
            f"the data cache on, and the line at 0x{missing:08x} was never {need}: silicon may "
            "give old bytes"
        )
    return tuple(found)


def _first_missing(start: int, end: int, ranges: list[tuple[int, int]]) -> int | None:
    line = start & -_LINE
    while line < end:
        last = next((last for first, last in ranges if first <= line <= last), None)
        if last is None:
            return line
        line = last + 1
    return None
