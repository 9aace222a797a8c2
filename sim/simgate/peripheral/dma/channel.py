"""One channel of the DMA of G4 and of H7's BDMA (RM0440, 12.4 and 12.6; RM0433, 16).

There is no FIFO: an item is read in one size and written in the other, filled up with zeros or cut
off (RM0440, table 69). A channel stays enabled when it has finished. Memory-to-memory takes
virtual time as in `simgate.peripheral.dma.stream`.
"""

from __future__ import annotations

from collections.abc import Callable

from simgate.errors import EngineError
from simgate.peripheral.dma.block_copy import CopyRefused, End, copy_items
from simgate.peripheral.dma.copy_plan import CopyPlan
from simgate.peripheral.dma.listener import EN, Listener, port
from simgate.peripheral.dma.service import Service
from simgate.peripheral.host import Host
from simgate.peripheral.wire import Wire

# flags, as they stand in ISR for the first channel (RM0440, 12.6.1)
GIF, TCIF, HTIF, TEIF = 1 << 0, 1 << 1, 1 << 2, 1 << 3
# CCRx (12.6.3; DBM and CT: RM0433, 16.6.3)
_ENABLES = 0xE  # TCIE, HTIE, TEIE, where their flags are
DIR, CIRC, PINC, MINC, MEM2MEM = 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 14
DBM, CT = 1 << 15, 1 << 16
_CR_FREE = EN | _ENABLES | CIRC  # the rest cannot be changed while EN is 1


