"""Loads and stores of core and floating-point registers, and the exclusive monitor (A3.4, A7.7)."""

from __future__ import annotations

from tools.fuzz.form import single
from tools.fuzz.model.machine import (
    LR,
    MASK,
    PC,
    SP,
    Fields,
    Machine,
    Operation,
    Options,
    OutsideMemory,
    signed,
)


def _base(fields: Fields, options: Options) -> int:
    return SP if options.get("base") == "sp" else fields["n"]


def _address(machine: Machine, fields: Fields, options: Options) -> int:
    """Where it accesses; writes the base back for pre and post."""
    mode = options["mode"]
    if mode == "index":
        return machine.read(fields["n"]) + (machine.read(fields["m"]) << fields.get("j", 0)) & MASK
    offset = fields.get("i", 0) * int(options.get("scale", "1"))
    if mode == "down" or fields.get("U", 1) == 0:
        offset = -offset
    if mode == "literal":
        return (machine.read(PC) & ~3) + offset & MASK
    base = machine.read(_base(fields, options))
    if mode in ("pre", "post"):
        machine.write(fields["n"], base + offset)
    return (base if mode == "post" else base + offset) & MASK


def _aligned(address: int, size: int) -> int:
    if address % size:
        raise OutsideMemory(hex(address))
    return address


def load(machine: Machine, fields: Fields, options: Options) -> None:
    """LDR, LDRB, LDRH, LDRSB, LDRSH, LDREX and its like."""
    size = int(options["size"])
    address = _address(machine, fields, options)
    if "exclusive" in options:
        machine.monitor = _aligned(address, size)
    value = machine.load(address, size)
    if options.get("signed") == "1":
        value = signed(value, 8 * size)
    machine.write(fields["t"], value)


def store(machine: Machine, fields: Fields, options: Options) -> None:
    """STR, STRB, STRH, STREX and its like: those say in Rd whether they failed."""
    size = int(options["size"])
    value = machine.read(fields["t"])
    address = _address(machine, fields, options)
    if "exclusive" in options:
        _aligned(address, size)
        passed, machine.monitor = machine.monitor == address, None
        machine.write(fields["d"], not passed)
        if not passed:
            return
    machine.store(address, size, value)


def load2(machine: Machine, fields: Fields, options: Options) -> None:
    """LDRD."""
    address = _aligned(_address(machine, fields, options), 4)
    low, high = machine.load(address, 4), machine.load(address + 4, 4)
    machine.write(fields["t"], low)
    machine.write(fields["u"], high)


def store2(machine: Machine, fields: Fields, options: Options) -> None:
    """STRD."""
    low, high = machine.read(fields["t"]), machine.read(fields["u"])
    address = _aligned(_address(machine, fields, options), 4)
    machine.store(address, 4, low)
    machine.store(address + 4, 4, high)


def _listed(fields: Fields, options: Options, wide: bool) -> list[int]:
    bits = fields["i"]
    if wide:
        return [bit if bit < 13 else LR for bit in range(14) if bits >> bit & 1]
    return [bit if bit < 8 else LR for bit in range(9) if bits >> bit & 1]


def _range(machine: Machine, fields: Fields, options: Options, size: int) -> int:
    """The lowest address of a multiple access; writes the base back."""
    register = _base(fields, options)
    base = _aligned(machine.read(register), 4)
    lowest = base - size if "down" in options else base
    if "wb" in options:
        machine.write(register, lowest if "down" in options else base + size)
    return lowest & MASK


def load_multiple(machine: Machine, fields: Fields, options: Options) -> None:
    """LDM, LDMDB, POP; the last with PC is ``pop_pc``."""
    registers = _listed(fields, options, options["wide"] == "1")
    if options.get("to_pc") == "1":
        registers.append(PC)
    address = _range(machine, fields, options, 4 * len(registers))
    for place, register in enumerate(registers):
        value = machine.load(address + 4 * place, 4)
        if register == PC:
            machine.branch(value)
        else:
            machine.write(register, value)


def store_multiple(machine: Machine, fields: Fields, options: Options) -> None:
    """STM, STMDB, PUSH."""
    registers = _listed(fields, options, options["wide"] == "1")
    values = [machine.read(register) for register in registers]
    address = _range(machine, fields, options, 4 * len(registers))
    for place, value in enumerate(values):
        machine.store(address + 4 * place, 4, value)


def move_sp(machine: Machine, fields: Fields, options: Options) -> None:
    """ADD and SUB of SP."""
    change = 4 * fields["i"]
    machine.write(SP, machine.read(SP) + (-change if "down" in options else change))


def clrex(machine: Machine, fields: Fields, options: Options) -> None:
    """CLREX."""
    machine.monitor = None


def _vector(machine: Machine, fields: Fields, options: Options) -> tuple[int, range]:
    """Address and S registers of VLDR, VSTR, VLDM and VSTM."""
    first = 2 * fields["p"] if "p" in fields else single(fields["v"])
    if options["mode"] == "vector":
        count = fields["i"] * (2 if "p" in fields else 1)
        return _range(machine, fields, options, 4 * count), range(first, first + count)
    count = int(options["words"])
    return _aligned(_address(machine, fields, options), 4), range(first, first + count)


def vload(machine: Machine, fields: Fields, options: Options) -> None:
    """VLDR, VLDM, VPOP."""
    address, registers = _vector(machine, fields, options)
    for place, register in enumerate(registers):
        machine.s[register] = machine.load(address + 4 * place, 4)


def vstore(machine: Machine, fields: Fields, options: Options) -> None:
    """VSTR, VSTM, VPUSH."""
    address, registers = _vector(machine, fields, options)
    for place, register in enumerate(registers):
        machine.store(address + 4 * place, 4, machine.s[register])


OPERATIONS: dict[str, Operation] = {
    "load": load,
    "store": store,
    "load2": load2,
    "store2": store2,
    "load_multiple": load_multiple,
    "store_multiple": store_multiple,
    "move_sp": move_sp,
    "clrex": clrex,
    "vload": vload,
    "vstore": vstore,
}
