"""ADC of F2/F4/F7 (RM0090, section 13; RM0385, section 15).

Regular and injected groups, single, continuous, scan, discontinuous and auto-injected, external
triggers, end of conversion of the sequence or of each conversion, overrun, analogue watchdog,
resolution, alignment, injected offsets, requests to the DMA controller.

Time: a conversion takes its channel's sampling time (SMPR) and one cycle a bit of resolution, of
the clock that CCR.ADCPRE divides from the bus's at full speed. The first one after ADON waits for
the 3 us of the stabilisation. A trigger takes effect at once; the data sheets give it up to three
cycles. The interrupt is taken before the processor's next instruction: on the F407 at 168 MHz its
handler begins 782 instructions after the store to SWSTART, of which 768 are the 96 cycles of a
conversion at 21 MHz.

With DDS = 0 it requests nothing more after the controller's last transfer. A controller says so on
the line ``ADC1_LAST``; of one that does not, the end is taken to have come when a request that
followed a served one has not been served by the time of the next conversion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from simgate.peripheral.analog.adc import Adc
from simgate.peripheral.analog.sequencer import Group, Step
from simgate.peripheral.base import Read, Write
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

SR, CR1, CR2, SMPR1, SMPR2, JOFR1, HTR, LTR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x24, 0x28
SQR1, SQR2, SQR3, JSQR, JDR1, DR = 0x2C, 0x30, 0x34, 0x38, 0x3C, 0x4C

# SR, 13.13.1
AWD, EOC, JEOC, JSTRT, STRT, OVR = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5
# CR1, 13.13.2
EOCIE, AWDIE, JEOCIE, SCAN, AWDSGL, JAUTO = 1 << 5, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10
DISCEN, JDISCEN, JAWDEN, AWDEN, OVRIE = 1 << 11, 1 << 12, 1 << 22, 1 << 23, 1 << 26
# CR2, 13.13.3
ADON, CONT, DMA, DDS, EOCS, ALIGN = 1 << 0, 1 << 1, 1 << 8, 1 << 9, 1 << 10, 1 << 11
JSWSTART, SWSTART = 1 << 22, 1 << 30

_SAMPLING_CYCLES = (3, 15, 28, 56, 84, 112, 144, 480)
_STABILISATION_S = Fraction(3, 10**6)


@peripheral("Analog.STM32_ADC")
class Stm32Adc(Adc):
    """One ADC; its prescaler and triggers are the common registers'."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_write = {
            SR: self._write_sr,
            CR1: self._write_configuration(CR1),
            CR2: self._write_cr2,
            DR: lambda _value, _mask: None,
            **{offset: self._write_configuration(offset) for offset in (SMPR1, SMPR2)},
            **{offset: self._write_configuration(offset) for offset in (SQR1, SQR2, SQR3, JSQR)},
        }
        self._on_read = {DR: self.read_data}
        self._last = host.signal(f"{name.upper()}_LAST")
        self._last.sinks.append(lambda level: None)  # controllers tell those that listen
        self._forget()
        self._configure()

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 13.13."""
        return (
            Register(SR, "SR", 0, 0),
            Register(CR1, "CR1", 0, 0x07C0FFFF),
            Register(CR2, "CR2", 0, 0x3F3F0F03),
            Register(SMPR1, "SMPR1", 0, 0x07FFFFFF),
            Register(SMPR2, "SMPR2", 0, 0x3FFFFFFF),
            *(Register(JOFR1 + 4 * n, f"JOFR{n + 1}", 0, 0xFFF) for n in range(4)),
            Register(HTR, "HTR", 0xFFF, 0xFFF),
            Register(LTR, "LTR", 0, 0xFFF),
            Register(SQR1, "SQR1", 0, 0x00FFFFFF),
            Register(SQR2, "SQR2", 0, 0x3FFFFFFF),
            Register(SQR3, "SQR3", 0, 0x3FFFFFFF),
            Register(JSQR, "JSQR", 0, 0x003FFFFF),
            *(Register(JDR1 + 4 * n, f"JDR{n + 1}", 0, 0) for n in range(4)),
            Register(DR, "DR", 0, 0),
        )

    def reset(self) -> None:
        """Off, as after power-on; what is on the channels stays there."""
        super().reset()
        self._sequencer.stop_all()
        self._forget()
        self._configure()
        self._request.set(False)
        self._update_irq()

    def _forget(self) -> None:
        self._sr = 0
        self._data = 0
        self._unread = False  # a result that DMA, or with EOCS the firmware, has yet to take
        self._served = False  # DMA has taken one since CR2.DMA was set
        self._dma_ended = False
        self._ready_tick = 0

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve the window; DR goes a short way."""
        read, write = super().region(name)

        def read_quickly(offset: int, width: int) -> int:
            if offset == DR:
                value = self.read_data()
                return value if width != 1 else value & 0xFF
            return read(offset, width)

        return read_quickly, write

    @property
    def status(self) -> int:
        """SR, for the common registers."""
        return self._sr

    @property
    def data(self) -> int:
        """DR, without the effects of reading it."""
        return self._data

    # ---- registers ----

    def read(self, offset: int, width: int) -> int:
        """What a load gives."""
        if offset & ~3 == SR:
            return self._sr >> (offset & 3) * 8 & ((1 << 8 * width) - 1)
        return super().read(offset, width)

    def read_data(self) -> int:
        """A load of DR: it clears EOC and the request."""
        self._unread = False
        request = self._request
        if request.level:
            self._served = True
            if self._last.level and not self._values[CR2] & DDS:
                self._dma_ended = True  # 13.8.1: the controller's last transfer
            request.set(False)
        if self._sr & EOC:
            self._sr &= ~EOC
            if self._irq.level:
                self._update_irq()
        return self._data

    def _write_sr(self, value: int, mask: int) -> None:
        cleared = ~value & mask & 0x3F  # rc_w0
        if self._sr & cleared & OVR:
            self._unread = False  # what was missed is forgotten (13.8.2)
        self._sr &= ~cleared
        self._update_irq()

    def _write_configuration(self, offset: int) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            self.store(offset, value, mask)
            self._configure()
            self._update_irq()

        return write

    def _write_cr2(self, value: int, mask: int) -> None:
        before = self._values[CR2]
        after = self.store(CR2, value, mask)
        if not after & DMA or not before & DMA:
            self._served = self._dma_ended = self._unread = False
        if not after & DMA:
            self._request.set(False)
        if not after & ADON:
            self._sequencer.stop_all()
            self._unread = False
        elif not before & ADON:
            settle = _STABILISATION_S * self.host.tick_hz
            self._ready_tick = self.host.ticks() + -(-settle.numerator // settle.denominator)
        self._configure()
        if value & mask & SWSTART:
            self._start(self._regular)
        if value & mask & JSWSTART:
            self._start(self._injected)

    def _configure(self) -> None:
        """Work out the sequences from the registers."""
        values = self._values
        cr1, cr2 = values[CR1], values[CR2]
        sequencer = self._sequencer
        bits = 12 - 2 * (cr1 >> 24 & 3)
        self._full_scale = 1 << bits
        scan = cr1 & SCAN
        length = (values[SQR1] >> 20 & 15) + 1 if scan else 1
        words = (values[SQR3], values[SQR2], values[SQR1])
        regular = [words[rank // 6] >> rank % 6 * 5 & 31 for rank in range(length)]
        injected_length = (values[JSQR] >> 20 & 3) + 1 if scan else 1
        # a shorter injected sequence begins at JSQ(4 - JL), 13.13.12
        first = 4 - injected_length
        injected = [values[JSQR] >> rank * 5 & 31 for rank in range(first, 4)]
        sequencer.regular.steps = tuple(self._step(channel, bits) for channel in regular)
        sequencer.injected.steps = tuple(self._step(channel, bits) for channel in injected)
        sequencer.continuous = bool(cr2 & CONT)
        sequencer.auto_injected = bool(cr1 & JAUTO)
        sequencer.regular.burst = (cr1 >> 13 & 7) + 1 if cr1 & DISCEN else 0
        sequencer.injected.burst = 1 if cr1 & JDISCEN and not cr1 & JAUTO else 0
        sequencer.ready()
        self._steps_per_volt = self._full_scale / self._reference_v
        self._watched = cr1 & (AWDEN | JAWDEN)
        self._each = bool(cr2 & EOCS)
        self._left = bool(cr2 & ALIGN)
        self._dma = bool(cr2 & DMA)
        on = cr2 & ADON
        select = self._trigger_name
        self._regular_trigger.select(
            select(cr2 >> 24 & 15, injected=False), cr2 >> 28 & 3 if on else 0
        )
        self._injected_trigger.select(
            select(cr2 >> 16 & 15, injected=True), cr2 >> 20 & 3 if on else 0
        )

    def _step(self, channel: int, bits: int) -> Step:
        offset, place = (SMPR1, channel - 10) if channel >= 10 else (SMPR2, channel)
        cycles = _SAMPLING_CYCLES[self._values[offset] >> 3 * place & 7]
        return Step(channel, 2 * cycles, 2 * (cycles + bits))

    # ---- conversions ----

    def _start(self, group: Group) -> None:
        if not self._values[CR2] & ADON:
            self._complain("a conversion was started while it was off (CR2.ADON)")
            return
        if group is self._regular and self._sr & OVR:
            return  # 13.8.2: no trigger counts until the overrun is cleared
        if self._sequencer.trigger(group, max(self.host.ticks(), self._ready_tick)):
            self._sr |= STRT if group is self._regular else JSTRT

    def _external_regular(self) -> None:
        if not self._sr & OVR:
            tick = self.host.ticks()
            if tick < self._ready_tick:
                tick = self._ready_tick
            if self._sequencer.trigger(self._regular, tick):
                self._sr |= STRT

    def _external_injected(self) -> None:
        if not self._values[CR1] & JAUTO:
            self._start(self._injected)

    def _converted(
        self, group: Group, step: Step, rank: int, is_last: bool, sampled_s: float, spacing_s: float
    ) -> None:
        channels = self._channels
        if channels.codes or step.channel >= self.CHANNELS:
            code = self._code(step.channel, sampled_s, self._full_scale)
        else:  # the same, without a call
            volts = channels.voltage[step.channel](sampled_s)
            code = int(volts * self._steps_per_volt + 0.5)
            if not 0 <= code < self._full_scale:
                code = 0 if code < 0 else self._full_scale - 1
        if self._watched:
            self._watch(group, step.channel, code)
        if group is self._injected:
            self._take_injected(rank, len(group.steps), code, is_last)
            return
        dma = self._dma
        if self._unread and (dma or self._each):
            if dma and self._served and not self._values[CR2] & DDS:
                self._dma_ended = True  # see the module's text
                self._request.set(False)
                self._unread = False
            elif not self._dma_ended:
                self._sr |= OVR
                self._request.set(False)
                self._sequencer.stop(group)
                self._update_irq()
                return
        self._data = self._aligned(code) if self._left else code
        if dma and not self._dma_ended:
            self._unread = True
            if self._each or is_last:
                self._sr |= EOC
            self._request.set(True)
            if self._sr & EOC:
                self._update_irq()
            return
        if self._each or is_last:
            self._unread = self._each and not self._dma_ended
            self._sr |= EOC
            self._update_irq()

    def _take_injected(self, rank: int, length: int, code: int, is_last: bool) -> None:
        self._values[JDR1 + 4 * rank] = self._aligned_injected(
            code - self._values[JOFR1 + 4 * rank]
        )
        if is_last:
            self._sr |= JEOC
            self._update_irq()

    def _finished(self, group: Group) -> None:
        """Nothing: SWSTART reads 0 as soon as a conversion runs."""

    def _aligned(self, code: int) -> int:
        """13.4: to the left of 16 bits; 6 bits to the left of a byte."""
        shift = 16 - self._full_scale.bit_length() + 1
        return code << (shift if shift <= 8 else 2) & 0xFFFF

    def _aligned_injected(self, signed: int) -> int:
        if not self._values[CR2] & ALIGN:
            return signed & 0xFFFF
        shift = 15 - self._full_scale.bit_length() + 1
        return signed << (shift if shift <= 7 else 1) & 0xFFFF

    def _watch(self, group: Group, channel: int, code: int) -> None:
        cr1 = self._values[CR1]
        if not cr1 & (JAWDEN if group is self._injected else AWDEN):
            return
        if cr1 & AWDSGL and cr1 & 31 != channel:
            return
        if not self._values[LTR] <= code <= self._values[HTR]:
            self._sr |= AWD
            self._update_irq()

    def _update_irq(self) -> None:
        sr, cr1 = self._sr, self._values[CR1]
        # AWDIE, EOCIE and JEOCIE stand in the order EOC, AWD, JEOC: 13.13.2
        self._irq.set(
            bool(
                (sr & EOC and cr1 & EOCIE)
                or (sr & AWD and cr1 & AWDIE)
                or (sr & JEOC and cr1 & JEOCIE)
                or (sr & OVR and cr1 & OVRIE)
            )
        )
