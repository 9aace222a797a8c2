"""Renode's LED keywords: the same names, arguments, defaults and results.

Times are seconds of virtual time. The machine always stops exactly where an assertion was decided
(Renode's ``pauseEmulation=true``), so that argument is taken and has no further effect.
"""
# ruff: noqa: N803  the arguments' names are Renode's: suites give them by name

from __future__ import annotations

from simgate.keywords.failing import KeywordFailure, keyword
from simgate.keywords.session import KeywordFamily


class LedKeywords(KeywordFamily):
    """Testers on LEDs: wait for a state, see that it holds, that it blinks."""

    @keyword("Set Default Led Timeout")
    def set_default_led_timeout(self, timeout: float) -> None:
        """Seconds that testers created from now on wait for a state (0 until this is used)."""
        self.session.default_led_timeout_s = timeout

    @keyword("Create Led Tester")
    def create_led_tester(
        self, led: str, defaultTimeout: float | None = None, machine: str | None = None
    ) -> int:
        """Attach a tester to an LED (``sysbus.gpioPortD.UserLED`` or its name) and return its id.

        The same LED gives the same id again.
        """
        from simgate.engine.led_tester import LedTester, Runner
        from simgate.sensor.led import Led

        running = self.session.running(machine)
        name = led.rpartition(".")[2]
        model = running.peripheral(name)
        if not isinstance(model, Led):
            raise KeywordFailure(f"'{led}' is no LED")
        for number, known in self.session.leds.items():
            if known.led is model:
                return number
        timeout = self.session.default_led_timeout_s if defaultTimeout is None else defaultTimeout
        runner = Runner(lambda: running.time_s, running.run_for, running.request_stop)
        number = len(self.session.leds)
        self.session.leds[number] = LedTester(model, runner, timeout)
        return number

    @keyword("Assert Led State")
    def assert_led_state(
        self,
        state: bool,
        timeout: float | None = None,
        testerId: int | None = None,
        pauseEmulation: bool = False,
    ) -> None:
        """Run until the LED is on (``true``) or off; at once, where it is so already."""
        self.session.led(testerId).assert_state(state, timeout)

    @keyword("Assert And Hold Led State")
    def assert_and_hold_led_state(
        self,
        initialState: bool,
        timeoutAssert: float,
        timeoutHold: float,
        testerId: int | None = None,
        pauseEmulation: bool = False,
    ) -> None:
        """Run until the LED is on or off, then see that it stays so for ``timeoutHold``."""
        self.session.led(testerId).assert_and_hold(initialState, timeoutAssert, timeoutHold)

    @keyword("Assert Led Duty Cycle")
    def assert_led_duty_cycle(
        self,
        testDuration: float,
        expectedDutyCycle: float,
        tolerance: float = 0.05,
        testerId: int | None = None,
        pauseEmulation: bool = False,
    ) -> None:
        """Run for ``testDuration`` and see which part of it (0 to 1) the LED is on."""
        tester = self.session.led(testerId)
        tester.assert_duty_cycle(testDuration, expectedDutyCycle, tolerance)

    @keyword("Assert Led Is Blinking")
    def assert_led_is_blinking(
        self,
        testDuration: float,
        onDuration: float,
        offDuration: float,
        tolerance: float = 0.05,
        testerId: int | None = None,
        pauseEmulation: bool = False,
    ) -> None:
        """Run for ``testDuration`` and see that the LED is on and off for the times given."""
        tester = self.session.led(testerId)
        tester.assert_is_blinking(testDuration, onDuration, offDuration, tolerance)
