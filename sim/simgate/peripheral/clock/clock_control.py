"""What all reset and clock controllers share: gates, resets of other models, the backup domain.

Oscillators and PLLs are ready as soon as they are on and have an input, as on Renode. The rates of
the prescalers read back and change no rate: timers and UARTs run at the `frequency` that the
platform gives them, the core at its MIPS. Clocks in sleep mode (the LPENR and SMENR registers) read
back only.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from simgate.peripheral.clock.kernel_clocks import KernelClock, choose
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import RegisterBlock
from simgate.peripheral.wire import Wire

Names = Mapping[int, str]  # a bit: the models that it serves, parted by spaces
BACKUP_WRITABLE = "PWR_DBP"  # the signal by which PWR opens the backup domain
RTC_CLOCK = "RTCCLK"  # high while the clock that BDCR chose for the RTC runs
RTC_ON_LSI = "RTCCLK_LSI"  # high while that clock is LSI

_TOLERANCE = 0.01
# HPRE and D1CPRE of all families: dividers by powers of two, without 32
_AHB_DIVIDERS = (1,) * 8 + (2, 4, 8, 16, 64, 128, 256, 512)

_LSEON, _LSERDY, _LSEBYP = 1 << 0, 1 << 1, 1 << 2
_RTCSEL, _RTCEN, _BDRST = 3 << 8, 1 << 15, 1 << 16
_LSION, _LSIRDY = 1 << 0, 1 << 1
_RTCSEL_LSE, _RTCSEL_LSI = 1 << 8, 2 << 8


def ahb_divider(field: int) -> int:
    """What four bits of a prescaler divide by."""
    return _AHB_DIVIDERS[field & 15]


class ClockControl(RegisterBlock):
    """Base of the controllers; tables say which bit opens or resets which model.

    ``hseFrequency`` is the board's crystal in hertz; without it nothing is said about clocks that
    come from there.
    """

    ATTRIBUTES = frozenset({"hseFrequency"})
    ENABLES: ClassVar[Mapping[str, Names]]  # by register
    RESETS: ClassVar[Mapping[str, Names]]
    KERNEL_CLOCKS: ClassVar[Mapping[str, tuple[KernelClock, ...]]] = {}  # by register
    BDCR: ClassVar[int]  # offsets; bits 0 to 2, 8, 9, 15 and 16 mean the same on all families
    CSR: ClassVar[int]

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        wire = Wire()
        self._wires = {None: wire, "IRQ": wire}
        self.hse_hz = self.integer("hseFrequency", 0)
        self._backup_writable = host.signal(BACKUP_WRITABLE)
        self._rtc_clock = host.signal(RTC_CLOCK)
        self._rtc_on_lsi = host.signal(RTC_ON_LSI)
        self._openers: dict[str, list[tuple[int, int]]] = {}  # model: (register, bit) that open it
        for register, names in self.ENABLES.items():
            offset = self._offsets[register]
            for bit, models in names.items():
                for model in models.split():
                    self._openers.setdefault(model, []).append((offset, 1 << bit))
            self._on_write[offset] = self._enable(offset, names)
        for register, names in self.RESETS.items():
            offset = self._offsets[register]
            self._on_write[offset] = self._reset_models(offset, names)
        for register, fields in self.KERNEL_CLOCKS.items():
            offset = self._offsets[register]
            self._on_write[offset] = self._choose_clocks(offset, fields)
        self._on_write[self.BDCR] = self._write_bdcr
        self._on_write[self.CSR] = self._write_csr

    def reset(self) -> None:
        """To the state after power-on."""
        super().reset()
        self._back_to_reset_clocks()

    def _reset_but(self, kept: Mapping[int, int]) -> None:
        """A reset that leaves some registers as they are."""
        values = {offset: self._values[offset] for offset in kept}
        super().reset()
        self._values.update({offset: values[offset] & mask for offset, mask in kept.items()})
        self._back_to_reset_clocks()

    def _back_to_reset_clocks(self) -> None:
        for model in self._openers:
            self._open(model)
        for register, fields in self.KERNEL_CLOCKS.items():
            choose(self.host, self.value(register), fields)
        self._update_rtc_clock()
        self._wires[None].set(False)

    # ---- gates and resets ----

    def _open(self, model: str) -> None:
        openers = self._openers[model]
        self.host.gate(model, any(self._values[offset] & bit for offset, bit in openers))

    def _enable(self, offset: int, names: Names) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            before = self._values[offset]
            changed = self.store(offset, value, mask) ^ before
            if changed:
                for bit, models in names.items():
                    if changed >> bit & 1:
                        for model in models.split():
                            self._open(model)

        return write

    def _choose_clocks(
        self, offset: int, fields: tuple[KernelClock, ...]
    ) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            choose(self.host, self.store(offset, value, mask), fields)

        return write

    def _reset_models(self, offset: int, names: Names) -> Callable[[int, int], None]:
        """At either edge of its bit: what a model was told while held in reset is lost, too."""

        def write(value: int, mask: int) -> None:
            before = self._values[offset]
            changed = self.store(offset, value, mask) ^ before
            if changed:
                for bit, models in names.items():
                    if changed >> bit & 1:
                        for model in models.split():
                            self.host.reset_model(model)

        return write

    # ---- clocks ----

    @abstractmethod
    def core_clock_hz(self) -> float:
        """What the registers make of the oscillators; 0 where the crystal is not known."""

    def remarks(self) -> tuple[str, ...]:
        """Whether the firmware's clock is the one by which time goes on here."""
        hz, runs_at_hz = self.core_clock_hz(), self.host.tick_hz
        if not hz or abs(hz - runs_at_hz) <= _TOLERANCE * runs_at_hz:
            return ()
        crystal = f" (HSE: {self.hse_hz / 1e6:g} MHz)" if self.hse_hz else ""
        return (
            f"{self.name}: the firmware has the core at {hz / 1e6:.4g} MHz{crystal}, while time "
            f"here goes on by {runs_at_hz / 1e6:g} million instructions a second, as the platform "
            "says: times and estimates are for that clock",
        )

    @abstractmethod
    def _became_ready(self, clock: str) -> None:
        """Set the flag of that clock ("LSI", "LSE", "HSI", ...) if its interrupt is enabled."""

    def _tell_ready(self, before: int, after: int, ready_bits: Mapping[int, str]) -> None:
        """Flags for the clocks whose ready bits rose."""
        rose = after & ~before
        if rose:
            for bit, clock in ready_bits.items():
                if rose & bit:
                    self._became_ready(clock)

    # ---- the backup domain ----

    def _write_bdcr(self, value: int, mask: int) -> None:
        if not self._backup_writable.level:
            if (value ^ self._values[self.BDCR]) & mask & self._writable[self.BDCR]:
                self.host.remark(
                    f"{self.name}: BDCR was written while the backup domain is write-protected "
                    "(DBP in PWR is 0): silicon loses such writes"
                )
            return
        before = self._values[self.BDCR]
        if before & _RTCSEL:
            mask &= ~_RTCSEL  # chosen once, until the domain is reset
        if before & _LSEON:
            mask &= ~_LSEBYP
        stored = self.store(self.BDCR, value, mask) & ~_LSERDY
        if stored & _BDRST:
            stored = self._reset_values[self.BDCR] | _BDRST
            if not before & _BDRST:
                self.host.reset_model("rtc")
        stored |= (stored & _LSEON) << 1
        self._values[self.BDCR] = stored
        self._update_rtc_clock()
        self._tell_ready(before, stored, {_LSERDY: "LSE"})

    def _write_csr(self, value: int, mask: int) -> None:
        before = self._values[self.CSR]
        stored = self.store(self.CSR, value, mask) & ~_LSIRDY
        stored |= (stored & _LSION) << 1
        self._values[self.CSR] = stored
        self._update_rtc_clock()
        self._tell_ready(before, stored, {_LSIRDY: "LSI"})

    def _update_rtc_clock(self) -> None:
        bdcr = self._values[self.BDCR]
        source = bdcr & _RTCSEL
        if source == _RTCSEL_LSE:
            runs = bool(bdcr & _LSERDY)
        elif source == _RTCSEL_LSI:
            runs = bool(self._values[self.CSR] & _LSIRDY)
        else:
            runs = source != 0  # a divided HSE
        self._rtc_on_lsi.set(source == _RTCSEL_LSI)
        self._rtc_clock.set(runs and bool(bdcr & _RTCEN))
