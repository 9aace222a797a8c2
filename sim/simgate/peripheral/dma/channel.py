"""One channel of the DMA of G4 and of H7's BDMA (RM0440, 12.4 and 12.6; RM0433, 16).

There is no FIFO: an item is read in one size and written in the other, filled up with zeros or cut
off (RM0440, table 69). A channel stays enabled when it has finished. Memory-to-memory takes
virtual time as in `simgate.peripheral.dma.stream`.
"""

from __future__ import annotations

from collections.abc import Callable

from simgate.errors import EngineError
from simgate.peripheral.dma.block_copy import End, copy_items
from simgate.peripheral.dma.listener import EN
from simgate.peripheral.dma.service import Service
from simgate.peripheral.dma.transfer import Transfer
from simgate.peripheral.host import Host
from simgate.peripheral.wire import Wire

# flags, as they stand in ISR for the first channel (RM0440, 12.6.1)
GIF, TCIF, HTIF, TEIF = 1 << 0, 1 << 1, 1 << 2, 1 << 3
# CCRx (12.6.3; DBM and CT: RM0433, 16.6.3)
_ENABLES = 0xE  # TCIE, HTIE, TEIE, where their flags are
DIR, CIRC, PINC, MINC, MEM2MEM = 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 14
DBM, CT = 1 << 15, 1 << 16
_CR_FREE = EN | _ENABLES | CIRC  # the rest cannot be changed while EN is 1


class Channel(Transfer):
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

    PREFIX, FREE, HALF, ERROR = "C", _CR_FREE, HTIF, TEIF

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
        super().__init__(number, label, host, service, acknowledge, raise_flags)
        self._reach = reach
        self._writable = 0x1FFFF if has_double_buffer else 0x7FFF
        self.reset()

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

    @property
    def gives(self) -> bool:
        """Whether it moves from memory to a peripheral."""
        return bool(self.cr & DIR)

    def write_cr(self, value: int, mask: int) -> None:
        """A store to CCRx."""
        old = self._store_cr(value, mask & self._writable)
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

    def write_memory_address(self, which: int, value: int) -> None:
        """A store to CMAR (CM0AR), or CM1AR; in double buffer mode the idle one may be changed."""
        in_use = (self.cr & CT != 0) == bool(which)
        if (self.cr & EN and self.cr & DBM and not in_use) or self._may_write(f"M{which}AR"):
            self._set_memory_address(which, value)

    # ---- beginning and end ----

    def _start(self) -> None:
        self.items = 0
        self._set_widths(self.cr >> 8 & 3, self.cr >> 10 & 3)
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
            self._start_copy()
        else:
            self._listen()

    def _begin_round(self) -> None:
        memory = self.m1ar if self.cr & DBM and self.cr & CT else self.m0ar
        self._set_addresses(memory, "CMAR")
        self._half = self._programmed // 2
        span = max(self.ndtr - 1, 0) * self._memory_step + self._memory_width
        self._span = (self._memory, span)
        if self.cr & DIR:
            self._host.note_transfer(self.label, self._memory, span, False)
        self._open_ports()

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

    @property
    def _copies(self) -> bool:
        return bool(self.cr & EN and self.cr & MEM2MEM and self.ndtr)

    def _copy(self, source: End, target: End, items: int) -> int:
        copy_items(self._host, source, target, items)
        return items
