"""What every engine can do: run an image on a platform, and say exactly what happened."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from simgate.result import Fault, Input, PostMortem, RunResult, StopReason

if TYPE_CHECKING:
    from simgate.core.timing import ChipTiming
    from simgate.image import Image
    from simgate.peripheral.model import Samples

DEFAULT_WALL_LIMIT_S = 60.0
OnFault = Literal["stop", "follow", "live"]


@dataclass(frozen=True, slots=True)
class Halt:
    """Why and where a run came back."""

    reason: StopReason
    instructions: int
    time_s: float  # virtual
    fault: Fault | None = None
    message: str = ""  # for people: what was illegal, or where the firmware hung


@dataclass(frozen=True, slots=True)
class ProcessStack:
    """Memory that is the stack of one task."""

    name: str
    limit: int  # lowest address that belongs to it
    top: int  # first address above it


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What is measured during a run, and its limits.

    Args:
        board: the board's name, for the result.
        stack_limit: lowest address of the main stack; None: the symbol ``__stack_limit``, and
            where the image lacks it the limit is not checked.
        capture_layers: copy every layer's output out of memory when it is complete.
        spans: functions whose calls are measured.
        wall_limit_s: host seconds that one run may take.
        on_fault: "stop" ends the run at the faulting instruction; "follow" has the exception taken
            and goes on for a short time, to see what the firmware makes of it; "live" goes on to
            the end. The first fault fails the result either way.
        process_stacks: stacks that PSP may lie in; the process stack is checked only where it does.
        replay: what came from outside in an earlier run, to come again at the same ticks.
        timing: the chip's numbers for the cycle model; None switches it off.
        cycle_factor: the model's fitted number, for a CYCCNT that counts cycles.
    """

    board: str = ""
    stack_limit: int | None = None
    capture_layers: bool = True
    spans: tuple[str, ...] = ()
    wall_limit_s: float = DEFAULT_WALL_LIMIT_S
    on_fault: OnFault = "stop"
    process_stacks: tuple[ProcessStack, ...] = ()
    replay: tuple[Input, ...] = ()
    timing: ChipTiming | None = None
    cycle_factor: float = 1.0


class UartPort(Protocol):
    """The wires of one UART, seen from outside the chip."""

    name: str
    listeners: list[Callable[[int], None]]  # each hears every byte that the firmware sends

    @property
    def pending(self) -> int:
        """Bytes written that the firmware has not read yet."""
        ...

    def write(self, data: bytes) -> None:
        """Bytes for the firmware; lost while its receiver is off."""
        ...


class Engine(ABC):
    """One simulated chip. Times are virtual seconds unless they are said to be the host's."""

    name: ClassVar[str]
    version: ClassVar[str]

    @abstractmethod
    def load(self, image: Image) -> None:
        """Put the image into the memories and reset the chip.

        Raises:
            EngineError: a part of the image lies in no memory of the board.
        """

    @abstractmethod
    def run_for(self, seconds: float, *, wall_limit_s: float | None = None) -> Halt:
        """Run for that time, or until a fault, `request_stop` or the host's limit.

        After a fault it returns the same halt at once.
        """

    @abstractmethod
    def request_stop(self) -> None:
        """From a listener or callback: come back after the current instruction."""

    @abstractmethod
    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back when that much time has passed."""

    @property
    @abstractmethod
    def instructions(self) -> int:
        """Executed since reset, exact at any moment."""

    @property
    @abstractmethod
    def time_s(self) -> float:
        """Virtual seconds since reset."""

    @property
    @abstractmethod
    def uarts(self) -> Mapping[str, UartPort]:
        """The UARTs by name."""

    @abstractmethod
    def peripheral(self, name: str) -> object:
        """The model of that name.

        Raises:
            EngineError: there is none; the message lists the names.
        """

    @abstractmethod
    def command(
        self, name: str, command: str, *arguments: bool | int | float | str | Path
    ) -> object:
        """Give a model a Monitor command, or set or (without an argument) read a property.

        Args:
            name: of the model, or a path that ends with it: "sysbus.i2c1.acc".
            command: Renode's name: "FeedAccelerationSample".
            arguments: what it takes.

        Raises:
            EngineError: there is no such model or command, or it does not take these arguments.
        """

    @abstractmethod
    def feed(self, name: str, samples: Samples, channel: int = 0) -> None:
        """Let a model take its values from samples, whose time begins now.

        Raises:
            EngineError: there is no such model, or it does not measure.
        """

    @abstractmethod
    def read_memory(self, address: int, size: int) -> bytes:
        """Memory as a debugger sees it.

        Raises:
            EngineError: a byte of it is not memory.
        """

    @abstractmethod
    def write_memory(self, address: int, data: bytes) -> None:
        """Write memory, Flash included.

        Raises:
            EngineError: a byte of it is not memory.
        """

    @abstractmethod
    def registers(self) -> dict[str, int]:
        """The core's registers by their architectural names."""

    def post_mortem(self) -> PostMortem | None:
        """The processor at the first fault; None without one, or where the engine cannot tell."""
        return None

    @abstractmethod
    def whereabouts(self) -> str:
        """For people: where the firmware is, and where it was lately."""

    @abstractmethod
    def result(self) -> RunResult:
        """Everything so far."""

    @abstractmethod
    def close(self) -> None:
        """Release what the engine holds; twice is once."""
