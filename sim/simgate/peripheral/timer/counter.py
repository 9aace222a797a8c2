"""The counter of a timer as arithmetic: where it is after any number of steps, and what it passed.

A step is one edge of the counter's clock, behind the prescaler (RM0090, 17.3.1 and 17.3.2). A
*turn* is the overflow or underflow that can make an update event. Everything is whole numbers, and
no answer takes longer for more steps.
"""

from __future__ import annotations

UP, DOWN, CENTRE = 0, 1, 2


class Counter:
    """Counts up to the reload value, down from it, or up and down (centre-aligned).

    A counter beyond its reload value, as after a new and smaller one, runs on until it comes back
    into range; that part is its *lead-in* and holds no turn (upwards it wraps at its width).

    Args:
        bits: 16 or 32.
    """

    __slots__ = ("count", "divider", "downwards", "limit", "mode", "part", "reload")

    def __init__(self, bits: int) -> None:
        self.limit = 1 << bits
        self.mode = UP
        self.count = 0
        self.downwards = False  # of a centre-aligned counter: which way it goes
        self.reload = self.limit - 1
        self.divider = 1  # clocks a step
        self.part = 0  # clocks of the step that is under way

    @property
    def blocked(self) -> bool:
        """A reload value of 0 stops the counter (17.4.12)."""
        return self.reload == 0

    @property
    def going_down(self) -> bool:
        """Which way the next step goes, as CR1.DIR shows it."""
        if self.mode != CENTRE:
            return self.mode == DOWN
        return (self.downwards or self.count == self.reload) and self.count != 0

    def restart(self) -> None:
        """As UG does: from the first value, with the prescaler at 0."""
        self.part = 0
        self.downwards = False
        self.count = self.reload if self.mode == DOWN else 0

    def lead_in(self) -> int:
        """Steps until the counter is back in range; 0 when it is."""
        if self.count <= self.reload:
            return 0
        if self.mode == DOWN or (self.mode == CENTRE and self.downwards):
            return self.count - self.reload
        return self.limit - self.count

    def steps_to_turn(self) -> int:
        """Steps until the next overflow or underflow, at least 1; not for a blocked counter."""
        lead = self.lead_in()
        if lead:
            return lead + (self.reload if self.mode == CENTRE else self.reload + 1)
        if self.mode == UP:
            return self.reload + 1 - self.count
        if self.mode == DOWN:
            return self.count + 1
        return self.count if self.going_down else self.reload - self.count

    def turns(self, steps: int) -> int:
        """Overflows and underflows within that many steps."""
        first = self.steps_to_turn()
        if steps < first:
            return 0
        period = self.reload if self.mode == CENTRE else self.reload + 1
        return 1 + (steps - first) // period

    def steps_to_match(self, value: int, *, rising: bool = True, falling: bool = True) -> int:
        """Steps until the counter next arrives at `value`, at least 1; 0: it never does.

        A value beyond the reload value is met at the overflow, as CCxIF is (17.4.5).

        Args:
            value: of a compare register.
            rising: arrivals upwards count, of a centre-aligned counter.
            falling: those downwards count.
        """
        lead = self.lead_in()
        if lead:
            found = self._match_in_lead_in(value, lead, rising, falling)
            if found:
                return found
            later = self._after(lead).steps_to_match(value, rising=rising, falling=falling)
            return lead + later if later else 0
        found = 0
        for phase in self._phases(value, rising, falling):
            distance = (phase - self._phase()) % self._period() or self._period()
            found = distance if not found else min(found, distance)
        return found

    def matches(self, value: int, steps: int, *, rising: bool = True, falling: bool = True) -> int:
        """How often the counter arrives at `value` within that many steps."""
        lead = self.lead_in()
        if lead:
            found = self._match_in_lead_in(value, lead, rising, falling)
            early = 1 if found and found <= steps else 0
            if steps <= lead:
                return early
            later = self._after(lead)
            return early + later.matches(value, steps - lead, rising=rising, falling=falling)
        period, phase, total = self._period(), self._phase(), 0
        for wanted in self._phases(value, rising, falling):
            total += (phase + steps - wanted) // period - (phase - wanted) // period
        return total

    def move(self, steps: int) -> None:
        """Go on by that many steps."""
        lead = self.lead_in()
        if lead:
            within = min(steps, lead)
            if self.mode == DOWN or (self.mode == CENTRE and self.downwards):
                self.count -= within
            else:
                self.count = (self.count + within) % self.limit
            steps -= within
            if not steps:
                return
        phase = (self._phase() + steps) % self._period()
        if self.mode == UP:
            self.count = phase
        elif self.mode == DOWN:
            self.count = self.reload - phase
        else:
            self.downwards = phase >= self.reload
            self.count = 2 * self.reload - phase if self.downwards else phase

    def steps(self, clocks: int) -> int:
        """Steps that so many clocks make, with those already counted."""
        return (self.part + clocks) // self.divider

    def clocks(self, steps: int) -> int:
        """Clocks until so many steps are done."""
        return steps * self.divider - self.part

    def clocks_of_a_turn(self) -> int:
        """Clocks between an overflow or underflow and the next one."""
        return (self.reload if self.mode == CENTRE else self.reload + 1) * self.divider

    def _period(self) -> int:
        return 2 * self.reload if self.mode == CENTRE else self.reload + 1

    def _phase(self) -> int:
        if self.mode == UP:
            return self.count
        if self.mode == DOWN:
            return self.reload - self.count
        return 2 * self.reload - self.count if self.going_down else self.count

    def _phases(self, value: int, rising: bool, falling: bool) -> tuple[int, ...]:
        """The phases at whose arrival `value` is met."""
        if self.mode == UP:
            return (value if value <= self.reload else 0,)
        if self.mode == DOWN:
            return (self.reload - value if value <= self.reload else 0,)
        if value >= self.reload:
            return (self.reload,) if rising else ()
        if value == 0:
            return (0,) if falling else ()
        up = (value,) if rising else ()
        return (*up, 2 * self.reload - value) if falling else up

    def _match_in_lead_in(self, value: int, lead: int, rising: bool, falling: bool) -> int:
        """Steps to the match within the lead-in; 0: none there."""
        if self.mode == CENTRE and not (falling if self.downwards else rising):
            return 0
        if self.mode == DOWN or (self.mode == CENTRE and self.downwards):
            return self.count - value if self.reload <= value < self.count else 0
        if value == 0:
            return lead
        return value - self.count if value > self.count else 0

    def _after(self, lead: int) -> Counter:
        """The counter as it is when the lead-in is over."""
        other = Counter.__new__(Counter)
        for name in Counter.__slots__:
            setattr(other, name, getattr(self, name))
        other.move(lead)
        return other
