"""ADCs with a regulator, a calibration and a start bit (F3, L4, G4, H7), as far as they are alike.

RM0440, section 21; RM0433, section 25. Regular and injected sequences, single, continuous,
discontinuous, auto-injected; external triggers; auto-delay; overrun in both modes; oversampling;
offsets; differential channels; three analogue watchdogs; requests to the DMA controller.

Time: the regulator needs its start-up time, a calibration its cycles, ADRDY comes one conversion of
12 bits after ADEN; a conversion takes its channel's sampling time and the resolution's cycles of
the clock that the common registers select. A trigger takes effect at once. ADSTP, JADSTP and ADDIS
are done at once. EOSMP comes with the end of the conversion.

In one-shot mode of the DMA silicon requests nothing more after the controller's last transfer. The
lines of this chip do not carry that end; it is taken to have come when a request that followed a
served one has not been served by the time of the next conversion.

Not modelled: the queue of injected contexts (JQDIS = 0), triggered oversampling, bulb sampling.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from simgate.peripheral.analog.calibrated_control import CalibratedControl
from simgate.peripheral.analog.calibrated_registers import (
    ADSTART,
    AUTDLY,
    AWD1,
    AWD1EN,
    AWD1SGL,
    AWD2,
    AWD2CR,
    AWD3,
    AWD3CR,
    CFGR,
    CFGR2,
    CONT,
    CR,
    DISCEN,
    DR,
    EOC,
    EOS,
    EOSMP,
    IER,
    ISR,
    JADSTART,
    JAUTO,
    JAWD1EN,
    JDISCEN,
    JDR1,
    JEOC,
    JEOS,
    JOVSE,
    JSQR,
    OFR1,
    OVR,
    OVRMOD,
    ROVSE,
    SMPR1,
    SMPR2,
    SQR1,
    SQR2,
    SQR3,
    SQR4,
    TROVS,
)
from simgate.peripheral.analog.sequencer import Group, Step
from simgate.peripheral.base import Read, Write
from simgate.peripheral.host import Host


class CalibratedAdc(CalibratedControl):
    """What the two generations have in common; the subclasses say where they differ."""

    DIFSEL: ClassVar[int]  # its offset

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        configuration = (CFGR, CFGR2, SMPR1, SMPR2, SQR1, SQR2, SQR3, SQR4, JSQR, OFR1, OFR1 + 4)
        self._on_write = {
            ISR: self._write_isr,
            IER: self._write_ier,
            CR: self._write_cr,
            **{offset: self._configurer(offset) for offset in configuration},
            **{offset: self._configurer(offset) for offset in (OFR1 + 8, OFR1 + 12, AWD2CR)},
            **{offset: self._configurer(offset) for offset in (AWD3CR, self.DIFSEL)},
        }
        self._on_read = {DR: self.read_data, ISR: lambda: self._isr}
        for rank in range(4):
            self._on_read[JDR1 + 4 * rank] = self._injected_reader(JDR1 + 4 * rank)
        self._dma = False
        self._forget()
        self.configure()

    @abstractmethod
    def bits(self) -> int:
        """Resolution, by CFGR.RES."""

    @abstractmethod
    def ratio(self) -> int:
        """Conversions that are summed up where oversampling is on."""

    @abstractmethod
    def dma_mode(self) -> tuple[bool, bool]:
        """Whether DMA is on, and whether in circular mode."""

    @abstractmethod
    def finish(self, channel: int, code: int, oversampled: bool) -> int:
        """What goes into a data register: shift, gain, offset, alignment."""

    @abstractmethod
    def is_plain(self) -> bool:
        """Whether codes go into DR as they are, on every channel of the regular sequence."""

    @abstractmethod
    def outside(self, watchdog: int, code: int, oversampled: bool) -> bool:
        """Whether an analogue watchdog (1 to 3) finds a code outside its thresholds."""

    def reset(self) -> None:
        """In deep power-down, as after power-on; what is on the channels stays there."""
        super().reset()
        self._cancel_plans()
        self._sequencer.stop_all()
        self._forget()
        self.configure()
        self._request.set(False)
        self._update_irq()

    def _forget(self) -> None:
        super()._forget()
        self._data = 0

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve the window; DR goes a short way."""
        read, write = super().region(name)

        def read_quickly(offset: int, width: int) -> int:
            if offset == DR:
                return self.read_data() & ((1 << 8 * width) - 1)
            return read(offset, width)

        return read_quickly, write

    @property
    def status(self) -> int:
        """ISR, for the common registers."""
        return self._isr

    @property
    def data(self) -> int:
        """DR, without the effects of reading it."""
        return self._data

    # ---- registers ----

    def read_data(self) -> int:
        """A load of DR: it clears EOC and the request, and lets an auto-delayed ADC go on."""
        request = self._request
        if request.level:
            self._served = True
            request.set(False)
        if self._isr & EOC:
            self._isr &= ~EOC
            if self._irq.level:
                self._update_irq()
        if self._sequencer.held:
            self._sequencer.release()
        return self._data

    def _injected_reader(self, offset: int) -> Callable[[], int]:
        def read() -> int:
            if self._isr & JEOC:
                self._isr &= ~JEOC
                self._update_irq()
            return self._values[offset]

        return read

    def _write_isr(self, value: int, mask: int) -> None:
        cleared = value & mask & self.ISR_BITS
        self._isr &= ~cleared  # rc_w1
        if cleared & EOC:
            self._sequencer.release()
        if cleared & OVR and self._dma and self._isr & EOC and not self._dma_ended:
            self._request.set(True)
        self._update_irq()

    def _write_ier(self, value: int, mask: int) -> None:
        self.store(IER, value, mask)
        self._update_irq()

    def _configurer(self, offset: int) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            self.store(offset, value, mask)
            self.configure()

        return write

    def configure(self) -> None:
        """Work out the sequences from the registers."""
        values = self._values
        cfgr, cfgr2, cr = values[CFGR], values[CFGR2], values[CR]
        bits = self.bits()
        self._full_scale = 1 << bits
        sequencer = self._sequencer
        words = (values[SQR1] >> 6, values[SQR2], values[SQR3], values[SQR4])
        places = [word >> 6 * place & 31 for word in words[:1] for place in range(4)]
        places += [word >> 6 * place & 31 for word in words[1:] for place in range(5)]
        jsqr = values[JSQR]
        regular = places[: (values[SQR1] & 15) + 1]
        injected = [jsqr >> (9 + 6 * rank) & 31 for rank in range((jsqr & 3) + 1)]
        ratio = self.ratio() if cfgr2 & (ROVSE | JOVSE) else 1
        self._regular_ratio = ratio if cfgr2 & ROVSE else 1
        self._injected_ratio = ratio if cfgr2 & JOVSE else 1
        if cfgr2 & TROVS and cfgr2 & ROVSE:
            self.host.touched(f"{self.name}: CFGR2.TROVS, triggered oversampling")
        sequencer.regular.steps = tuple(
            self._step(one, bits, self._regular_ratio) for one in regular
        )
        sequencer.injected.steps = tuple(
            self._step(one, bits, self._injected_ratio) for one in injected
        )
        sequencer.continuous = bool(cfgr & CONT)
        sequencer.auto_injected = bool(cfgr & JAUTO)
        sequencer.regular.burst = (cfgr >> 17 & 7) + 1 if cfgr & DISCEN else 0
        sequencer.injected.burst = 1 if cfgr & JDISCEN and not cfgr & JAUTO else 0
        sequencer.ready()
        self._steps_per_volt = self._full_scale / self._reference_v
        was_on = self._dma
        self._dma, self._dma_circular = self.dma_mode()
        if not self._dma or not was_on:
            self._served = self._dma_ended = False
        if not self._dma:
            self._request.set(False)
        self._overwrites = bool(cfgr & OVRMOD)
        self._delays = bool(cfgr & AUTDLY)
        self._watched = bool(cfgr & (AWD1EN | JAWD1EN) or values[AWD2CR] or values[AWD3CR])
        self._differential = values[self.DIFSEL]
        self._plain = (
            self._regular_ratio == 1
            and not self._watched
            and not self._differential
            and all(step.channel < self.CHANNELS for step in sequencer.regular.steps)
            and self.is_plain()
        )
        self._select_triggers(cfgr, jsqr, cr)

    def _step(self, channel: int, bits: int, ratio: int) -> Step:
        offset, place = (SMPR2, channel - 10) if channel >= 10 else (SMPR1, channel)
        sampling = self.sampling(self._values[offset] >> 3 * place & 7)
        return Step(channel, sampling, sampling + self.conversion_halves(bits), ratio)

    def sampling(self, select: int) -> int:
        """Halves of a cycle, by SMP."""
        return self.SAMPLING[select]

    # ---- conversions ----

    def _external_regular(self) -> None:
        if not self._dma_ended:
            self._sequencer.trigger(self._regular, self.host.ticks())

    def _external_injected(self) -> None:
        if not self._values[CFGR] & JAUTO:
            self._sequencer.trigger(self._injected, self.host.ticks())

    def _finished(self, group: Group) -> None:
        if group is self._regular:
            if not self._values[CFGR] >> 10 & 3:
                self._values[CR] &= ~ADSTART
        elif not self._values[JSQR] >> 7 & 3:
            self._values[CR] &= ~JADSTART

    def _raw(self, channel: int, time_s: float) -> int:
        if self._differential >> channel & 1 and channel + 1 < self.CHANNELS:
            channels = self._channels
            volts = channels.voltage[channel](time_s) - channels.voltage[channel + 1](time_s)
            code = int((volts / self._reference_v + 1) * self._full_scale / 2 + 0.5)
            return min(max(code, 0), self._full_scale - 1)
        return self._code(channel, time_s, self._full_scale)

    def _converted(
        self, group: Group, step: Step, rank: int, is_last: bool, sampled_s: float, spacing_s: float
    ) -> None:
        channel, repeats = step.channel, step.repeats
        if self._plain and group is self._regular and not self._channels.codes:
            # what follows, for the usual case and without calls
            volts = self._channels.voltage[channel](sampled_s)
            code = int(volts * self._steps_per_volt + 0.5)
            if not 0 <= code < self._full_scale:
                code = 0 if code < 0 else self._full_scale - 1
            self._take(code, EOC | EOS | EOSMP if is_last else EOC | EOSMP)
            return
        if repeats == 1:
            code = self._raw(channel, sampled_s)
        else:
            code = sum(self._raw(channel, sampled_s + n * spacing_s) for n in range(repeats))
            code = self.shifted(code)
        oversampled = repeats > 1
        if self._watched:
            self._watch(group, channel, code, oversampled)
        value = self.finish(channel, code, oversampled)
        if group is self._injected:
            self._values[JDR1 + 4 * rank] = value
            self._isr |= JEOC | JEOS if is_last else JEOC
            self._update_irq()
            return
        self._take(value, EOC | EOS | EOSMP if is_last else EOC | EOSMP)

    @abstractmethod
    def shifted(self, total: int) -> int:
        """A sum of conversions, shifted as the registers want it."""

    def _take(self, value: int, flags: int) -> None:
        dma = self._dma
        if self._isr & EOC:
            if dma and self._served and not self._dma_circular:
                self._dma_ended = True  # see the module's text
                self._request.set(False)
                self._sequencer.stop(self._regular)
                return
            self._isr |= OVR
            if not self._overwrites:
                self._request.set(False)
                self._isr |= flags & (EOS | EOSMP)
                self._update_irq()
                return
        self._data = value
        self._isr |= flags
        if self._delays:
            self._sequencer.held = True
        if dma and not self._dma_ended and (self._overwrites or not self._isr & OVR):
            self._request.set(True)
        if self._isr & self._values[IER]:
            self._update_irq()

    def _watch(self, group: Group, channel: int, code: int, oversampled: bool) -> None:
        values, cfgr = self._values, self._values[CFGR]
        on = cfgr & (JAWD1EN if group is self._injected else AWD1EN)
        found = 0
        if on and (not cfgr & AWD1SGL or cfgr >> 26 & 31 == channel):
            found |= AWD1 if self.outside(1, code, oversampled) else 0
        if values[AWD2CR] >> channel & 1 and self.outside(2, code, oversampled):
            found |= AWD2
        if values[AWD3CR] >> channel & 1 and self.outside(3, code, oversampled):
            found |= AWD3
        self._isr |= found
