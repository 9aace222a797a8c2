"""What the keywords of one suite share: the machine that runs, and the testers on its UARTs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from simgate.engine.settling import SETTLING_S
from simgate.keywords.failing import KeywordFailure
from simgate.keywords.fault_story import tell
from simgate.result import Fault

if TYPE_CHECKING:
    from simgate.debug import FaultReport
    from simgate.engine.led_tester import LedTester
    from simgate.engine.terminal_tester import TerminalTester
    from simgate.machine import Machine
    from simgate.verdict.layers import References
    from simgate.verdict.trial import Trial
    from simgate.verdict.verification import Verification

RENODE_TIMEOUT_S = 8.0  # of a tester for which nothing else was said


@dataclass(slots=True)
class Session:
    """State of a suite; `stop` brings it back to the beginning."""

    machine: Machine | None = None
    trial: Trial | None = None  # where the machine runs an application
    references: References | None = None  # holding the application's model
    sent: tuple[Path, bytes] | None = None  # the clip that was not answered yet, and its samples
    verification: Verification | None = None  # of everything sent so far; None when outdated
    # tensors by a name, each with inference and layer; they outlive their machine
    kept: dict[str, list[tuple[int, str, bytes]]] = field(default_factory=dict)
    testers: dict[int, TerminalTester] = field(default_factory=dict)
    uarts: dict[int, str] = field(default_factory=dict)  # the testers' UARTs
    default_tester: int | None = None
    default_timeout_s: float = RENODE_TIMEOUT_S
    leds: dict[int, LedTester] = field(default_factory=dict)
    default_led_timeout_s: float = 0.0  # Renode's, where nothing else was said
    settling_s: float = SETTLING_S  # virtual; 0: no test is held against what comes after it
    report: FaultReport | None = None  # of what was examined last
    told: Fault | None = None  # the machine's, once a keyword has failed with it or examined it
    _settled_s: float | None = None  # the machine's time when it last had settled

    def running(self, name: str | None = None) -> Machine:
        """The machine; Renode's keywords may name it, as its board is named.

        Raises:
            KeywordFailure: none was started, or it has another name.
        """
        if self.machine is None:
            raise KeywordFailure(
                "No machine runs: use 'Start Machine' or 'Start Application' first"
            )
        if name is not None and name != self.machine.board.name:
            raise KeywordFailure(
                f"There is no machine '{name}'; there is '{self.machine.board.name}'"
            )
        return self.machine

    def trying(self) -> Trial:
        """The application's trial.

        Raises:
            KeywordFailure: the machine runs no application.
        """
        if self.trial is None:
            raise KeywordFailure("No application runs: use 'Start Application' first")
        return self.trial

    def tester(self, number: int | None) -> TerminalTester:
        """The tester with this number, or the default one, or the only one.

        Raises:
            KeywordFailure: there is none, or more than one and no default.
        """
        chosen = self.default_tester if number is None else number
        if chosen is None:
            if not self.testers:
                raise KeywordFailure(
                    "There are no testers available: use 'Create Terminal Tester' first"
                )
            if len(self.testers) > 1:
                raise KeywordFailure(
                    "There is more than one tester available: give testerId, "
                    "or use 'Set Default Tester'"
                )
            chosen = next(iter(self.testers))
        if chosen not in self.testers:
            known = ", ".join(str(number) for number in self.testers) or "none"
            raise KeywordFailure(f"There is no tester {chosen}; there are: {known}")
        return self.testers[chosen]

    def led(self, number: int | None) -> LedTester:
        """The LED tester with this number, or the only one.

        Raises:
            KeywordFailure: there is none, or more than one and no number.
        """
        if number is None and len(self.leds) == 1:
            return next(iter(self.leds.values()))
        if number is None or number not in self.leds:
            known = ", ".join(map(str, self.leds)) or "none: use 'Create Led Tester' first"
            what = "More than one LED tester" if number is None else f"There is no tester {number}"
            what = what if self.leds else "There are no LED testers"
            raise KeywordFailure(f"{what}; there are: {known}")
        return self.leds[number]

    def told_of(self, text: str) -> str:
        """What a keyword fails with: its own text, and what is behind it where that is a fault.

        The whole story of a fault is told once.
        """
        machine = self.machine
        fault = None if machine is None else machine.result().fault
        if machine is None or fault is None or fault == self.told:
            return text
        self.told = fault
        return f"{text}\n\n{tell(machine)}"

    def settle(self) -> Fault | None:
        """Let the machine run on for a while: a fault that no keyword has told of yet.

        What a firmware has said is worth nothing if it dies of it.
        """
        if self.machine is None or self.settling_s <= 0:
            return None
        if self.machine.time_s == self._settled_s:
            return None  # no keyword has run it since
        if self.machine.result().fault is None:
            self.machine.run_for(self.settling_s)
        self._settled_s = self.machine.time_s
        fault = self.machine.result().fault
        if fault is None or fault == self.told:
            return None
        self.told = fault
        return fault

    def end(self) -> None:
        """Let the machine settle, then stop.

        Raises:
            KeywordFailure: it faulted meanwhile.
        """
        try:
            if self.settle() is not None:
                raise KeywordFailure(tell(self.running()))
        finally:
            self.stop()

    def stop(self) -> None:
        """Close the machine and the references, and forget the testers."""
        if self.machine is not None:
            self.machine.close()
        if self.references is not None:
            self.references.close()
        self.machine = self.trial = self.references = self.verification = self.sent = None
        self.report = self.told = self._settled_s = None
        self.testers.clear()
        self.uarts.clear()
        self.leds.clear()
        self.default_tester = None


class KeywordFamily:
    """A file of keywords; all families of one library share one session."""

    def __init__(self) -> None:
        self.session = Session()
