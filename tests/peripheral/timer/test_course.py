"""The counter's arithmetic against a model that takes one clock at a time."""

from __future__ import annotations

import copy

from hypothesis import given, note
from hypothesis import strategies as st

from simgate.peripheral.timer.channel import ACTIVE, FROZEN, INACTIVE, PWM1, PWM2, TOGGLE
from simgate.peripheral.timer.counter import CENTRE, DOWN, UP, Counter
from simgate.peripheral.timer.course import Course

BITS = 6  # a small counter wraps often


class Stepper:
    """RM0090, 17.3.1 to 17.3.3 and 17.3.8, read literally: one clock, then the next."""

    def __init__(self, course: Course) -> None:
        counter = course.counter
        self.mode, self.count, self.down = counter.mode, counter.count, counter.downwards
        self.reload, self.next_reload = counter.reload, course.reload
        self.divider, self.next_divider = counter.divider, course.divider
        self.part, self.left, self.repetitions = counter.part, course.left, course.repetitions
        self.no_updates, self.one_pulse = course.no_updates, course.one_pulse
        self.running, self.updates = course.running, 0
        self.flag_up, self.flag_down = course.flag_up, course.flag_down
        self.compares = [(c.mode, c.compare, c.preload) for c in course.channels]
        self.references = [c.reference for c in course.channels]
        self.matched = [0] * len(self.compares)

    def clock(self) -> None:
        if not self.running:
            return
        self.part += 1
        if self.part < self.divider:
            return
        self.part = 0
        if self.reload:
            self.step()

    def step(self) -> None:
        turn, went_down = self.move()
        for number, (mode, compare, _) in enumerate(self.compares):
            beyond = compare > self.reload
            overflow = turn and (self.mode != CENTRE or not went_down)
            hit = (overflow if beyond else False) or self.count == compare
            if not hit:
                continue
            if self.mode != CENTRE or (self.flag_down if went_down else self.flag_up):
                self.matched[number] += 1
            if mode == TOGGLE:
                self.references[number] = not self.references[number]
            elif mode in (ACTIVE, INACTIVE):
                self.references[number] = mode == ACTIVE
        if turn and not self.no_updates:
            if self.left:
                self.left -= 1
            else:
                self.update()

    def move(self) -> tuple[bool, bool]:
        if self.mode == UP:
            if self.count == self.reload:
                self.count = 0
                return True, False
            self.count = (self.count + 1) % (1 << BITS)
            return False, False
        if self.mode == DOWN:
            if self.count == 0:
                self.count = self.reload
                return True, True
            self.count -= 1
            return False, True
        if self.count == 0:
            self.down = False
        elif self.count == self.reload:
            self.down = True
        if self.down:
            self.count -= 1
            self.down = self.count != 0
            return self.count == 0, True
        self.count = (self.count + 1) % (1 << BITS)
        self.down = self.count == self.reload
        return self.down, False

    def update(self) -> None:
        self.updates += 1
        self.left = self.repetitions
        self.divider = self.next_divider
        if self.mode == DOWN:
            self.count = self.next_reload
        self.reload = self.next_reload
        self.compares = [(mode, preload, preload) for mode, _, preload in self.compares]
        if self.one_pulse:
            self.running = False


def describe(course: Course) -> str:
    """For messages: all that the two models start from."""
    counter = {name: getattr(course.counter, name) for name in Counter.__slots__}
    own = {name: value for name, value in vars(course).items() if isinstance(value, int)}
    channels = [(c.mode, c.compare, c.preload) for c in course.channels]
    return f"{counter} {own} {channels}"


small = st.integers(0, 2**BITS - 1)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    course = Course(BITS, 2**BITS - 1, 2)
    counter = course.counter
    counter.mode = draw(st.sampled_from([UP, DOWN, CENTRE]))
    counter.reload = draw(small)
    counter.count = draw(st.integers(0, min(2**BITS - 1, counter.reload + 5)))
    counter.downwards = draw(st.booleans()) and counter.mode == CENTRE
    counter.divider = draw(st.integers(1, 4))
    counter.part = draw(st.integers(0, counter.divider - 1))
    course.reload = counter.reload if draw(st.booleans()) else draw(st.integers(1, 60))
    course.divider = counter.divider if draw(st.booleans()) else draw(st.integers(1, 4))
    course.repetitions, course.left = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    course.no_updates, course.one_pulse = draw(st.booleans()), draw(st.booleans())
    course.flag_up, course.flag_down = draw(
        st.sampled_from([(True, True), (True, False), (False, True)])
    )
    course.running = True
    for channel in course.channels:
        channel.mode = draw(st.sampled_from([FROZEN, ACTIVE, INACTIVE, TOGGLE, PWM1, PWM2]))
        channel.compare = draw(small)
        channel.preload = channel.compare if draw(st.booleans()) else draw(small)
        channel.reference = draw(st.booleans())
    return course


@given(courses(), st.lists(st.integers(0, 400), min_size=1, max_size=4))
def test_any_number_of_clocks_at_once_is_as_one_after_the_other(course, portions):
    stepper = Stepper(course)
    note(describe(course))
    for clocks in portions:
        course.run(clocks)
        for _ in range(clocks):
            stepper.clock()
        counter = course.counter
        assert (counter.count, course.running) == (stepper.count, stepper.running)
        assert course.updates == stepper.updates
        assert course.matched == stepper.matched
        assert (counter.reload, counter.divider) == (stepper.reload, stepper.divider)
        if stepper.running:
            assert (counter.part, course.left) == (stepper.part, stepper.left)
        references = [
            stepper.references[channel.index]
            for channel in course.channels
            if channel.mode in (ACTIVE, INACTIVE, TOGGLE)
        ]
        assert references == [
            channel.reference
            for channel in course.channels
            if channel.mode in (ACTIVE, INACTIVE, TOGGLE)
        ]


@given(courses(), st.booleans(), st.integers(0, 3))
def test_the_next_event_is_foreseen_to_the_clock(course, update, flags):
    clocks = course.clocks_to(update=update, flags=flags, edges=0)
    stepper = Stepper(course)
    note(describe(course))
    pending = course.pending and bool(flags) and not course.no_updates

    def happened() -> bool:
        hit = any(flags >> n & 1 and stepper.matched[n] for n in range(2))
        return hit or ((update or pending) and stepper.updates > 0)

    for clock in range(1, 2000):
        stepper.clock()
        if happened():
            assert clocks == clock
            return
    assert clocks == 0 or clocks >= 2000


def test_a_long_way_takes_no_time():
    counter = Counter(16)
    counter.reload = 999
    counter.move(10**18 + 7)
    assert counter.count == 7
    assert counter.matches(500, 10**18) == 10**15


@given(courses(), st.integers(0, 400))
def test_flags_are_the_same_where_matches_are_not_counted(course, clocks):
    short = copy.deepcopy(course)
    short.counted = 0
    course.run(clocks)
    short.run(clocks)
    assert short.flags == course.flags
    assert course.flags == sum(1 << n for n in range(2) if course.matched[n])


@given(courses(), st.integers(1, 400))
def test_nothing_happens_while_it_is_quiet(course, clocks):
    course.one_pulse = False
    quiet = course.quiet_clocks()
    counter = course.counter
    count, down = counter.count, counter.going_down
    for clock in range(1, min(quiet, clocks) + 1):
        looked_at = counter.steps(1)
        course.run(1)
        count += -looked_at if down else looked_at
        assert not course.flags and not course.updates
        assert counter.count == count, clock
