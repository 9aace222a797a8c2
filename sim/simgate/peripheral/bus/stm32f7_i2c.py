"""I2C of F3/F7/G4/H7 (RM0385, section 30; RM0440, 41; RM0433, 47): controller mode.

CR2.START sends start and address by itself; NBYTES, RELOAD and AUTOEND say how it goes on. SCL is
one period of TIMINGR (30.7.5): (SCLL + 1 + SCLH + 1) prescaled clocks and the four clocks that the
two synchronisations take at least. As a target it is never addressed; SMBus time-outs, PEC and
wake-up are stored and noted.

BUSY follows the wires: it goes when SDA, stuck by `StickBus`, is free again, or with PE.

Latency: 0 instructions; the handler's first instruction is the next one after the tick at which the
flag rises, since stacking takes no virtual time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simgate.peripheral.bus.i2c_controller import BYTE_BITS, I2cController
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

CR1, CR2, OAR1, OAR2, TIMINGR, TIMEOUTR, ISR = 0, 4, 8, 0xC, 0x10, 0x14, 0x18
ICR, PECR, RXDR, TXDR = 0x1C, 0x20, 0x24, 0x28

# CR1, 30.7.1
PE, TXIE, RXIE, ADDRIE, NACKIE, STOPIE, TCIE, ERRIE = (1 << bit for bit in range(8))
TXDMAEN, RXDMAEN = 1 << 14, 1 << 15
_SMBUS = 0x00FF_0000 & ~(1 << 17)  # all but NOSTRETCH: target, wake-up, SMBus, PEC
# CR2, 30.7.2
RD_WRN, ADD10, HEAD10R, START, STOP, NACK = (1 << bit for bit in range(10, 16))
RELOAD, AUTOEND, PECBYTE = 1 << 24, 1 << 25, 1 << 26
_SET_ONLY = START | STOP | NACK | PECBYTE
# ISR, 30.7.7
TXE, TXIS, RXNE, ADDR, NACKF, STOPF, TC, TCR = (1 << bit for bit in range(8))
BERR, ARLO, OVR, PECERR, TIMEOUT, ALERT = (1 << bit for bit in range(8, 14))
BUSY = 1 << 15
_ERRORS = BERR | ARLO | OVR | PECERR | TIMEOUT | ALERT
_CLEARED = ADDR | NACKF | STOPF | _ERRORS  # at the same places in ICR

_IDLE, _ON_WIRE, _HOLD_TX, _HOLD_RX, _HOLD = range(5)


@peripheral("I2C.STM32F7_I2C")
class Stm32F7I2c(I2cController):
    """One I2C controller."""

    FREQUENCY_HZ = 54_000_000

    _state: int
    _isr: int
    _left: int  # bytes of NBYTES that are still to come
    _shifted: int | None  # a received byte behind RXDR
    _reading: bool

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._forget()
        self._on_read = {ISR: self._read_isr, ICR: lambda: 0, RXDR: self._read_rxdr}
        self._on_write = {
            CR1: self._write_cr1,
            CR2: self._write_cr2,
            ISR: self._write_isr,
            ICR: self._write_icr,
            TXDR: self._write_txdr,
        }

    def registers(self) -> tuple[Register, ...]:
        """RM0385, 30.7."""
        return (
            Register(CR1, "CR1", 0, 0x00FF_DFFF),
            Register(CR2, "CR2", 0, 0x07FF_FFFF),
            Register(OAR1, "OAR1", 0, 0x0000_87FF),
            Register(OAR2, "OAR2", 0, 0x0000_87FE),
            Register(TIMINGR, "TIMINGR", 0, 0xF0FF_FFFF),
            Register(TIMEOUTR, "TIMEOUTR", 0, 0x8FFF_9FFF),
            Register(ISR, "ISR", TXE, 0),
            Register(ICR, "ICR", 0, 0),
            Register(PECR, "PECR", 0, 0),
            Register(RXDR, "RXDR", 0, 0),
            Register(TXDR, "TXDR", 0, 0xFF),
        )

    def reset(self) -> None:
        """To the state after power-on; a transfer under way is cut off."""
        super().reset()
        self._abort()
        self._lose_arbitration = False
        self._update()

    def remarks(self) -> tuple[str, ...]:
        """Why the bus does not move."""
        if self.bus.stuck:
            return (f"{self.name}: SDA is held low by a target",)
        if self._state == _HOLD_TX:
            return (f"{self.name}: stretches SCL and waits for a byte in TXDR",)
        if self._state == _HOLD:
            return (f"{self.name}: stretches SCL and waits for START, STOP or NBYTES in CR2",)
        return ()

    def bus_error(self) -> None:
        """BERR; the transfer goes on (30.4.16)."""
        self._raise(BERR)

    # ---- registers ----

    def _read_isr(self) -> int:
        busy = self._state != _IDLE or (self.bus.stuck and self._values[CR1] & PE)
        return self._isr | (BUSY if busy else 0)

    def _write_isr(self, value: int, mask: int) -> None:
        if value & mask & TXE:  # flushes TXDR
            self._isr |= TXE
        # NOSTRETCH is for targets; software may then set TXIS: not for us
        self._update()

    def _write_icr(self, value: int, mask: int) -> None:
        self._isr &= ~(value & mask & _CLEARED)
        self._update()

    def _write_cr1(self, value: int, mask: int) -> None:
        before = self._values[CR1]
        after = self.store(CR1, value, mask)
        if after & _SMBUS & ~before:
            self.host.touched(f"{self.name}: CR1 0x{after & _SMBUS:x} (target, SMBus, PEC)")
        if before & PE and not after & PE:
            self._abort()  # 30.4.5: a software reset of the lines and the flags
            self._values[CR2] &= ~_SET_ONLY
        self._update()

    def _write_cr2(self, value: int, mask: int) -> None:
        kept = self._values[CR2] & _SET_ONLY  # writing 0 there has no effect (30.7.2)
        cr2 = self.store(CR2, value, mask) | kept
        if not self._values[CR1] & PE:
            cr2 &= ~_SET_ONLY
        self._values[CR2] = cr2
        if self._isr & TCR and cr2 >> 16 & 0xFF and mask & 0x00FF_0000:
            self._isr &= ~TCR
            self._left = cr2 >> 16 & 0xFF
            self._next()
        else:
            self._take_requests()
        self._update()

    def _write_txdr(self, value: int, mask: int) -> None:
        self._values[TXDR] = value & mask & 0xFF
        self._isr &= ~(TXE | TXIS)
        if self._state == _HOLD_TX:
            self._send()
        self._update()

    def _read_rxdr(self) -> int:
        value = self._values[RXDR]
        if self._isr & RXNE:
            self._isr &= ~RXNE
            if self._shifted is not None:
                byte, self._shifted = self._shifted, None
                self._take_byte(byte)
            self._update()
        return value

    # ---- the wire ----

    def _take_requests(self) -> bool:
        """START and STOP, where the wire stands still; whether there was one."""
        cr2 = self._values[CR2]
        if self._state in (_ON_WIRE, _HOLD_RX) or not cr2 & (START | STOP):
            return False
        if self._state == _IDLE:
            self._values[CR2] = cr2 & ~STOP
            if not cr2 & START or self.bus.stuck:
                return False
        elif cr2 & STOP:
            self._stop()
            return True
        elif not self._isr & TC and (self._left or cr2 & RELOAD):
            return False  # a repeated start comes after NBYTES (30.4.9)
        self._isr &= ~(TC | TXIS)
        self._state = _ON_WIRE
        # a repeated read of a 10-bit address with HEAD10R sends the header only
        header = cr2 & ADD10 and not cr2 & HEAD10R
        self._after_bits(1 + BYTE_BITS * (2 if header else 1), self._address_sent)
        return True

    def _address_sent(self) -> None:
        cr2 = self._values[CR2] & ~START
        self._values[CR2] = cr2
        if self._lost():
            return
        self._reading = bool(cr2 & RD_WRN)
        address = cr2 & 0x3FF if cr2 & ADD10 else cr2 >> 1 & 0x7F
        if not self.bus.address(address, self._reading, ten_bit=bool(cr2 & ADD10)):
            self._refused()
            return
        self._left = cr2 >> 16 & 0xFF
        self._next()
        self._update()

    def _next(self) -> None:
        """The wire stands still and there may be more to move."""
        self._state = _HOLD
        if self._take_requests():
            return
        cr2 = self._values[CR2]
        if self._left:
            if self._reading:
                self._on_wire(self._byte_received)
            elif self._isr & TXE:
                self._state = _HOLD_TX
                self._isr |= TXIS
            else:
                self._send()
        elif cr2 & RELOAD:
            self._isr |= TCR
        elif cr2 & AUTOEND:
            self._stop()
        else:
            self._isr |= TC

    def _send(self) -> None:
        byte = self._values[TXDR]
        self._isr |= TXE
        self._on_wire(lambda: self._byte_sent(byte))

    def _byte_sent(self, byte: int) -> None:
        if self._lost():
            return
        self._left -= 1
        if self.bus.write(byte):
            self._next()
            self._update()
        else:
            self._refused()

    def _byte_received(self) -> None:
        byte = self.bus.read()
        if self._isr & RXNE:
            self._shifted = byte
            self._state = _HOLD_RX
        else:
            self._take_byte(byte)
        self._update()

    def _take_byte(self, byte: int) -> None:
        self._values[RXDR] = byte
        self._isr |= RXNE
        self._left -= 1
        self._next()

    def _stop(self) -> None:
        self._isr &= ~(TXIS | TC | TCR)
        self._on_wire_bits(1, self._stopped)

    def _stopped(self) -> None:
        self._values[CR2] &= ~STOP
        self.bus.stop()
        self._state = _IDLE
        self._isr |= STOPF
        self._take_requests()
        self._update()

    def _refused(self) -> None:
        """30.4.9: a stop follows by itself."""
        self._isr |= NACKF
        self._stop()
        self._update()

    def _lost(self) -> bool:
        if not self._arbitration_is_lost():
            return False
        self.bus.stop()
        self._state = _IDLE
        self._isr &= ~(TXIS | TC | TCR)
        self._values[CR2] &= ~(START | STOP)
        self._raise(ARLO)
        return True

    def _on_wire(self, then: Callable[[], None]) -> None:
        self._on_wire_bits(BYTE_BITS, then)

    def _on_wire_bits(self, bits: int, then: Callable[[], None]) -> None:
        self._state = _ON_WIRE
        self._after_bits(bits, then)

    def _bus_stuck(self) -> None:
        """BUSY is read from the wire."""

    def _bus_released(self) -> None:
        if self._state == _IDLE:
            self._take_requests()

    # ---- flags ----

    def _bit_s(self) -> float:
        timing = self._values[TIMINGR]
        counts = (timing & 0xFF) + 1 + (timing >> 8 & 0xFF) + 1
        return (counts * ((timing >> 28) + 1) + 4) * self._clock_s

    def _abort(self) -> None:
        self._drop_plan()
        self.bus.stop()
        self._forget()

    def _forget(self) -> None:
        self._state, self._isr, self._left = _IDLE, TXE, 0
        self._shifted = None
        self._reading = False

    def _raise(self, flag: int) -> None:
        self._isr |= flag
        self._update()

    def _update(self) -> None:
        cr1 = self._values[CR1]
        isr = self._isr
        self._events.set(
            bool(
                # TXIE to STOPIE stand where TXIS to STOPF do
                isr & cr1 & (TXIS | RXNE | ADDR | NACKF | STOPF)
                or (cr1 & TCIE and isr & (TC | TCR))
            )
        )
        self._errors.set(bool(cr1 & ERRIE and isr & _ERRORS))
        # the DMA controller answers at once: what it reads or writes changes the flags
        self._want_rx.set(bool(cr1 & RXDMAEN and self._isr & RXNE))
        self._want_tx.set(bool(cr1 & TXDMAEN and self._isr & TXIS))
