"""Commands that gdb passes on as they were typed: ``monitor COMMAND``."""

from __future__ import annotations

from collections.abc import Callable

from simgate.debug.timeline.place import Outcome, Reason
from simgate.debug.timeline.timeline import Timeline
from simgate.errors import SimgateError
from simgate.units import format_count

Interrupted = Callable[[], bool]
_FLUSH = "gdb looks again after: maintenance flush register-cache"


class Monitor:
    """Answers commands in words.

    Args:
        timeline: what they are about.
        interrupted: whether the user wants a command to end.
    """

    def __init__(self, timeline: Timeline, interrupted: Interrupted) -> None:
        self._timeline = timeline
        self._interrupted = interrupted
        self.last: Outcome | None = None  # why the target stands still
        self._commands: dict[str, tuple[Callable[[list[str]], str], str]] = {
            "help": (self._help, "help: this list"),
            "instructions": (self._instructions, "instructions: where on the run's way this is"),
            "goto": (self._goto, "goto N: to the moment before instruction N (from 0)"),
            "reset": (self._reset, "reset: to the beginning of the run"),
            "fault": (self._fault, "fault: why the target stopped"),
            "where": (self._where, "where: the place in the program, and what is remarkable"),
        }

    def answer(self, line: str) -> str:
        """The text to print for a command; a new line ends it."""
        name, *arguments = line.split() or ["help"]
        command = self._commands.get(name)
        if command is None:
            return f"There is no command '{name}'.\n{self._help([])}"
        try:
            return command[0](arguments).rstrip("\n") + "\n"
        except SimgateError as error:
            return f"{error}\n"

    def _help(self, _: list[str]) -> str:
        return "\n".join(f"monitor {text}" for _, text in self._commands.values()) + "\n"

    def _instructions(self, _: list[str]) -> str:
        position = self._timeline.position
        slept = position.ticks - position.instructions
        return (
            f"{format_count(position.instructions)} instructions executed, "
            f"{format_count(slept)} ticks slept"
        )

    def _goto(self, arguments: list[str]) -> str:
        text = arguments[0].replace(",", "").replace("_", "") if arguments else ""
        if not text.isascii() or not text.isdecimal() or len(text) > 18 or len(arguments) != 1:
            return "goto takes one number: instructions executed before"
        outcome = self._timeline.goto_instruction(int(text), self._interrupted)
        self.last = None
        if outcome.reason is Reason.ARRIVED:
            return f"{self._instructions([])}. {_FLUSH}"
        self.last = outcome
        return f"The run does not get there ({outcome.reason}): {self._instructions([])}. {_FLUSH}"

    def _reset(self, _: list[str]) -> str:
        self._timeline.restart()
        self.last = None
        return f"{self._instructions([])}. {_FLUSH}"

    def _fault(self, _: list[str]) -> str:
        if self.last is None or self.last.fault is None:
            return "It did not stop at a fault."
        return self.last.fault.message

    def _where(self, _: list[str]) -> str:
        return self._timeline.whereabouts()
