"""What a run produced, as pure data that goes to JSON and back without loss.

Engines fill it, verdicts and reports walk it; it knows neither. Times are virtual seconds
(instructions over the board's MIPS), addresses are plain integers, sizes are bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class StopReason(StrEnum):
    """Why a run ended."""

    TIME = "time limit"  # it ran for the virtual time that was asked
    DONE = "done"  # what was waited for arrived
    FAULT = "fault"  # the firmware did something illegal
    WALL = "wall limit"  # the host's clock ran out first


class FaultKind(StrEnum):
    """What the firmware did that it must not do."""

    UNMAPPED = "unmapped access"
    UNALIGNED = "unaligned access"
    FLASH_STORE = "store to Flash"
    UNDEFINED = "undefined instruction"
    UNSUPPORTED = "unsupported instruction"
    INVALID_STATE = "invalid state"
    STACK_OVERFLOW = "stack overflow"
    BREAKPOINT = "breakpoint instruction"
    NO_COPROCESSOR = "no coprocessor"
    EXCEPTION_RETURN = "invalid exception return"
    PERIPHERAL = "peripheral refused"
    PRIVILEGE = "privilege violation"
    ESCALATION = "masked exception"  # such as SVC where its priority does not allow it
    DIVIDE_BY_ZERO = "division by zero"  # with CCR.DIV_0_TRP
    MPU = "MPU violation"  # or execution from where the memory map forbids it
    LOCKUP = "lockup"
    INTERRUPT_STORM = "interrupt storm"  # one exception again and again, nothing else gets a turn
    WATCHDOG = "watchdog"  # it was not fed in time and reset the chip
    HEAP_OVERFLOW = "heap into stack"  # the heap's end grew past the stack's limit
    FALSE_HANDLER = "fault handler without a fault"  # it was jumped to: memory is corrupt


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """Where an address lies in the program; a part that is not known is None."""

    address: int
    function: str | None = None
    offset: int | None = None  # bytes from the function's start
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        text = f"0x{self.address:08x}"
        if self.function is not None:
            text += f" {self.function}" + (f"+0x{self.offset:x}" if self.offset else "")
        if self.file is not None:
            text += f" ({self.file}:{self.line})"
        return text


@dataclass(frozen=True, slots=True)
class Fault:
    """One illegal act, exactly as it was caught."""

    kind: FaultKind
    message: str  # one sentence for people
    where: SourceLocation  # of the instruction that did it
    instruction: int  # instructions executed before it
    address: int | None = None  # of the access, where there is one
    encoding: int | None = None  # of the instruction, where it is the matter
    exception: int | None = None  # that silicon makes of it; None: a verdict of Simgate alone
    escalated: bool = False  # a configurable fault that became HardFault
    during: str = "instruction"  # or "stacking", "unstacking", "lazy stacking", "vector fetch"


class BranchKind(StrEnum):
    """How the program left its straight line."""

    BRANCH = "branch"
    EXCEPTION_ENTRY = "exception entry"
    EXCEPTION_RETURN = "exception return"


@dataclass(frozen=True, slots=True)
class Branch:
    """One departure from the straight line."""

    source: int  # address of the instruction; of the next one, where an exception was entered
    target: int
    kind: BranchKind = BranchKind.BRANCH


@dataclass(frozen=True, slots=True)
class DeepestStack:
    """The moment at which the main SP was lowest."""

    sp: int
    pc: int
    lr: int
    instruction: int  # instructions executed before it


@dataclass(frozen=True, slots=True)
class ExceptionEntry:
    """How the processor took the fault."""

    number: int  # 3 HardFault, 4 MemManage, 5 BusFault, 6 UsageFault, 12 DebugMonitor
    handler: int  # address of its first instruction
    frame: int | None  # address of the stacked frame; None where stacking failed
    exc_return: int  # what LR held at the handler's first instruction


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the firmware did after the fault had been delivered to it."""

    outcome: str  # one sentence for people
    instructions: int  # executed after the fault
    where: SourceLocation  # PC at the end
    fault: Fault | None = None  # the second one: a lockup, or a fault of the handler


@dataclass(frozen=True, slots=True)
class PostMortem:
    """The processor at the first fault, as it stood before the faulting instruction."""

    registers: dict[str, int]  # r0 to r12, sp, lr, pc, xpsr, msp, psp, masks, s0 to s31, fpscr
    status: dict[str, int]  # cfsr, hfsr, dfsr, mmfar, bfar, afsr, shcsr, ccr, ... after the fault
    branches: tuple[Branch, ...]  # the last ones, newest last
    stack_bytes: bytes  # of memory from the lowest live SP up to the stack's top, at the fault
    stack_base: int  # address of the first of them
    exception_counts: dict[int, int]  # exceptions taken since reset, by number
    time_s: float  # virtual
    deepest: DeepestStack | None = None
    entry: ExceptionEntry | None = None  # where the fault was delivered
    aftermath: Aftermath | None = None

    __pydantic_config__: ClassVar[dict[str, str]] = {
        "ser_json_bytes": "base64",
        "val_json_bytes": "base64",
    }


