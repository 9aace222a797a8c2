"""Assertions on an LED that blinks by a plan."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simgate.engine.base import Halt
from simgate.engine.led_tester import LedError, LedTester, Runner
from simgate.result import StopReason


class Plan:
    """An LED and its machine: it changes at the times given, and is off at first."""

    name = "led"

    def __init__(self, *changes: float) -> None:
        self.state = False
        self.listeners: list[Callable[[bool], None]] = []
        self.now = 0.0
        self._changes = list(changes)
        self._stopped = False

    def run(self, seconds: float) -> Halt:
        end, self._stopped = self.now + seconds, False
        while self._changes and self._changes[0] <= end and not self._stopped:
            self.now = self._changes.pop(0)
            self.state = not self.state
            for listener in self.listeners:
                listener(self.state)
        if not self._stopped:
            self.now = end
        return Halt(StopReason.DONE if self._stopped else StopReason.TIME, 0, self.now)

    def stop(self) -> None:
        self._stopped = True

    def tester(self, timeout: float = 0.0) -> LedTester:
        return LedTester(self, Runner(lambda: self.now, self.run, self.stop), timeout)


def test_a_state_is_waited_for_and_the_machine_stops_there() -> None:
    plan = Plan(1.0, 2.0)
    tester = plan.tester()
    tester.assert_state(False)
    assert plan.now == 0
    tester.assert_state(True, 5)
    assert plan.now == 1.0
    tester.assert_state(True)
    tester.assert_state(False, 1.0)
    assert plan.now == 2.0
    with pytest.raises(LedError, match=r"LED assertion not met\. led: it is off after 3 s"):
        tester.assert_state(True, 3)


def test_without_a_timeout_it_must_be_so_already() -> None:
    plan = Plan(0.1)
    with pytest.raises(LedError, match="not met"):
        plan.tester().assert_state(True)
    assert plan.now == 0
    Plan(0.1).tester(timeout=1).assert_state(True)


def test_a_state_holds() -> None:
    plan = Plan(1.0, 3.0)
    plan.tester().assert_and_hold(True, 2, 1.9)
    assert plan.now == pytest.approx(2.9)
    with pytest.raises(LedError, match=r"Initial LED assertion not met"):
        Plan(1.0).tester().assert_and_hold(True, 0.5, 1)
    with pytest.raises(LedError, match=r"LED changed state\. led: it was on for 2 s only"):
        Plan(1.0, 3.0).tester().assert_and_hold(True, 2, 5)
    Plan(4.0).tester().assert_and_hold(False, 0, 3)


def test_the_duty_cycle_is_that_of_the_whole_time() -> None:
    Plan(1, 2, 5, 6, 9).tester().assert_duty_cycle(10, 0.3, 0.001)
    with pytest.raises(LedError, match=r"expected 0\.75 .* but got 0\.3"):
        Plan(1, 2, 5, 6, 9).tester().assert_duty_cycle(10, 0.75)
    Plan().tester().assert_duty_cycle(1, 0)
    with pytest.raises(LedError, match="got 0 "):
        Plan().tester().assert_duty_cycle(1, 0.5)


def test_blinking() -> None:
    regular = [1.0, 1.25, 2.0, 2.25, 3.0]
    Plan(*regular).tester().assert_is_blinking(4, 0.25, 0.75)
    with pytest.raises(LedError, match="never changed"):
        Plan().tester().assert_is_blinking(4, 0.25, 0.75)
    late = Plan(*regular, 3.5)
    with pytest.raises(LedError, match=r"out of specified range\) led: it was on for 0\.5 s"):
        late.tester().assert_is_blinking(4, 0.25, 0.75)
    assert late.now == 3.5


def test_numbers_that_make_no_sense() -> None:
    tester = Plan().tester()
    for call in (
        lambda: tester.assert_state(True, -1),
        lambda: tester.assert_and_hold(True, 1, 0),
        lambda: tester.assert_duty_cycle(1, 1.5),
        lambda: tester.assert_is_blinking(0, 1, 1),
    ):
        with pytest.raises(LedError, match="must"):
            call()