class Channel(Listener):
    """The registers of one channel and what it moves.

    Args:
        number: from 0, where the manual of G4 counts from 1.
        label: "dma1 channel 1", for people.
        host: time and bus.
        service: the controller's arbiter.
        acknowledge: pulsed after each item where somebody counts them.
        raise_flags: tells the controller that flags or enables changed.
        has_double_buffer: there are DBM, CT and a second memory address.
        reach: the addresses that the controller's bus reaches; none: all.
    """

    def __init__(
        self,
        number: int,
        label: str,
        host: Host,
        service: Service,
        acknowledge: Wire,
        raise_flags: Callable[[], None],
        has_double_buffer: bool,
        reach: tuple[range, ...] = (),
    ) -> None:
        super().__init__(number, label, host, service, acknowledge)
        self._raise_flags = raise_flags
        self._reach = reach
        self._writable = 0x1FFFF if has_double_buffer else 0x7FFF
        self._plan = CopyPlan(host, self.catch_up)
        self.reset()

    def reset(self) -> None:
        """To the state after power-on."""
        self._stop_listening()
        self._plan.cancel()
        self.cr = self.ndtr = self.par = self.m0ar = self.m1ar = 0
        self.flags = 0
        self.items = 0
        self.priority = 0
        self._programmed = 0

    # ---- registers ----

    @property
    def interrupt(self) -> bool:
        """Whether a flag is set whose interrupt is enabled."""
        return bool(self.flags & self.cr & _ENABLES)

    @property
    def status(self) -> int:
        """Its four bits of ISR."""
        return self.flags | (GIF if self.flags else 0)

    def clear(self, flags: int) -> None:
        """A store to its four bits of IFCR; the global one clears all."""
        self.flags &= 0 if flags & GIF else ~flags
        self._raise_flags()

    def remaining(self) -> int:
        """What CNDTR reads."""
        self.catch_up()
        return self.ndtr

    def write_cr(self, value: int, mask: int) -> None:
        """A store to CCRx."""
        old = self.cr
        mask &= self._writable
        if old & EN:
            self.catch_up()
            if (old ^ value) & mask & ~_CR_FREE and value & EN:
                self.note("CCR was changed while EN is 1: silicon ignores that")
            mask &= _CR_FREE
        self.cr = self.cr & ~mask | value & mask
        if self.flags & TEIF and self.cr & EN and not old & EN:
            self.note("EN cannot be set again until TEIF is cleared")
            self.cr &= ~EN
        self.priority = self.cr >> 12 & 3
        if (self.cr ^ old) & EN:
            if self.cr & EN:
                self._start()
            else:
                self._stop()
        self._raise_flags()

    def write_ndtr(self, value: int) -> None:
        """A store to CNDTR."""
        if self._may_write("CNDTR"):
            self.ndtr = self._programmed = value & 0xFFFF

    def write_par(self, value: int) -> None:
        """A store to CPAR."""
        if self._may_write("CPAR"):
            self.par = value

    def write_memory_address(self, which: int, value: int) -> None:
        """A store to CMAR (CM0AR), or CM1AR; in double buffer mode the idle one may be changed."""
        in_use = (self.cr & CT != 0) == bool(which)
        if (self.cr & EN and self.cr & DBM and not in_use) or self._may_write(f"CM{which}AR"):
            if which:
                self.m1ar = value
            else:
                self.m0ar = value

    def _may_write(self, register: str) -> bool:
        if self.cr & EN:
            self.note(f"{register} was written while EN is 1: silicon ignores that")
            return False
        return True

    # ---- beginning and end ----

    def _start(self) -> None:
        self.items = 0
        self._width = 1 << min(self.cr >> 8 & 3, 2)
        self._memory_width = 1 << min(self.cr >> 10 & 3, 2)
        self._peripheral_step = self._width if self.cr & PINC else 0
        self._memory_step = self._memory_width if self.cr & MINC else 0
        self._mask = (1 << 8 * self._memory_width) - 1
        self._peripheral_mask = (1 << 8 * self._width) - 1
        self._begin_round()
        beyond = [
            address
            for address in (self._peripheral, self._memory)
            if self._reach and not any(address in part for part in self._reach)
        ]
        if beyond:
            self._refused(EngineError(f"this controller does not reach 0x{beyond[0]:08x}"))
        elif not self.ndtr:
            self.note("was enabled with CNDTR at 0: it moves nothing")
        elif self.cr & MEM2MEM:
            if self.cr & (CIRC | DBM):
                self.note("MEM2MEM and CIRC must not be set together: CIRC is ignored")
            self._total, self._copied = self.ndtr, 0
            self._plan.begin(self._total)
        else:
            self._listen()

    def _begin_round(self) -> None:
        memory = self.m1ar if self.cr & DBM and self.cr & CT else self.m0ar
        for address, width, what in (
            (self.par, self._width, "CPAR"),
            (memory, self._memory_width, "CMAR"),
        ):
            if address & width - 1:
                self.note(f"{what} 0x{address:08x} is no multiple of {width}: low bits are ignored")
        self._peripheral = self.par & -self._width
        self._memory = memory & -self._memory_width
        self._half = self._programmed // 2
        self._open_ports()

    def _open_ports(self) -> None:
        last = max(self.ndtr - 1, 0)
        span = last * self._peripheral_step + self._width
        self._base, self._read, self._write = port(self._host, self._peripheral, span)
        span = last * self._memory_step + self._memory_width
        self._span = (self._memory, span)
        if self.cr & DIR:
            self._host.note_transfer(self.label, self._memory, span, False)
        way = port(self._host, self._memory, span)
        self._memory_base, self._memory_read, self._memory_write = way

    def _finish(self) -> None:
        self.flags |= TCIF
        if not self.cr & DIR:
            self._host.note_transfer(self.label, *self._span, True)
        if self.cr & MEM2MEM:
            return
        if self.cr & (CIRC | DBM):
            self.ndtr = self._programmed
            if self.cr & DBM:
                self.cr ^= CT
            self._begin_round()

    def _stop(self) -> None:
        self._stop_listening()
        self._plan.cancel()

    def _refused(self, error: EngineError) -> None:
        """The bus refused: TEIF, and EN is cleared (RM0440, 12.4.6)."""
        self.note(f"transfer error: {error.message}")
        self.cr &= ~EN
        self._stop()
        self.flags |= TEIF
        self._raise_flags()

    # ---- one item, on request ----

    def serve(self) -> bool:
        """Move one item; whether another is wanted."""
        if not self.cr & EN or not self.ndtr:
            return False
        try:
            if self.cr & DIR:
                value = self._memory_read(self._memory - self._memory_base, self._memory_width)
                self._write(
                    self._peripheral - self._base, self._width, value & self._peripheral_mask
                )
            else:
                value = self._read(self._peripheral - self._base, self._width)
                self._memory_write(
                    self._memory - self._memory_base, self._memory_width, value & self._mask
                )
        except EngineError as error:
            self._refused(error)
            return False
        if not self.cr & EN:
            return False
        self._peripheral += self._peripheral_step
        self._memory += self._memory_step
        self.items += 1
        self.ndtr = left = self.ndtr - 1
        if self._acknowledge.sinks:
            self._acknowledge.pulse()
        if left == self._half or not left:
            if left == self._half:
                self.flags |= HTIF
            if not left:
                self._finish()
            self._raise_flags()
        line = self._line
        return self.wanted if line is None else line.level and not line.pulsing

    # ---- memory to memory ----

    def catch_up(self) -> None:
        """Copy what virtual time has allowed by now."""
        if not (self.cr & EN and self.cr & MEM2MEM and self.ndtr):
            return
        aim = self._plan.due()
        count = aim - self._copied
        if count <= 0:
            return
        source = End(self._peripheral, self._width, self._peripheral_step)
        target = End(self._memory, self._memory_width, self._memory_step)
        if self.cr & DIR:
            source, target = target, source
        try:
            copy_items(self._host, source, target, count)
        except CopyRefused as refused:
            self.ndtr -= refused.read_bytes // source.width
            self._refused(refused)
            return
        self._peripheral += count * self._peripheral_step
        self._memory += count * self._memory_step
        self._copied = aim
        self.items += count
        before, self.ndtr = self.ndtr, self._total - aim
        if before > self._half >= self.ndtr:
            self.flags |= HTIF
        if not self.ndtr:
            self._finish()
        self._raise_flags()
