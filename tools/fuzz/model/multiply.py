"""Multiplies and divides (A7.7): exact products, and where Q is set."""

from __future__ import annotations

from tools.fuzz.model.machine import MASK, Fields, Machine, Operation, Options, signed


def half(value: int, top: int) -> int:
    """A signed halfword."""
    return signed(value >> 16 * top, 16)


def _set(machine: Machine, fields: Fields, total: int) -> None:
    """The low word into Rd; Q when the exact total is no 32-bit signed number."""
    machine.write(fields["d"], total)
    if signed(total) != total:
        machine.q = True


def _operands(machine: Machine, fields: Fields) -> tuple[int, int]:
    return machine.read(fields["n"]), machine.read(fields["m"])


def mul_16(machine: Machine, fields: Fields, options: Options) -> None:
    """MULS: N and Z outside an IT block, C and V stay."""
    result = machine.read(fields["n"]) * machine.read(fields["d"]) & MASK
    machine.write(fields["d"], result)
    if not machine.in_it:
        machine.set_nz(result)


def mul(machine: Machine, fields: Fields, options: Options) -> None:
    """MUL."""
    x, y = _operands(machine, fields)
    machine.write(fields["d"], x * y)


def mla(machine: Machine, fields: Fields, options: Options) -> None:
    """MLA."""
    x, y = _operands(machine, fields)
    machine.write(fields["d"], machine.read(fields["a"]) + x * y)


def mls(machine: Machine, fields: Fields, options: Options) -> None:
    """MLS."""
    x, y = _operands(machine, fields)
    machine.write(fields["d"], machine.read(fields["a"]) - x * y)


def smulxy(machine: Machine, fields: Fields, options: Options) -> None:
    """SMULBB to SMULTT."""
    x, y = _operands(machine, fields)
    machine.write(fields["d"], half(x, fields["x"]) * half(y, fields["y"]))


def smlaxy(machine: Machine, fields: Fields, options: Options) -> None:
    """SMLABB to SMLATT."""
    x, y = _operands(machine, fields)
    product = half(x, fields["x"]) * half(y, fields["y"])
    _set(machine, fields, product + signed(machine.read(fields["a"])))


def smulwy(machine: Machine, fields: Fields, options: Options) -> None:
    """SMULWB, SMULWT: bits 47 to 16 of a 48-bit product."""
    x, y = _operands(machine, fields)
    machine.write(fields["d"], signed(x) * half(y, fields["y"]) >> 16)


def smlawy(machine: Machine, fields: Fields, options: Options) -> None:
    """SMLAWB, SMLAWT."""
    x, y = _operands(machine, fields)
    product = signed(x) * half(y, fields["y"]) >> 16
    _set(machine, fields, product + signed(machine.read(fields["a"])))


def _dual(machine: Machine, fields: Fields) -> tuple[int, int]:
    """Products of the lower and of the upper halfwords, Rm's swapped for the X variants."""
    x, y = _operands(machine, fields)
    swap = fields["x"]
    return half(x, 0) * half(y, swap), half(x, 1) * half(y, 1 - swap)


def smuad(machine: Machine, fields: Fields, options: Options) -> None:
    """SMUAD."""
    low, high = _dual(machine, fields)
    _set(machine, fields, low + high)


def smlad(machine: Machine, fields: Fields, options: Options) -> None:
    """SMLAD: Q for the sum of all three."""
    low, high = _dual(machine, fields)
    _set(machine, fields, low + high + signed(machine.read(fields["a"])))


def smusd(machine: Machine, fields: Fields, options: Options) -> None:
    """SMUSD: cannot overflow."""
    low, high = _dual(machine, fields)
    machine.write(fields["d"], low - high)


def smlsd(machine: Machine, fields: Fields, options: Options) -> None:
    """SMLSD."""
    low, high = _dual(machine, fields)
    _set(machine, fields, low - high + signed(machine.read(fields["a"])))


