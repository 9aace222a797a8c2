"""One stream of the DMA of F4, F7 and H7 (RM0090, 10.3 and 10.5; RM0385, 8; RM0433, 15).

Data passes as bytes in order through a FIFO of 16 bytes (10.3.11, 10.3.12), or item by item in
direct mode. NDTR counts items of PSIZE. Memory-to-memory takes virtual time, `BEAT_TICKS` an
access of the wider side: memory is written by half of the transfer, by its end, and by any access
to the stream's registers; firmware that reads the target before TCIF finds old bytes.
"""

from __future__ import annotations

from collections.abc import Callable

from simgate.errors import EngineError
from simgate.peripheral.dma.block_copy import End, copy_packed, deposit, fetch
from simgate.peripheral.dma.listener import EN
from simgate.peripheral.dma.service import Service
from simgate.peripheral.dma.stream_registers import (
    BURSTS,
    CIRC,
    CT,
    DBM,
    DMDIS,
    FEIF,
    FIFO_BYTES,
    HTIF,
    MEMORY_TO_MEMORY,
    MINC,
    PFCTRL,
    PINC,
    PINCOS,
    TCIF,
    TO_MEMORY,
    TO_PERIPHERAL,
    StreamRegisters,
)
from simgate.peripheral.host import Host
from simgate.peripheral.wire import Wire

_BEATS = (1, 4, 8, 16)


