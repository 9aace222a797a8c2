"""Data processing: logic, addition, moves, and the flags (A2.2.1, A7.7)."""

from __future__ import annotations

from collections.abc import Callable

from tools.fuzz.model.machine import MASK, SP, Fields, Machine, Operation, Options, signed
from tools.fuzz.model.shifts import second_operand


def add_with_carry(x: int, y: int, carry: bool) -> tuple[int, bool, bool]:
    """AddWithCarry: result, carry-out, overflow."""
    total = x + y + carry
    result = total & MASK
    return result, total != result, signed(x) + signed(y) + carry != signed(result)


def sets_flags(machine: Machine, fields: Fields, options: Options) -> bool:
    """Whether this instruction, here, sets the flags."""
    match options.get("flags", "none"):
        case "always":
            return True
        case "field":
            return bool(fields["s"])
        case "auto":
            return not machine.in_it
    return False


def _first(machine: Machine, fields: Fields, options: Options) -> int:
    letter = options.get("first", "n")
    return machine.read(SP if letter == "sp" else fields[letter])


def _logical(function: Callable[[int, int], int], *, keeps: bool = True) -> Operation:
    def operation(machine: Machine, fields: Fields, options: Options) -> None:
        second, carry = second_operand(machine, fields, options)
        result = function(_first(machine, fields, options), second) & MASK
        if keeps:
            machine.write(fields["d"], result)
        if sets_flags(machine, fields, options):
            machine.set_nz(result)
            machine.c = carry

    return operation


def _moving(function: Callable[[int], int]) -> Operation:
    def operation(machine: Machine, fields: Fields, options: Options) -> None:
        second, carry = second_operand(machine, fields, options)
        result = function(second) & MASK
        machine.write(fields["d"], result)
        if sets_flags(machine, fields, options):
            machine.set_nz(result)
            machine.c = carry

    return operation


def _adding(
    terms: Callable[[int, int, bool], tuple[int, int, bool]], *, keeps: bool = True
) -> Operation:
    """``terms`` turns first operand, second operand and carry into those of AddWithCarry."""

    def operation(machine: Machine, fields: Fields, options: Options) -> None:
        second, _ = second_operand(machine, fields, options)
        first = _first(machine, fields, options)
        result, carry, overflow = add_with_carry(*terms(first, second, machine.c))
        if keeps:
            machine.write(fields["d"], result)
        if sets_flags(machine, fields, options):
            machine.set_nz(result)
            machine.c, machine.v = carry, overflow

    return operation


def _inverted(value: int) -> int:
    return value ^ MASK


def adr(machine: Machine, fields: Fields, options: Options) -> None:
    """ADR: of a label of the sequence, with bit 0 for a branch to it; or PC and an offset."""
    if machine.targets:
        machine.write(fields["d"], machine.targets[0] + 1)
        return
    offset = fields["i"] * int(options.get("scale", "1"))
    base = machine.read(15) & ~3
    machine.write(fields["d"], base - offset if "down" in options else base + offset)


def movw(machine: Machine, fields: Fields, options: Options) -> None:
    """MOVW."""
    machine.write(fields["d"], fields["j"] << 12 | fields["i"])


def movt(machine: Machine, fields: Fields, options: Options) -> None:
    """MOVT: the lower half stays."""
    low = machine.read(fields["d"]) & 0xFFFF
    machine.write(fields["d"], (fields["j"] << 12 | fields["i"]) << 16 | low)


def mrs(machine: Machine, fields: Fields, options: Options) -> None:
    """MRS of APSR; in Thread mode IPSR is 0, and EPSR reads as 0."""
    machine.write(fields["d"], machine.apsr)


def msr(machine: Machine, fields: Fields, options: Options) -> None:
    """MSR APSR: bit 1 of the mask is NZCVQ, bit 0 GE."""
    value, mask = machine.read(fields["n"]), fields["j"]
    chosen = (0xF800_0000 if mask & 2 else 0) | (0x000F_0000 if mask & 1 else 0)
    machine.apsr = machine.apsr & ~chosen | value & chosen


OPERATIONS: dict[str, Operation] = {
    "and": _logical(lambda x, y: x & y),
    "bic": _logical(lambda x, y: x & ~y),
    "orr": _logical(lambda x, y: x | y),
    "orn": _logical(lambda x, y: x | ~y),
    "eor": _logical(lambda x, y: x ^ y),
    "tst": _logical(lambda x, y: x & y, keeps=False),
    "teq": _logical(lambda x, y: x ^ y, keeps=False),
    "mov": _moving(lambda y: y),
    "mvn": _moving(lambda y: ~y),
    "add": _adding(lambda x, y, c: (x, y, False)),
    "adc": _adding(lambda x, y, c: (x, y, c)),
    "sub": _adding(lambda x, y, c: (x, _inverted(y), True)),
    "sbc": _adding(lambda x, y, c: (x, _inverted(y), c)),
    "rsb": _adding(lambda x, y, c: (_inverted(x), y, True)),
    "cmp": _adding(lambda x, y, c: (x, _inverted(y), True), keeps=False),
    "cmn": _adding(lambda x, y, c: (x, y, False), keeps=False),
    "adr": adr,
    "movw": movw,
    "movt": movt,
    "mrs": mrs,
    "msr": msr,
}