def _most_significant(sign: int, accumulates: bool) -> Operation:
    def operation(machine: Machine, fields: Fields, options: Options) -> None:
        x, y = _operands(machine, fields)
        total = sign * signed(x) * signed(y)
        if accumulates:
            total += signed(machine.read(fields["a"])) << 32
        if fields["x"]:
            total += 1 << 31
        machine.write(fields["d"], total >> 32)

    return operation


def _absolute_differences(x: int, y: int) -> int:
    return sum(abs((x >> bit & 0xFF) - (y >> bit & 0xFF)) for bit in (0, 8, 16, 24))


def usad8(machine: Machine, fields: Fields, options: Options) -> None:
    """USAD8."""
    machine.write(fields["d"], _absolute_differences(*_operands(machine, fields)))


def usada8(machine: Machine, fields: Fields, options: Options) -> None:
    """USADA8."""
    total = _absolute_differences(*_operands(machine, fields))
    machine.write(fields["d"], machine.read(fields["a"]) + total)


def _set_long(machine: Machine, fields: Fields, total: int) -> None:
    machine.write(fields["l"], total)
    machine.write(fields["h"], total >> 32)


def _accumulator(machine: Machine, fields: Fields) -> int:
    return machine.read(fields["h"]) << 32 | machine.read(fields["l"])


def _long(is_signed: bool, accumulates: bool) -> Operation:
    def operation(machine: Machine, fields: Fields, options: Options) -> None:
        x, y = _operands(machine, fields)
        total = signed(x) * signed(y) if is_signed else x * y
        if accumulates:
            total += _accumulator(machine, fields)
        _set_long(machine, fields, total)

    return operation


def smlalxy(machine: Machine, fields: Fields, options: Options) -> None:
    """SMLALBB to SMLALTT."""
    x, y = _operands(machine, fields)
    product = half(x, fields["x"]) * half(y, fields["y"])
    _set_long(machine, fields, _accumulator(machine, fields) + product)


def smlald(machine: Machine, fields: Fields, options: Options) -> None:
    """SMLALD."""
    _set_long(machine, fields, _accumulator(machine, fields) + sum(_dual(machine, fields)))


def smlsld(machine: Machine, fields: Fields, options: Options) -> None:
    """SMLSLD."""
    low, high = _dual(machine, fields)
    _set_long(machine, fields, _accumulator(machine, fields) + low - high)


def umaal(machine: Machine, fields: Fields, options: Options) -> None:
    """UMAAL: both halves are added to the product."""
    x, y = _operands(machine, fields)
    _set_long(machine, fields, x * y + machine.read(fields["l"]) + machine.read(fields["h"]))


def _divide(is_signed: bool) -> Operation:
    def operation(machine: Machine, fields: Fields, options: Options) -> None:
        x, y = _operands(machine, fields)
        if is_signed:
            x, y = signed(x), signed(y)
        quotient = 0 if y == 0 else abs(x) // abs(y)  # rounded towards zero
        machine.write(fields["d"], -quotient if (x < 0) != (y < 0) else quotient)

    return operation


OPERATIONS: dict[str, Operation] = {
    "mul_16": mul_16,
    "mul": mul,
    "mla": mla,
    "mls": mls,
    "smulxy": smulxy,
    "smlaxy": smlaxy,
    "smulwy": smulwy,
    "smlawy": smlawy,
    "smuad": smuad,
    "smlad": smlad,
    "smusd": smusd,
    "smlsd": smlsd,
    "smmul": _most_significant(1, False),
    "smmla": _most_significant(1, True),
    "smmls": _most_significant(-1, True),
    "usad8": usad8,
    "usada8": usada8,
    "smull": _long(True, False),
    "umull": _long(False, False),
    "smlal": _long(True, True),
    "umlal": _long(False, True),
    "smlalxy": smlalxy,
    "smlald": smlald,
    "smlsld": smlsld,
    "umaal": umaal,
    "sdiv": _divide(True),
    "udiv": _divide(False),
}
