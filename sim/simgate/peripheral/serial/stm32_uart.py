"""USART and UART of F1, F2 and F4 (RM0090, section 30), asynchronous mode.

Polled, by interrupt and by DMA; PE, FE, NF and ORE are raised by scripts played on the receive line
(`Uart.play`), which keep the baud rate; bytes of `Uart.write` come as fast as they are read. LIN,
synchronous, smart card, IrDA, half-duplex and flow control modes are not modelled: the result
names them when they are switched on.

A flag's interrupt is taken before the next instruction. The baud rate comes from BRR and
the attribute ``frequency``, the bus clock at full speed; RCC's prescalers do not change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from simgate.peripheral.host import Host
from simgate.peripheral.registry import peripheral
from simgate.peripheral.serial.line_format import STOP_BITS, LineFormat
from simgate.peripheral.serial.uart import Uart

SR, DR, BRR, CR1, CR2, CR3, GTPR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18

# SR, 30.6.1
_PE, _FE, _NF, _ORE, _IDLE, _RXNE, _TC, _TXE = (1 << bit for bit in range(8))
_SR_RESET = _TC | _TXE
_CLEARED_BY_DR = _PE | _FE | _NF | _ORE | _IDLE  # by a read of SR, then of DR
# CR1, 30.6.4: IDLEIE, RXNEIE, TCIE, TXEIE stand where IDLE, RXNE, TC, TXE stand in SR
_SBK, _RE, _TE, _UE = 1 << 0, 1 << 2, 1 << 3, 1 << 13
_PEIE, _PS, _PCE, _M, _OVER8 = 1 << 8, 1 << 9, 1 << 10, 1 << 12, 1 << 15
_INTERRUPTS = _IDLE | _RXNE | _TC | _TXE
# CR3, 30.6.6
_EIE, _DMAR, _DMAT = 1 << 0, 1 << 6, 1 << 7
_WRITABLE = {BRR: 0xFFFF, CR1: 0xBFFF, CR2: 0x7F6F, CR3: 0x0FFF, GTPR: 0xFFFF}


@peripheral("UART.STM32_UART")
class Stm32Uart(Uart):
    """One USART."""

    ATTRIBUTES = frozenset({"frequency"})
    DATA = "DR"
    STATUS = SR
    NOT_MODELLED: ClassVar[Mapping[tuple[int, int], str]] = {
        (CR2, 1 << 14): "LIN mode",
        (CR2, 1 << 11): "synchronous mode",
        (CR3, 1 << 9): "CTS flow control",
        (CR3, 1 << 8): "RTS flow control",
        (CR3, 1 << 5): "smart card mode",
        (CR3, 1 << 3): "half-duplex mode",
        (CR3, 1 << 1): "IrDA mode",
    }

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._take = self._receiver.take
        self._sr = _SR_RESET
        self._seen = 0  # flags that the last read of SR showed
        self._shown = True
        self._registers = dict.fromkeys(_WRITABLE, 0)
        self._cr1 = 0

    def reset(self) -> None:
        """To the state after power-on."""
        self._sr, self._seen, self._cr1 = _SR_RESET, 0, 0
        self._sending = False
        self._registers = dict.fromkeys(_WRITABLE, 0)
        super().reset()

    # ---- for the halves ----

    @property
    def receiving(self) -> bool:
        """CR1.UE and CR1.RE."""
        return self._cr1 & (_UE | _RE) == _UE | _RE

    def _new_format(self) -> LineFormat:
        """Baud rate = f / (8 * (2 - OVER8) * USARTDIV), 30.3.4."""
        brr, cr1 = self._registers[BRR], self._cr1
        divider = 8 * (brr >> 4) + (brr & 7) if cr1 & _OVER8 else brr
        return LineFormat(
            bit_s=Fraction(max(divider, 1), self._frequency_hz),
            word_bits=9 if cr1 & _M else 8,
            odd_parity=bool(cr1 & _PS) if cr1 & _PCE else None,
            stop_bits=STOP_BITS[self._registers[CR2] >> 12 & 3],
        )

    def errors_surfaced(self, errors: int) -> None:
        """PE, FE, NF; they come with RXNE."""
        self._sr |= errors
        self._update()

    def overran(self) -> bool:
        """ORE; the data register keeps what it has."""
        self._sr |= _ORE
        self._update()
        return False

    def fell_idle(self) -> None:
        """IDLE."""
        self._sr |= _IDLE
        self._update()

    # ---- registers ----

    def _read(self, offset: int, width: int) -> int:
        if offset == SR:
            sr = self._sr
            self._seen = sr & _CLEARED_BY_DR
            return sr if width != 1 else sr & 0xFF
        if offset == DR:
            if self._seen:
                self._sr &= ~self._seen
                self._seen = 0
                self._update_interrupt()
            value = self._take()
            return value if width != 1 else value & 0xFF
        word = offset & ~3
        if word <= GTPR:
            stored = self._registers.get(word, 0)
        else:
            self.host.touched(f"{self.name}: reserved offset 0x{word:03x}")
            return 0
        return stored >> (offset & 3) * 8 & ((1 << width * 8) - 1)

    def _write(self, offset: int, width: int, value: int) -> None:
        if offset == DR:
            self._transmit(value)
            return
        shift = (offset & 3) * 8
        mask = ((1 << width * 8) - 1) << shift
        word, value = offset & ~3, value << shift
        if word == SR:
            self._write_sr(~value & mask)
        elif word in self._registers:
            self._store(word, value, mask)
        elif word != DR:
            self.host.touched(f"{self.name}: reserved offset 0x{word:03x}")

    def _transmit(self, value: int) -> None:
        cr1 = self._cr1
        if cr1 & (_UE | _TE) != _UE | _TE or not self._registers[BRR]:
            self._lost_out += 1
            return
        if cr1 & _PCE and not cr1 & _M:
            value &= 0x7F  # the parity bit takes the highest place
        asked_for = bool(cr1 & (_TXE | _TC) or self._registers[CR3] & _DMAT)
        self._transmitter.put(value, paced=asked_for)
        if not self._transmitter.complete:
            self._sr &= ~_TC
            self._update()
        elif not self._sr & _TC:
            self._sr |= _TC
            self._update_interrupt()

    def _write_sr(self, zeros: int) -> None:
        """RXNE and TC are cleared by writing 0; other flags are not."""
        self._sr &= ~(zeros & _TC)
        if zeros & _RXNE and self._receiver.count:
            self._receiver.drop()
        self._update_interrupt()

    def _store(self, word: int, value: int, mask: int) -> None:
        self._format = None
        mask &= _WRITABLE[word]
        stored = self._registers[word] & ~mask | value & mask
        if word == CR1:
            stored &= ~_SBK  # a break is sent at once, and nobody hears it
            self._cr1 = stored
        self._registers[word] = stored
        self._touch_modes(word, stored)
        self._update()

    def _update(self) -> None:
        transmitter = self._transmitter
        sr = self._sr & ~(_RXNE | _TXE)
        if self._receiver.count:
            sr |= _RXNE
        if transmitter.room:
            sr |= _TXE
        if self._sending and transmitter.complete:
            sr |= _TC
        self._sending = not transmitter.complete
        self._sr = sr
        self._update_interrupt()

    def _update_interrupt(self) -> None:
        sr, cr1, cr3 = self._sr, self._cr1, self._registers[CR3]
        if self._mirror is not None:
            self._mirror[SR >> 2] = sr
            if (
                bool(sr & _CLEARED_BY_DR) is self._shown
            ):  # reading SR is the first step to clear them
                self._shown = not self._shown
                self._show(SR, self._shown)
        enabled = cr1 & _INTERRUPTS
        if cr1 & _RXNE:
            enabled |= _ORE
        if cr1 & _PEIE:
            enabled |= _PE
        if cr3 & _EIE and cr3 & _DMAR:
            enabled |= _FE | _NF | _ORE
        self._irq.set(bool(sr & enabled))
        self._receive_request.set(bool(cr3 & _DMAR and sr & _RXNE))
        on = cr1 & (_UE | _TE) == _UE | _TE
        self._transmit_request.set(bool(cr3 & _DMAT and sr & _TXE and on))
