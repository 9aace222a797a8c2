"""SPI and I2S of H7 (RM0433, section 50), as a master.

CSTART begins a transfer of TSIZE frames (0: without end); frames follow each other as long as the
TX FIFO is fed and pause where it is empty. A frame takes its bits times the divider MBR. EOT comes
with the last frame, or with the CRC behind it. SPE = 0 empties both FIFOs. As a slave nobody clocks
it. Not modelled: TI frames, TSER, underrun patterns, inter-data idle (MSSI, MIDI).

I2S (50.9): receives frames from the attached source at the sample rate, 16-bit samples as two bytes
of the FIFO, longer ones as four, left first; FIFO contents have no side marked.

Latency: 0 instructions; the handler's first instruction is the next one after the tick at which the
flag rises, since stacking takes no virtual time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from fractions import Fraction

from simgate.peripheral.bus.devices import I2sSource
from simgate.peripheral.bus.i2s_slots import I2sSlots
from simgate.peripheral.bus.spi_bus import SpiBus
from simgate.peripheral.bus.spi_crc import next_crc
from simgate.peripheral.host import Handle, Host
from simgate.peripheral.model import AttachError, Model
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral
from simgate.peripheral.wire import Wire

CR1, CR2, CFG1, CFG2, IER, SR, IFCR = 0, 4, 8, 0xC, 0x10, 0x14, 0x18
TXDR, RXDR, CRCPOLY, TXCRC, RXCRC, UDRDR, I2SCFGR = 0x20, 0x30, 0x40, 0x44, 0x48, 0x4C, 0x50

# CR1, 50.11.1
SPE, MASRX, CSTART, CSUSP, HDDIR, SSI = 1, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12
RCRCINI, TCRCINI, IOLOCK = 1 << 14, 1 << 15, 1 << 16
# CFG1, 50.11.3
RXDMAEN, TXDMAEN, CRCEN = 1 << 14, 1 << 15, 1 << 22
# CFG2, 50.11.4
MASTER, LSBFRST, SSM, SSOE = 1 << 22, 1 << 23, 1 << 26, 1 << 29
# SR, 50.11.6
RXP, TXP, DXP, EOT, TXTF, UDR, OVR, CRCE = (1 << bit for bit in range(8))
TIFRE, MODF, TSERF, SUSP, TXC = (1 << bit for bit in range(8, 13))
RXWNE = 1 << 15
_CLEARABLE = EOT | TXTF | UDR | OVR | CRCE | TIFRE | MODF | TSERF | SUSP
# I2SCFGR, 50.11.14
I2SMOD, CHLEN, DATFMT, ODD, MCKOE = 1, 1 << 10, 1 << 14, 1 << 24, 1 << 25
_I2S_MASTER_RECEIVES = (3, 5)  # I2SCFG: master receive, master full duplex


@peripheral("SPI.STM32H7_SPI")
class Stm32H7Spi(RegisterBlock):
    """One SPI. Attributes:

    * ``frequency``: of the kernel clock that MBR and I2SDIV divide, in hertz;
    * ``fifoSize``: bytes of each FIFO, 16 (SPI1 to SPI3) or 8 (SPI4 to SPI6).

    Outputs: ``IRQ``, ``NSS`` (as SSOE drives it), ``DMARecieve`` (Renode's spelling).
    """

    ATTRIBUTES = frozenset({"frequency", "fifoSize"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._hz = max(self.integer("frequency", 120_000_000), 1)
        self._size = self.integer("fifoSize", 16)
        self._bus = SpiBus(name, host)
        self._source: I2sSource | None = None
        self._slots = I2sSlots(host, self._frame_began, self._item_received)
        self._irq, self._nss = Wire(), Wire()
        self._nss.level = True
        self._want_rx = host.signal(f"{name.upper()}_RX")
        self._want_tx = host.signal(f"{name.upper()}_TX")
        self._wires = {
            None: self._irq,
            "IRQ": self._irq,
            "NSS": self._nss,
            "DMARecieve": self._want_rx,
        }
        self._out: deque[int] = deque()
        self._in: deque[int] = deque()
        self._shifting: Handle | None = None
        self._flags = 0
        self._to_send = self._to_write = 0
        self._waits_for_room = False  # suspended by MASRX
        self._sample = (0, 0)
        self._on_read = {SR: self._status}
        self._on_write = {
            CR1: self._write_cr1,
            CR2: self._write_cr2,
            CFG1: self._write_locked(CFG1),
            CFG2: self._write_locked(CFG2),
            IER: self._write_ier,
            SR: lambda value, mask: None,
            IFCR: self._write_ifcr,
            I2SCFGR: self._write_locked(I2SCFGR),
        }

    def registers(self) -> tuple[Register, ...]:
        """RM0433, 50.11."""
        return (
            Register(CR1, "CR1", 0, 0x0001_FF01),
            Register(CR2, "CR2", 0, 0xFFFF_FFFF),
            Register(CFG1, "CFG1", 0x0007_0007, 0x705F_DFFF),
            Register(CFG2, "CFG2", 0, 0xF7FE_80FF),
            Register(IER, "IER", 0, 0x0000_07FF),
            Register(SR, "SR", TXP | TXC, 0),
            Register(IFCR, "IFCR", 0, 0),
            Register(TXDR, "TXDR", 0, 0),
            Register(RXDR, "RXDR", 0, 0),
            Register(CRCPOLY, "CRCPOLY", 0x107),
            Register(TXCRC, "TXCRC", 0, 0),
            Register(RXCRC, "RXCRC", 0, 0),
            Register(UDRDR, "UDRDR"),
            Register(I2SCFGR, "I2SCFGR", 0, 0x03FF_7FBF),
        )

    def reset(self) -> None:
        """To the state after power-on; a transfer under way is lost."""
        super().reset()
        self._flags = 0
        self._turn_off()
        self._update()

    def attach(self, address: int | None, device: Model) -> None:
        """An SPI device, or the source of an I2S bus."""
        if isinstance(device, I2sSource):
            if self._source is not None:
                raise AttachError("the I2S bus has a source already")
            self._source = device
        else:
            self._bus.attach(device)

    def remarks(self) -> tuple[str, ...]:
        """Why it does not move."""
        cr1 = self._values[CR1]
        if cr1 & SPE and self._out and not cr1 & CSTART:
            return (f"{self.name}: {len(self._out)} frames wait in the TX FIFO for CSTART",)
        return self._bus.remarks()

    # ---- registers ----

    def read(self, offset: int, width: int) -> int:
        """A load; of RXDR, the width decides how many frames it takes."""
        if offset != RXDR:
            return super().read(offset, width)
        bits, value = 8 * self._frame_bytes, 0
        for place in range(max(width // self._frame_bytes, 1)):
            if self._in:
                value |= self._in.popleft() << place * bits
        self._go_on()
        return value & (1 << 8 * width) - 1

    def write(self, offset: int, width: int, value: int) -> None:
        """A store; to TXDR, the width decides how many frames it is."""
        if offset != TXDR:
            super().write(offset, width, value)
            return
        if not self._values[CR1] & SPE:
            self.host.remark(f"{self.name}: TXDR was written while SPE was 0; frames are lost")
            return
        bits = 8 * self._frame_bytes
        for place in range(max(width // self._frame_bytes, 1)):
            if (len(self._out) + 1) * self._frame_bytes > self._size:
                self.host.remark(f"{self.name}: TXDR was written to a full FIFO; frames are lost")
                break
            self._out.append(value >> place * bits & (1 << self._bits) - 1)
            if self._to_write:
                self._to_write -= 1
                if self._to_write == 0:
                    self._flags |= TXTF
        self._go_on()

    def _write_locked(self, offset: int) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            if self._values[CR1] & SPE:
                self.host.remark(f"{self.name}: {self._names[offset]} is locked while SPE is 1")
            else:
                self.store(offset, value, mask)
            self._update()

        return write

    def _write_ier(self, value: int, mask: int) -> None:
        self.store(IER, value, mask)
        self._update()

    def _write_ifcr(self, value: int, mask: int) -> None:
        self._flags &= ~(value & mask & _CLEARABLE)
        self._update()

    def _write_cr2(self, value: int, mask: int) -> None:
        if not self._values[CR1] & CSTART:
            self._to_send = self._to_write = self.store(CR2, value, mask) & 0xFFFF

    def _write_cr1(self, value: int, mask: int) -> None:
        before = self._values[CR1]
        cr1 = self.store(CR1, value, mask) & ~CSUSP | before & CSTART
        suspend = value & mask & CSUSP and before & CSTART
        if not cr1 & SPE:
            cr1 &= ~CSTART
        self._values[CR1] = cr1
        if cr1 & SPE and not before & SPE:
            self._turn_on()
        elif before & SPE and not cr1 & SPE:
            self._turn_off()
        if suspend:
            self._suspended = True
            if self._shifting is None:
                self._suspend()
        elif self._values[CR1] & CSTART and not before & CSTART:
            self._start()
        self._go_on()

    # ---- on and off ----

    def _turn_on(self) -> None:
        cfg2 = self._values[CFG2]
        if self._is_i2s:
            return
        if cfg2 & MASTER and cfg2 & SSM and not self._values[CR1] & SSI:  # 50.4.13
            self._values[CR1] &= ~(SPE | CSTART)
            self._flags |= MODF
            return
        if not cfg2 & MASTER:
            self.host.touched(f"{self.name}: SPI slave mode (no master clocks it)")
        self._to_send = self._to_write = self._values[CR2] & 0xFFFF
        self._suspended = False
        for register, ones in ((TXCRC, TCRCINI), (RXCRC, RCRCINI)):
            self._values[register] = 0xFFFFFFFF if self._values[CR1] & ones else 0
        self._bus.enable(True)

    def _turn_off(self) -> None:
        if self._shifting is not None:
            self.host.cancel(self._shifting)
            self._shifting = None
            self.host.remark(f"{self.name}: SPE was cleared in the middle of a frame")
        self._slots.stop()
        self._out.clear()
        self._in.clear()
        self._to_send = self._to_write = self._values[CR2] & 0xFFFF
        self._suspended = self._waits_for_room = False
        self._bus.enable(False)
        self._nss.set(True)

    def _start(self) -> None:
        if self._is_i2s:
            if self._values[I2SCFGR] >> 1 & 7 in _I2S_MASTER_RECEIVES:
                self._slots.start(self._i2s_frame_s(), 2)
            else:
                self.host.touched(f"{self.name}: I2S transmit or slave mode")
            return
        self._flags &= ~SUSP
        if self._values[CFG2] & SSOE and not self._values[CFG2] & SSM:
            self._nss.set(False)

    def _finish(self) -> None:
        self._values[CR1] &= ~CSTART
        self._nss.set(True)

    def _suspend(self) -> None:
        self._suspended = False
        self._slots.stop()
        self._finish()
        self._flags |= SUSP

    # ---- frames ----

    @property
    def _is_i2s(self) -> bool:
        return bool(self._values[I2SCFGR] & I2SMOD)

    @property
    def _bits(self) -> int:
        if self._is_i2s:
            return 32 if self._values[I2SCFGR] >> 8 & 3 else 16
        return max(self._values[CFG1] & 0x1F, 3) + 1

    @property
    def _frame_bytes(self) -> int:
        return 1 if self._bits <= 8 else 2 if self._bits <= 16 else 4

    @property
    def _packet(self) -> int:
        return (self._values[CFG1] >> 5 & 0xF) + 1  # FTHLV

    def _directions(self) -> tuple[bool, bool]:
        """Whether it sends and receives (COMM)."""
        mode = self._values[CFG2] >> 17 & 3
        out = bool(self._values[CR1] & HDDIR) if mode == 3 else mode != 2
        return out, (not out if mode == 3 else mode != 1)

    def _go_on(self) -> None:
        """Send the next frame if the wire is free and there is one."""
        cr1 = self._values[CR1]
        if (
            cr1 & (SPE | CSTART) == SPE | CSTART
            and self._shifting is None
            and self._values[CFG2] & MASTER
            and not self._is_i2s
        ):
            sends, receives = self._directions()
            full = (len(self._in) + 1) * self._frame_bytes > self._size
            if sends and not self._out:
                pass
            elif receives and full and cr1 & MASRX:  # goes on when RXDR is read (50.4.10)
                self._flags |= 0 if self._waits_for_room else SUSP
                self._waits_for_room = True
            else:
                self._waits_for_room = False
                self._shift(self._out.popleft() if sends else 0xFFFFFFFF)
        self._update()

    def _shift(self, frame: int) -> None:
        bits = self._bits
        self._shifting = self.host.after(self._frame_s(bits), lambda: self._shifted(frame, bits))

    def _frame_s(self, bits: int) -> float:
        return bits * (2 << (self._values[CFG1] >> 28 & 7)) / self._hz

    def _shifted(self, frame: int, bits: int) -> None:
        self._shifting = None
        _, receives = self._directions()
        answer = self._exchange(frame, bits)
        if self._values[CFG1] & CRCEN:
            for register, value in ((TXCRC, frame), (RXCRC, answer)):
                self._values[register] = self._crc(self._values[register], value)
        if receives:
            self._take(answer)
        if self._to_send:
            self._to_send -= 1
            if self._to_send == 0:
                self._end_of_transfer()
                return
        if self._suspended:
            self._suspend()
        self._go_on()

    def _exchange(self, frame: int, bits: int) -> int:
        low_first = bool(self._values[CFG2] & LSBFRST)
        return self._bus.exchange(frame & (1 << bits) - 1, bits, low_first=low_first)

    def _crc(self, crc: int, value: int) -> int:
        bits = (self._values[CFG1] >> 16 & 0x1F) + 1
        return next_crc(crc & (1 << bits) - 1, value, self._values[CRCPOLY], bits)

    def _end_of_transfer(self) -> None:
        if self._values[CFG1] & CRCEN:
            bits = (self._values[CFG1] >> 16 & 0x1F) + 1
            self._shifting = self.host.after(self._frame_s(bits), lambda: self._crc_shifted(bits))
            self._update()
        else:
            self._ended()

    def _crc_shifted(self, bits: int) -> None:
        self._shifting = None
        if self._exchange(self._values[TXCRC], bits) != self._values[RXCRC]:
            self._flags |= CRCE
        self._ended()

    def _ended(self) -> None:
        self._flags |= EOT
        self._finish()
        self._update()

    def _take(self, frame: int) -> None:
        if (len(self._in) + 1) * self._frame_bytes > self._size:
            self._flags |= OVR
        else:
            self._in.append(frame)

    # ---- I2S ----

    def _i2s_frame_s(self) -> Fraction:
        """50.9.7: 256 clocks of MCK a frame, or the bits of two channels."""
        config = self._values[I2SCFGR]
        divider = max(2 * (config >> 16 & 0xFF) + (1 if config & ODD else 0), 1)
        wide = config & CHLEN or config >> 8 & 3
        clocks = 256 if config & MCKOE else 64 if wide else 32
        return Fraction(clocks * divider, self._hz)

    def _frame_began(self) -> None:
        if self._source is not None:
            self._sample = self._source.frame(self.host.time_s())

    def _item_received(self, item: int) -> None:
        word = self._sample[item] & 0xFFFFFFFF
        config = self._values[I2SCFGR]
        length = (16, 24, 32, 32)[config >> 8 & 3]
        word >>= 32 - length
        if length == 24 and config & DATFMT:
            word <<= 8
        self._take(word)
        self._update()

    # ---- flags ----

    def _status(self) -> int:
        size, held = self._frame_bytes, len(self._in)
        value = self._flags
        value |= RXP if held >= self._packet else 0
        value |= TXP if self._has_room() else 0
        value |= DXP if value & (RXP | TXP) == RXP | TXP else 0
        value |= RXWNE if held * size >= 4 else 0
        value |= held * size % 4 // size << 13
        value |= TXC if self._is_sent() else 0
        return value | self._to_send << 16

    def _is_sent(self) -> bool:
        """TXC: with TSIZE it is a copy of EOT, however that is cleared (50.11.6)."""
        if not self._values[CR1] & SPE:
            return True
        if self._values[CR2] & 0xFFFF:
            return bool(self._flags & EOT)
        return not self._out and self._shifting is None

    def _has_room(self) -> bool:
        if self._values[CR1] & SPE and self._values[CR2] & 0xFFFF and not self._to_write:
            return False  # all of TSIZE is written
        return (len(self._out) + self._packet) * self._frame_bytes <= self._size

    def _update(self) -> None:
        ier, cfg1 = self._values[IER], self._values[CFG1]
        flags = self._status()
        # the enables stand where the flags do; EOTIE is also that of SUSP and TXC
        extra = flags & (SUSP | TXC) if ier & EOT else 0
        self._irq.set(bool(flags & ier & 0x7FF or extra))
        # the DMA controller answers at once: what it reads or writes changes the flags
        rest = self._flags & EOT and self._in
        self._want_rx.set(bool(cfg1 & RXDMAEN and (flags & RXP or rest)))
        on = self._values[CR1] & SPE
        self._want_tx.set(bool(cfg1 & TXDMAEN and on and self._has_room()))
