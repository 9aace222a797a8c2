"""Window watchdog (RM0090, section 22; RM0385, 27; RM0440, 43; RM0433, 44).

A 7-bit counter goes down every 4096 << WDGTB cycles of the bus's clock. The chip is reset when it
goes from 0x40 to 0x3F, or when it is loaded while it is above the window; at 0x40 the early wake-up
interrupt comes. Loading begins a new period, so that T lasts T[5:0] + 1 periods, as the manuals
compute it. A counter that was not activated runs too, but raises nothing here.

F4 and F7 have two bits of WDGTB at bit 7, G4 and H7 three at bit 11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from simgate.errors import EngineError
from simgate.peripheral.host import Handle, Host
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral
from simgate.peripheral.reset_cause import ResetCause
from simgate.peripheral.wire import Wire

CR, CFR, SR = 0x00, 0x04, 0x08

WDGA, EWI, EWIF = 1 << 7, 1 << 9, 1 << 0
_LAST = 0x40  # the lowest count that does not reset
_FULL = 0x7F


class _WindowWatchdog(RegisterBlock):
    """Bites through `Host.reset`."""

    FREQUENCY: ClassVar[str]  # the attribute with the bus's clock in hertz
    PRESCALER_BIT: ClassVar[int]
    PRESCALER_MASK: ClassVar[int]

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._clock_hz = self.integer(self.FREQUENCY, 42_000_000)
        if self._clock_hz <= 0:
            raise EngineError(f"{name}: '{self.FREQUENCY}' must be above 0 Hz")
        wire = Wire()
        self._wires = {None: wire, "IRQ": wire}
        self._on_read = {CR: self._read_cr}
        self._on_write = {CR: self._write_cr, CFR: self._write_cfr, SR: self._write_sr}
        self._loaded_tick = 0
        self._handle: Handle | None = None
        self._fed_tick: int | None = None

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 22.6; RM0440, 43.5."""
        prescaler = self.PRESCALER_MASK << self.PRESCALER_BIT
        return (
            Register(CR, "CR", _FULL, _FULL | WDGA),
            Register(CFR, "CFR", _FULL, _FULL | EWI | prescaler),
            Register(SR, "SR", 0, EWIF),
        )

    def reset(self) -> None:
        """Not activated, the counter full."""
        super().reset()
        self._forget_plan()
        self._loaded_tick = self.host.ticks()
        self._fed_tick = None
        self._wires[None].set(False)

    def remarks(self) -> tuple[str, ...]:
        """How long it will wait, where it runs."""
        if not self._values[CR] & WDGA:
            return ()
        left = self._tick_of(_LAST - 1) - self.host.ticks()
        left_ms = left / self.host.tick_hz * 1e3
        return (f"The watchdog '{self.name}' will bite in {left_ms:.3f} ms unless it is fed",)

    # ---- the counter ----

    def _period(self) -> tuple[int, int]:
        """Ticks of one count, as a fraction."""
        prescaler = self._values[CFR] >> self.PRESCALER_BIT & self.PRESCALER_MASK
        return (4096 << prescaler) * self.host.tick_hz, self._clock_hz

    def _count(self) -> int:
        numerator, denominator = self._period()
        passed = (self.host.ticks() - self._loaded_tick) * denominator // numerator
        return (self._values[CR] & _FULL) - passed & _FULL

    def _tick_of(self, count: int) -> int:
        """When the counter, as loaded, comes to that count."""
        numerator, denominator = self._period()
        steps = (self._values[CR] & _FULL) - count
        return self._loaded_tick - (-steps * numerator // denominator)

    def _load(self, count: int) -> None:
        self._values[CR] = self._values[CR] & WDGA | count
        self._loaded_tick = self.host.ticks()

    def _forget_plan(self) -> None:
        if self._handle is not None:
            self.host.cancel(self._handle)
            self._handle = None

    def _plan(self) -> None:
        self._forget_plan()
        if not self._values[CR] & WDGA:
            return
        if self._values[CR] & _FULL > _LAST:
            self._handle = self.host.at_tick(self._tick_of(_LAST), self._wake)
        else:
            self._wake()

    def _wake(self) -> None:
        """The counter is at 0x40."""
        self._values[SR] |= EWIF
        self._update_irq()
        self._handle = self.host.at_tick(self._tick_of(_LAST - 1), self._end)

    def _end(self) -> None:
        self._handle = None
        self._bite("was not fed in time")

    def _bite(self, why: str) -> None:
        self._forget_plan()
        self._values[CR] &= ~WDGA
        since = "has never been fed"
        if self._fed_tick is not None:
            passed_ms = (self.host.ticks() - self._fed_tick) / self.host.tick_hz * 1e3
            since = f"was last fed {passed_ms:.3f} ms ago"
        self.host.reset(
            ResetCause.WINDOW_WATCHDOG, f"the window watchdog '{self.name}' {why}: it {since}"
        )

    # ---- registers ----

    def _read_cr(self) -> int:
        return self._values[CR] & WDGA | self._count()

    def _write_cr(self, value: int, mask: int) -> None:
        if not mask & 0xFF:
            return
        was_on = self._values[CR] & WDGA
        count = value & _FULL
        if was_on and self._count() > self._values[CFR] & _FULL:
            self._bite("was fed too early (the counter is above the window)")
            return
        self._values[CR] |= value & WDGA  # set by software, cleared by a reset only
        if self._values[CR] & WDGA and count < _LAST:
            self._bite(f"was loaded with 0x{count:02x}, below 0x40")
            return
        if was_on:
            self._fed_tick = self.host.ticks()
        self._load(count)
        self._plan()

    def _write_cfr(self, value: int, mask: int) -> None:
        count = self._count()
        before = self._values[CFR]
        stored = self.store(CFR, value, mask)
        self._values[CFR] = stored | before & EWI  # EWI: cleared by a reset only
        if before >> self.PRESCALER_BIT != stored >> self.PRESCALER_BIT:
            self._load(count)
            self._plan()
        self._update_irq()

    def _write_sr(self, value: int, mask: int) -> None:
        self._values[SR] &= ~(~value & mask & EWIF)  # rc_w0; writing 1 has no effect
        self._update_irq()

    def _update_irq(self) -> None:
        self._wires[None].set(bool(self._values[SR] & EWIF and self._values[CFR] & EWI))


@peripheral("Timers.STM32_WindowWatchdog")
class Stm32WindowWatchdog(_WindowWatchdog):
    """Of F4 and F7; Renode 1.16.1 has none of these. ``frequency`` is that of APB1 in hertz."""

    ATTRIBUTES = frozenset({"frequency"})
    FREQUENCY = "frequency"
    PRESCALER_BIT, PRESCALER_MASK = 7, 3


@peripheral("Timers.STM32H7_SystemWindowWatchdog")
class Stm32H7SystemWindowWatchdog(_WindowWatchdog):
    """Of G4 and H7, under the name and with the attribute of Renode's model."""

    ATTRIBUTES = frozenset({"apbFrequency"})
    FREQUENCY = "apbFrequency"
    PRESCALER_BIT, PRESCALER_MASK = 11, 7
