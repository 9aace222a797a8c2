"""Parallel addition and subtraction, and SEL (A7.7; GE as their pages say)."""

from __future__ import annotations

from tools.fuzz.model.machine import Fields, Machine, Operation, Options, signed
from tools.fuzz.model.saturate import signed_saturated, unsigned_saturated

# Lanes as (bit of the first operand, bit of the second, sign of the second).
_LANES = {
    "add8": (8, ((0, 0, 1), (8, 8, 1), (16, 16, 1), (24, 24, 1))),
    "sub8": (8, ((0, 0, -1), (8, 8, -1), (16, 16, -1), (24, 24, -1))),
    "add16": (16, ((0, 0, 1), (16, 16, 1))),
    "sub16": (16, ((0, 0, -1), (16, 16, -1))),
    "asx": (16, ((0, 16, -1), (16, 0, 1))),  # the lower half subtracts, the upper adds
    "sax": (16, ((0, 16, 1), (16, 0, -1))),
}


def parallel(machine: Machine, fields: Fields, options: Options) -> None:
    """S, Q, SH, U, UQ and UH variants of the six operations."""
    width, lanes = _LANES[options["lanes"]]
    prefix = options["prefix"]
    is_signed = prefix in ("s", "q", "sh")
    mask = (1 << width) - 1
    x, y = machine.read(fields["n"]), machine.read(fields["m"])
    result = ge = 0
    for first, second, sign in lanes:
        a, b = x >> first & mask, y >> second & mask
        if is_signed:
            a, b = signed(a, width), signed(b, width)
        total = a + sign * b
        if prefix == "q":
            lane = signed_saturated(total, width)
        elif prefix == "uq":
            lane = unsigned_saturated(total, width)
        elif prefix in ("sh", "uh"):
            lane = total >> 1
        else:
            lane = total
        result |= (lane & mask) << first
        # Signed: not negative. Unsigned: a carry out of a sum, no borrow of a difference.
        reached = total >> width != 0 if prefix == "u" and sign == 1 else total >= 0
        if reached:
            ge |= (3 if width == 16 else 1) << first // 8
    machine.write(fields["d"], result)
    if prefix in ("s", "u"):
        machine.ge = ge


def sel(machine: Machine, fields: Fields, options: Options) -> None:
    """SEL: each byte of Rn where its GE bit is set, else of Rm."""
    result = 0
    for byte in range(4):
        source = fields["n"] if machine.ge >> byte & 1 else fields["m"]
        result |= machine.read(source) & 0xFF << 8 * byte
    machine.write(fields["d"], result)


OPERATIONS: dict[str, Operation] = {"parallel": parallel, "sel": sel}
