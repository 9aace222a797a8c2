"""The strict engine's side of `simgate.peripheral.host.Host`."""

from __future__ import annotations

import random
from collections.abc import Mapping

from simgate.engine.strict.bus import Bus
from simgate.engine.strict.clock import Clock
from simgate.engine.strict.coherency import Transfer
from simgate.engine.strict.flash_area import FlashArea
from simgate.engine.strict.gate import Gate
from simgate.engine.strict.verdicts import Verdict
from simgate.errors import EngineError
from simgate.peripheral.model import Model
from simgate.peripheral.reset_cause import ResetCause
from simgate.peripheral.wire import Wire
from simgate.result import FaultKind

_TRANSFERS_KEPT = 256


class StrictHost:
    """Time from the clock, lines by name, the bus, and what the result will say.

    Args:
        clock: the chip's.
        bus: for masters other than the processor.
        models: the chip's, by name; may still be empty.
        flashes: its Flash memories, by name.
    """

    def __init__(
        self,
        clock: Clock,
        bus: Bus,
        models: Mapping[str, Model],
        flashes: Mapping[str, FlashArea],
    ) -> None:
        self._clock = clock
        self._models = models
        self._flashes = flashes
        self._signals: dict[str, Wire] = {}
        self._gates: dict[str, Gate] = {}
        self.tick_hz = clock.tick_hz
        self.ticks = clock.ticks
        self.time_s = clock.time_s
        self.at_tick = clock.at_tick
        self.after = clock.after
        self.cancel = clock.cancel
        self.bus_read = bus.read
        self.bus_write = bus.write
        self.bus_read_block = bus.read_block
        self.bus_write_block = bus.write_block
        self.bus_port = bus.port
        self.tcm_read = bus.tcm_read
        self.tcm_write = bus.tcm_write
        self.stubs: dict[str, None] = {}  # in order of first touch
        self.transfers: dict[Transfer, None] = {}  # of DMA, in order
        self.remarks: dict[str, None] = {}  # in order of first remark

    def signal(self, name: str) -> Wire:
        """The line of that name."""
        wire = self._signals.get(name)
        if wire is None:
            wire = self._signals[name] = Wire()
        return wire

    def flash(self, name: str) -> FlashArea:
        """The Flash of that name."""
        try:
            return self._flashes[name]
        except KeyError:
            raise EngineError(f"there is no Flash memory '{name}' here") from None

    def gate_of(self, name: str) -> Gate:
        """The clock gate of a model."""
        gate = self._gates.get(name)
        if gate is None:
            gate = self._gates[name] = Gate(name, self.remark)
        return gate

    def gate(self, name: str, on: bool) -> None:
        """Switch a model's bus clock."""
        self.gate_of(name).on = on

    def reset_model(self, name: str) -> None:
        """Reset one model."""
        model = self._models.get(name)
        if model is not None:
            model.reset()

    def note_transfer(self, master: str, address: int, size: int, writes: bool) -> None:
        """Note it once."""
        if len(self.transfers) < _TRANSFERS_KEPT:
            self.transfers.setdefault(Transfer(master, address, size, writes))

    def touched(self, what: str) -> None:
        """Note it once."""
        self.stubs.setdefault(what)

    def remark(self, text: str) -> None:
        """Note it once."""
        self.remarks.setdefault(text)

    def reset(self, cause: ResetCause, why: str) -> None:
        """Have the run come back with a watchdog's verdict; the reset comes when it goes on."""
        self._clock.verdicts.give(Verdict(FaultKind.WATCHDOG, why, reset=cause))
        self._clock.request_stop()

    def restart(self, cause: ResetCause = ResetCause.SOFTWARE) -> None:
        """Have the run reset the chip, as if the firmware had written SYSRESETREQ."""
        self._clock.request_reset(cause)

    def random(self, name: str) -> random.Random:
        """The same numbers in each run."""
        return random.Random(f"simgate {name}")
