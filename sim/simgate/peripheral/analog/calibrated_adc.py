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
from fractions import Fraction
from typing import ClassVar

from simgate.peripheral.analog.adc import Adc
from simgate.peripheral.analog.sequencer import Group, Step
from simgate.peripheral.base import Read, Write
from simgate.peripheral.host import Handle, Host
from simgate.peripheral.register_block import Register

ISR, IER, CR, CFGR, CFGR2, SMPR1, SMPR2 = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18
SQR1, SQR2, SQR3, SQR4, DR, JSQR, OFR1 = 0x30, 0x34, 0x38, 0x3C, 0x40, 0x4C, 0x60
JDR1, AWD2CR, AWD3CR = 0x80, 0xA0, 0xA4

# ISR and IER
ADRDY, EOSMP, EOC, EOS, OVR, JEOC, JEOS = (1 << bit for bit in range(7))
AWD1, AWD2, AWD3, JQOVF = 1 << 7, 1 << 8, 1 << 9, 1 << 10
# CR
ADEN, ADDIS, ADSTART, JADSTART, ADSTP, JADSTP = (1 << bit for bit in range(6))
ADVREGEN, DEEPPWD, ADCALDIF, ADCAL = 1 << 28, 1 << 29, 1 << 30, 1 << 31
# CFGR
OVRMOD, CONT, AUTDLY, DISCEN, JDISCEN = 1 << 12, 1 << 13, 1 << 14, 1 << 16, 1 << 20
AWD1SGL, AWD1EN, JAWD1EN, JAUTO, JQDIS = 1 << 22, 1 << 23, 1 << 24, 1 << 25, 1 << 31
# CFGR2
ROVSE, JOVSE, TROVS = 1 << 0, 1 << 1, 1 << 9


