"""A transfer that nobody requests: how far virtual time lets it be."""

from __future__ import annotations

from collections.abc import Callable

from simgate.peripheral.dma.service import BEAT_TICKS
from simgate.peripheral.host import Handle, Host


class CopyPlan:
    """Comes back when half of a copy and when all of it is due.

    Args:
        host: time.
        come_back: called at these two moments; it asks `due` and moves what is due.
    """

    def __init__(self, host: Host, come_back: Callable[[], None]) -> None:
        self._host = host
        self._come_back = come_back
        self._planned: Handle | None = None
        self._began = 0
        self._total = self._half = 0
        self._group = 1

    def begin(self, total: int, group: int = 1) -> None:
        """From now on `group` items are due every `BEAT_TICKS`, `total` in all."""
        self.cancel()
        self._began = self._host.ticks()
        self._total, self._half, self._group = total, total - total // 2, group
        self._plan(self._half)

    def due(self) -> int:
        """Items that should have been moved by now, since `begin`."""
        groups = (self._host.ticks() - self._began) // BEAT_TICKS
        return min(groups * self._group, self._total)

    def cancel(self) -> None:
        """It is not to come back any more."""
        if self._planned is not None:
            self._host.cancel(self._planned)
            self._planned = None

    def _plan(self, items: int) -> None:
        groups = -(-items // self._group)
        self._planned = self._host.at_tick(self._began + groups * BEAT_TICKS, self._on_time)

    def _on_time(self) -> None:
        self._planned = None
        if self.due() < self._total:
            self._plan(self._total)
        self._come_back()
