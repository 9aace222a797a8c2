"""USART of F1/F2/F4 (RM0090, section 30): asynchronous mode, polled or by interrupt.

Time as on Renode: a byte written to DR is on the wire at once, and of the bytes that arrive the
next one is in DR as soon as the one before it was read, so nothing overruns. The line counts as
idle one frame after the last byte moved into DR.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from simgate.peripheral.base import Read, Write
from simgate.peripheral.host import Host
from simgate.peripheral.registry import peripheral
from simgate.peripheral.serial.uart import Uart
from simgate.peripheral.wire import Wire

SR, DR, BRR, CR1, CR2, CR3, GTPR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18

# SR, 30.6.1
_IDLE, _RXNE, _TC, _TXE = 1 << 4, 1 << 5, 1 << 6, 1 << 7
_SR_RESET = _TC | _TXE
# CR1, 30.6.4: IDLEIE, RXNEIE, TCIE, TXEIE stand where IDLE, RXNE, TC, TXE stand in SR
_RE, _TE, _UE, _M, _OVER8 = 1 << 2, 1 << 3, 1 << 13, 1 << 12, 1 << 15
_INTERRUPTS = _IDLE | _RXNE | _TC | _TXE
_WRITABLE = {BRR: 0xFFFF, CR1: 0xBFFF, CR2: 0x7F6F, CR3: 0x0FFF, GTPR: 0xFFFF}


@peripheral("UART.STM32_UART")
class Stm32Uart(Uart):
    """One USART.

    `write` puts bytes on its receive line; `listeners` hear each byte that it sends.
    """

    WINDOW = 0x400
    ATTRIBUTES = frozenset({"frequency"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        wire = Wire()
        self._irq = wire
        self._wires = {None: wire, "IRQ": wire}
        self._frequency_hz = self.integer("frequency", 8_000_000)
        self._queue: deque[int] = deque()
        self._lost_out = self._lost_in = 0
        self._sr = _SR_RESET
        self._received = 0
        self._cr1 = 0
        self._registers = dict.fromkeys(_WRITABLE, 0)
        self._idle_ticket = 0
        self._idle_was_read = False

    def reset(self) -> None:
        """To the state after power-on."""
        self._queue.clear()
        self._sr, self._received, self._cr1 = _SR_RESET, 0, 0
        self._registers = dict.fromkeys(_WRITABLE, 0)
        self._idle_ticket += 1
        self._update()

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve a window."""
        if name is not None:
            raise KeyError(name)
        return self._read, self._write

    # ---- the wires outside the chip ----

    @property
    def pending(self) -> int:
        """Bytes that arrived and were not yet read by the firmware."""
        return len(self._queue) + (1 if self._sr & _RXNE else 0)

    def write(self, data: bytes) -> None:
        """Bytes arrive on the receive line; they are lost while the receiver is off."""
        if self._cr1 & (_UE | _RE) != _UE | _RE:
            self._lost_in += len(data)
            return
        self._queue.extend(data)
        if not self._sr & _RXNE and self._queue:
            self._shift_in()
            self._update()

    def remarks(self) -> tuple[str, ...]:
        """What went wrong on its wires."""
        found = []
        if self._lost_out:
            found.append(
                f"{self.name}: {self._lost_out} bytes were written to DR while the transmitter "
                "was off (CR1.UE, CR1.TE, BRR): they were never sent"
            )
        if self._lost_in:
            found.append(
                f"{self.name}: {self._lost_in} bytes arrived while the receiver was off "
                "(CR1.UE, CR1.RE): they are lost"
            )
        if self.pending:
            found.append(f"{self.name}: {self.pending} bytes wait to be read by the firmware")
        return tuple(found)

    # ---- registers ----

    def _read(self, offset: int, width: int) -> int:
        if offset == SR:
            self._idle_was_read = True
            return self._sr if width != 1 else self._sr & 0xFF
        if offset == DR:
            value = self._received
            if self._idle_was_read and self._sr & _IDLE:  # SR then DR clears IDLE
                self._sr &= ~_IDLE
                self._update()
            if self._queue:
                self._shift_in()
            elif self._sr & _RXNE:
                self._sr &= ~_RXNE
                self._update()
            return value if width != 1 else value & 0xFF
        word = offset & ~3
        if word == CR1:
            stored = self._cr1
        elif word <= GTPR:
            stored = self._registers.get(word, 0)
        else:
            self.host.touched(f"{self.name}: reserved offset 0x{word:03x}")
            return 0
        return stored >> (offset & 3) * 8 & ((1 << width * 8) - 1)

    def _write(self, offset: int, width: int, value: int) -> None:
        if offset == DR:
            if self._cr1 & (_UE | _TE) != _UE | _TE or not self._registers[BRR]:
                self._lost_out += 1
                return
            byte = value & 0xFF
            for listener in self.listeners:
                listener(byte)
            if not self._sr & _TC:
                self._sr |= _TC
                self._update()
            return
        shift = (offset & 3) * 8
        mask = ((1 << width * 8) - 1) << shift
        word, value = offset & ~3, value << shift
        if word == SR:
            self._sr &= ~(~value & mask & (_RXNE | _TC))  # rc_w0
            if self._queue and not self._sr & _RXNE:
                self._shift_in()
            self._update()
        elif word == CR1:
            mask &= _WRITABLE[CR1]
            self._cr1 = self._cr1 & ~mask | value & mask
            self._update()
        elif word in self._registers:
            mask &= _WRITABLE[word]
            self._registers[word] = self._registers[word] & ~mask | value & mask
        elif word != DR:
            self.host.touched(f"{self.name}: reserved offset 0x{word:03x}")

    def _shift_in(self) -> None:
        """The next byte moves from the line into DR."""
        self._received = self._queue.popleft()
        self._sr |= _RXNE
        if not self._queue:
            self._idle_ticket += 1
            ticket = self._idle_ticket

            def line_is_idle() -> None:
                if ticket == self._idle_ticket and not self._queue:
                    self._sr |= _IDLE
                    self._idle_was_read = False
                    self._update()

            self.host.after(self._frame_s(), line_is_idle)

    def _frame_s(self) -> float:
        """Seconds of one frame: baud rate = f / (8 * (2 - OVER8) * USARTDIV), 30.3.4."""
        brr = self._registers[BRR]
        divider = 8 * (brr >> 4) + (brr & 7) if self._cr1 & _OVER8 else brr
        bits = 11 if self._cr1 & _M else 10
        return bits * max(divider, 1) / self._frequency_hz

    def _update(self) -> None:
        self._irq.set(bool(self._sr & self._cr1 & _INTERRUPTS))
