"""Conversions of an ADC in virtual time: a regular group, and an injected one that goes before it.

Times are counted in halves of a cycle of the ADC's clock from the trigger on, in whole numbers, so
that a continuous sequence does not drift against the processor.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from simgate.peripheral.host import Handle, Host


class Step(NamedTuple):
    """One entry of a sequence; times in halves of an ADC cycle."""

    channel: int
    sampling: int  # until the sampling switch opens
    conversion: int  # of one conversion, sampling included
    repeats: int = 1  # conversions that are summed up (oversampling)


class Group:
    """A sequence and how far it has come."""

    __slots__ = ("active", "at", "burst", "left", "steps")

    def __init__(self) -> None:
        self.steps: tuple[Step, ...] = ()
        self.burst = 0  # conversions a trigger; 0: the whole sequence
        self.at = 0  # the next, or running, step
        self.left = 0  # of the burst
        self.active = False  # a trigger came and its conversions are not done


# hears (group, step, rank of the step, whether it was the last of the sequence, when its first
# sampling ended in seconds, seconds between samplings where a step has several)
Converted = Callable[[Group, Step, int, bool, float, float], None]


class Sequencer:
    """Runs the groups.

    Args:
        host: for time.
        converted: hears each conversion; may stop groups.
        finished: hears when a group has done what a trigger asked for.
    """

    def __init__(
        self,
        host: Host,
        converted: Converted,
        finished: Callable[[Group], None],
    ) -> None:
        self._host = host
        self._converted = converted
        self._finished = finished
        self.regular = Group()
        self.injected = Group()
        self.continuous = False
        self.auto_injected = False
        self.held = False  # no further regular conversion starts before `release`
        self._numerator, self._denominator = 1, 1
        self._running: Group | None = None
        self._handle: Handle | None = None
        self._origin = 0  # tick
        self._units = 0  # since then
        self._single: Step | None = None
        self._single_ticks = 0
        self._single_sampling_s = 0.0

    def set_clock(self, frequency_hz: Fraction) -> None:
        """The ADC's clock."""
        ticks = Fraction(self._host.tick_hz) / (2 * frequency_hz)
        self._numerator, self._denominator = ticks.numerator, ticks.denominator
        self.ready()

    @property
    def busy(self) -> bool:
        """Whether a conversion is under way or waits."""
        return self.regular.active or self.injected.active

    def ticks_of(self, half_cycles: int) -> int:
        """The ticks of so many halves of an ADC cycle, rounded up."""
        return -(-half_cycles * self._numerator // self._denominator)

    def ready(self) -> None:
        """The groups have changed: whether a trigger of the regular one can go the short way."""
        group = self.regular
        self._single = None
        if self.continuous or self.auto_injected or group.at or len(group.steps) != 1:
            return
        step = group.steps[0]
        if step.repeats == 1:
            self._single = step
            self._single_ticks = self.ticks_of(step.conversion)
            per_second = self._denominator * self._host.tick_hz
            self._single_sampling_s = step.sampling * self._numerator / per_second

    def trigger(self, group: Group, tick: int) -> bool:
        """Begin the group's next burst; False: it is at work already, or empty."""
        if group.active or not group.steps:
            return False
        group.active = True
        if group is self.regular and self._single and self._running is None and not self.held:
            self._running, self._origin = group, tick
            self._handle = self._host.at_tick(tick + self._single_ticks, self._end_single)
            return True
        group.left = group.burst or len(group.steps)
        if group.at >= len(group.steps):
            group.at = 0
        if group is self.injected:
            if self._running is not self.injected:
                self._interrupt()
                self._begin(group, tick)
        elif self._running is None and not self.held:
            self._begin(group, tick)
        return True

    def stop(self, group: Group) -> None:
        """Forget the group's conversions; its sequence begins anew with the next trigger."""
        group.active = False
        group.at = 0
        if self._running is group:
            self._interrupt()
            if group is self.injected and self.regular.active and not self.held:
                self._begin(self.regular, self._host.ticks())

    def stop_all(self) -> None:
        """Forget everything that is under way."""
        self._interrupt()
        self.held = False
        for group in (self.regular, self.injected):
            group.active = False
            group.at = 0

    def release(self) -> None:
        """Go on after `held`."""
        if self.held:
            self.held = False
            if self._running is None and self.regular.active:
                self._begin(self.regular, self._host.ticks())

    def _interrupt(self) -> None:
        if self._handle is not None:
            self._host.cancel(self._handle)
            self._handle = None
        self._running = None

    def _begin(self, group: Group, tick: int) -> None:
        self._running = group
        self._origin, self._units = tick, 0
        self._plan(group)

    def _plan(self, group: Group) -> None:
        step = group.steps[group.at]
        end = self._units + step.conversion * step.repeats
        tick = self._origin - (-end * self._numerator // self._denominator)
        self._handle = self._host.at_tick(tick, self._end)

    def _end_single(self) -> None:
        """The only conversion of a trigger has ended: `_end` and `_go_on` for that case."""
        group = self.regular
        self._handle = self._running = None
        group.active = False
        step = group.steps[0]
        sampled_s = self._origin / self._host.tick_hz + self._single_sampling_s
        self._converted(group, step, 0, True, sampled_s, 0.0)
        self._finished(group)

    def _end(self) -> None:
        group = self._running
        assert group is not None
        self._handle = None
        steps = group.steps
        if group.at >= len(steps):  # the sequence was made shorter meanwhile
            group.at = len(steps) - 1
        rank = group.at
        step = steps[rank]
        per_second = self._denominator * self._host.tick_hz
        sampled = (self._units + step.sampling) * self._numerator + self._origin * self._denominator
        self._units += step.conversion * step.repeats
        is_last = rank == len(steps) - 1
        group.at = 0 if is_last else rank + 1
        group.left -= 1
        spacing_s = 0.0 if step.repeats == 1 else step.conversion * self._numerator / per_second
        self._converted(group, step, rank, is_last, sampled / per_second, spacing_s)
        if self._running is group and group.active:
            self._go_on(group, is_last)

    def _go_on(self, group: Group, was_last: bool) -> None:
        """What comes after a conversion that nobody stopped."""
        now = self._host.ticks()
        if group is self.injected:
            if group.left > 0 and not was_last:
                self._plan(group)
                return
            group.active = False
            self._running = None
            self._finished(group)
            if self._running is None and self.regular.active and not self.held:
                self._begin(self.regular, now)
            return
        inject = was_last and self.auto_injected and bool(self.injected.steps)
        if was_last or group.left <= 0:
            if self.continuous and was_last and not group.burst:
                group.left = len(group.steps)
            else:
                group.active = False
        if inject:
            self._running = None
            self.injected.active = True
            self.injected.at, self.injected.left = 0, len(self.injected.steps)
            self._begin(self.injected, now)
        elif not group.active or self.held:
            self._running = None
        else:
            self._plan(group)
        if not group.active:
            self._finished(group)
