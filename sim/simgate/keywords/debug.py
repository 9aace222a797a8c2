"""Keywords that have a fault examined, and hold its report against what is known to be wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from robot.utils import DotDict

from simgate.keywords.failing import KeywordFailure, keyword
from simgate.keywords.session import KeywordFamily

if TYPE_CHECKING:
    from simgate.debug import FaultReport

_EMPTY_WORDS = (
    "a an the it was is by in of to at firmware program processor handler taken forced escalated "
    "hard bus usage mem memory manage management fault faults faulted exception exceptions "
    "hardfault busfault usagefault memmanage crash crashed"
)
"""Words that a sentence may consist of without telling anybody what went wrong."""


class DebugKeywords(KeywordFamily):
    """What `simgate debug` prints, as assertions."""

    @keyword("Debug Firmware")
    def debug_firmware(
        self,
        image: Path,
        board: str = "stm32f407",
        seconds: float = 1.0,
        engine: str = "strict",
        stack_limit: int | None = None,
        process_stack: str = "",
    ) -> DotDict:
        """Run an ELF on a board until it faults, let it take the fault, and examine it.

        Fails when it does not fault within ``seconds`` of the board's time. ``process_stack`` is
        the stack of a task, ``NAME=LIMIT..TOP`` or ``NAME=SYMBOL``, where a limit may be a symbol,
        too. Returns the report as `Examine Fault` does.
        """
        from simgate.board import find_board
        from simgate.debug.named_memory import process_stack_of
        from simgate.image import Image
        from simgate.machine import Machine

        self.session.end()
        elf = Image.read(image)
        stacks = [process_stack_of(elf, process_stack)] if process_stack else []
        self.session.machine = machine = Machine(
            find_board(board),
            elf,
            engine=engine,
            stack_limit=stack_limit,
            on_fault="follow",
            process_stacks=stacks,
        )
        halt = machine.run_for(seconds)
        if halt.fault is None:
            raise KeywordFailure(
                f"{image.name} ran for {seconds:g} s without a fault. {machine.whereabouts()}"
            )
        return self.examine_fault()

    @keyword("Examine Fault")
    def examine_fault(self) -> DotDict:
        """Examine the fault of the machine that runs, after a keyword failed with it.

        Returns ``cause`` (a sentence), ``function``, ``file``, ``line``, ``callers`` (functions,
        innermost first) and ``text`` (the whole report).
        """
        from simgate.debug import examine
        from simgate.report.fault_text import plain

        machine = self.session.running()
        fault = machine.result().fault
        if fault is None:
            raise KeywordFailure("The firmware has not faulted, there is nothing to examine")
        self.session.told = fault
        self.session.report = report = examine(machine)
        blame = report.blame
        return DotDict(
            cause=report.cause.sentence,
            function=None if blame is None else blame.function,
            file=None if blame is None else blame.file,
            line=None if blame is None else blame.line,
            callers=_callers(report),
            text=plain(report),
        )

    @keyword("Report Should Name Cause")
    def report_should_name_cause(self, *parts: str) -> str:
        """Each part occurs in the cause's sentence, and it says more than "HardFault".

        Upper and lower case are the same. Returns the sentence.
        """
        sentence = self._report().cause.sentence
        if set(_EMPTY_WORDS.split()).issuperset(re.findall(r"[a-z]+", sentence.lower())):
            raise KeywordFailure(f"The report says merely '{sentence}'")
        missing = [part for part in parts if part.lower() not in sentence.lower()]
        if missing:
            raise KeywordFailure(f"The cause is '{sentence}': it does not name '{missing[0]}'")
        return sentence

    @keyword("Report Should Name Function")
    def report_should_name_function(self, function: str) -> None:
        """The instruction that the report blames is in this function."""
        blame = self._report().blame
        named = None if blame is None else blame.function
        if named != function:
            raise KeywordFailure(f"The report names the function '{named}', not '{function}'")

    @keyword("Report Should Name Source Line")
    def report_should_name_source_line(self, source: Path, marker: str = "faults here") -> None:
        """The instruction that the report blames comes from the line of ``source`` that is marked.

        The mark is a comment, ``/* faults here */``.
        """
        blame = self._report().blame
        line = _marked_line(source, marker)
        if blame is None or blame.file is None:
            raise KeywordFailure(f"The report names no source line; {source}:{line} was expected")
        tail = Path(*Path(blame.file).parts[-2:])
        if blame.line != line or tail != Path(*source.resolve().parts[-2:]):
            raise KeywordFailure(
                f"The report names {blame.file}:{blame.line}, not the line of '{marker}', "
                f"{source}:{line}"
            )

    @keyword("Report Should Show Callers")
    def report_should_show_callers(self, *functions: str) -> None:
        """The backtrace holds these functions, innermost first; others may be between them."""
        shown = _callers(self._report())
        rest = iter(shown)
        for function in functions:
            if function not in rest:
                raise KeywordFailure(
                    f"The backtrace is {' < '.join(shown)}: no '{function}' where it was expected"
                )

    @keyword("Report Should Show Deepest Chain")
    def report_should_show_deepest_chain(self, *functions: str) -> None:
        """The calls that used most of the main stack, innermost first; others may be between."""
        deepest = self._report().deepest
        if deepest is None:
            raise KeywordFailure("The report does not tell the deepest moment of the stack")
        shown = [frame.where.function or "?" for frame in deepest.chain.frames]
        rest = iter(shown)
        for function in functions:
            if function not in rest:
                raise KeywordFailure(
                    f"The deepest chain is {' < '.join(shown)}: no '{function}' where it was "
                    "expected"
                )

    @keyword("Report Should Say")
    def report_should_say(self, *texts: str) -> None:
        """Each text occurs somewhere in the report; where its lines are broken does not matter."""
        from simgate.report.fault_text import plain

        report = plain(self._report())
        said = " ".join(report.replace("|", " ").split()).lower()
        missing = [text for text in texts if " ".join(text.split()).lower() not in said]
        if missing:
            raise KeywordFailure(f"The report does not say '{missing[0]}':\n{report}")

    def _report(self) -> FaultReport:
        if self.session.report is None:
            raise KeywordFailure(
                "Nothing was examined: use 'Debug Firmware' or 'Examine Fault' first"
            )
        return self.session.report


def _callers(report: FaultReport) -> list[str]:
    return [frame.where.function or "?" for frame in report.backtrace.frames]


def _marked_line(source: Path, marker: str) -> int:
    try:
        lines = source.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise KeywordFailure(f"{source}: {error.strerror}") from None
    marked = [n for n, line in enumerate(lines, 1) if f"/* {marker} */" in line]
    if len(marked) != 1:
        raise KeywordFailure(f"{source} has the comment '{marker}' {len(marked)} times, not once")
    return marked[0]
