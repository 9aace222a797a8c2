"""Ready interrupts of the families that have three registers for them (G4, H7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from simgate.peripheral.clock.clock_control import ClockControl
from simgate.peripheral.host import Host


class ReadyFlags(ClockControl):
    """CIER enables, CIFR shows, CICR clears: one bit a clock, at the same place in all three."""

    CIER: ClassVar[int]
    CIFR: ClassVar[int]
    CICR: ClassVar[int]
    FLAG_BITS: ClassVar[Mapping[str, int]]  # by clock

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_read[self.CICR] = lambda: 0
        self._on_write[self.CIER] = self._write_cier
        self._on_write[self.CICR] = self._write_cicr

    def _became_ready(self, clock: str) -> None:
        self._values[self.CIFR] |= self._values[self.CIER] & 1 << self.FLAG_BITS[clock]
        self._request()

    def _write_cier(self, value: int, mask: int) -> None:
        self.store(self.CIER, value, mask)
        self._request()

    def _write_cicr(self, value: int, mask: int) -> None:
        self._values[self.CIFR] &= ~(value & mask)
        self._request()

    def _request(self) -> None:
        self._wires[None].set(bool(self._values[self.CIFR] & self._values[self.CIER]))
