"""What every UART offers to the world outside the chip."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from simgate.peripheral.base import Peripheral
from simgate.peripheral.host import Host


class Uart(Peripheral):
    """A UART of any generation: `listeners` hear each byte that it sends."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self.listeners: list[Callable[[int], None]] = []

    @property
    @abstractmethod
    def pending(self) -> int:
        """Bytes that arrived and were not yet read by the firmware."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Bytes arrive on the receive line, as fast as the firmware reads them."""
