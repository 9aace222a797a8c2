"""Assertions on an LED, with the meaning that Renode's LED tester gives them.

Times are virtual seconds; the machine stops at the very moment at which an assertion is decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NoReturn, Protocol

from simgate.engine.base import Halt
from simgate.errors import EngineError
from simgate.result import StopReason


class LedError(EngineError):
    """An assertion on an LED that does not hold."""


class Led(Protocol):
    """What is tested: `simgate.sensor.led.Led`."""

    name: str
    listeners: list[Callable[[bool], None]]

    @property
    def state(self) -> bool:
        """Whether it is on."""
        ...


@dataclass(frozen=True, slots=True)
class Runner:
    """What a tester needs of whoever simulates."""

    clock: Callable[[], float]
    run: Callable[[float], Halt]  # for at most so long
    stop: Callable[[], None]  # makes `run` come back after the current instruction


class LedTester:
    """Runs the machine and watches one LED.

    Args:
        led: the LED.
        runner: the machine.
        timeout: of `assert_state` where it names none; 0: the LED must be so already.
    """

    def __init__(self, led: Led, runner: Runner, timeout: float = 0.0) -> None:
        self.led = led
        self._runner = runner
        self.timeout = _at_least_zero("timeout", timeout)
        self._changes: list[tuple[float, bool]] = []
        self._stop_when: Callable[[], bool] = lambda: False
        led.listeners.append(self._hear)

    def assert_state(self, state: bool, timeout: float | None = None) -> None:
        """It is on (or off), or will be in time.

        Raises:
            LedError: it is not.
        """
        wait_s = self.timeout if timeout is None else _at_least_zero("timeout", timeout)
        if self.led.state == state:
            return
        if wait_s:
            self._run(wait_s, lambda: self.led.state == state)
        if self.led.state != state:
            self._fail("LED assertion not met.", f"it is {_shown(not state)} after {wait_s:g} s")

    def assert_and_hold(self, state: bool, timeout_assert: float, timeout_hold: float) -> None:
        """It is, or in time comes, to be on (or off), and then stays so for a while.

        Raises:
            LedError: it does not come to be so, or changes within the while.
        """
        _at_least_zero("timeoutAssert", timeout_assert)
        _above_zero("timeoutHold", timeout_hold)
        if self.led.state != state:
            if timeout_assert:
                self._run(timeout_assert, lambda: self.led.state == state)
            if self.led.state != state:
                self._fail(
                    "Initial LED assertion not met.",
                    f"it is {_shown(not state)} after {timeout_assert:g} s",
                )
        begin_s = self._runner.clock()
        self._run(timeout_hold, lambda: bool(self._changes))
        if self._changes:
            held_s = self._changes[0][0] - begin_s
            self._fail("LED changed state.", f"it was {_shown(state)} for {held_s:g} s only")

    def assert_duty_cycle(self, duration: float, expected: float, tolerance: float = 0.05) -> None:
        """The part of a while that it is on.

        Renode 1.16.1 leaves out what is before the first and after the last change, and compares
        percent with a part of one, so that too bright an LED never fails.

        Raises:
            LedError: the part is not within `tolerance` of `expected` (both 0 to 1).
        """
        _above_zero("testDuration", duration)
        for name, value in (("expectedDutyCycle", expected), ("tolerance", tolerance)):
            if not 0 <= value <= 1:
                raise LedError(f"{name}: must be in range [0; 1], but was {value:g}")
        begin = (self._runner.clock(), self.led.state)
        self._run(duration, lambda: False)
        end = (self._runner.clock(), self.led.state)
        steps = pairwise([begin, *self._changes, end])
        part = sum(later[0] - now[0] for now, later in steps if now[1]) / (end[0] - begin[0])
        if abs(part - expected) > tolerance:
            self._fail(
                "Fill assertion not met:",
                f"expected {expected:g} with tolerance {tolerance:g}, but got {part:.4g} "
                f"({len(self._changes)} changes)",
            )

    def assert_is_blinking(
        self, duration: float, on_s: float, off_s: float, tolerance: float = 0.05
    ) -> None:
        """For a while, each time that it is on or off lasts as long as it should.

        Raises:
            LedError: it never changed, or a time is off by more than `tolerance` (a part of it).
        """
        for name, value in (("testDuration", duration), ("onDuration", on_s), ("off", off_s)):
            _above_zero(name, value)
        self._run(duration, lambda: self._mismatch(on_s, off_s, tolerance) is not None)
        missing = "Expected blinking pattern not detected"
        if len(self._changes) < 2:
            self._fail(f"{missing} (LED state never changed)", f"in {duration:g} s")
        wrong = self._mismatch(on_s, off_s, tolerance)
        if wrong is not None:
            was_on, lasted_s = wrong
            self._fail(
                f"{missing} (State duration was out of specified range)",
                f"it was {_shown(was_on)} for {lasted_s:g} s",
            )

    def _mismatch(self, on_s: float, off_s: float, tolerance: float) -> tuple[bool, float] | None:
        """The latest time that ended, where it was too short or too long."""
        if len(self._changes) < 2:
            return None
        (begin_s, was_on), (end_s, _) = self._changes[-2:]
        expected = on_s if was_on else off_s
        lasted_s = end_s - begin_s
        if expected * (1 - tolerance) <= lasted_s <= expected * (1 + tolerance):
            return None
        return was_on, lasted_s

    def _hear(self, on: bool) -> None:
        self._changes.append((self._runner.clock(), on))
        if self._stop_when():
            self._runner.stop()

    def _run(self, seconds: float, until: Callable[[], bool]) -> None:
        """Run so long, or until the LED's change makes that true.

        Raises:
            LedError: the firmware faulted or hung meanwhile.
        """
        runner = self._runner
        self._changes.clear()
        end_s = runner.clock() + seconds
        self._stop_when = until
        try:
            while runner.clock() < end_s and not until():
                halt = runner.run(end_s - runner.clock())
                if halt.reason is StopReason.TIME:
                    return
                if halt.reason is not StopReason.DONE:
                    self._fail("The run ended while an LED was watched.", halt.message)
        finally:
            self._stop_when = lambda: False

    def _fail(self, what: str, detail: str) -> NoReturn:
        raise LedError(f"{what} {self.led.name}: {detail} (at {self._runner.clock():.6f} s)")


def _shown(on: bool) -> str:
    return "on" if on else "off"


def _at_least_zero(name: str, value: float) -> float:
    if not value >= 0:
        raise LedError(f"{name}: must not be negative, but was {value:g}")
    return value


def _above_zero(name: str, value: float) -> float:
    if not value > 0:
        raise LedError(f"{name}: must be positive, but was {value:g}")
    return value
