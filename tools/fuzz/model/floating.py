"""Floating-point instructions (A6, A7.7): which registers, which arithmetic."""

from __future__ import annotations

from collections.abc import Callable

from tools.fuzz.form import single
from tools.fuzz.model import arithmetic, convert
from tools.fuzz.model.machine import MASK, Fields, Machine, Operation, Options, signed
from tools.fuzz.model.number import (
    DOUBLE,
    HALF,
    MINUS,
    NEAREST,
    PLUS,
    SINGLE,
    TIE_AWAY,
    ZERO,
    Format,
    Status,
)

MODES = (TIE_AWAY, NEAREST, PLUS, MINUS)  # of the letters a, n, p, m


def _rounding(fields: Fields, status: Status) -> int:
    """By the instruction's letter, to zero, or by FPSCR."""
    if "j" in fields:
        return MODES[fields["j"]]
    return ZERO if fields.get("z") else status.mode


def _destination(fields: Fields) -> Format:
    return DOUBLE if "p" in fields else SINGLE


def _source(fields: Fields) -> Format:
    return DOUBLE if "k" in fields else SINGLE


def _read(machine: Machine, fields: Fields, letters: str) -> int:
    """The register named by one of these letters (single, double)."""
    one, two = letters[0], letters[1]
    if two in fields:
        return machine.double(fields[two])
    return machine.s[single(fields[one])]


def _write(machine: Machine, fields: Fields, value: int) -> None:
    if "p" in fields:
        machine.set_double(fields["p"], value)
    else:
        machine.s[single(fields["v"])] = value & MASK


Three = Callable[[int, int, int, Format, Status], int]


def _of_three(function: Three) -> Operation:
    """``function(destination, n, m, format, status)``."""

    def operation(machine: Machine, fields: Fields, options: Options) -> None:
        status = Status(machine.fpscr)
        d, n, m = (_read(machine, fields, letters) for letters in ("vp", "wq", "xk"))
        _write(machine, fields, function(d, n, m, _destination(fields), status))
        machine.fpscr = status.fpscr

    return operation


def _chained(negates_product: bool, negates_addend: bool) -> Operation:
    """VMLA, VMLS, VNMLA, VNMLS: two roundings."""

    def function(d: int, n: int, m: int, form: Format, status: Status) -> int:
        product = arithmetic.multiply(n, m, form, status)
        if negates_product:
            product = arithmetic.negated(product, form)
        addend = arithmetic.negated(d, form) if negates_addend else d
        return arithmetic.add(addend, product, form, status)

    return _of_three(function)


def _fused(negates_product: bool, negates_addend: bool) -> Operation:
    """VFMA, VFMS, VFNMA, VFNMS: one rounding."""

    def function(d: int, n: int, m: int, form: Format, status: Status) -> int:
        factor = arithmetic.negated(n, form) if negates_product else n
        addend = arithmetic.negated(d, form) if negates_addend else d
        return arithmetic.multiply_add(addend, factor, m, form, status)

    return _of_three(function)


def _vnmul(d: int, n: int, m: int, form: Format, status: Status) -> int:
    return arithmetic.negated(arithmetic.multiply(n, m, form, status), form)


def _of_one(function: Callable[[int, Format, Status], int]) -> Operation:
    def operation(machine: Machine, fields: Fields, options: Options) -> None:
        status = Status(machine.fpscr)
        source = _read(machine, fields, "xk")
        _write(machine, fields, function(source, _source(fields), status))
        machine.fpscr = status.fpscr

    return operation


def vmov_imm(machine: Machine, fields: Fields, options: Options) -> None:
    """VMOV immediate: VFPExpandImm."""
    imm8, form = fields["i"], _destination(fields)
    repeated = (1 << form.exponent_bits - 3) - 1 if imm8 & 0x40 else 0
    exponent = (0 if imm8 & 0x40 else 1) << form.exponent_bits - 1 | repeated << 2 | imm8 >> 4 & 3
    bits = (imm8 >> 7) << form.width - 1 | exponent << form.fraction_bits
    _write(machine, fields, bits | (imm8 & 15) << form.fraction_bits - 4)


def vcmp(machine: Machine, fields: Fields, options: Options) -> None:
    """VCMP, VCMPE, with a register or with zero."""
    status = Status(machine.fpscr)
    form = _destination(fields)
    other = _read(machine, fields, "xk") if "x" in fields or "k" in fields else 0
    flags = arithmetic.compare(_read(machine, fields, "vp"), other, form, bool(fields["e"]), status)
    machine.fpscr = status.fpscr & 0x0FFF_FFFF | flags << 28


def vcvt_from_int(machine: Machine, fields: Fields, options: Options) -> None:
    """VCVT from a 32-bit integer, which is in a single-precision register."""
    status = Status(machine.fpscr)
    bits = machine.s[single(fields["x"])]
    number = signed(bits) if fields["y"] else bits
    _write(
        machine, fields, convert.from_fixed(number, _destination(fields), 0, status.mode, status)
    )
    machine.fpscr = status.fpscr


def vcvt_to_int(machine: Machine, fields: Fields, options: Options) -> None:
    """VCVT, VCVTR and VCVTA to VCVTM to a 32-bit integer."""
    status = Status(machine.fpscr)
    mode = _rounding(fields, status)
    source = _read(machine, fields, "xk")
    result = convert.to_fixed(source, _source(fields), 32, 0, bool(fields["y"]), mode, status)
    machine.s[single(fields["v"])] = result & MASK
    machine.fpscr = status.fpscr


