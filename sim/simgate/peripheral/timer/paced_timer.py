"""A timer's way through virtual time: made up for when somebody looks, planned where one waits."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from simgate.peripheral.host import Handle, Host
from simgate.peripheral.register_block import RegisterBlock
from simgate.peripheral.timer.course import Course
from simgate.peripheral.timer.timer_outputs import TimerOutputs
from simgate.peripheral.timer.timer_registers import CEN, CR1, SR, UIF
from simgate.peripheral.timer.trigger_input import TriggerInput

_GAP, _BURST = 32, 64  # ticks between planned events in the long run; how many may come closer


class PacedTimer(RegisterBlock):
    """A timer as far as its clock goes; who waits for what, its outputs say."""

    course: Course
    outputs: TimerOutputs
    trigger: TriggerInput

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._hz = self.integer("frequency", 10_000_000)
        self._tick_hz = host.tick_hz
        self._quiet_clock = 0  # up to which no flag can rise
        self._ticking = False  # the counter runs on the timer's own clock
        self._clock = 0  # of the timer, up to which the course has gone
        self._planned: Handle | None = None
        self._planned_tick = 0
        self._planned_call: Callable[[], None] | None = None
        self._beat_clock = self._beat_period = 0
        self._paced_tick = 0  # until which planned events have used up their share

    def _count_deaf(self) -> None:
        counted = self.outputs.counted_matches
        self.course.counted = counted
        self.course.deaf = self._values[SR] >> 1 & 0xF & ~counted

    def sync(self) -> None:
        """Bring the counter and the flags up to now."""
        if self._ticking:
            clock = self.host.ticks() * self._hz // self._tick_hz
            elapsed = clock - self._clock
            if elapsed:
                self._clock = clock
                self._quiet_clock = 0
                self.advance(elapsed)

    def _look(self) -> int:
        """Clocks since `_clock` if nothing but the count changed in them; else time is made up for.

        Firmware that polls looks often: that must be cheap.
        """
        if not self._ticking:
            return 0
        clock = self.host.ticks() * self._hz // self._tick_hz
        if clock <= self._quiet_clock:
            return clock - self._clock
        self.sync()
        if self.course.running:
            self._quiet_clock = self._clock + self.course.quiet_clocks()
        return 0

    def advance(self, clocks: int) -> None:
        """Let clocks of the prescaler's input pass, and bring about what they bring about."""
        course = self.course
        course.run(clocks)
        if course.updates or course.flags:
            self._happen()

    def settle(self) -> None:
        """After a change of anything: wires as they are to be, and the next call planned."""
        values = self._values
        self._quiet_clock = 0
        self._count_deaf()
        ticking = bool(values[CR1] & CEN) and self.trigger.counts_own_clock
        if ticking != self._ticking:
            self._ticking = ticking
            self._clock = self.host.ticks() * self._hz // self._tick_hz
        self.course.running = bool(values[CR1] & CEN) and self.trigger.open
        self.course.follow()
        self.outputs.drive()
        self.plan()

    def plan(self) -> None:
        """Have the host call when the next thing happens that somebody waits for."""
        tick, call = 0, self._due
        if self._ticking and self.course.running:
            outputs = self.outputs
            matches, edges = outputs.awaited_matches(), outputs.awaited_edges()
            update = outputs.awaits_update()
            clocks = self.course.clocks_to(update=update, flags=matches, edges=edges)
            if clocks:
                tick = -(-(self._clock + clocks) * self._tick_hz // self._hz)
                tick = max(tick, self._paced_tick - _GAP * _BURST)
                if self._beats():
                    self._beat_clock, call = self._clock + clocks, self._beat
                elif not matches and not edges and not outputs.update_wanted:
                    call = self._interrupt
        if self._planned is not None:
            if tick == self._planned_tick and call == self._planned_call:
                return
            self.host.cancel(self._planned)
            self._planned = None
        if tick:
            self._planned_tick, self._planned_call = tick, call
            self._planned = self.host.at_tick(tick, call)

    def _beats(self) -> bool:
        """Only TRGO's pulses at update events are waited for, and they come at a steady rate."""
        if not self.outputs.pulses_at_updates:
            return False
        course = self.course
        period = course.update_clocks()
        if not period or period * self._tick_hz < 2 * _GAP * self._hz:
            return False
        self._beat_period = period
        return self.outputs.awaits_trgo_only() and not course.pending

    def _beat(self) -> None:
        """A pulse of TRGO; everything else is made up for when somebody looks."""
        self._planned = None
        self.outputs.beat()
        if self._planned is None and self._planned_call == self._beat:
            self._beat_clock += self._beat_period
            self._planned_tick = -(-self._beat_clock * self._tick_hz // self._hz)
            self._planned = self.host.at_tick(self._planned_tick, self._beat)

    def _interrupt(self) -> None:
        """An update's interrupt, and nothing else; the rest is made up for when somebody looks."""
        self._planned = None
        self._paced_tick = max(self._paced_tick, self.host.ticks()) + _GAP
        self._values[SR] |= UIF
        self.outputs.drive_interrupts()

    def _due(self) -> None:
        self._planned = None
        self._paced_tick = max(self._paced_tick, self.host.ticks()) + _GAP
        self.sync()
        if not self._values[CR1] & CEN:
            self.settle()  # one pulse is over
            return
        if self.outputs.awaited_edges():
            self.course.follow()
        self.outputs.drive()
        self._count_deaf()
        self.plan()

    @abstractmethod
    def _happen(self) -> None:
        """Flags, requests and triggers of what the course went through."""
