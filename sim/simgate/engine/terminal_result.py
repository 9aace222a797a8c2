"""What a terminal tester answers, under the names that Renode's keywords use."""

from __future__ import annotations

from dataclasses import dataclass

from simgate.engine.base import Halt
from simgate.errors import UartError


class TerminalError(UartError):
    """A wait that failed; the text begins as Renode's does.

    Args:
        text: what was found, or the report.
        halt: how the run ended, where one was made.
    """

    def __init__(self, text: str, halt: Halt | None = None) -> None:
        super().__init__(f"Terminal tester failed!\n\n{text}")
        self.halt = halt


@dataclass(frozen=True, slots=True)
class TerminalResult:
    """The line that matched."""

    line: str
    timestamp: float  # virtual milliseconds when its end arrived
    groups: tuple[str, ...] = ()  # of the regular expression
    is_failing_string: bool = False

    def as_dict(self) -> dict[str, object]:
        """With Renode's keys."""
        return {
            "Line": self.line,
            "Timestamp": self.timestamp,
            "Groups": list(self.groups),
            "IsFailingString": self.is_failing_string,
        }


@dataclass(frozen=True, slots=True)
class BinaryResult:
    """The bytes that matched."""

    content: bytes
    timestamp: float  # virtual milliseconds
    groups: tuple[bytes, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """With Renode's keys."""
        return {
            "Content": self.content,
            "Timestamp": self.timestamp,
            "Groups": list(self.groups),
        }
