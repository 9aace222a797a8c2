"""The clock of an RTC: cycles of LSE or LSI in virtual time, which stand still without a source."""

from __future__ import annotations

from simgate.peripheral.host import Host


class RtcClock:
    """Counts cycles of RTCCLK.

    Args:
        host: for time.
        lse_hz: of the crystal.
        lsi_hz: of the internal oscillator.
    """

    def __init__(self, host: Host, lse_hz: int, lsi_hz: int) -> None:
        self._host = host
        self._lse_hz, self._lsi_hz = lse_hz, lsi_hz
        self.hz = lse_hz
        self.running = False
        self._cycles = 0  # at the tick
        self._tick = 0

    def cycles(self) -> int:
        """Cycles so far."""
        if not self.running:
            return self._cycles
        return self._cycles + (self._host.ticks() - self._tick) * self.hz // self._host.tick_hz

    def set(self, running: bool, from_lsi: bool) -> None:
        """Start, stop or change the source."""
        self._cycles = self.cycles()
        self._tick = self._host.ticks()
        self.running = running
        self.hz = self._lsi_hz if from_lsi else self._lse_hz

    def tick_of(self, cycles: int) -> int:
        """The tick at which so many cycles will be over."""
        ahead = max(cycles - self._cycles, 0)
        return self._tick - (-ahead * self._host.tick_hz // self.hz)
