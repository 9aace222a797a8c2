"""Branches and IT (A7.3.2, A7.7)."""

from __future__ import annotations

from tools.fuzz.model.machine import LR, Fields, Machine, Operation, Options


def it(machine: Machine, fields: Fields, options: Options) -> None:
    """IT: the first condition, then one for each bit of the mask above its lowest one."""
    first, mask = fields["c"], fields["j"]
    conditions = [first]
    while mask & 7:
        conditions.append(first & ~1 | mask >> 3 & 1)
        mask = mask << 1 & 15
    machine.pending_conditions = conditions


def branch(machine: Machine, fields: Fields, options: Options) -> None:
    """B, with a condition of its own or without."""
    if "c" not in fields or machine.holds(fields["c"]):
        machine.branch(machine.targets[0])


def bl(machine: Machine, fields: Fields, options: Options) -> None:
    """BL: LR is the next instruction's address, with bit 0."""
    machine.write(LR, machine.next_pc | 1)
    machine.branch(machine.targets[0])


def cbz(machine: Machine, fields: Fields, options: Options) -> None:
    """CBZ, CBNZ."""
    if (machine.read(fields["n"]) == 0) != ("nonzero" in options):
        machine.branch(machine.targets[0])


def bx(machine: Machine, fields: Fields, options: Options) -> None:
    """BX, BLX, MOV PC."""
    target = machine.read(fields["m"])
    if "link" in options:
        machine.write(LR, machine.next_pc | 1)
    machine.branch(target)


def tbb(machine: Machine, fields: Fields, options: Options) -> None:
    """TBB, TBH: the table holds the labels in order."""
    machine.branch(machine.targets[machine.read(fields["m"])])


def nop(machine: Machine, fields: Fields, options: Options) -> None:
    """Hints and barriers."""


OPERATIONS: dict[str, Operation] = {
    "it": it,
    "branch": branch,
    "bl": bl,
    "cbz": cbz,
    "bx": bx,
    "tbb": tbb,
    "nop": nop,
}