def _fixed(fields: Fields) -> tuple[int, int]:
    """Width and fraction bits of a fixed-point number."""
    width = 32 if fields["y"] else 16
    return width, width - single(fields["i"])


def vcvt_from_fixed(machine: Machine, fields: Fields, options: Options) -> None:
    """VCVT from fixed point, in place; always to nearest."""
    status = Status(machine.fpscr)
    width, fraction = _fixed(fields)
    bits = _read(machine, fields, "vp") & (1 << width) - 1
    number = bits if fields["u"] else signed(bits, width)
    result = convert.from_fixed(number, _destination(fields), fraction, NEAREST, status)
    _write(machine, fields, result)
    machine.fpscr = status.fpscr


def vcvt_to_fixed(machine: Machine, fields: Fields, options: Options) -> None:
    """VCVT to fixed point, in place, towards zero; extended to the register's width."""
    status = Status(machine.fpscr)
    width, fraction = _fixed(fields)
    source, is_signed = _read(machine, fields, "vp"), not fields["u"]
    result = convert.to_fixed(
        source, _destination(fields), width, fraction, is_signed, ZERO, status
    )
    _write(machine, fields, result)
    machine.fpscr = status.fpscr


def vcvt_from_half(machine: Machine, fields: Fields, options: Options) -> None:
    """VCVTB and VCVTT from half precision."""
    status = Status(machine.fpscr)
    half = machine.s[single(fields["x"])] >> 16 * fields["y"] & 0xFFFF
    _write(machine, fields, convert.to_format(half, HALF, _destination(fields), status))
    machine.fpscr = status.fpscr


def vcvt_to_half(machine: Machine, fields: Fields, options: Options) -> None:
    """VCVTB and VCVTT to half precision: the other half stays."""
    status = Status(machine.fpscr)
    half = convert.to_format(_read(machine, fields, "xk"), _source(fields), HALF, status)
    register, place = single(fields["v"]), 16 * fields["y"]
    machine.s[register] = machine.s[register] & ~(0xFFFF << place) | half << place
    machine.fpscr = status.fpscr


def vcvt_format(machine: Machine, fields: Fields, options: Options) -> None:
    """VCVT between single and double."""
    status = Status(machine.fpscr)
    source = _read(machine, fields, "xk")
    result = convert.to_format(source, _source(fields), _destination(fields), status)
    _write(machine, fields, result)
    machine.fpscr = status.fpscr


def vsel(machine: Machine, fields: Fields, options: Options) -> None:
    """VSEL: eq, vs, ge, gt by the flags of APSR."""
    chosen = "wq" if machine.holds((0, 6, 10, 12)[fields["c"]]) else "xk"
    _write(machine, fields, _read(machine, fields, chosen))


def vminmax(machine: Machine, fields: Fields, options: Options) -> None:
    """VMAXNM, VMINNM."""
    status = Status(machine.fpscr)
    a, b = _read(machine, fields, "wq"), _read(machine, fields, "xk")
    result = arithmetic.extremum(a, b, _source(fields), bool(fields["i"]), status)
    _write(machine, fields, result)
    machine.fpscr = status.fpscr


def vrint(machine: Machine, fields: Fields, options: Options) -> None:
    """VRINTA to VRINTZ."""
    status = Status(machine.fpscr)
    mode = _rounding(fields, status)
    source, exact = _read(machine, fields, "xk"), "exact" in options
    result = arithmetic.round_to_integer(source, _source(fields), mode, exact, status)
    _write(machine, fields, result)
    machine.fpscr = status.fpscr


OPERATIONS: dict[str, Operation] = {
    "vadd": _of_three(lambda d, n, m, form, status: arithmetic.add(n, m, form, status)),
    "vsub": _of_three(lambda d, n, m, form, status: arithmetic.subtract(n, m, form, status)),
    "vmul": _of_three(lambda d, n, m, form, status: arithmetic.multiply(n, m, form, status)),
    "vdiv": _of_three(lambda d, n, m, form, status: arithmetic.divide(n, m, form, status)),
    "vnmul": _of_three(_vnmul),
    "vmla": _chained(False, False),
    "vmls": _chained(True, False),
    "vnmla": _chained(True, True),
    "vnmls": _chained(False, True),
    "vfma": _fused(False, False),
    "vfms": _fused(True, False),
    "vfnma": _fused(True, True),
    "vfnms": _fused(False, True),
    "vmov": _of_one(lambda x, form, status: x),
    "vabs": _of_one(lambda x, form, status: x & form.sign_bit - 1),
    "vneg": _of_one(lambda x, form, status: arithmetic.negated(x, form)),
    "vsqrt": _of_one(arithmetic.square_root),
    "vmov_imm": vmov_imm,
    "vcmp": vcmp,
    "vcvt_from_int": vcvt_from_int,
    "vcvt_to_int": vcvt_to_int,
    "vcvt_from_fixed": vcvt_from_fixed,
    "vcvt_to_fixed": vcvt_to_fixed,
    "vcvt_from_half": vcvt_from_half,
    "vcvt_to_half": vcvt_to_half,
    "vcvt_widen": vcvt_format,
    "vcvt_narrow": vcvt_format,
    "vsel": vsel,
    "vminmax": vminmax,
    "vrint": vrint,
}
