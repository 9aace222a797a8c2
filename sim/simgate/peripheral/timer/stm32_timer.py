"""Timers of STM32: basic, general-purpose and advanced (RM0090 sections 17 to 20 for F407, RM0385
22 to 25 for F746, RM0440 28 to 31 for G474, RM0433 38 to 41 for H743).

The counter runs on virtual time at `frequency`, whatever RCC says, and is exact: it is computed
from the tick when somebody looks, and calls are planned only for what somebody waits for (an
enabled interrupt whose flag is down, a DMA request or trigger that has listeners, a pin). A timer
that merely runs costs nothing.

DMA requests are pulses, one an item (``TIM2_UP``, ``TIM2_CH1``, ``TIM1_TRIG``, ``TIM1_COM``); a
burst through DMAR pulses once a transfer. ``TIM2_TRGO`` and ``TIM1_TRGO2`` are levels or pulses as
MMS says; ``TIM3_CC1`` has the level of the channel's output, as the ADC sees it.

Inputs 0 to 3 are TI1 to TI4: a description wires the pins that are used as inputs to them
(``gpioPortA: 0 -> tim2@0``), whatever alternate function they are switched to. Input 4 is ETR,
input 5 the break.

Where events are planned closer than 32 instructions, 64 of them are exact; beyond that they come 32
instructions apart, pulses in bundles (a 5 MHz square wave on a 168 MHz core reaches that).

An interrupt's line rises at the tick of its event, between two instructions: a handler whose first
instruction reads CNT finds what passed in 2 or 3 instructions (stacking takes no time here).

Not modelled: filters, dead time, combined and asymmetric modes of compare, dithering, preload of
CCxE and OCxM (CCPC), encoder modes beyond those of RM0090; the run's remarks name what was used.
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.base import Read, Write
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral
from simgate.peripheral.timer.burst_transfer import BurstTransfer
from simgate.peripheral.timer.compare_registers import CompareRegisters
from simgate.peripheral.timer.counter import CENTRE, DOWN, UP
from simgate.peripheral.timer.course import Course
from simgate.peripheral.timer.paced_timer import PacedTimer
from simgate.peripheral.timer.timer_kind import kind_of
from simgate.peripheral.timer.timer_outputs import TimerOutputs
from simgate.peripheral.timer.timer_registers import (
    AOE,
    ARPE,
    ARR,
    BDTR,
    BIF,
    CCR1,
    CEN,
    CNT,
    COMDE,
    COMIF,
    CR1,
    DIER,
    DIR,
    DITHEN,
    EGR,
    MOE,
    OPM,
    PSC,
    RCR,
    SMCR,
    SR,
    TDE,
    TIF,
    UDIS,
    UIF,
    UIFREMAP,
    URS,
    register_table,
)
from simgate.peripheral.timer.trigger_input import TriggerInput
from simgate.peripheral.wire import Sink, Wire


@peripheral("Timers.STM32_Timer")
class Stm32Timer(PacedTimer):
    """One timer; which one, its instance name says: ``tim2``.

    Attributes:
        frequency: of its clock, in hertz, ahead of its own prescaler.
        initialLimit: of ARR after a reset; above 0xFFFF the timer has 32 bits.
        family: "f4", "f7", "g4" or "h7": where registers lie and which bits they have.
    """

    ATTRIBUTES = frozenset({"frequency", "initialLimit", "family"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        limit = attributes.get("initialLimit", 0xFFFF)
        self._limit = limit if isinstance(limit, int) else 0xFFFF
        family = attributes.get("family", "f4")
        self.kind = kind_of(name, family if isinstance(family, str) else "")
        super().__init__(name, attributes, host)
        self._limit = self.integer("initialLimit", 0xFFFF)
        bits = 32 if self._limit > 0xFFFF else 16
        self.course = Course(bits, self._limit, self.kind.channels)
        self._burst = BurstTransfer(self.kind.offsets.dmar, self.read, super().write)
        self.outputs = TimerOutputs(self)
        self.trigger = TriggerInput(self, self.outputs)
        self._wires = self.outputs.wires
        self._on_read = {CR1: self._read_cr1, SR: self._read_sr, CNT: self._read_cnt}
        self._on_read[EGR] = lambda: 0
        self._on_write = {
            CR1: self._write_cr1,
            SR: self._write_sr,
            EGR: self._write_egr,
            CNT: self._write_cnt,
            PSC: self._write_psc,
            ARR: self._write_arr,
            RCR: self._write_rcr,
            SMCR: self._write_smcr,
            DIER: self._write_dier,
            BDTR: self._write_bdtr,
        }
        self._hook_channels(bits)

    def registers(self) -> tuple[Register, ...]:
        """As the kind of this timer has them."""
        return register_table(self.kind, self._limit)

    def reset(self) -> None:
        """To the state after power-on; also RCC's reset of this timer."""
        super().reset()
        self.course.reset()
        self._ticking = False
        self._burst.configure(0)
        self.trigger.reset()
        self.outputs.configure()
        self.settle()

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve a window."""
        if name is not None:
            raise KeyError(name)
        return self.read, self.write

    def output(self, source: int | str | None) -> Wire:
        """Interrupts by Renode's names (none: all of them), channels by number from 0."""
        return self.outputs.wires[source]

    def input(self, line: int) -> Sink:
        """Inputs 0 to 3 are TI1 to TI4, 4 is ETR, 5 is the break."""
        return self.trigger.input(line)

    def write(self, offset: int, width: int, value: int) -> None:
        """A store; time is brought up to date before it, plans after it."""
        self.sync()
        super().write(offset, width, value)
        if offset & ~3 == SR:
            self._acknowledged()
        else:
            self.outputs.configure()
            self.settle()

    def _acknowledged(self) -> None:
        """Flags fell: lines follow them, and they may be waited for again."""
        self.outputs.drive_interrupts()
        self._count_deaf()
        if self._values[DIER]:
            self.plan()

    # what happens

    def _happen(self) -> None:
        """Flags, requests and triggers of what the course went through."""
        course, values = self.course, self._values
        updates, flags, matched = course.updates, course.flags, course.matched
        course.forget()
        stopped = updates and course.one_pulse
        if stopped:
            values[CR1] &= ~CEN
        status = values[SR]
        if updates:
            status |= UIF
            if self.kind.break_gate and values[BDTR] & AOE:
                values[BDTR] |= MOE
        values[SR] = status | (flags & 0xF) << 1 | (flags & 0x30) << 12
        course.follow()
        self.outputs.happened(updates, matched)

    def restart(self) -> None:
        """UG, or the slave controller's reset: from the start, with an update event."""
        course, values = self.course, self._values
        if not values[CR1] & UDIS:
            course.update()
        course.counter.restart()
        self.outputs.restarted(update=not values[CR1] & UDIS)
        if values[CR1] & UDIS:
            return
        if not values[CR1] & URS:
            values[SR] |= UIF
            self.outputs.request_update(1)

    def word(self, register: str) -> int:
        """What a register holds; 0 where this timer has none of that name."""
        offset = self._offsets.get(register)
        return 0 if offset is None else self._values[offset]

    def start(self) -> None:
        """The slave controller sets CEN."""
        self._values[CR1] |= CEN

    def flag(self, bits: int) -> None:
        """Raise flags of SR."""
        self._values[SR] |= bits

    def lower(self, bits: int) -> None:
        """Take flags of SR away."""
        self._values[SR] &= ~bits

    def capture(self, index: int) -> None:
        """Channel `index` takes the count (RM0090, 17.3.6)."""
        values = self._values
        values[CCR1 + 4 * index] = self.course.counter.count
        flag = 2 << index
        if values[SR] & flag:
            values[SR] |= flag << 8  # overcapture
        values[SR] |= flag
        self.outputs.captured(index)

    def break_off(self) -> None:
        """The break input or BG: outputs off."""
        if self.kind.break_gate:
            self._values[BDTR] &= ~MOE
            self._values[SR] |= BIF

    # registers

    def _read_cr1(self) -> int:
        self.sync()
        value = self._values[CR1] & ~DIR
        return value | (DIR if self.course.counter.going_down else 0)

    def _read_sr(self) -> int:
        self._look()
        return self._values[SR]

    def _read_cnt(self) -> int:
        clocks = self._look()
        count = self.course.counter.count
        if clocks:
            steps = self.course.counter.steps(clocks)
            count += -steps if self.course.counter.going_down else steps
        if self._values[CR1] & UIFREMAP:
            return (count & 0x7FFFFFFF) | (self._values[SR] & UIF) << 31
        return count

    def _write_cr1(self, value: int, mask: int) -> None:
        before = self._values[CR1]
        if before >> 5 & 3 or self.trigger.encoder:
            mask &= ~DIR  # read-only then
        after = self.store(CR1, value, mask)
        course = self.course
        mode = CENTRE if after >> 5 & 3 else DOWN if after & DIR else UP
        if not self.trigger.encoder:
            course.counter.mode = mode
        course.flag_up, course.flag_down = after >> 5 & 3 != 1, after >> 5 & 3 != 2
        course.no_updates, course.one_pulse = bool(after & UDIS), bool(after & OPM)
        if not after & ARPE:
            course.counter.reload = course.reload
        if after & DITHEN:
            self.host.remark(f"{self.name}: dithering (CR1.DITHEN) is not modelled")

    def _write_sr(self, value: int, mask: int) -> None:
        self._values[SR] &= value | ~mask  # flags are cleared by writing 0

    def _write_egr(self, value: int, mask: int) -> None:
        kind, values = self.kind, self._values
        if value & 1:
            self.restart()
        for index in range(min(kind.channels, 4)):
            if value & 2 << index:
                if self.course.channels[index].selection:
                    self.capture(index)
                else:
                    values[SR] |= 2 << index
                    self.outputs.captured(index)
        if value & COMIF and kind.break_gate:
            values[SR] |= COMIF
            self.outputs.request(COMDE, "COM", 1)
        if value & TIF and kind.slave:
            values[SR] |= TIF
            self.outputs.request(TDE, "TRIG", 1)
        if value & BIF:
            self.break_off()

    def _write_cnt(self, value: int, mask: int) -> None:
        mask &= self._writable[CNT]
        counter = self.course.counter
        counter.count = counter.count & ~mask | value & mask

    def _write_psc(self, value: int, mask: int) -> None:
        self.course.divider = self.store(PSC, value, mask) + 1

    def _write_arr(self, value: int, mask: int) -> None:
        self.course.reload = self.store(ARR, value, mask)
        if not self._values[CR1] & ARPE:
            self.course.counter.reload = self.course.reload

    def _write_rcr(self, value: int, mask: int) -> None:
        if RCR in self._values:
            self.course.repetitions = self.store(RCR, value, mask)

    def _write_smcr(self, value: int, mask: int) -> None:
        if SMCR in self._values:
            self.store(SMCR, value, mask)
            self.trigger.configure(self._values[SMCR])

    def _write_dier(self, value: int, mask: int) -> None:
        self.store(DIER, value, mask)
        if self.kind.slave:
            self.trigger.configure(self._values[SMCR])

    def _write_bdtr(self, value: int, mask: int) -> None:
        if BDTR not in self._values:
            return
        lock = self._values[BDTR] >> 8 & 3
        if lock:
            mask &= ~0x0300  # LOCK is written once after a reset (17.4.18)
            mask &= ~0x73FF if lock == 1 else ~0x7FFF
        self.store(BDTR, value, mask)

    def _hook_channels(self, bits: int) -> None:
        """Hooks of the channels' registers and of bursts; none where this timer has no register."""
        compare = CompareRegisters(self, self.trigger, bits)
        self._on_read |= compare.readers
        self._on_write |= compare.writers
        dcr, dmar = self.kind.offsets.dcr, self.kind.offsets.dmar
        if dmar in self._values:
            self._on_write[dcr] = self._write_dcr
            self._on_read[dmar] = self._burst.read
            self._on_write[dmar] = self._burst.write
        for hooks in (self._on_read, self._on_write):
            for offset in hooks.keys() - self._values.keys():
                del hooks[offset]

    def _write_dcr(self, value: int, mask: int) -> None:
        self._burst.configure(self.store(self.kind.offsets.dcr, value, mask))

    @property
    def burst_length(self) -> int:
        """Transfers that one request stands for."""
        return self._burst.length
