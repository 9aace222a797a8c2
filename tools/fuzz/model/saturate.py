"""Saturation (A2.2.1 SignedSatQ and UnsignedSatQ; A7.7)."""

from __future__ import annotations

from tools.fuzz.model.machine import Fields, Machine, Operation, Options, signed
from tools.fuzz.model.shifts import decoded_shift, shift_with_carry


def signed_saturated(value: int, bits: int) -> int:
    """The nearest number of two's complement of so many bits."""
    return max(-(1 << bits - 1), min((1 << bits - 1) - 1, value))


def unsigned_saturated(value: int, bits: int) -> int:
    """The nearest number from 0 to 2^bits - 1."""
    return max(0, min((1 << bits) - 1, value))


def _shifted(machine: Machine, fields: Fields, options: Options) -> int:
    kind, amount = decoded_shift(int(options["type"]), fields["i"])
    return signed(shift_with_carry(machine.read(fields["n"]), kind, amount, False)[0])


def ssat(machine: Machine, fields: Fields, options: Options) -> None:
    """SSAT."""
    value = _shifted(machine, fields, options)
    result = signed_saturated(value, fields["j"] + 1)
    machine.q |= result != value
    machine.write(fields["d"], result)


def usat(machine: Machine, fields: Fields, options: Options) -> None:
    """USAT."""
    value = _shifted(machine, fields, options)
    result = unsigned_saturated(value, fields["j"])
    machine.q |= result != value
    machine.write(fields["d"], result)


def _of_halves(machine: Machine, fields: Fields, is_signed: bool) -> None:
    result = 0
    for bit in (0, 16):
        value = signed(machine.read(fields["n"]) >> bit, 16)
        if is_signed:
            limited = signed_saturated(value, fields["j"] + 1)
        else:
            limited = unsigned_saturated(value, fields["j"])
        machine.q |= limited != value
        result |= (limited & 0xFFFF) << bit
    machine.write(fields["d"], result)


def ssat16(machine: Machine, fields: Fields, options: Options) -> None:
    """SSAT16."""
    _of_halves(machine, fields, True)


def usat16(machine: Machine, fields: Fields, options: Options) -> None:
    """USAT16."""
    _of_halves(machine, fields, False)


def _saturating(sign: int, doubles: bool) -> Operation:
    """QADD, QSUB, QDADD, QDSUB: Rm plus or minus Rn, which may be doubled with saturation."""

    def operation(machine: Machine, fields: Fields, options: Options) -> None:
        x, y = signed(machine.read(fields["m"])), signed(machine.read(fields["n"]))
        if doubles:
            limited = signed_saturated(2 * y, 32)
            machine.q |= limited != 2 * y
            y = limited
        total = x + sign * y
        result = signed_saturated(total, 32)
        machine.q |= result != total
        machine.write(fields["d"], result)

    return operation


OPERATIONS: dict[str, Operation] = {
    "ssat": ssat,
    "usat": usat,
    "ssat16": ssat16,
    "usat16": usat16,
    "qadd": _saturating(1, False),
    "qsub": _saturating(-1, False),
    "qdadd": _saturating(1, True),
    "qdsub": _saturating(-1, True),
}
