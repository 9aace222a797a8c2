"""SPI and I2S of F1/F2/F4 (RM0090, section 28) and of F3/F7/G4 (RM0385, 32; RM0440, 39).

As a master: a frame takes its bits times the divider BR. Frames leave one after the other as long
as DR (or the FIFO) is fed. Cutting SPE in the middle of a frame loses it, except in receive-only
mode, where that is how the clock is stopped (28.3.8). As an SPI slave nobody clocks it. Not
modelled: TI frames and NSS pulses (FRF, NSSP), LDMA_TX and LDMA_RX.

I2S is in `simgate.peripheral.bus.stm32_i2s`.

Latency, measured with SPI1 on the F407: 0 instructions; the handler's first instruction is the next
one after the tick at which the flag rises, since stacking takes no virtual time.
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.bus.devices import I2sSource
from simgate.peripheral.bus.spi_bus import SpiBus
from simgate.peripheral.bus.spi_crc import next_crc
from simgate.peripheral.bus.stm32_i2s import I2SCFGR, I2SMOD, I2SPR, OVR, Stm32I2s
from simgate.peripheral.host import Handle, Host
from simgate.peripheral.model import Model
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral
from simgate.peripheral.wire import Wire

CR1, CR2, SR, DR, CRCPR, RXCRCR, TXCRCR = 0, 4, 8, 0xC, 0x10, 0x14, 0x18

# CR1, 28.5.1
MSTR, SPE, LSBFIRST, SSI, SSM, RXONLY = 1 << 2, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10
DFF, CRCNEXT, CRCEN, BIDIOE, BIDIMODE = 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15
# CR2, 28.5.2 and RM0385, 32.9.2
RXDMAEN, TXDMAEN, SSOE, FRF = 1, 2, 4, 1 << 4
ERRIE, RXNEIE, TXEIE, FRXTH = 1 << 5, 1 << 6, 1 << 7, 1 << 12
_NSSP, _LDMA = 1 << 3, 3 << 13
# SR, 28.5.3
RXNE, TXE, UDR, CRCERR, MODF, BSY = 1, 1 << 1, 1 << 3, 1 << 4, 1 << 5, 1 << 7
_ERRORS = UDR | CRCERR | MODF | OVR


@peripheral("SPI.STM32SPI")
class Stm32Spi(Stm32I2s):
    """One SPI. Attributes:

    * ``frequency``: of the bus that BR divides, in hertz;
    * ``dataSizeField``: true for the generation with CR2.DS and FIFOs (F3, F7, G4);
    * ``i2sFrequency``: of the clock that I2SPR divides, in hertz;
    * ``clockedBy``: for I2Sxext of F4, the SPI that drives its clock as an I2S master.

    Outputs: ``IRQ``, ``NSS`` (as SSOE drives it), ``DMARecieve`` (Renode's spelling).
    """

    ATTRIBUTES = frozenset(
        {"frequency", "dataSizeField", "i2sFrequency", "clockedBy", "bufferCapacity"}
    )

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._clock_s = 1.0 / max(self.integer("frequency", 16_000_000), 1)
        self._bus = SpiBus(name, host)
        self._irq, self._nss = Wire(), Wire()
        self._nss.level = True
        line = name.upper().replace("EXT", "_EXT")  # as the DMA tables have I2S2ext
        self._want_rx = host.signal(f"{line}_RX")
        self._want_tx = host.signal(f"{line}_TX")
        self._wires = {
            None: self._irq,
            "IRQ": self._irq,
            "NSS": self._nss,
            "DMARecieve": self._want_rx,
        }
        self._shifting: Handle | None = None
        self._crc_due = False
        self._on_read = {SR: self._read_sr}
        self._on_write = {
            CR1: self._write_cr1,
            CR2: self._write_cr2,
            SR: self._write_sr,
            I2SCFGR: self._write_i2scfgr,
        }

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 28.5; RM0385, 32.9."""
        second = self._second
        return (
            Register(CR1, "CR1", 0, 0xFFFF),
            Register(CR2, "CR2", 0x0700 if second else 0, 0x7FFF if second else 0x00F7),
            Register(SR, "SR", TXE, 0),
            Register(DR, "DR", 0, 0),
            Register(CRCPR, "CRCPR", 7, 0xFFFF),
            Register(RXCRCR, "RXCRCR", 0, 0),
            Register(TXCRCR, "TXCRCR", 0, 0),
            Register(I2SCFGR, "I2SCFGR", 0, 0x1FBF if second else 0x0FBF),
            Register(I2SPR, "I2SPR", 2, 0x03FF),
        )

    def reset(self) -> None:
        """To the state after power-on; a frame under way is lost."""
        super().reset()
        self._cut()
        self._slots.stop()
        self._buffers.clear()
        self._flags = self._acknowledged = 0
        self._bus.enable(False)
        self._nss.set(True)
        self._update()

    def attach(self, address: int | None, device: Model) -> None:
        """An SPI device, or the source of an I2S bus."""
        if isinstance(device, I2sSource):
            self.attach_source(device)
        else:
            self._bus.attach(device)

    def remarks(self) -> tuple[str, ...]:
        """What is doubtful about its wires."""
        return self._bus.remarks()

    # ---- registers ----

    def read(self, offset: int, width: int) -> int:
        """A load; of DR, the width decides how many short frames of the FIFO it takes."""
        if offset != DR:
            return super().read(offset, width)
        value = self._buffers.read(width, self._bits)
        self._acknowledged |= self._flags & OVR
        self._advance()
        return value & (1 << 8 * width) - 1

    def write(self, offset: int, width: int, value: int) -> None:
        """A store; to DR, the width decides how many short frames it is."""
        if offset != DR:
            super().write(offset, width, value)
            return
        self._buffers.write(value & 0xFFFF, width, self._bits)
        if self._buffers.overflowed:
            self.host.remark(f"{self.name}: DR was written while TXE was 0; a frame is lost")
        self._advance()

    def _read_sr(self) -> int:
        value = self._status()
        self._acknowledged |= self._flags & MODF
        cleared = self._acknowledged & OVR | self._flags & UDR  # DR, then SR (28.3.10)
        if cleared:
            self._flags &= ~cleared
            self._acknowledged &= ~cleared
            self._update()
        return value

    def _write_sr(self, value: int, mask: int) -> None:
        self._acknowledged |= self._flags & MODF
        self._flags &= ~(~value & mask & CRCERR)
        self._update()

    def _write_cr2(self, value: int, mask: int) -> None:
        before = self._values[CR2]
        after = self.store(CR2, value, mask)
        if self._second and (after >> 8 & 0xF) < 3:
            self._values[CR2] = after = after & ~0xF00 | 0x700  # RM0385, 32.9.2
        pulses = 0 if self._values[CR1] & SSM else _NSSP  # nothing without hardware NSS
        missing = after & (FRF | _LDMA | pulses)
        if missing & ~before:
            self.host.touched(f"{self.name}: CR2 0x{missing:x} (TI, NSSP, LDMA)")
        self._update()

    def _write_cr1(self, value: int, mask: int) -> None:
        before = self._values[CR1]
        cr1 = self.store(CR1, value, mask)
        if self._acknowledged & MODF:
            self._flags &= ~MODF
            self._acknowledged &= ~MODF
        if cr1 & CRCEN and not before & CRCEN:
            self._values[RXCRCR] = self._values[TXCRCR] = 0
        if cr1 & SPE and cr1 & MSTR and cr1 & SSM and not cr1 & SSI:  # 28.3.10
            self._flags |= MODF
            cr1 &= ~(SPE | MSTR)
            self._values[CR1] = cr1
        self._crc_due = bool(cr1 & CRCNEXT)
        on = bool(cr1 & SPE)
        if on != bool(before & SPE):
            self._switch(on)
        self._advance()

    def _switch(self, on: bool) -> None:
        if on:
            if not self._values[CR1] & MSTR:
                self.host.touched(f"{self.name}: SPI slave mode (no master clocks it)")
            self._bus.enable(True)
            self._nss.set(not self._drives_nss)
        elif self._shifting is None or not self._receive_only:
            if self._shifting is not None:
                self.host.remark(f"{self.name}: SPE was cleared while BSY was set; a frame is lost")
            self._cut()
            self._let_go()

    @property
    def _drives_nss(self) -> bool:
        return bool(self._values[CR2] & SSOE and not self._values[CR1] & SSM)

    def _let_go(self) -> None:
        self._bus.enable(False)
        self._nss.set(True)

    # ---- SPI frames ----

    @property
    def _bits(self) -> int:
        if self._values[I2SCFGR] & I2SMOD:
            return 16
        if self._second:
            return (self._values[CR2] >> 8 & 0xF) + 1
        return 16 if self._values[CR1] & DFF else 8

    @property
    def _receive_only(self) -> bool:
        cr1 = self._values[CR1]
        return bool(cr1 & RXONLY) if not cr1 & BIDIMODE else not cr1 & BIDIOE

    def _advance(self) -> None:
        """Send the next frame if the wire is free."""
        cr1 = self._values[CR1]
        if cr1 & (SPE | MSTR) == SPE | MSTR and self._shifting is None:
            frame: int | None = None
            is_crc = False
            if self._receive_only:
                frame = 0xFFFF
            else:
                frame = self._buffers.next_frame()
                if frame is None and self._crc_due and cr1 & CRCEN:
                    frame, is_crc = self._values[TXCRCR], True
                    self._crc_due = False
                    self._values[CR1] &= ~CRCNEXT
            if frame is not None:
                self._shift(frame, is_crc)
        self._update()

    def _shift(self, frame: int, is_crc: bool) -> None:
        bits = self._bits
        seconds = bits * (2 << (self._values[CR1] >> 3 & 7)) * self._clock_s
        self._shifting = self.host.after(seconds, lambda: self._shifted(frame, bits, is_crc))

    def _shifted(self, frame: int, bits: int, is_crc: bool) -> None:
        self._shifting = None
        cr1 = self._values[CR1]
        answer = self._bus.exchange(frame, bits, low_first=bool(cr1 & LSBFIRST))
        if cr1 & CRCEN:
            if is_crc:
                if answer != self._values[RXCRCR]:
                    self._flags |= CRCERR
            else:
                for register, value in ((TXCRCR, frame), (RXCRCR, answer)):
                    crc = next_crc(self._values[register], value, self._values[CRCPR], bits)
                    self._values[register] = crc
        half_duplex_out = cr1 & BIDIMODE and cr1 & BIDIOE
        if not half_duplex_out and not self._buffers.received(answer, bits):
            self._overrun()
        if not cr1 & SPE:  # receive-only, stopped during the frame
            self._let_go()
        self._advance()

    def _cut(self) -> None:
        if self._shifting is not None:
            self.host.cancel(self._shifting)
            self._shifting = None

    # ---- flags ----

    def _status(self) -> int:
        buffers = self._buffers
        value = self._flags | buffers.levels()
        value |= TXE if buffers.has_room() else 0
        value |= RXNE if self._has_data() else 0
        on = self._values[CR1] & SPE and self._values[CR1] & MSTR
        if self._shifting is not None or (on and not buffers.is_sent()) or self._slots.running:
            value |= BSY
        return value

    def _has_data(self) -> bool:
        quarter = bool(self._values[CR2] & FRXTH) and not self._values[I2SCFGR] & I2SMOD
        return self._buffers.has_data(quarter)

    def _update(self) -> None:
        cr2 = self._values[CR2]
        self._irq.set(
            bool(
                (cr2 & RXNEIE and self._has_data())
                or (cr2 & TXEIE and self._buffers.has_room())
                or (cr2 & ERRIE and self._flags & _ERRORS)
            )
        )
        # the DMA controller answers at once: what it reads or writes changes the flags
        self._want_rx.set(bool(cr2 & RXDMAEN and self._has_data()))
        self._want_tx.set(bool(cr2 & TXDMAEN and self._buffers.has_room()))
