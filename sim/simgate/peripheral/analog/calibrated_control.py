"""CR of the ADCs of F3, L4, G4 and H7: power, calibration, start, stop.

RM0440, section 21; RM0433, section 25.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import ClassVar

from simgate.peripheral.analog.adc import Adc
from simgate.peripheral.analog.calibrated_registers import (
    ADCAL,
    ADCALDIF,
    ADDIS,
    ADEN,
    ADRDY,
    ADSTART,
    ADSTP,
    ADVREGEN,
    CFGR,
    CR,
    DEEPPWD,
    IER,
    JADSTART,
    JADSTP,
    JAUTO,
    JSQR,
)
from simgate.peripheral.analog.sequencer import Group
from simgate.peripheral.host import Handle, Host


class CalibratedControl(Adc):
    """An ADC as far as CR goes."""

    SAMPLING: ClassVar[tuple[int, ...]]  # halves of a cycle, by SMP
    REGULATOR_S: ClassVar[Fraction]
    CALIBRATION_CYCLES: ClassVar[int]
    CR_PLAIN: ClassVar[int] = ADVREGEN | DEEPPWD | ADCALDIF  # bits that are only stored
    ISR_BITS: ClassVar[int] = 0x7FF

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._planned: list[Handle] = []

    @abstractmethod
    def conversion_halves(self, bits: int) -> int:
        """Halves of a cycle of a conversion behind its sampling."""

    def _forget(self) -> None:
        self._isr = 0
        self._served = False  # DMA has taken one since it was switched on
        self._dma_ended = False
        self._regulator_tick: int | None = None  # when it is up

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

    def _select_triggers(self, cfgr: int, jsqr: int, cr: int) -> None:
        regular = self._trigger_name(cfgr >> 5 & 31, injected=False)
        injected = self._trigger_name(jsqr >> 2 & 31, injected=True)
        self._regular_trigger.select(regular, cfgr >> 10 & 3 if cr & ADSTART else 0)
        self._injected_trigger.select(injected, jsqr >> 7 & 3 if cr & JADSTART else 0)

    def _update_irq(self) -> None:
        self._irq.set(bool(self._isr & self._values[IER]))
