"""The external trigger of a group: one line of the chip, and which of its edges count."""

from __future__ import annotations

from collections.abc import Callable

from simgate.peripheral.host import Host
from simgate.peripheral.wire import Wire

RISING, FALLING = 1, 2  # as EXTEN has them; 3 is both


class ExternalTrigger:
    """Listens to at most one line.

    Args:
        host: has the lines.
        fire: called at each edge that counts.
    """

    def __init__(self, host: Host, fire: Callable[[], None]) -> None:
        self._host = host
        self._fire = fire
        self._wire: Wire | None = None
        self._name: str | None = None
        self._edges = 0

    def select(self, name: str | None, edges: int) -> None:
        """Listen to that line from now on; None or no edges: to none."""
        self._edges = edges
        name = name if edges else None
        if name == self._name:
            return
        if self._wire is not None:
            self._wire.sinks.remove(self._hear)
        self._name, self._wire = name, None
        if name is not None:
            self._wire = self._host.signal(name)
            self._wire.sinks.append(self._hear)

    def _hear(self, level: bool) -> None:
        if self._edges & (RISING if level else FALLING):
            self._fire()