class CalibratedAdc(Adc):
    """What the two generations have in common; the subclasses say where they differ."""

    SAMPLING: ClassVar[tuple[int, ...]]  # halves of a cycle, by SMP
    REGULATOR_S: ClassVar[Fraction]
    CALIBRATION_CYCLES: ClassVar[int]
    DIFSEL: ClassVar[int]  # its offset
    CR_PLAIN: ClassVar[int] = ADVREGEN | DEEPPWD | ADCALDIF  # bits that are only stored
    ISR_BITS: ClassVar[int] = 0x7FF

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
        self._planned: list[Handle] = []
        self._dma = False
        self._forget()
        self.configure()

    @abstractmethod
    def bits(self) -> int:
        """Resolution, by CFGR.RES."""

    @abstractmethod
    def conversion_halves(self, bits: int) -> int:
        """Halves of a cycle of a conversion behind its sampling."""

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
        self._isr = 0
        self._data = 0
        self._served = False  # DMA has taken one since it was switched on
        self._dma_ended = False
        self._regulator_tick: int | None = None  # when it is up

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

    def _select_triggers(self, cfgr: int, jsqr: int, cr: int) -> None:
        regular = self._trigger_name(cfgr >> 5 & 31, injected=False)
        injected = self._trigger_name(jsqr >> 2 & 31, injected=True)
        self._regular_trigger.select(regular, cfgr >> 10 & 3 if cr & ADSTART else 0)
        self._injected_trigger.select(injected, jsqr >> 7 & 3 if cr & JADSTART else 0)

    def _step(self, channel: int, bits: int, ratio: int) -> Step:
        offset, place = (SMPR2, channel - 10) if channel >= 10 else (SMPR1, channel)
        sampling = self.sampling(self._values[offset] >> 3 * place & 7)
        return Step(channel, sampling, sampling + self.conversion_halves(bits), ratio)

    def sampling(self, select: int) -> int:
        """Halves of a cycle, by SMP."""
        return self.SAMPLING[select]

    # ---- CR: power, calibration, start, stop ----

    def _write_cr(self, value: int, mask: int) -> None:
        value &= mask
        before = self._values[CR]
        plain = self.CR_PLAIN & mask
        cr = (before & ~plain) | (value & plain)
        if cr & DEEPPWD:
            cr &= ~ADVREGEN
        self._values[CR] = cr
        if cr & ADVREGEN and not before & ADVREGEN:
            wait = self.REGULATOR_S * self.host.tick_hz
            self._regulator_tick = self.host.ticks() - (-wait.numerator // wait.denominator)
            self._plan_at(self._regulator_tick, self.regulator_ready)
        elif not cr & ADVREGEN:
            self._regulator_tick = None
            self._isr &= self.ISR_BITS
        if value & ADCAL:
            self._calibrate()
        if value & ADEN and not before & ADEN:
            self._enable()
        if value & ADDIS and self._values[CR] & ADEN:
            self._disable()
        if value & ADSTP and self._values[CR] & ADSTART:
            self._stop(self._regular, ADSTART)
        if value & JADSTP and self._values[CR] & JADSTART:
            self._stop(self._injected, JADSTART)
        if value & ADSTART and not before & ADSTART:
            self._begin(ADSTART)
        if value & JADSTART and not before & JADSTART:
            self._begin(JADSTART)

    def regulator_ready(self) -> None:
        """The regulator is up; H7 shows it."""

    def _is_powered(self, what: str) -> bool:
        if self._regulator_tick is None:
            self._complain(f"{what} while the regulator was off (CR.ADVREGEN): nothing happened")
            return False
        if self.host.ticks() < self._regulator_tick:
            self._complain(f"{what} before the regulator was up: silicon may convert wrongly")
        return True

    def _calibrate(self) -> None:
        if self._values[CR] & ADEN:
            self._complain("a calibration was started while the ADC was on: nothing happened")
            return
        if not self._is_powered("a calibration was started"):
            return
        self._values[CR] |= ADCAL
        wait = self._sequencer.ticks_of(2 * self.calibration_cycles())

        def calibrated() -> None:
            self._values[CR] &= ~ADCAL
            self.calibrated()

        self._plan_at(self.host.ticks() + wait, calibrated)

    def calibration_cycles(self) -> int:
        """Of the ADC's clock."""
        return self.CALIBRATION_CYCLES

    @abstractmethod
    def calibrated(self) -> None:
        """Put the factor into its register."""

    def _enable(self) -> None:
        if self._values[CR] & ADCAL:
            self._complain("it was switched on during its calibration: nothing happened")
            return
        if not self._is_powered("it was switched on"):
            return
        self._values[CR] |= ADEN
        wait = self._sequencer.ticks_of(self.SAMPLING[0] + self.conversion_halves(12))

        def ready() -> None:
            if self._values[CR] & ADEN:
                self._isr |= ADRDY
                self._update_irq()

        self._plan_at(self.host.ticks() + wait, ready)

    def _disable(self) -> None:
        if self._values[CR] & (ADSTART | JADSTART):
            self._complain("ADDIS was set while conversions were under way: nothing happened")
            return
        self._values[CR] &= ~ADEN
        self._isr &= ~ADRDY
        self._update_irq()

    def _begin(self, start: int) -> None:
        if not self._values[CR] & ADEN:
            self._complain("a conversion was started while it was off (CR.ADEN)")
            return
        self._values[CR] |= start
        self._select_triggers(self._values[CFGR], self._values[JSQR], self._values[CR])
        if start == ADSTART:
            self._served = self._dma_ended = False
            if not self._values[CFGR] >> 10 & 3:
                self._sequencer.trigger(self._regular, self.host.ticks())
        elif not self._values[JSQR] >> 7 & 3 and not self._values[CFGR] & JAUTO:
            self._sequencer.trigger(self._injected, self.host.ticks())

    def _stop(self, group: Group, start: int) -> None:
        self._values[CR] &= ~start
        self._sequencer.stop(group)
        if group is self._regular:
            self._sequencer.held = False
            self._request.set(False)
        self._select_triggers(self._values[CFGR], self._values[JSQR], self._values[CR])

    def _plan_at(self, tick: int, action: Callable[[], None]) -> None:
        self._planned.append(self.host.at_tick(tick, action))
        del self._planned[:-8]

    def _cancel_plans(self) -> None:
        for handle in self._planned:
            self.host.cancel(handle)
        self._planned.clear()

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

    def _update_irq(self) -> None:
        self._irq.set(bool(self._isr & self._values[IER]))

    def _registers(self) -> tuple[Register, ...]:
        """What is the same in both generations."""
        return (
            Register(ISR, "ISR", 0, 0),
            Register(IER, "IER", 0, 0x7FF),
            Register(CR, "CR", DEEPPWD, 0),
            Register(SMPR1, "SMPR1", 0, 0x3FFFFFFF),
            Register(SQR1, "SQR1", 0, 0x1F7DF7CF),
            Register(SQR2, "SQR2", 0, 0x1F7DF7DF),
            Register(SQR3, "SQR3", 0, 0x1F7DF7DF),
            Register(SQR4, "SQR4", 0, 0x7DF),
            Register(DR, "DR", 0, 0),
            *(Register(JDR1 + 4 * rank, f"JDR{rank + 1}", 0, 0) for rank in range(4)),
        )
