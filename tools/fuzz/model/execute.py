"""One sequence from its first instruction to its end."""

from __future__ import annotations

from functools import cache

from tools.fuzz.form import Form
from tools.fuzz.model import (
    alu,
    bitfield,
    branch,
    floating,
    fp_move,
    memory,
    multiply,
    parallel,
    saturate,
)
from tools.fuzz.model.machine import Machine, Operation
from tools.fuzz.sequence import Sequence, addresses_of

OPERATIONS: dict[str, Operation] = {
    name: operation
    for module in (alu, multiply, saturate, parallel, bitfield, memory, branch, floating, fp_move)
    for name, operation in module.OPERATIONS.items()
}


class Lost(Exception):
    """Execution left the sequence."""


@cache
def _options(form: Form) -> dict[str, str]:
    return {**form.options, "wide": str(int(form.width == 4))}


def execute(machine: Machine, sequence: Sequence, base: int) -> None:
    """Runs the sequence, which lies at ``base``, until it falls out at its end.

    Raises:
        OutsideMemory: an access faults.
        Lost: a branch goes to no instruction of the sequence.
    """
    addresses = addresses_of(sequence.items, base)
    places = {address: place for place, address in enumerate(addresses)}
    machine.pc = base
    machine.pending_conditions = []
    while machine.pc != addresses[-1]:
        place = places.get(machine.pc)
        if place is None:
            raise Lost(hex(machine.pc))
        item = sequence.items[place]
        if not sequence.keeps(place):
            # Its halfwords are NOPs, each of which uses up a condition.
            del machine.pending_conditions[: item.size // 2]
            machine.pc = addresses[place + 1]
            continue
        machine.next_pc = machine.pc + item.form.width
        machine.in_it = bool(machine.pending_conditions)
        if not machine.in_it or machine.holds(machine.pending_conditions.pop(0)):
            machine.targets = tuple(addresses[target] for target in item.targets)
            OPERATIONS[item.form.op](machine, item.fields, _options(item.form))
        machine.pc = machine.next_pc
