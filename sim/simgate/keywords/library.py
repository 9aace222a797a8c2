"""The library's class: every family of keywords over one session."""

from __future__ import annotations

from typing import Any

from robot.api.deco import library

import simgate
from simgate.engine.settling import SETTLING_S
from simgate.keywords.application import ApplicationKeywords
from simgate.keywords.budgets import BudgetKeywords
from simgate.keywords.debug import DebugKeywords
from simgate.keywords.estimate import EstimateKeywords
from simgate.keywords.fault_story import tell_all
from simgate.keywords.led import LedKeywords
from simgate.keywords.machine import MachineKeywords
from simgate.keywords.monitor import MonitorKeywords
from simgate.keywords.uart import UartKeywords
from simgate.keywords.uart_script import UartScriptKeywords


@library(scope="SUITE", version=simgate.__version__, auto_keywords=False, doc_format="TEXT")
class SimgateKeywords(
    UartKeywords,
    UartScriptKeywords,
    LedKeywords,
    MachineKeywords,
    MonitorKeywords,
    ApplicationKeywords,
    BudgetKeywords,
    EstimateKeywords,
    DebugKeywords,
):
    """Machine learning on microcontrollers, verified on simulated boards.

    One machine runs at a time, and it lives as long as the suite (ROBOT_LIBRARY_SCOPE is SUITE):
    a suite boots its firmware once and its tests look at it from several sides. A suite whose
    tests must not see each other's machine says ``Test Teardown    Stop Machine``.

    The UART keywords are Renode's: the same names, arguments and results. Times are seconds of
    the board's (virtual) time.

    A firmware that says PASS and then faults has failed: at the end of each test, and before a
    machine is stopped, it runs on for ``settling`` seconds (default 0.01; 0 turns this off), and a
    fault in them fails the test.
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, settling: float = SETTLING_S) -> None:
        super().__init__()
        self.session.settling_s = settling
        self.ROBOT_LIBRARY_LISTENER = self

    def end_test(self, data: object, result: Any) -> None:
        """Robot Framework is done with a test: see whether the firmware survives it."""
        if self.session.settle() is None:
            return
        story = (
            f"The firmware faulted after the last keyword.\n\n{tell_all(self.session.running())}"
        )
        result.message = f"{result.message}\n\n{story}" if result.message else story
        result.status = "FAIL"

    def close(self) -> None:
        """Robot Framework is done with the library: leave no process behind."""
        self.session.stop()
