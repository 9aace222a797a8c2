"""An SPI slave that answers from a queue and remembers what it was told; Renode's dummy."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from simgate.peripheral.bus.devices import SpiDevice
from simgate.peripheral.host import Host
from simgate.peripheral.model import command
from simgate.peripheral.registry import peripheral


@peripheral("Mocks.DummySPISlave")
class DummySpiSlave(SpiDevice):
    """Sends the bytes of `EnqueueValue`, then zeros, as Renode's does.

    Beyond Renode: `transfers` holds the bytes that it got, one entry for each time it was selected.
    """

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._queue: deque[int] = deque()
        self.transfers: list[bytearray] = []

    def reset(self) -> None:
        """Forget what was enqueued."""
        self._queue.clear()

    @command("EnqueueValue")
    def enqueue(self, byte: int) -> None:
        """One more byte to answer with."""
        self._queue.append(byte & 0xFF)

    def select(self) -> None:
        """A new transfer begins."""
        self.transfers.append(bytearray())

    def exchange(self, byte: int) -> int:
        """Note the byte, give the next of the queue, or 0."""
        if not self.transfers:
            self.transfers.append(bytearray())
        self.transfers[-1].append(byte)
        return self._queue.popleft() if self._queue else 0

    def deselect(self) -> None:
        """The transfer ended."""
