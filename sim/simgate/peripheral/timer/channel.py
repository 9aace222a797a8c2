"""One capture/compare channel: its reference level OCxREF and what the pin makes of it.

RM0090, 17.3.8 to 17.3.11 and tables 96, 98; compare modes of four bits: RM0433, 38.4.8.
"""

from __future__ import annotations

from simgate.peripheral.timer.counter import Counter

FROZEN, ACTIVE, INACTIVE, TOGGLE, FORCE_LOW, FORCE_HIGH, PWM1, PWM2 = range(8)
_PWM = frozenset({PWM1, PWM2})


class Channel:
    """A channel's state; the timer tells it what the counter passed."""

    __slots__ = (
        "compare",
        "edges",
        "enabled",
        "index",
        "input",
        "mode",
        "n_enabled",
        "n_polarity",
        "polarity",
        "preload",
        "preloaded",
        "prescaler",
        "reference",
        "selection",
    )

    def __init__(self, index: int) -> None:
        self.index = index
        self.reset()

    def reset(self) -> None:
        """As after a reset."""
        self.compare = 0  # in effect
        self.preload = 0  # as written
        self.preloaded = False  # OCxPE
        self.mode = FROZEN
        self.reference = False  # OCxREF
        self.selection = 0  # CCxS: 0 is output
        self.prescaler = 1  # of captures
        self.edges = 0  # since the last capture
        self.input = False  # level of TIx
        self.enabled = self.polarity = self.n_enabled = self.n_polarity = False

    def configure(self, bits: int, more: int) -> None:
        """Take the channel's eight bits of CCMRx, and the fourth bit of its mode.

        Args:
            bits: CCxS, and OCxFE, OCxPE, OCxM or ICxPSC, ICxF.
            more: OCxM[3].
        """
        self.selection = bits & 3
        if self.selection:
            self.prescaler = 1 << (bits >> 2 & 3)
            return
        self.preloaded = bool(bits & 8)
        self.mode = (bits >> 4 & 7) | more << 3
        if self.mode == FORCE_HIGH:
            self.reference = True
        elif self.mode == FORCE_LOW:
            self.reference = False
        if not self.preloaded:
            self.compare = self.preload

    def enable(self, bits: int) -> None:
        """Take the channel's four bits of CCER: E, P, NE, NP."""
        self.enabled, self.polarity = bool(bits & 1), bool(bits & 2)
        self.n_enabled, self.n_polarity = bool(bits & 4), bool(bits & 8)

    def pass_matches(self, count: int) -> None:
        """The counter arrived at the compare value `count` times."""
        if self.mode == TOGGLE:
            self.reference ^= bool(count & 1)
        elif self.mode == ACTIVE:
            self.reference = True
        elif self.mode == INACTIVE:
            self.reference = False

    def follow(self, counter: Counter) -> None:
        """Set the reference of a PWM mode from where the counter is."""
        if self.mode in _PWM:
            if counter.going_down:
                active = counter.count <= self.compare
            else:
                active = counter.count < self.compare
            self.reference = active == (self.mode == PWM1)

    @property
    def changes_at_matches(self) -> bool:
        """The reference can change when the counter arrives at the compare value."""
        return self.selection == 0 and self.mode in (ACTIVE, INACTIVE, TOGGLE, PWM1, PWM2)

    @property
    def changes_at_turns(self) -> bool:
        """The reference can change at an overflow or underflow."""
        return self.selection == 0 and self.mode in _PWM

    def output(self, gate_open: bool, idle: bool) -> bool:
        """The level of OCx.

        Args:
            gate_open: MOE, or the timer has none.
            idle: OISx.
        """
        if not self.enabled or self.selection:
            return False
        return self.reference ^ self.polarity if gate_open else idle

    def complement(self, gate_open: bool, idle: bool) -> bool:
        """The level of OCxN, without dead time."""
        if not self.n_enabled or self.selection:
            return False
        if not gate_open:
            return idle
        # alone, OCxN shows OCxREF; beside OCx its complement
        return self.reference ^ self.n_polarity ^ self.enabled

    def wants_edge(self, level: bool) -> bool:
        """Whether an edge of the input to `level` is one that the channel looks for."""
        if self.polarity and self.n_polarity:
            return True
        return level != self.polarity