class Stream(StreamRegisters):
    """The registers of one stream and what it moves.

    Args:
        number: 0 to 7.
        label: "dma2 stream 0", for people.
        host: time and bus.
        service: the controller's arbiter.
        acknowledge: pulsed after each item where somebody counts them.
        raise_flags: tells the controller that flags or enables changed.
        refuse: the reason why the controller's peripheral port does not reach an address, or "".
    """

    def __init__(
        self,
        number: int,
        label: str,
        host: Host,
        service: Service,
        acknowledge: Wire,
        raise_flags: Callable[[], None],
        refuse: Callable[[int], str],
    ) -> None:
        super().__init__(number, label, host, service, acknowledge, raise_flags)
        self._refuse = refuse
        self._last_lines: tuple[Wire, ...] = ()
        self._written: tuple[int, int] | None = None  # memory that this round writes
        self.reset()

    # ---- beginning and end ----

    def _start(self) -> None:
        if self.flags:
            self.note("was enabled with flags of the last transfer set (RM: clear them first)")
        self._direction = direction = self.cr >> 6 & 3
        if direction == 3:
            self.note("SxCR.DIR is 3, which is reserved: it moves nothing")
        if not self.ndtr:
            self.ndtr = self._programmed  # 10.5.6: EN loads it again
        self._programmed = self.ndtr
        if direction == MEMORY_TO_MEMORY:
            self.fcr |= DMDIS  # 10.5.10
            if self.cr & (CIRC | DBM):
                self.note("memory-to-memory cannot be circular: CIRC and DBM are ignored")
            self.cr &= ~(CIRC | DBM)
        elif self.cr & DBM:
            self.cr |= CIRC
        if self.cr & PFCTRL:
            self.note("SxCR.PFCTRL is set: only SDIO can control the flow (10.3.16)")
            self.cr &= ~CIRC
            self.ndtr = self._programmed = 0xFFFF
        self._direct = not self.fcr & DMDIS
        if self._direct:
            self.cr = self.cr & ~(3 << 13 | BURSTS | PINCOS) | (self.cr >> 11 & 3) << 13
        if self.cr >> 21 & 3:
            self.cr &= ~PINCOS
        self._set_widths(self.cr >> 11 & 3, self.cr >> 13 & 3)
        self._beats = _BEATS[self.cr >> 21 & 3]
        self._memory_beats = _BEATS[self.cr >> 23 & 3]
        self._threshold = 4 * (1 + (self.fcr & 3))
        self._peripheral_step = 0
        if self.cr & PINC:
            self._peripheral_step = 4 if self.cr & PINCOS else self._width
        self._memory_step = self._memory_width if self.cr & MINC else 0
        self._fifo.clear()
        self.items = 0
        # FIFO threshold and burst must fit (table 48), else FEIF, and EN is cleared (10.3.17)
        burst = self._memory_beats * self._memory_width
        if not self._direct and self._memory_beats > 1 and self._threshold % burst:
            self.note(
                f"MBURST of {burst} bytes does not fit a FIFO threshold of {self._threshold}: FEIF"
            )
            self.flags |= FEIF
            self.cr &= ~EN
            return
        refusal = self._refuse(self.par)
        if refusal:
            self.note(refusal)
            self._fail()
            return
        try:
            self._begin_round()
        except EngineError as error:
            self._refused(error)
            return
        if not self.ndtr:
            self.note("was enabled with SxNDTR at 0: it moves nothing")
        elif direction == MEMORY_TO_MEMORY:
            wider = max(self._width, self._memory_width)
            self._start_copy(wider // self._width)
        elif direction != 3:
            if self.ndtr == 1:
                self._last_item(1)
            self._listen()

    def _begin_round(self) -> None:
        """Addresses and counters to the beginning of the buffer (of the current one)."""
        width, memory_width = self._width, self._memory_width
        memory = self.m1ar if self.cr & DBM and self.cr & CT else self.m0ar
        self._set_addresses(memory, "SxMxAR")
        self._half = self.ndtr // 2
        self._left = self.ndtr * width  # bytes that the memory side has still to give
        if self.ndtr * width % memory_width:
            self.note(
                f"{self.ndtr} items of {width} bytes do not fill accesses of {memory_width}: "
                "the last one carries undefined bytes (10.3.13)"
            )
        if not self.ndtr:
            return
        size = self.ndtr * width if self.cr & MINC else memory_width
        self._written = (self._memory, size) if self._direction != TO_PERIPHERAL else None
        if self._direction == TO_PERIPHERAL:
            self._host.note_transfer(self.label, self._memory, size, False)
        if self._direction == MEMORY_TO_MEMORY:
            size = (self.ndtr - 1) * self._peripheral_step + width
            self._host.note_transfer(self.label, self._peripheral, size, False)
            return
        self._open_ports()
        if self._direction == TO_PERIPHERAL:
            if self._direct:
                self._read_ahead()
            else:
                self._refill()

    def _finish(self) -> None:
        """The last item of a round has been moved."""
        if self._written is not None:
            self._host.note_transfer(self.label, *self._written, True)
        self.flags |= TCIF
        if self.cr & CIRC:
            self.ndtr = self._programmed
            if self.cr & DBM:
                self.cr ^= CT
            self._begin_round()
        else:
            self._disable()

    def _stop(self) -> None:
        for line in self._last_lines:
            line.set(False)
        super()._stop()

    def _fail(self) -> None:
        super()._fail()
        self._fifo.clear()

    def _abort(self) -> None:
        """EN was cleared by software: what is in the FIFO still goes to memory, then TCIF."""
        try:
            if self._direction == TO_MEMORY:
                self._flush()
        except EngineError as error:
            self._refused(error)
            return
        self._disable()
        self._fifo.clear()
        self.flags |= TCIF

    def announce(self, lines: tuple[Wire, ...]) -> None:
        """The lines that tell peripherals, from the next start on, that one item is left."""
        self._last_lines = lines

    # ---- one item, on request ----

    def serve(self) -> bool:
        """Move one item, or a burst of PBURST items; whether another is wanted."""
        if not self.cr & EN or not self.ndtr:
            return False
        before = self.flags
        try:
            if not self._direct:
                if self._direction == TO_PERIPHERAL:
                    self._give()
                else:
                    self._take()
            else:
                width = self._width
                if self._direction == TO_PERIPHERAL:
                    ahead = self._ahead
                    at = self._peripheral
                    self._peripheral = at + self._peripheral_step
                    if self.ndtr > 1:
                        self._read_ahead()
                    self._write(at - self._base, width, ahead)
                else:
                    value = self._read(self._peripheral - self._base, width)
                    self._memory_write(self._memory - self._memory_base, width, value)
                    self._peripheral += self._peripheral_step
                    self._memory += self._memory_step
                self.items += 1
                self.ndtr = left = self.ndtr - 1
                if left == self._half:
                    self.flags |= HTIF
                if left <= 1:
                    self._last_item(left)
        except EngineError as error:
            self._refused(error)
            return False
        if self._acknowledge.sinks:
            self._acknowledge.pulse()
        if self.flags != before:
            self._raise_flags()
        line = self._line
        return self.wanted if line is None else line.level and not line.pulsing

    def _read_ahead(self) -> None:
        """The next item in direct mode."""
        self._ahead = self._memory_read(self._memory - self._memory_base, self._width)
        self._memory += self._memory_step

    def _count(self) -> None:
        self.items += 1
        self.ndtr = left = self.ndtr - 1
        if left == self._half:
            self.flags |= HTIF
        if left <= 1:
            self._last_item(left)

    def _last_item(self, left: int) -> None:
        """The last item is still to come, or it has been moved."""
        for line in self._last_lines:
            line.set(left == 1)
        if not left:
            self._finish()

    def _take(self) -> None:
        """Peripheral to memory through the FIFO."""
        width, fifo = self._width, self._fifo
        for _ in range(self._beats):
            fifo += self._read(self._peripheral - self._base, width).to_bytes(width, "little")
            self._peripheral += self._peripheral_step
            if len(fifo) >= self._threshold or self.ndtr == 1:
                self._drain(last=self.ndtr == 1)
            self._count()
            if not self.cr & EN:
                break

    def _drain(self, *, last: bool) -> None:
        """FIFO to memory: whole accesses; with `last` also what does not fill one."""
        fifo, width = self._fifo, self._memory_width
        size = len(fifo)
        rest = size % width
        if rest:
            if last:
                fifo += bytes(width - rest)
                size += width - rest
            else:
                size -= rest
        if not size:
            return
        memory = self._memory
        self._memory = memory + size // width * self._memory_step
        data = bytes(fifo[:size])
        del fifo[:size]
        if self._memory_step:
            try:
                self._host.bus_write_block(memory, data)
                return
            except EngineError:
                pass  # registers, or the end of a memory: one by one shows where
        deposit(self._host, End(memory, width, self._memory_step), data)

    def _flush(self) -> None:
        if self._fifo:
            self._drain(last=True)

    def _give(self) -> None:
        """Memory to peripheral; memory was read ahead, as far as the FIFO goes (10.3.8)."""
        width, fifo = self._width, self._fifo
        for _ in range(self._beats):
            value = int.from_bytes(fifo[:width], "little")
            del fifo[:width]
            at = self._peripheral
            self._peripheral = at + self._peripheral_step
            if self._left and len(fifo) <= self._threshold:
                self._refill()
            self._write(at - self._base, width, value)
            if not self.cr & EN:
                break
            self._count()
            if not self.cr & EN:
                break

    def _refill(self) -> None:
        """Read ahead: as many bursts as fit into the FIFO."""
        size = self._memory_width
        accesses = (FIFO_BYTES - len(self._fifo)) // (self._memory_beats * size)
        accesses = min(accesses * self._memory_beats, -(-self._left // size))
        if accesses:
            data = self._read_memory(accesses)
            self._memory += accesses * self._memory_step
            data = data[: self._left]
            self._left -= len(data)
            self._fifo += data

    def _read_memory(self, accesses: int) -> bytes:
        size = self._memory_width
        if accesses == 1:
            value = self._memory_read(self._memory - self._memory_base, size)
            return value.to_bytes(size, "little")
        data, error = fetch(self._host, End(self._memory, size, self._memory_step), accesses)
        if error is not None:
            raise error
        return data

    # ---- memory to memory ----

    @property
    def _copies(self) -> bool:
        return bool(self.cr & EN and self._direction == MEMORY_TO_MEMORY and self.ndtr)

    def _copy(self, source: End, target: End, items: int) -> int:
        copy_packed(self._host, source, target, items, FIFO_BYTES)
        return items * source.width // target.width
