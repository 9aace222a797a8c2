"""Questions that only the run itself can answer: it is made again, and asked on the way.

A run is the same each time, so its past can be looked at. That costs as long as the run took: runs
that are too long for it are not asked.
"""

from __future__ import annotations

from simgate.debug.arrive import run_to_instruction
from simgate.debug.memory import Memory
from simgate.debug.program import Program
from simgate.debug.replay import last_writer
from simgate.debug.unwinder import Backtrace, Unwinder
from simgate.errors import SimgateError
from simgate.machine import Machine
from simgate.result import DeepestStack

MOST_INSTRUCTIONS = 100_000_000  # a fraction of a second of the host's time
_WALL_S = 0.3  # of the host, for one question


class Again:
    """Makes the run of a machine again.

    Args:
        machine: after its run, all of whose inputs are in its result.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._inputs = machine.result().inputs

    def make(self) -> Machine:
        """The machine before its first instruction, its inputs planned."""
        machine, options = self._machine, self._machine.options
        return Machine(
            machine.board,
            machine.image,
            engine=machine.engine.name,
            stack_limit=options.stack_limit,
            capture_layers=False,
            on_fault="live",
            process_stacks=options.process_stacks,
            replay=self._inputs,
        )

    def last_writer(self, address: int, before: int) -> tuple[int, int] | None:
        """PC and instruction count of the last write to a word before an instruction.

        None where nobody wrote to it, or the run cannot tell.
        """
        if before > MOST_INSTRUCTIONS:
            return None
        try:
            found = last_writer(self.make, address, 4, before, wall_limit_s=_WALL_S)
        except SimgateError:
            return None
        return None if found is None else (found.pc, found.instruction)

    def chain_at(self, deepest: DeepestStack, program: Program) -> Backtrace | None:
        """The callers at the moment when the stack was deepest; None where the run cannot tell."""
        if deepest.instruction > MOST_INSTRUCTIONS:
            return None
        try:
            with self.make() as machine:
                run_to_instruction(machine, deepest.instruction, _WALL_S)
                registers = machine.registers()
                if registers["pc"] & ~1 != deepest.pc & ~1:  # in a handler not yet entered here
                    run_to_instruction(machine, deepest.instruction + 1, _WALL_S)
                    registers = machine.registers()
                    if registers["sp"] != deepest.sp:
                        return None
                return Unwinder(program, Memory(machine.read_memory)).unwind(registers)
        except SimgateError:
            return None
