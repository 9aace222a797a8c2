"""All that the parts of a report look at: one moment of one machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from simgate.debug.exceptions import EXCEPTIONS, FIRST_INTERRUPT, exception_name
from simgate.debug.frame import is_exc_return
from simgate.debug.instruction import Instruction, decode
from simgate.debug.memory import Memory
from simgate.debug.places import Places
from simgate.debug.program import Program
from simgate.debug.unwinder import Backtrace
from simgate.result import Branch, BranchKind, DeepestStack, Fault, PostMortem, RunResult


@dataclass(frozen=True)
class Scene:
    """The processor at the fault, or where a run without one ended."""

    result: RunResult
    program: Program
    memory: Memory
    places: Places
    registers: Mapping[str, int]
    status: Mapping[str, int] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()
    backtrace: Backtrace = field(default_factory=lambda: Backtrace((), ""))
    exception_counts: Mapping[int, int] = field(default_factory=dict)
    deepest: DeepestStack | None = None
    post_mortem: PostMortem | None = None

    @property
    def pc(self) -> int:
        """Where the processor stands."""
        return self.registers.get("pc", 0) & ~1

    @property
    def lr(self) -> int:
        """The link register."""
        return self.registers.get("lr", 0)

    @property
    def sp(self) -> int:
        """The stack pointer in use."""
        return self.registers.get("sp", 0)

    @property
    def exception(self) -> int:
        """IPSR: the exception that runs; 0 in Thread mode."""
        return self.registers.get("xpsr", 0) & 0x1FF

    @property
    def whereabouts(self) -> str:
        """PC as a place."""
        return str(self.program.where(self.pc))

    @cached_property
    def instruction(self) -> Instruction | None:
        """The one at PC."""
        return decode(self.memory, self.pc)

    def fault_address(self, fault: Fault) -> int | None:
        """Of the access: as the engine tells it, from MMFAR or BFAR, or as the instruction says."""
        if fault.address is not None:
            return fault.address
        cfsr = self.status.get("cfsr", 0)
        for valid, name in ((1 << 7, "mmfar"), (1 << 15, "bfar")):
            if cfsr & valid and name in self.status:
                return self.status[name]
        access = self.instruction
        if access is None or access.base is None or access.index is not None:
            return None
        return (self.registers.get(access.base, 0) + access.displacement) & 0xFFFFFFFF

    @cached_property
    def arrival(self) -> Branch | None:
        """The branch that led to PC, where the last one did."""
        last = self.branches[-1] if self.branches else None
        return last if last is not None and last.target & ~1 == self.pc else None

    @cached_property
    def departure(self) -> tuple[Branch, Instruction | None] | None:
        """The newest branch that left the program's code, and its instruction."""
        for branch in reversed(self.branches):
            if branch.kind is not BranchKind.BRANCH or is_exc_return(branch.target):
                continue
            if self.program.is_code(branch.source) and not self.program.is_code(branch.target):
                return branch, decode(self.memory, branch.source)
        return None

    @cached_property
    def vector_table(self) -> int:
        """Where exceptions find their handlers."""
        return self.status.get("vtor", self.program.image.vector_table)

    def handler(self, number: int) -> int | None:
        """The address of exception `number`'s handler, from the vector table."""
        word = self.memory.word(self.vector_table + 4 * number)
        return None if word is None else word & ~1

    def exception_text(self, number: int) -> str:
        """Its name, and its handler's where that says more: "IRQ 38 (USART2_IRQHandler)"."""
        name = exception_name(number)
        if number < FIRST_INTERRUPT:
            return name
        address = self.handler(number)
        symbol = self._vector_name(address)
        return name if symbol is None else f"{name} ({symbol})"

    def exceptions_handled_at(self, function: int) -> tuple[int, ...]:
        """The exceptions whose vectors lead to the function that starts at `function`."""
        found = []
        for number in range(2, EXCEPTIONS):
            address = self.handler(number)
            if address is None:
                break
            if address == function:
                found.append(number)
        return tuple(found)

    def _vector_name(self, address: int | None) -> str | None:
        if address is None:
            return None
        symbol = self.program.image.function_at(self.program.home(address))
        return None if symbol is None else symbol.name

    def value(self, register: str) -> str:
        """``r3 = 0x20000101``."""
        return f"{register} = 0x{self.registers.get(register, 0):08x}"
