"""A timer's way through time: counter, preloads, update events, compare matches.

Knows no registers and no host: it is told how many clocks have passed, and notes what happened.
RM0090, 17.3.1 to 17.3.3 (preloads and repetition), 17.3.8 (compare), 17.3.16 (one pulse).
"""

from __future__ import annotations

from simgate.peripheral.timer.channel import Channel
from simgate.peripheral.timer.counter import CENTRE, Counter


class Course:
    """One timer between accesses to its registers.

    Args:
        bits: of the counter, 16 or 32.
        limit: of ARR after a reset.
        channels: of capture/compare.
    """

    def __init__(self, bits: int, limit: int, channels: int) -> None:
        self._bits, self._limit = bits, limit
        self.channels = tuple(Channel(index) for index in range(channels))
        self.reset()

    def reset(self) -> None:
        """As after a reset."""
        self.counter = Counter(self._bits)
        self.counter.reload = self.reload = self._limit
        self.divider = 1  # PSC + 1 as written; the counter has the one in effect
        self.repetitions = 0  # RCR
        self.left = 0  # turns to let pass before the next update event
        self.no_updates = False  # CR1.UDIS
        self.one_pulse = False  # CR1.OPM
        self.flag_up = self.flag_down = True  # which matches of a centred counter set flags
        self.running = False
        for channel in self.channels:
            channel.reset()
        self.updates = 0  # update events since `forget`
        self.flags = 0  # CCxIF to set, bit n for channel n
        self.matched = [0] * len(self.channels)  # flagged matches of each channel
        self.counted = -1  # channels whose matches must be counted, not only flagged
        self.deaf = 0  # channels whose flag is up already and whose matches nobody counts

    def forget(self) -> None:
        """What happened has been dealt with."""
        self.updates = self.flags = 0
        self.matched = [0] * len(self.channels)

    @property
    def pending(self) -> bool:
        """The next update event changes something; until then it cannot be jumped over."""
        counter = self.counter
        if self.one_pulse or counter.divider != self.divider or counter.reload != self.reload:
            return True
        for channel in self.channels:
            if channel.compare != channel.preload and not channel.selection:
                return True
        return False

    def run(self, clocks: int) -> None:
        """Let that many clocks of the prescaler's input pass."""
        counter = self.counter
        while self.running:
            steps = counter.steps(clocks)
            if counter.blocked or steps == 0:
                counter.part = (counter.part + clocks) % counter.divider
                return
            if not self.no_updates and self.pending:
                to_update = self._steps_to_update()
                if steps >= to_update:
                    clocks -= counter.clocks(to_update)
                    counter.part = 0
                    self._go(to_update)
                    continue
            counter.part = clocks - counter.clocks(steps)
            self._go(steps)
            return

    def update(self) -> None:
        """An update event by itself: everything preloaded takes effect."""
        counter = self.counter
        counter.divider = self.divider
        if counter.reload != self.reload:
            if counter.going_down and counter.mode != CENTRE and counter.count == counter.reload:
                counter.count = self.reload  # the new value is what it counts down from
            counter.reload = self.reload
        for channel in self.channels:
            if channel.selection == 0:
                channel.compare = channel.preload
        self.left = self.repetitions

    def follow(self) -> None:
        """Bring the references of PWM channels to where the counter is."""
        for channel in self.channels:
            channel.follow(self.counter)

    def clocks_to(self, *, update: bool, flags: int, edges: int) -> int:
        """Clocks until the next thing that somebody waits for; 0: it never comes.

        Args:
            update: the next update event.
            flags: channels whose matches count, bit n for channel n.
            edges: channels whose reference is watched.
        """
        counter = self.counter
        if not self.running or counter.blocked:
            return 0
        steps = 0
        if not self.no_updates and (update or ((flags or edges) and self.pending)):
            steps = self._steps_to_update()
        for channel in self.channels:
            bit, found = 1 << channel.index, 0
            if channel.selection:
                continue
            if edges & bit and channel.changes_at_matches:
                found = counter.steps_to_match(channel.compare)
                if channel.changes_at_turns:
                    turn = counter.steps_to_turn()
                    found = min(found, turn) if found else turn
            elif flags & bit:
                found = counter.steps_to_match(
                    channel.compare, rising=self.flag_up, falling=self.flag_down
                )
            if found and (not steps or found < steps):
                steps = found
        return counter.clocks(steps) if steps else 0

    def quiet_clocks(self) -> int:
        """Clocks from now on in which no flag can rise and the count only goes one way."""
        counter = self.counter
        if counter.blocked:
            return 0
        steps = counter.lead_in() or counter.steps_to_turn()
        for channel in self.channels:
            if not channel.selection:
                found = counter.steps_to_match(channel.compare)
                if found and found < steps:
                    steps = found
        return counter.clocks(steps) - 1

    def update_clocks(self) -> int:
        """Clocks between update events while nothing is written; 0: there are none."""
        counter = self.counter
        if not self.running or counter.blocked or self.no_updates or self.one_pulse:
            return 0
        return counter.clocks_of_a_turn() * (self.repetitions + 1)

    def _steps_to_update(self) -> int:
        counter = self.counter
        first = counter.steps_to_turn()
        if not self.left:
            return first
        return first + self.left * (counter.reload + (counter.mode != CENTRE))

    def _go(self, steps: int) -> None:
        counter = self.counter
        turns = counter.turns(steps)
        whole = turns > 0 and counter.mode != CENTRE and steps > counter.reload
        for channel in self.channels:
            if channel.selection:
                continue
            if channel.changes_at_matches:
                count = counter.matches(channel.compare, steps)
                if count:
                    channel.pass_matches(count)
            if self.deaf >> channel.index & 1:
                continue
            if whole and not self.counted >> channel.index & 1 and not counter.lead_in():
                self.flags |= 1 << channel.index  # every value is met once a period
                continue
            flagged = counter.matches(
                channel.compare, steps, rising=self.flag_up, falling=self.flag_down
            )
            if flagged:
                self.flags |= 1 << channel.index
                self.matched[channel.index] += flagged
        counter.move(steps)
        if turns and not self.no_updates:
            self._turn(turns)

    def _turn(self, turns: int) -> None:
        """Overflows and underflows, of which every (RCR + 1)th is an update event."""
        if turns <= self.left:
            self.left -= turns
            return
        further, rest = divmod(turns - self.left - 1, self.repetitions + 1)
        self.updates += 1 + further
        if self.one_pulse:
            self.running = False
        self.update()
        self.left -= rest
