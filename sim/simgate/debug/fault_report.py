"""The answer to a fault, or to a run that failed without one, as pure data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simgate.debug.cause import Cause
from simgate.debug.disassembly import CodeLine
from simgate.debug.fault_status import StatusRegister
from simgate.debug.frame import StackedFrame
from simgate.debug.places import Place
from simgate.debug.unwinder import Frame
from simgate.result import BranchKind, Fault, Input, SourceLocation, StackUse, UartLine

FORMAT = 1  # raised when a member changes its meaning


@dataclass(frozen=True, slots=True)
class Taken:
    """The exception that the processor makes of a fault."""

    number: int
    name: str  # "HardFault"
    escalated: bool  # it was a configurable fault
    delivered: bool  # the firmware's handler was entered; False: the run ended before
    handler: Place | None = None
    exc_return: int | None = None
    exc_return_text: str = ""  # "to Thread mode, main stack, basic frame"


@dataclass(frozen=True, slots=True)
class Chain:
    """Callers, innermost first; of a long chain the middle is left out."""

    frames: tuple[Frame, ...]
    end: str = ""  # why it ends
    omitted: int = 0  # frames left out
    omitted_after: int = 0  # of the frames listed, so many come before the gap


@dataclass(frozen=True, slots=True)
class BranchStep:
    """One departure from the straight line, with its places."""

    source: Place
    target: Place
    kind: BranchKind
    times: int = 1  # the same in succession


@dataclass(frozen=True, slots=True)
class DeepestPoint:
    """The moment at which the main stack was deepest."""

    sp: int
    used: int | None  # bytes, where the top is known
    size: int | None  # bytes reserved
    instruction: int
    chain: Chain


@dataclass(frozen=True, slots=True)
class ExceptionCount:
    """How often an exception was taken since reset."""

    number: int
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A register and what its value points to, where it points to something."""

    name: str
    value: int
    points_to: str = ""


@dataclass(frozen=True, slots=True)
class FaultReport:
    """Everything that is known about the end of a run."""

    outcome: str  # the fault's kind; "no fault", "failed" without one, or "stopped"
    cause: Cause
    engine: str
    board: str
    image: str
    image_sha256: str
    instructions: int  # executed before the moment that is reported
    time_s: float  # virtual, of the moment that is shown
    where: Place
    blame: SourceLocation | None  # the instruction of the program that is to blame, if one is known
    registers: tuple[NamedValue, ...]
    backtrace: Chain
    code: tuple[CodeLine, ...]  # around PC, or around the instruction that led to a PC without code
    replay: str  # the command that leads there again, with gdb
    fault: Fault | None = None  # None: the run failed without one
    exception: Taken | None = None
    status: tuple[StatusRegister, ...] = ()
    address: Place | None = None  # of the access
    frame: StackedFrame | None = None
    branches: tuple[BranchStep, ...] = ()  # newest last
    deepest: DeepestPoint | None = None
    stack: StackUse | None = None
    uart: tuple[UartLine, ...] = ()  # the last lines
    exception_counts: tuple[ExceptionCount, ...] = ()
    aftermath: str = ""  # what came of the fault, where the firmware went on
    remarks: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # what the image or the engine does not tell
    inputs: tuple[Input, ...] = ()
    format: int = FORMAT

    __pydantic_config__: ClassVar[dict[str, str]] = {
        "ser_json_bytes": "base64",
        "val_json_bytes": "base64",
    }
