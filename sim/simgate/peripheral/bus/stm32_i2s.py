"""The I2S half of an SPI of F1/F2/F4 (RM0090, section 28.4) and of F3/F7/G4 (RM0385, 32.7).

Frames at the sample rate from I2SPR, received from the attached source; what is sent leaves at the
same pace and is heard by nobody. Philips, left- and right-justified and PCM differ on the wire
only. A slave has a clock only where ``clockedBy`` names the SPI that drives it (I2Sxext of F4).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from fractions import Fraction

from simgate.peripheral.bus.devices import I2sSource
from simgate.peripheral.bus.i2s_slots import I2sSlots
from simgate.peripheral.bus.spi_buffers import FourBytes, OneFrame, SpiBuffers
from simgate.peripheral.host import Host
from simgate.peripheral.model import AttachError
from simgate.peripheral.register_block import RegisterBlock

I2SCFGR, I2SPR = 0x1C, 0x20

# SR, 28.5.3
CHSIDE, OVR = 1 << 2, 1 << 6
# I2SCFGR, 28.5.8
CHLEN, I2SE, I2SMOD = 1, 1 << 10, 1 << 11
_MASTER, _RECEIVE = 2 << 8, 1 << 8
_ON = I2SE | I2SMOD
# I2SPR, 28.5.9
ODD, MCKOE = 1 << 8, 1 << 9


class Stm32I2s(RegisterBlock):
    """Base of the SPI, which shares DR, its buffers and SR with it."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        self.name = name
        self.attributes = attributes
        self._second = self.boolean("dataSizeField", False)  # the table of registers wants to know
        super().__init__(name, attributes, host)
        self._i2s_hz = max(self.integer("i2sFrequency", 16_000_000), 1)
        self._buffers: SpiBuffers = FourBytes() if self._second else OneFrame()
        self._source: I2sSource | None = None
        self._slots = I2sSlots(host, self._frame_began, self._slot_ended)
        self._slot_line = host.signal(f"{name.upper()}_I2S_SLOT")
        self._flags = self._acknowledged = 0
        self._ext_item = 0
        self._halves = 1  # halfwords of a sample (28.4.3): two for 24 and 32 bits
        self._sample = (0, 0)
        self._master = self.text("clockedBy", "")
        if self._master:
            host.signal(f"{self._master.upper()}_I2S_SLOT").sinks.append(self._hear_slot)

    def attach_source(self, source: I2sSource) -> None:
        """What drives the data line.

        Raises:
            AttachError: there is one.
        """
        if self._source is not None:
            raise AttachError("the I2S bus has a source already")
        self._source = source

    @abstractmethod
    def _update(self) -> None:
        """Interrupts and requests follow the flags and buffers."""

    def _overrun(self) -> None:
        self._flags |= OVR
        self._acknowledged &= ~OVR

    def _write_i2scfgr(self, value: int, mask: int) -> None:
        before = self._values[I2SCFGR]
        after = self.store(I2SCFGR, value, mask)
        on = after & _ON == _ON
        if on == (before & _ON == _ON):
            self._update()
            return
        self._flags &= ~CHSIDE
        self._ext_item = 0
        self._halves = 2 if after >> 1 & 3 else 1
        if not on:
            self._slots.stop()
        elif after & _MASTER:
            self._slots.start(self._frame_s(), 2 * self._halves)
        elif self._master:
            self._frame_began()
        else:
            self.host.touched(f"{self.name}: I2S slave mode (no master clocks it)")
        self._update()

    def _frame_s(self) -> Fraction:
        """28.4.4: 256 clocks of MCK a frame, or the bits of two channels."""
        i2spr, config = self._values[I2SPR], self._values[I2SCFGR]
        divider = 2 * max(i2spr & 0xFF, 2) + (1 if i2spr & ODD else 0)
        wide = config & CHLEN or self._halves == 2
        clocks = 256 if i2spr & MCKOE else 64 if wide else 32
        return Fraction(clocks * divider, self._i2s_hz)

    def _frame_began(self) -> None:
        source = self._source
        if source is not None and self._values[I2SCFGR] & _RECEIVE:
            self._sample = source.frame(self.host.time_s())

    def _slot_ended(self, item: int) -> None:
        self._item_moved(item)
        self._slot_line.pulse()

    def _hear_slot(self, level: bool) -> None:
        """One item of the master whose clock this one shares."""
        if not level or self._values[I2SCFGR] & (_ON | _MASTER) != _ON:
            return
        self._item_moved(self._ext_item)
        self._ext_item = (self._ext_item + 1) % (2 * self._halves)
        if self._ext_item == 0:
            self._frame_began()

    def _item_moved(self, item: int) -> None:
        side, half = divmod(item, self._halves)
        if self._values[I2SCFGR] & _RECEIVE:
            word = self._sample[side] & 0xFFFFFFFF
            if self._values[I2SCFGR] >> 1 & 3 == 1:
                word &= 0xFFFFFF00
            value = word >> 16 if half == 0 else word & 0xFFFF
            if self._buffers.received(value, 16):
                self._flags = self._flags & ~CHSIDE | (CHSIDE if side else 0)
            else:
                self._overrun()
        else:
            self._buffers.next_frame()
            self._flags = self._flags & ~CHSIDE | (CHSIDE if side else 0)
        self._update()
