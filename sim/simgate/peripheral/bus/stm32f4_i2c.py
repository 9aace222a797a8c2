"""I2C of F1/F2/F4 (RM0090, section 27): controller mode; as a target it is never addressed.

Each byte takes nine periods of SCL as CCR makes them (27.6.8) from APB's clock; start and stop take
one. SCL is stretched wherever the manual says so: in ADDR, in BTF, and after a NACK until the
firmware asks for a stop or a start. START and STOP take effect at the end of a byte.

When SDA was stuck low (`StickBus`), BUSY stays set after it is free again until SWRST: on silicon
the filters hold it (ES0182, 2.14.7), and firmware has to live with it.

Latency: 0 instructions; the handler's first instruction is the next one after the tick at which the
flag rises, since stacking takes no virtual time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simgate.peripheral.bus.i2c_controller import BYTE_BITS, I2cController
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

CR1, CR2, OAR1, OAR2, DR, SR1, SR2, CCR, TRISE = 0, 4, 8, 0xC, 0x10, 0x14, 0x18, 0x1C, 0x20

# CR1, 27.6.1
PE, START, STOP, ACK, POS, PEC, ALERT = 1, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13
SWRST = 1 << 15
_GO_WITH_PE = START | STOP | ACK | POS | PEC | ALERT
_SMBUS = 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5
# CR2, 27.6.2
ITERREN, ITEVTEN, ITBUFEN, DMAEN, LAST = 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12
# SR1, 27.6.6
SB, ADDR, BTF, ADD10, STOPF, RXNE, TXE = 1, 2, 4, 8, 1 << 4, 1 << 6, 1 << 7
BERR, ARLO, AF, OVR, PECERR, TIMEOUT = 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 14
_EVENTS = SB | ADDR | ADD10 | STOPF | BTF
_ERRORS = BERR | ARLO | AF | OVR | PECERR | TIMEOUT | 1 << 15  # cleared by writing 0
# SR2, 27.6.7
MSL, BUSY, TRA = 1, 2, 4
# CCR, 27.6.8
_FAST, _DUTY = 1 << 15, 1 << 14

# where the controller is
_IDLE, _WAITING, _ON_WIRE, _ADDRESSED, _HOLD_TX, _HOLD_RX, _ENDED = range(7)


@peripheral("I2C.STM32F4_I2C")
class Stm32F4I2c(I2cController):
    """One I2C controller.

    For LAST it watches the line ``<NAME>_RX_LAST``, which the DMA controller raises when one item
    of its transfer is left (27.3.7: EOT_1).
    """

    FREQUENCY_HZ = 42_000_000

    _state: int
    _reading: bool
    _transmitting: bool
    _sr1: int
    _seen: int  # flags of SR1 at its last read that have not changed since
    _received: int  # DR as it reads
    _shifted: int | None  # the received byte behind it
    _unsent: int | None  # DR as it was written

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._forget()
        self._locked = False  # BUSY that only SWRST clears
        self._on_read = {DR: self._read_dr, SR1: self._read_sr1, SR2: self._read_sr2}
        self._on_write = {
            CR1: self._write_cr1,
            CR2: self._write_cr2,
            DR: self._write_dr,
            SR1: self._write_sr1,
            SR2: lambda value, mask: None,
        }
        host.signal(f"{name.upper()}_RX_LAST").sinks.append(self._hear_last)

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 27.6."""
        return (
            Register(CR1, "CR1", 0, 0xBFFB),
            Register(CR2, "CR2", 0, 0x1F3F),
            Register(OAR1, "OAR1", 0, 0xC3FF),
            Register(OAR2, "OAR2", 0, 0x00FF),
            Register(DR, "DR", 0, 0x00FF),
            Register(SR1, "SR1", 0, 0),
            Register(SR2, "SR2", 0, 0),
            Register(CCR, "CCR", 0, 0xCFFF),
            Register(TRISE, "TRISE", 0x0002, 0x003F),
        )

    def reset(self) -> None:
        """To the state after power-on; a transfer under way is cut off."""
        super().reset()
        self._abort()
        self._locked = False
        self._lose_arbitration = False
        self._update()

    def remarks(self) -> tuple[str, ...]:
        """Why the bus does not move."""
        if self._state == _ADDRESSED:
            return (f"{self.name}: stretches SCL until ADDR is cleared (read SR1, then SR2)",)
        if self.bus.stuck:
            return (f"{self.name}: SDA is held low by a target",)
        if self._state == _IDLE and self._values[CR1] & START:
            return (f"{self.name}: waits with START, for the bus is busy",)
        return ()

    def bus_error(self) -> None:
        """BERR; the transfer goes on (27.3.5)."""
        self._raise(BERR)

    # ---- registers ----

    def _read_sr1(self) -> int:
        self._seen = self._sr1
        return self._sr1

    def _read_sr2(self) -> int:
        value = self._sr2()
        if self._seen & self._sr1 & ADDR:
            self._clear(ADDR)
            self._go_on_after_address()
        return value

    def _sr2(self) -> int:
        if self._state == _IDLE:
            return BUSY if self.bus.stuck or self._locked else 0
        return MSL | BUSY | (TRA if self._transmitting and not self._sr1 & SB else 0)

    def _write_sr1(self, value: int, mask: int) -> None:
        self._clear(~value & mask & _ERRORS)

    def _write_cr2(self, value: int, mask: int) -> None:
        self.store(CR2, value, mask)
        self._update()

    def _write_cr1(self, value: int, mask: int) -> None:
        before = self._values[CR1]
        after = self.store(CR1, value, mask)
        if after & SWRST:
            self._values.update(self._reset_values)
            self._values[CR1] = SWRST
            self._abort()
            self._locked = False
        elif not after & PE:
            self._values[CR1] = after & ~_GO_WITH_PE  # 27.6.1: cleared when PE = 0
            if before & PE:
                self._abort()
        else:
            if after & _SMBUS & ~before:
                self.host.touched(f"{self.name}: CR1 0x{after & _SMBUS:x} (SMBus, PEC)")
            self._take_requests()
        self._update()

    def _write_dr(self, value: int, mask: int) -> None:
        byte = value & mask & 0xFF
        if self._sr1 & SB:
            if self._seen & SB:
                self._clear(SB)
                self._send_address(byte)
        elif self._sr1 & ADD10:
            if self._seen & ADD10:
                self._clear(ADD10)
                self._send_second_address(byte)
        elif self._state == _HOLD_TX:
            self._clear_btf()
            self._send(byte)
        elif self._state in (_ADDRESSED, _ON_WIRE, _ENDED) and self._transmitting:
            if self._unsent is not None:
                self.host.remark(f"{self.name}: DR was written while TXE was 0; a byte is lost")
            self._unsent = byte
            self._clear(TXE)
        self._update()

    def _read_dr(self) -> int:
        value = self._received
        if self._sr1 & RXNE:
            self._clear_btf()
            if self._shifted is not None:
                self._received, self._shifted = self._shifted, None
                self._sr1 &= ~BTF
                if self._state == _HOLD_RX:
                    self._receive_or_end()
            else:
                self._sr1 &= ~RXNE
            self._update()
        return value

    def _clear_btf(self) -> None:
        # 27.6.6: SR1, then DR; the DMA controller's access clears it alone
        if self._seen & BTF or self._values[CR2] & DMAEN:
            self._sr1 &= ~BTF

    # ---- the wire ----

    def _take_requests(self) -> bool:
        """STOP and START, where the wire is at the end of a byte; whether one was there."""
        cr1 = self._values[CR1]
        if not cr1 & (START | STOP) or self._state in (_ON_WIRE, _ADDRESSED):
            return False
        if cr1 & STOP:
            if self._state == _IDLE:
                self._values[CR1] &= ~STOP
                return self._take_requests()
            self._state = _ON_WIRE
            if self._transmitting:
                self._sr1 &= ~(TXE | BTF)
            self._sr1 &= ~(SB | ADD10)
            self._after_bits(1, self._stopped)
            return True
        if self._state == _IDLE and (self.bus.stuck or self._locked):
            return False
        self._state = _ON_WIRE
        if self._transmitting:
            self._sr1 &= ~(TXE | BTF)
        self._after_bits(1, self._started)
        return True

    def _started(self) -> None:
        self._values[CR1] &= ~START
        self._state, self._unsent = _WAITING, None
        self._last_is_near = False
        self._raise(SB)
        self._take_requests()

    def _stopped(self) -> None:
        self._values[CR1] &= ~STOP
        self.bus.stop()
        self._state, self._transmitting, self._unsent = _IDLE, False, None
        self._take_requests()
        self._update()

    def _send_address(self, byte: int) -> None:
        if byte & 0xF8 == 0xF0:
            self._header = byte
            self._on_wire(self._header_sent)
            return
        self._reading = bool(byte & 1)
        self._transmitting = not self._reading
        self._on_wire(lambda: self._address_sent(byte >> 1, ten_bit=False))

    def _send_second_address(self, byte: int) -> None:
        self._ten_bit_address = (self._header & 6) << 7 | byte
        self._reading, self._transmitting = False, True
        self._on_wire(lambda: self._address_sent(self._ten_bit_address, ten_bit=True))

    def _header_sent(self) -> None:
        if self._lost():
            return
        if self._header & 1:  # repeated start: the address is known
            self._reading, self._transmitting = True, False
            self._address_sent(self._ten_bit_address, ten_bit=True)
        elif self.bus.header(self._header >> 1 & 3):
            self._state = _WAITING
            self._raise(ADD10)
        else:
            self._refused()

    def _address_sent(self, address: int, *, ten_bit: bool) -> None:
        if self._lost():
            return
        if not self.bus.address(address, self._reading, ten_bit=ten_bit):
            self._refused()
            return
        self._state = _ADDRESSED
        self._next_ack = bool(self._values[CR1] & ACK)
        self._raise(ADDR)

    def _go_on_after_address(self) -> None:
        if self._reading:
            self._on_wire(self._byte_received)
            self._update()
            return
        self._continue_sending()
        self._update()

    def _continue_sending(self) -> None:
        """At the end of a byte that was acknowledged, or of the address."""
        self._state = _HOLD_TX
        if self._take_requests():
            return
        if self._unsent is not None:
            byte, self._unsent = self._unsent, None
            self._send(byte)
        else:
            self._sr1 |= TXE

    def _send(self, byte: int) -> None:
        """DR moves on into the shift register."""
        self._sr1 |= TXE
        self._on_wire(lambda: self._byte_sent(byte))

    def _byte_sent(self, byte: int) -> None:
        if self._lost():
            return
        if not self.bus.write(byte):
            self._refused()
            return
        self._continue_sending()
        if self._state == _HOLD_TX:
            self._raise(BTF)
        self._update()

    def _byte_received(self) -> None:
        cr1 = self._values[CR1]
        acknowledged = self._next_ack if cr1 & POS else bool(cr1 & ACK)
        if self._last_is_near and self._values[CR2] & LAST:
            acknowledged = False
        self._next_ack = bool(cr1 & ACK)  # with POS it is for the next byte (27.6.1)
        self._acknowledged = acknowledged
        byte = self.bus.read()
        if self._sr1 & RXNE:
            self._shifted = byte
            self._raise(BTF)
            self._state = _HOLD_RX
            self._take_requests()
        else:
            self._received = byte
            self._sr1 |= RXNE
            self._receive_or_end()
        self._update()

    def _receive_or_end(self) -> None:
        self._state = _ENDED
        if self._take_requests():
            return
        if self._acknowledged:
            self._on_wire(self._byte_received)

    def _refused(self) -> None:
        self._state = _ENDED
        self._raise(AF)
        self._take_requests()

    def _lost(self) -> bool:
        if not self._arbitration_is_lost():
            return False
        self.bus.stop()
        self._state, self._transmitting, self._unsent = _IDLE, False, None
        self._sr1 &= ~(TXE | BTF)
        self._locked = self._locked or self.bus.stuck
        self._raise(ARLO)
        return True

    def _on_wire(self, then: Callable[[], None]) -> None:
        self._state = _ON_WIRE
        self._after_bits(BYTE_BITS, then)

    def _bus_stuck(self) -> None:
        self._locked = True

    def _bus_released(self) -> None:
        self._take_requests()

    def _hear_last(self, level: bool) -> None:
        if level and self._state != _IDLE and self._reading:
            self._last_is_near = True

    # ---- flags ----

    def _bit_s(self) -> float:
        """27.6.8: high and low are 1 : 1, in fast mode 1 : 2 or with DUTY 9 : 16."""
        ccr = self._values[CCR]
        parts = 2 if not ccr & _FAST else 25 if ccr & _DUTY else 3
        return parts * max(ccr & 0xFFF, 1) * self._clock_s

    def _abort(self) -> None:
        self._drop_plan()
        self.bus.stop()
        self._forget()

    def _forget(self) -> None:
        self._state = _IDLE
        self._sr1 = self._seen = 0
        self._received = 0
        self._shifted = self._unsent = None
        self._reading = self._transmitting = False
        self._next_ack = self._acknowledged = False
        self._last_is_near = False
        self._header = self._ten_bit_address = 0

    def _raise(self, flag: int) -> None:
        self._sr1 |= flag
        self._seen &= ~flag
        self._update()

    def _clear(self, flags: int) -> None:
        self._sr1 &= ~flags
        self._update()

    def _update(self) -> None:
        cr2 = self._values[CR2]
        mask = _EVENTS | (RXNE | TXE if cr2 & ITBUFEN else 0)
        self._events.set(bool(cr2 & ITEVTEN and self._sr1 & mask))
        self._errors.set(bool(cr2 & ITERREN and self._sr1 & _ERRORS))
        # the DMA controller answers at once: what it reads or writes changes the flags
        self._want_rx.set(bool(cr2 & DMAEN and self._sr1 & RXNE))
        self._want_tx.set(bool(cr2 & DMAEN and self._sr1 & TXE))
