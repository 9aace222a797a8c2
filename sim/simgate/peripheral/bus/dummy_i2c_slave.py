"""An I2C target that answers from a queue and remembers what it was told; Renode's dummy."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from simgate.peripheral.bus.devices import I2cDevice
from simgate.peripheral.host import Host
from simgate.peripheral.model import command
from simgate.peripheral.registry import peripheral


@peripheral("Mocks.DummyI2CSlave")
class DummyI2cSlave(I2cDevice):
    """Sends the bytes of `EnqueueResponseByte`, then zeros, as Renode's does.

    Beyond Renode: `received` holds what was written to it, `log` each event on its bus as text
    ("start write", "write 0f", "read 44", "stop"), and `acknowledges` says how many more bytes
    it accepts (None: any number).
    """

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._queue: deque[int] = deque()
        self.received = bytearray()
        self.log: list[str] = []
        self.acknowledges: int | None = None

    def reset(self) -> None:
        """Forget what was enqueued."""
        self._queue.clear()

    @command("EnqueueResponseByte")
    def enqueue(self, byte: int) -> None:
        """One more byte to answer a read with."""
        self._queue.append(byte & 0xFF)

    def start(self, reading: bool) -> bool:
        """Always there."""
        self.log.append(f"start {'read' if reading else 'write'}")
        return True

    def write(self, byte: int) -> bool:
        """Take it, while there is room."""
        self.log.append(f"write {byte:02x}")
        if self.acknowledges is not None:
            if self.acknowledges <= 0:
                return False
            self.acknowledges -= 1
        self.received.append(byte)
        return True

    def read(self) -> int:
        """The next of the queue, or 0."""
        byte = self._queue.popleft() if self._queue else 0
        self.log.append(f"read {byte:02x}")
        return byte

    def stop(self) -> None:
        """The transfer ended."""
        self.log.append("stop")
