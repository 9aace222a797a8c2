"""USART, UART and LPUART of F7, G4 and H7 (RM0385, 31; RM0440, 37 and 38; RM0433, 48 and 49).

Asynchronous mode, polled, by interrupt and by DMA, with FIFO and prescaler where the chip has
them. PE, FE, NE and ORE are raised by scripts played on the receive line (`Uart.play`), which keep
the baud rate; bytes of `Uart.write` come as fast as they are read. LIN, synchronous, smart card,
IrDA, half-duplex, flow control, mute and auto-baud modes are not modelled: the result names them
when they are switched on.

A flag's interrupt is taken before the processor's next instruction. The baud rate comes from BRR,
PRESC and the kernel clock: LSE, HSI, CSI or SYSCLK where RCC chose one, else (buses, PLLs) the
attribute ``frequency`` at full speed, whatever RCC's prescalers are. Attributes: ``lowPowerMode``
makes it an LPUART; ``fifoDepth`` is the size of each FIFO, 8 on G4 and 16 on H7, and 0 on F7, which
has neither FIFO nor prescaler.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from simgate.peripheral.clock.kernel_clocks import (
    CSI,
    HSI16,
    HSI64,
    LSE,
    SYSCLK,
    kernel_clock,
)
from simgate.peripheral.host import Handle, Host
from simgate.peripheral.registry import peripheral
from simgate.peripheral.serial.line_format import STOP_BITS, LineFormat
from simgate.peripheral.serial.uart import Uart

CR1, CR2, CR3, BRR, GTPR, RTOR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14
RQR, ISR, ICR, RDR, TDR, PRESC = 0x18, 0x1C, 0x20, 0x24, 0x28, 0x2C

# ISR, RM0440 37.8.9
_PE, _FE, _NE, _ORE, _IDLE, _RXNE, _TC, _TXE = (1 << bit for bit in range(8))
_RTOF, _BUSY, _CMF = 1 << 11, 1 << 16, 1 << 17
_TEACK, _REACK, _TXFE, _RXFF, _RXFT, _TXFT = (1 << bit for bit in (21, 22, 23, 24, 26, 27))
_KEPT = _PE | _FE | _NE | _ORE | _IDLE | _TC | _RTOF | _CMF  # until ICR, or UE, clears them
# ICR, 37.8.11: its bits stand where the flags do
_CLEARED_BY_ICR = _KEPT
_TXFECF = 1 << 5
# CR1, 37.8.1: IDLEIE, RXNEIE, TCIE, TXEIE stand where the flags do
_UE, _RE, _TE, _PEIE, _PS, _PCE, _M0 = (1 << bit for bit in (0, 2, 3, 8, 9, 10, 12))
_CMIE, _OVER8, _RTOIE, _M1 = (1 << bit for bit in (14, 15, 26, 28))
_FIFOEN, _TXFEIE, _RXFFIE = (1 << bit for bit in (29, 30, 31))
_SAME_PLACE = _IDLE | _RXNE | _TC | _TXE
# CR2, 37.8.3
_RTOEN = 1 << 23
# CR3, 37.8.4
_EIE, _DMAR, _DMAT, _OVRDIS, _DDRE = (1 << bit for bit in (0, 6, 7, 12, 13))
_TXFTIE, _RXFTIE = 1 << 23, 1 << 28
_RXFTCFG_SHIFT, _TXFTCFG_SHIFT = 25, 29
_THRESHOLDS = tuple(Fraction(*parts) for parts in ((1, 8), (1, 4), (1, 2), (3, 4), (7, 8), (1, 1)))
# RQR, 37.8.8
_RXFRQ, _TXFRQ = 1 << 3, 1 << 4
_KERNEL_CLOCKS = {LSE: 32_768, HSI16: 16_000_000, HSI64: 64_000_000, CSI: 4_000_000, SYSCLK: 0}
_PRESCALERS = (1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256)  # PRESC, 37.8.14

_FIFO_CR1 = _FIFOEN | _TXFEIE | _RXFFIE
_FIFO_CR3 = 0xFF80_0000
_STATUS_RESET = _TC | _TXE


@peripheral("UART.STM32F7_USART")
class Stm32F7Usart(Uart):
    """One USART, UART or LPUART."""

    ATTRIBUTES = frozenset({"frequency", "lowPowerMode", "fifoDepth"})
    DATA = "TDR"
    STATUS = ISR
    NOT_MODELLED: ClassVar[Mapping[tuple[int, int], str]] = {
        (CR1, 1 << 13): "mute mode",
        (CR2, 1 << 0): "synchronous slave mode",
        (CR2, 1 << 11): "synchronous mode",
        (CR2, 1 << 14): "LIN mode",
        (CR2, 1 << 15): "swapped pins",
        (CR2, 1 << 16): "an inverted receive line",
        (CR2, 1 << 17): "an inverted transmit line",
        (CR2, 1 << 18): "inverted data",
        (CR2, 1 << 19): "the highest bit first",
        (CR2, 1 << 20): "auto-baud",
        (CR3, 1 << 1): "IrDA mode",
        (CR3, 1 << 3): "half-duplex mode",
        (CR3, 1 << 5): "smart card mode",
        (CR3, 1 << 8): "RTS flow control",
        (CR3, 1 << 9): "CTS flow control",
    }

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._low_power = self.boolean("lowPowerMode", False)
        self._fifo_depth = self.integer("fifoDepth", 0)
        self._clocks = {
            kernel_clock(host, name, clock): hertz or host.tick_hz
            for clock, hertz in _KERNEL_CLOCKS.items()
        }
        for wire in self._clocks:
            wire.sinks.append(self._clock_changed)
        fifo = self._fifo_depth > 0
        self._writable = {
            CR1: 0x1FFF_FFFF | (_FIFO_CR1 if fifo else 0),
            CR2: 0xFFFF_FFFF if fifo else 0xFFFF_FF70,
            CR3: 0x007F_FFFF | (_FIFO_CR3 if fifo else 0),
            BRR: 0xF_FFFF if self._low_power else 0xFFFF,
        }
        if not self._low_power:
            self._writable |= {GTPR: 0xFFFF, RTOR: 0xFFFF_FFFF}
        if fifo:
            self._writable[PRESC] = 0xF
        self._registers = dict.fromkeys(self._writable, 0)
        self._kept = _TC
        self._isr = _STATUS_RESET
        self._sent = 0
        self._timeout: Handle | None = None

    def reset(self) -> None:
        """To the state after power-on."""
        self._registers = dict.fromkeys(self._writable, 0)
        self._stop()
        super().reset()

    # ---- for the halves ----

    @property
    def receiving(self) -> bool:
        """CR1.UE and CR1.RE."""
        return self._registers[CR1] & (_UE | _RE) == _UE | _RE

    def _new_format(self) -> LineFormat:
        """RM0440, 37.5.7: f / USARTDIV, twice that with OVER8; LPUART (38.4.7): 256 * f / BRR."""
        brr, cr1 = self._registers[BRR], self._registers[CR1]
        if self._low_power:
            divider = Fraction(brr, 256)
        elif cr1 & _OVER8:
            divider = Fraction(brr & 0xFFF0 | (brr & 7) << 1, 2)
        else:
            divider = Fraction(brr)
        prescaler = _PRESCALERS[min(self._registers.get(PRESC, 0), len(_PRESCALERS) - 1)]
        word_bits = 7 if cr1 & _M1 else 9 if cr1 & _M0 else 8
        chosen = [hertz for wire, hertz in self._clocks.items() if wire.level]
        return LineFormat(
            bit_s=max(divider, Fraction(1)) * prescaler / (chosen or [self._frequency_hz])[0],
            word_bits=word_bits,
            odd_parity=bool(cr1 & _PS) if cr1 & _PCE else None,
            stop_bits=STOP_BITS[self._registers[CR2] >> 12 & 3],
        )

    def _clock_changed(self, _level: bool) -> None:
        self._format = None

    def errors_surfaced(self, errors: int) -> None:
        """PE, FE, NE; they come with RXNE."""
        self._kept |= errors
        self._update()

    def overran(self) -> bool:
        """ORE; with CR3.OVRDIS the newer character replaces the older instead (37.8.4)."""
        if self._registers[CR3] & _OVRDIS:
            return True
        self._kept |= _ORE
        self._update()
        return False

    def fell_idle(self) -> None:
        """IDLE."""
        self._kept |= _IDLE
        self._update()

    def line_changed(self) -> None:
        """BUSY; a start bit ends the receiver's time-out."""
        if self._line.receiving:
            self._cancel_timeout()
        self._update()

    def line_rests(self, seconds: float) -> None:
        """The receiver's time-out begins at the end of the last stop bit (37.8.6)."""
        registers = self._registers
        if registers[CR2] & _RTOEN and RTOR in registers:
            self._cancel_timeout()
            bits = registers[RTOR] & 0xFF_FFFF
            seconds += float(self.line_format().bit_s * bits)
            self._timeout = self.host.after(seconds, self._timed_out)

    def matched(self) -> None:
        """CMF: CR2.ADD came."""
        if not self._kept & _CMF:
            self._kept |= _CMF
            self._update()

    # ---- registers ----

    def _read(self, offset: int, width: int) -> int:
        if offset == ISR and width == 4:
            return self._isr
        if offset == RDR:
            value = self._receiver.take()
            return value if width != 1 else value & 0xFF
        word = offset & ~3
        if word == ISR:
            stored = self._isr
        elif word == TDR:
            stored = self._sent
        elif word in (RQR, ICR):
            stored = 0
        elif word in self._registers:
            stored = self._registers[word]
        else:
            self.host.touched(f"{self.name}: reserved offset 0x{word:03x}")
            return 0
        return stored >> (offset & 3) * 8 & ((1 << width * 8) - 1)

    def _write(self, offset: int, width: int, value: int) -> None:
        if offset == TDR:
            self._transmit(value)
            return
        shift = (offset & 3) * 8
        mask = ((1 << width * 8) - 1) << shift
        word, value = offset & ~3, value << shift
        if word in self._registers:
            self._store(word, value, mask)
        elif word == ICR:
            cleared = self._kept & value & _CLEARED_BY_ICR
            if cleared:  # drivers clear after every byte what is hardly ever set
                self._kept &= ~cleared
                self._update()
        elif word == RQR:
            if value & _RXFRQ:
                self._receiver.drop()
            if value & _TXFRQ:
                self._transmitter.drop()
            self._update()
        elif word not in (ISR, RDR, TDR):
            self.host.touched(f"{self.name}: reserved offset 0x{word:03x}")

    def _transmit(self, value: int) -> None:
        registers = self._registers
        cr1 = registers[CR1]
        self._sent = value = value & 0x1FF
        if cr1 & (_UE | _TE) != _UE | _TE or not registers[BRR]:
            self._lost_out += 1
            return
        if cr1 & (_M1 | _PCE):  # a parity bit takes the highest place of the word
            word_bits = 7 if cr1 & _M1 else 9 if cr1 & _M0 else 8
            value &= (1 << word_bits - (1 if cr1 & _PCE else 0)) - 1
        asked_for = bool(
            cr1 & (_TXE | _TC)
            or registers[CR3] & (_DMAT | _TXFTIE)
            or (cr1 & _FIFOEN and cr1 & _TXFEIE)
        )
        self._transmitter.put(value, paced=asked_for)
        if not self._transmitter.complete:
            self._kept &= ~_TC
            self._update()
        elif not self._kept & _TC:
            self._kept |= _TC
            self._update()

    def _store(self, word: int, value: int, mask: int) -> None:
        self._format = None
        mask &= self._writable[word]
        old = self._registers[word]
        stored = self._registers[word] = old & ~mask | value & mask
        self._touch_modes(word, stored)
        if word == CR1:
            depth = self._fifo_depth if stored & _FIFOEN else 1
            self._receiver.depth = self._transmitter.depth = depth
            if old & _UE and not stored & _UE:
                self._stop()  # flags go back to their reset state (37.8.1, UE)
                self._receiver.reset()
                self._transmitter.reset()
            self._receiver.refill()
        elif word == CR2:
            self._receiver.match = stored >> 24
        self._update()

    def _stop(self) -> None:
        self._kept = _TC
        self._sending = False
        self._sent = 0
        self._receiver.depth = self._transmitter.depth = 1
        self._receiver.match = self._registers[CR2] >> 24
        self._cancel_timeout()

    def _update(self) -> None:
        receiver, transmitter = self._receiver, self._transmitter
        cr1, cr3 = self._registers[CR1], self._registers[CR3]
        if self._sending and transmitter.complete:
            self._kept |= _TC
        self._sending = not transmitter.complete
        isr = self._kept
        if receiver.count:
            isr |= _RXNE
        if transmitter.room:
            isr |= _TXE
        if cr1 & _UE:
            if cr1 & _TE:
                isr |= _TEACK
            if cr1 & _RE and self._fifo_depth:
                isr |= _REACK
        if cr1 & _FIFOEN:
            isr |= self._fifo_flags(cr3)
        if self._line.receiving:
            isr |= _BUSY
        self._isr = isr
        if self._mirror is not None:
            self._mirror[ISR >> 2] = isr
        enabled = cr1 & _SAME_PLACE
        if cr1 & _RXNE:
            enabled |= _ORE
        if cr3 & _EIE:
            enabled |= _FE | _NE | _ORE
        for interrupt, flag in ((_PEIE, _PE), (_CMIE, _CMF), (_RTOIE, _RTOF)):
            if cr1 & interrupt:
                enabled |= flag
        if cr1 & _FIFOEN:
            for register, interrupt, flag in (
                (cr1, _TXFEIE, _TXFE),
                (cr1, _RXFFIE, _RXFF),
                (cr3, _TXFTIE, _TXFT),
                (cr3, _RXFTIE, _RXFT),
            ):
                if register & interrupt:
                    enabled |= flag
        self._irq.set(bool(isr & enabled and cr1 & _UE))
        errors = isr & (_FE | _NE | _PE) and cr3 & _DDRE
        self._receive_request.set(bool(cr3 & _DMAR and isr & _RXNE and not errors))
        on = cr1 & (_UE | _TE) == _UE | _TE
        self._transmit_request.set(bool(cr3 & _DMAT and isr & _TXE and on))

    def _fifo_flags(self, cr3: int) -> int:
        """TXFE, RXFF, RXFT, TXFT (37.8.9)."""
        depth, flags = self._fifo_depth, 0
        if self._transmitter.room == depth:
            flags |= _TXFE
        if self._receiver.count == depth:
            flags |= _RXFF
        if self._receiver.count >= depth * _threshold(cr3 >> _RXFTCFG_SHIFT):
            flags |= _RXFT
        if self._transmitter.room >= depth * _threshold(cr3 >> _TXFTCFG_SHIFT):
            flags |= _TXFT
        return flags

    def _timed_out(self) -> None:
        self._timeout = None
        self._kept |= _RTOF
        self._update()

    def _cancel_timeout(self) -> None:
        if self._timeout is not None:
            self.host.cancel(self._timeout)
            self._timeout = None


def _threshold(code: int) -> Fraction:
    """RXFTCFG and TXFTCFG: a part of the FIFO; 6 and 7 are reserved."""
    return _THRESHOLDS[min(code & 7, len(_THRESHOLDS) - 1)]
