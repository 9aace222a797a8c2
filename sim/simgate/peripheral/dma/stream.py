"""One stream of the DMA of F4, F7 and H7 (RM0090, 10.3 and 10.5; RM0385, 8; RM0433, 15).

Data passes as bytes in order through a FIFO of 16 bytes (10.3.11, 10.3.12), or item by item in
direct mode. NDTR counts items of PSIZE. Memory-to-memory takes virtual time, `BEAT_TICKS` an
access of the wider side: memory is written by half of the transfer, by its end, and by any access
to the stream's registers; firmware that reads the target before TCIF finds old bytes.
"""

from __future__ import annotations

from collections.abc import Callable

from simgate.errors import EngineError
from simgate.peripheral.dma.block_copy import CopyRefused, End, copy_packed, deposit, fetch
from simgate.peripheral.dma.copy_plan import CopyPlan
from simgate.peripheral.dma.listener import EN, Listener, port
from simgate.peripheral.dma.service import Service
from simgate.peripheral.host import Host
from simgate.peripheral.wire import Wire

# flags, as they stand in LISR for stream 0 (10.5.1)
FEIF, DMEIF, TEIF, HTIF, TCIF = 1 << 0, 1 << 2, 1 << 3, 1 << 4, 1 << 5
# SxCR (10.5.5)
PFCTRL, CIRC, PINC, MINC = 1 << 5, 1 << 8, 1 << 9, 1 << 10
PINCOS, DBM, CT = 1 << 15, 1 << 18, 1 << 19
_ENABLES = 0x1E  # DMEIE, TEIE, HTIE, TCIE: one bit left of each is its flag
_BURSTS = 0xF << 21
_CR_WRITABLE = 0x0FEF_FFFF  # CHSEL is 3 bits; bit 20 is H7's TRBUFF
_CR_FREE = EN | _ENABLES  # the rest is protected while EN is 1
# SxFCR (10.5.10)
_DMDIS, _FEIE = 1 << 2, 1 << 7
_FCR_RESET = 0x21
_FIFO_BYTES = 16
_BEATS = (1, 4, 8, 16)
_TO_MEMORY, _TO_PERIPHERAL, _MEMORY_TO_MEMORY = 0, 1, 2