@dataclass(frozen=True, slots=True)
class UartInput:
    """Bytes that came to a UART from outside."""

    uart: str
    tick: int  # of virtual time, when they were written
    data: bytes

    __pydantic_config__: ClassVar[dict[str, str]] = {
        "ser_json_bytes": "base64",
        "val_json_bytes": "base64",
    }


@dataclass(frozen=True, slots=True)
class CommandInput:
    """A Monitor command that was given to a model: a sample fed to a sensor, a button pressed."""

    model: str
    tick: int  # of virtual time, when it was given
    command: str  # "FeedAccelerationSample"; "Temperature" where a property was set
    arguments: tuple[bool | int | float | str, ...]  # paths as "@file"


Input = UartInput | CommandInput


@dataclass(frozen=True, slots=True)
class UartLine:
    """One line that a UART sent, without its end."""

    uart: str
    text: str
    time_s: float  # virtual, when its end arrived


@dataclass(frozen=True, slots=True)
class LayerCapture:
    """One layer's output, taken from the chip's memory when the layer had completed."""

    inference: int  # 0 for the first time that the network ran
    row: int  # in the layer table
    started: int  # instruction count when the layer began
    ended: int  # and when its output was complete
    data: bytes  # as in memory: little endian, row-major
    cycles: int | None = None  # by the cycle model, before the fitted factor; None: it was off

    # bytes are base64 in JSON
    __pydantic_config__: ClassVar[dict[str, str]] = {
        "ser_json_bytes": "base64",
        "val_json_bytes": "base64",
    }


@dataclass(frozen=True, slots=True)
class Span:
    """One call of a function that was asked to be measured, from its entry to its return."""

    function: str
    started: int  # instruction counts
    ended: int
    cycles: int | None = None  # by the cycle model, before the fitted factor; None: it was off

    @property
    def instructions(self) -> int:
        """Instructions executed, those of functions it called and of interrupts included."""
        return self.ended - self.started


@dataclass(frozen=True, slots=True)
class StackUse:
    """The main stack: where it lies, and the lowest address that SP held.

    After an overflow ``needed`` tells what a copy of the run, going on without the limit, used.
    """

    limit: int  # lowest address that belongs to it
    top: int  # first address above it
    lowest: int
    needed: int | None = None  # after an overflow: bytes used when the run went on without a guard

    @property
    def size(self) -> int:
        """Bytes reserved."""
        return self.top - self.limit

    @property
    def used(self) -> int:
        """Bytes used at the deepest moment."""
        return self.top - self.lowest


@dataclass(frozen=True, slots=True)
class RunResult:
    """Everything that one run of one image on one board produced."""

    engine: str  # "strict 0.1.0"
    board: str
    image: str  # path as it was given
    image_sha256: str
    reason: StopReason
    instructions: int
    time_s: float  # virtual
    host_s: float  # wall clock of the host
    where: SourceLocation  # PC at the end
    fault: Fault | None = None
    stack: StackUse | None = None
    uart: tuple[UartLine, ...] = ()
    layers: tuple[LayerCapture, ...] = ()
    spans: tuple[Span, ...] = ()
    stubs: tuple[str, ...] = ()  # peripherals that are not modelled and were touched
    not_checked: tuple[str, ...] = ()  # what this engine cannot check
    remarks: tuple[str, ...] = ()  # what a person should know who wonders about this run
    inputs: tuple[Input, ...] = ()  # what came from outside, to make the run again exactly
    resets: int = 0  # by the firmware itself or its watchdog
    cache_maintenance: int = 0  # operations that the firmware asked of a Cortex-M7's caches
    post_mortem: PostMortem | None = None  # where a fault ended the run, or was followed

    @property
    def passed(self) -> bool:
        """No fault, and it did not run into the host's limit."""
        return self.fault is None and self.reason in (StopReason.TIME, StopReason.DONE)


def to_json(result: RunResult, *, indent: int | None = 2) -> str:
    """The result as JSON; tensors become base64."""
    from pydantic import TypeAdapter

    return TypeAdapter(RunResult).dump_json(result, indent=indent).decode()


def from_json(text: str | bytes) -> RunResult:
    """The result that `to_json` wrote.

    Raises:
        pydantic.ValidationError: the text is no result.
    """
    from pydantic import TypeAdapter

    return TypeAdapter(RunResult).validate_json(text)
