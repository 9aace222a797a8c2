"""Random number generator (RM0090, section 24; RM0385, 18; RM0440, 26; RM0433, 33).

The numbers are the same in each run: they come from the host's source for this model's name.

F4 and F7 have one number every 40 cycles of the 48 MHz clock (RM0090, 24.3.1). G4 and H7 fill four
words every 213 cycles of the bus's clock and have a bit that switches the clock check off (RM0433,
33.3.5 and 33.3.7): the attribute ``series`` is ``STM32Series.F4`` or ``STM32Series.H7``, and
``frequency`` is that clock in hertz.

The commands ``RaiseSeedError`` and ``RaiseClockError`` let a firmware meet what a simulation has no
reason for; ``ClearClockError`` brings the clock back.
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.errors import EngineError
from simgate.peripheral.host import Handle, Host
from simgate.peripheral.model import command
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral
from simgate.peripheral.series import series_of
from simgate.peripheral.wire import Wire

CR, SR, DR = 0x00, 0x04, 0x08

RNGEN, IE, CED = 1 << 2, 1 << 3, 1 << 5  # CR
DRDY, CECS, SECS, CEIS, SEIS = 1 << 0, 1 << 1, 1 << 2, 1 << 5, 1 << 6  # SR


@peripheral("Miscellaneous.STM32F4_RNG")
class Stm32F4Rng(RegisterBlock):
    """Numbers that are ready after their time."""

    ATTRIBUTES = frozenset({"series", "frequency"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        self._has_buffer = series_of(name, attributes, ("F4", "H7")) == "H7"
        super().__init__(name, attributes, host)
        frequency_hz = self.integer("frequency", 48_000_000)
        if frequency_hz <= 0:
            raise EngineError(f"{name}: 'frequency' must be above 0 Hz")
        self._batch = 4 if self._has_buffer else 1
        self._period_s = (213 if self._has_buffer else 40) / frequency_hz
        self._random = host.random(name)
        self._wires = {None: Wire()}
        self._wires["IRQ"] = self._wires[None]
        self._on_read = {SR: lambda: self._status, DR: self._read_dr}
        self._on_write = {CR: self._write_cr, SR: self._write_sr}
        self._status = 0
        self._clock_fails = False
        self._words: list[int] = []
        self._handle: Handle | None = None

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 24.4; RM0433, 33.7."""
        writable = RNGEN | IE | (CED if self._has_buffer else 0)
        return (
            Register(CR, "CR", 0, writable),
            Register(SR, "SR", 0, 0),
            Register(DR, "DR", 0, 0),
        )

    def reset(self) -> None:
        """Off; the numbers go on where they were."""
        super().reset()
        self._status = 0
        self._clock_fails = False
        self._stop()
        self._update()

    @command("RaiseSeedError")
    def raise_seed_error(self) -> None:
        """The noise source gives the same bits again and again."""
        self._status |= SEIS | SECS
        self._stop()
        self._update()

    @command("RaiseClockError")
    def raise_clock_error(self) -> None:
        """The 48 MHz clock is gone, or too slow."""
        if self._values[CR] & CED:
            return
        self._clock_fails = True
        self._status |= CEIS | CECS
        self._stop()
        self._update()

    @command("ClearClockError")
    def clear_clock_error(self) -> None:
        """The clock is back."""
        self._clock_fails = False
        self._status &= ~CECS
        self._plan()

    def _write_cr(self, value: int, mask: int) -> None:
        before = self._values[CR]
        after = self.store(CR, value, mask)
        if before & ~after & RNGEN:
            self._stop()
            self._status &= ~SECS  # 24.3.2: off and on again begins with a new seed
        if after & RNGEN:
            self._plan()
        self._update()

    def _write_sr(self, value: int, mask: int) -> None:
        self._status &= ~(~value & mask & (CEIS | SEIS))  # rc_w0
        self._update()

    def _read_dr(self) -> int:
        if not self._words:
            return 0
        word = self._words.pop()
        if not self._words:
            self._status &= ~DRDY
            self._plan()
            self._update()
        return word

    def _plan(self) -> None:
        runs = self._values[CR] & RNGEN and not self._status & SECS and not self._clock_fails
        if runs and self._handle is None and not self._words:
            self._handle = self.host.after(self._period_s, self._fill)

    def _fill(self) -> None:
        self._handle = None
        self._words = [self._random.getrandbits(32) for _ in range(self._batch)]
        self._status |= DRDY
        self._update()

    def _stop(self) -> None:
        if self._handle is not None:
            self.host.cancel(self._handle)
            self._handle = None
        self._words.clear()
        self._status &= ~DRDY

    def _update(self) -> None:
        wanted = self._values[CR] & IE and self._status & (DRDY | CEIS | SEIS)
        self._wires[None].set(bool(wanted))