class Stream(Listener):
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
        super().__init__(number, label, host, service, acknowledge)
        self._raise_flags = raise_flags
        self._refuse = refuse
        self._direction = _TO_MEMORY
        self._last_lines: tuple[Wire, ...] = ()
        self._written: tuple[int, int] | None = None  # memory that this round writes
        self._plan = CopyPlan(host, self.catch_up)
        self.reset()

    def reset(self) -> None:
        """To the state after power-on."""
        self._stop()
        self.cr, self.ndtr, self.par, self.m0ar, self.m1ar = 0, 0, 0, 0, 0
        self.fcr = _FCR_RESET
        self.flags = 0
        self.items = 0  # moved since EN was set
        self._programmed = 0
        self._fifo = bytearray()
        self.priority = 0

    # ---- registers ----

    @property
    def interrupt(self) -> bool:
        """Whether a flag is set whose interrupt is enabled."""
        return bool(self.flags & ((self.cr & _ENABLES) << 1 | (self.fcr >> 7 & 1)))

    @property
    def gives(self) -> bool:
        """Whether it moves from memory to a peripheral."""
        return self._direction == _TO_PERIPHERAL

    @property
    def fifo_control(self) -> int:
        """What SxFCR reads: FS is the level of the FIFO."""
        level = len(self._fifo)
        status = 4 if level == 0 else 5 if level >= _FIFO_BYTES else level // 4
        return self.fcr & ~0x38 | status << 3

    def remaining(self) -> int:
        """What SxNDTR reads."""
        self.catch_up()
        return self.ndtr

    def write_cr(self, value: int, mask: int) -> None:
        """A store to SxCR."""
        old = self.cr
        mask &= _CR_WRITABLE
        if old & EN:
            self.catch_up()
            if (old ^ value) & mask & ~_CR_FREE and value & EN:
                self.note("SxCR was changed while EN is 1: silicon ignores that")
            mask &= _CR_FREE
        self.cr = self.cr & ~mask | value & mask
        self.priority = self.cr >> 16 & 3
        if (self.cr ^ old) & EN:
            if self.cr & EN:
                self._start()
            else:
                self._abort()
        self._raise_flags()

    def write_ndtr(self, value: int) -> None:
        """A store to SxNDTR; refused while EN is 1."""
        if self._writable("SxNDTR"):
            self.ndtr = self._programmed = value & 0xFFFF

    def write_par(self, value: int) -> None:
        """A store to SxPAR; refused while EN is 1."""
        if self._writable("SxPAR"):
            self.par = value

    def write_memory_address(self, which: int, value: int) -> None:
        """A store to SxM0AR or SxM1AR: while EN is 1, the buffer not in use may be changed."""
        if self.cr & EN:
            if not self.cr & DBM:
                self.note(f"SxM{which}AR was written while EN is 1: silicon ignores that")
                return
            if (self.cr & CT != 0) == bool(which):  # 10.3.9: an error, and the end
                self.note(f"SxM{which}AR was written while DMA uses that buffer: TEIF")
                self._fail()
                self._raise_flags()
                return
        if which:
            self.m1ar = value
        else:
            self.m0ar = value

    def write_fcr(self, value: int, mask: int) -> None:
        """A store to SxFCR; DMDIS and FTH are protected while EN is 1."""
        mask &= _FEIE if self.cr & EN else _FEIE | _DMDIS | 3
        self.fcr = self.fcr & ~mask | value & mask
        self._raise_flags()

    def _writable(self, register: str) -> bool:
        if self.cr & EN:
            self.note(f"{register} was written while EN is 1: silicon ignores that")
            return False
        return True

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
        if direction == _MEMORY_TO_MEMORY:
            self.fcr |= _DMDIS  # 10.5.10
            if self.cr & (CIRC | DBM):
                self.note("memory-to-memory cannot be circular: CIRC and DBM are ignored")
            self.cr &= ~(CIRC | DBM)
        elif self.cr & DBM:
            self.cr |= CIRC
        if self.cr & PFCTRL:
            self.note("SxCR.PFCTRL is set: only SDIO can control the flow (10.3.16)")
            self.cr &= ~CIRC
            self.ndtr = self._programmed = 0xFFFF
        self._width = 1 << min(self.cr >> 11 & 3, 2)
        self._direct = not self.fcr & _DMDIS
        if self._direct:
            self.cr = self.cr & ~(3 << 13 | _BURSTS | PINCOS) | (self.cr >> 11 & 3) << 13
        if self.cr >> 21 & 3:
            self.cr &= ~PINCOS
        self._memory_width = 1 << min(self.cr >> 13 & 3, 2)
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
        elif direction == _MEMORY_TO_MEMORY:
            self._start_copy()
        elif direction != 3:
            if self.ndtr == 1:
                self._last_item(1)
            self._listen()

    def _begin_round(self) -> None:
        """Addresses and counters to the beginning of the buffer (of the current one)."""
        width, memory_width = self._width, self._memory_width
        memory = self.m1ar if self.cr & DBM and self.cr & CT else self.m0ar
        for address, size, what in ((self.par, width, "SxPAR"), (memory, memory_width, "SxMxAR")):
            if address & size - 1:
                self.note(f"{what} 0x{address:08x} is no multiple of {size}: low bits are ignored")
        self._peripheral = self.par & ~(width - 1)
        self._memory = memory & ~(memory_width - 1)
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
        self._written = (self._memory, size) if self._direction != _TO_PERIPHERAL else None
        if self._direction == _TO_PERIPHERAL:
            self._host.note_transfer(self.label, self._memory, size, False)
        if self._direction == _MEMORY_TO_MEMORY:
            size = (self.ndtr - 1) * self._peripheral_step + width
            self._host.note_transfer(self.label, self._peripheral, size, False)
            return
        span = (self.ndtr - 1) * self._peripheral_step + width
        self._base, self._read, self._write = port(self._host, self._peripheral, span)
        span = (self.ndtr - 1) * self._memory_step + memory_width
        way = port(self._host, self._memory, span)
        self._memory_base, self._memory_read, self._memory_write = way
        if self._direction == _TO_PERIPHERAL:
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

    def _disable(self) -> None:
        self.cr &= ~EN
        self._stop()

    def _stop(self) -> None:
        for line in self._last_lines:
            line.set(False)
        self._stop_listening()
        self._plan.cancel()

    def _fail(self) -> None:
        """The bus refused: TEIF, and EN is cleared (10.3.17)."""
        self._disable()
        self._fifo.clear()
        self.flags |= TEIF

    def _refused(self, error: EngineError) -> None:
        self.note(f"transfer error: {error.message}")
        self._fail()
        self._raise_flags()

    def _abort(self) -> None:
        """EN was cleared by software: what is in the FIFO still goes to memory, then TCIF."""
        try:
            if self._direction == _TO_MEMORY:
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
                if self._direction == _TO_PERIPHERAL:
                    self._give()
                else:
                    self._take()
            else:
                width = self._width
                if self._direction == _TO_PERIPHERAL:
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
        accesses = (_FIFO_BYTES - len(self._fifo)) // (self._memory_beats * size)
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

    def _start_copy(self) -> None:
        self._copied = 0
        self._total = self.ndtr
        wider = max(self._width, self._memory_width)
        self._plan.begin(self._total, wider // self._width)

    def catch_up(self) -> None:
        """Copy what virtual time has allowed by now."""
        if self.cr & EN and self._direction == _MEMORY_TO_MEMORY and self.ndtr:
            self._copy_to(self._plan.due())

    def _copy_to(self, aim: int) -> None:
        count = aim - self._copied
        if count <= 0:
            return
        source = End(self._peripheral, self._width, self._peripheral_step)
        target = End(self._memory, self._memory_width, self._memory_step)
        try:
            copy_packed(self._host, source, target, count, _FIFO_BYTES)
        except CopyRefused as refused:
            self.ndtr -= refused.read_bytes // self._width
            self._refused(refused)
            return
        self._peripheral = source.moved(count).address
        self._memory = target.moved(count * self._width // self._memory_width).address
        self._copied = aim
        before = self.ndtr
        self.ndtr = self._total - aim
        self.items += count
        if before > self._half >= self.ndtr:
            self.flags |= HTIF
        if self.ndtr == 0:
            self._finish()
        self._raise_flags()
