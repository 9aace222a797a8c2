"""Shift_C and what the second operand of data processing is (A2.2.1, A5.3.2, A7.4.2)."""

from __future__ import annotations

from tools.fuzz.model.machine import MASK, Fields, Machine, Options

LSL, LSR, ASR, ROR, RRX = range(5)


def shift_with_carry(value: int, kind: int, amount: int, carry: bool) -> tuple[int, bool]:
    """The shifted word and the carry-out; an amount of 0 changes neither."""
    if kind == RRX:
        return carry << 31 | value >> 1, bool(value & 1)
    if amount == 0:
        return value, carry
    if kind == LSL:
        wide = value << amount
        return wide & MASK, bool(wide >> 32 & 1)
    if kind == LSR:
        return value >> amount, bool(value >> amount - 1 & 1)
    if kind == ASR:
        number = value - (1 << 32) if value >> 31 else value
        return number >> amount & MASK, bool(number >> amount - 1 & 1)
    turn = amount % 32
    result = (value >> turn | value << 32 - turn) & MASK
    return result, bool(result >> 31)


def decoded_shift(kind: int, imm5: int) -> tuple[int, int]:
    """DecodeImmShift."""
    if imm5:
        return kind, imm5
    return {LSL: (LSL, 0), LSR: (LSR, 32), ASR: (ASR, 32), ROR: (RRX, 1)}[kind]


def _expanded(imm12: int, carry: bool) -> tuple[int, bool]:
    byte = imm12 & 0xFF
    match imm12 >> 8:
        case 0:
            return byte, carry
        case 1:
            return byte | byte << 16, carry
        case 2:
            return byte << 8 | byte << 24, carry
        case 3:
            return byte | byte << 8 | byte << 16 | byte << 24, carry
        case _:
            return shift_with_carry(0x80 | imm12 & 0x7F, ROR, imm12 >> 7, carry)


def second_operand(machine: Machine, fields: Fields, options: Options) -> tuple[int, bool]:
    """Its value, and the carry that a flag-setting logical instruction takes from it."""
    carry = machine.c
    match options["second"]:
        case "imm":
            return fields["i"] * int(options.get("scale", "1")), carry
        case "zero":
            return 0, carry
        case "modified":
            return _expanded(fields["i"], carry)
        case "register":
            return machine.read(fields["m"]), carry
        case "shifted":
            kind = fields["y"] if "y" in fields else int(options["type"])
            kind, amount = decoded_shift(kind, fields["i"])
            return shift_with_carry(machine.read(fields["m"]), kind, amount, carry)
        case "by_register":
            kind = fields["y"] if "y" in fields else int(options["type"])
            value = machine.read(fields[options.get("first", "n")])
            return shift_with_carry(value, kind, machine.read(fields["m"]) & 0xFF, carry)
    raise ValueError(options["second"])
