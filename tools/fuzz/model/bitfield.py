"""Extends, reversals, bit fields, packing (A7.7)."""

from __future__ import annotations

from tools.fuzz.model.machine import MASK, Fields, Machine, Operation, Options, signed
from tools.fuzz.model.shifts import ASR, LSL, decoded_shift, shift_with_carry


def _rotated(machine: Machine, fields: Fields) -> int:
    value, turn = machine.read(fields["m"]), 8 * fields.get("i", 0)
    return (value >> turn | value << 32 - turn) & MASK


def _part(value: int, size: int, is_signed: bool) -> int:
    return signed(value, size) if is_signed else value & (1 << size) - 1


def extend(machine: Machine, fields: Fields, options: Options) -> None:
    """SXTB, SXTH, UXTB, UXTH, SXTB16, UXTB16, with rotation."""
    value, size, is_signed = (
        _rotated(machine, fields),
        int(options["size"]),
        options["signed"] == "1",
    )
    if size:
        machine.write(fields["d"], _part(value, size, is_signed))
        return
    low, high = _part(value, 8, is_signed), _part(value >> 16, 8, is_signed)
    machine.write(fields["d"], low & 0xFFFF | (high & 0xFFFF) << 16)


def extend_add(machine: Machine, fields: Fields, options: Options) -> None:
    """The same with addition of Rn, for the 16 variants in each halfword by itself."""
    value, size, is_signed = (
        _rotated(machine, fields),
        int(options["size"]),
        options["signed"] == "1",
    )
    base = machine.read(fields["n"])
    if size:
        machine.write(fields["d"], base + _part(value, size, is_signed))
        return
    low = base + _part(value, 8, is_signed)
    high = (base >> 16) + _part(value >> 16, 8, is_signed)
    machine.write(fields["d"], low & 0xFFFF | (high & 0xFFFF) << 16)


def _bytes(value: int) -> list[int]:
    return list(value.to_bytes(4, "little"))


def rev(machine: Machine, fields: Fields, options: Options) -> None:
    """REV."""
    machine.write(fields["d"], int.from_bytes(_bytes(machine.read(fields["m"])), "big"))


def rev16(machine: Machine, fields: Fields, options: Options) -> None:
    """REV16."""
    a, b, c, d = _bytes(machine.read(fields["m"]))
    machine.write(fields["d"], int.from_bytes([b, a, d, c], "little"))


def revsh(machine: Machine, fields: Fields, options: Options) -> None:
    """REVSH."""
    a, b, _, _ = _bytes(machine.read(fields["m"]))
    machine.write(fields["d"], signed(a << 8 | b, 16))


def rbit(machine: Machine, fields: Fields, options: Options) -> None:
    """RBIT."""
    machine.write(fields["d"], int(f"{machine.read(fields['m']):032b}"[::-1], 2))


def clz(machine: Machine, fields: Fields, options: Options) -> None:
    """CLZ."""
    machine.write(fields["d"], 32 - machine.read(fields["m"]).bit_length())


def sbfx(machine: Machine, fields: Fields, options: Options) -> None:
    """SBFX."""
    machine.write(fields["d"], signed(machine.read(fields["n"]) >> fields["i"], fields["j"] + 1))


def ubfx(machine: Machine, fields: Fields, options: Options) -> None:
    """UBFX."""
    mask = (2 << fields["j"]) - 1
    machine.write(fields["d"], machine.read(fields["n"]) >> fields["i"] & mask)


def bfi(machine: Machine, fields: Fields, options: Options) -> None:
    """BFI; BFC without a source."""
    low, high = fields["i"], fields["j"]
    mask = ((2 << high - low) - 1) << low
    inserted = machine.read(fields["n"]) << low if "n" in fields else 0
    machine.write(fields["d"], machine.read(fields["d"]) & ~mask | inserted & mask)


def pkhbt(machine: Machine, fields: Fields, options: Options) -> None:
    """PKHBT."""
    shifted, _ = shift_with_carry(machine.read(fields["m"]), LSL, fields["i"], False)
    machine.write(fields["d"], machine.read(fields["n"]) & 0xFFFF | shifted & 0xFFFF_0000)


def pkhtb(machine: Machine, fields: Fields, options: Options) -> None:
    """PKHTB."""
    kind, amount = decoded_shift(ASR, fields["i"])
    shifted, _ = shift_with_carry(machine.read(fields["m"]), kind, amount, False)
    machine.write(fields["d"], machine.read(fields["n"]) & 0xFFFF_0000 | shifted & 0xFFFF)


OPERATIONS: dict[str, Operation] = {
    "extend": extend,
    "extend_add": extend_add,
    "rev": rev,
    "rev16": rev16,
    "revsh": revsh,
    "rbit": rbit,
    "clz": clz,
    "sbfx": sbfx,
    "ubfx": ubfx,
    "bfi": bfi,
    "bfc": bfi,
    "pkhbt": pkhbt,
    "pkhtb": pkhtb,
}
