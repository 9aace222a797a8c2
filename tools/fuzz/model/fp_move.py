"""Moves between core and floating-point registers (A7.7)."""

from __future__ import annotations

from tools.fuzz.form import single
from tools.fuzz.model.machine import Fields, Machine, Operation, Options


def _from_core(machine: Machine, fields: Fields, options: Options) -> None:
    """VMOV of one word into an S register."""
    number = single(fields["w"]) if "w" in fields else 2 * fields["q"] + fields["j"]
    machine.s[number] = machine.read(fields["t"])


def _to_core(machine: Machine, fields: Fields, options: Options) -> None:
    """VMOV of one word out of an S register."""
    number = single(fields["w"]) if "w" in fields else 2 * fields["q"] + fields["j"]
    machine.write(fields["t"], machine.s[number])


def _pair(fields: Fields) -> int:
    return 2 * fields["k"] if "k" in fields else single(fields["x"])


def _pair_from_core(machine: Machine, fields: Fields, options: Options) -> None:
    """VMOV of two words into S or D registers."""
    first = _pair(fields)
    machine.s[first] = machine.read(fields["t"])
    machine.s[first + 1] = machine.read(fields["u"])


def _pair_to_core(machine: Machine, fields: Fields, options: Options) -> None:
    """VMOV of two words out of S or D registers."""
    first = _pair(fields)
    machine.write(fields["t"], machine.s[first])
    machine.write(fields["u"], machine.s[first + 1])


def vmrs(machine: Machine, fields: Fields, options: Options) -> None:
    """VMRS to a core register."""
    machine.write(fields["t"], machine.fpscr)


def vmrs_apsr(machine: Machine, fields: Fields, options: Options) -> None:
    """VMRS APSR_nzcv."""
    machine.apsr = machine.apsr & 0x0FFF_FFFF | machine.fpscr & 0xF000_0000


def vmsr(machine: Machine, fields: Fields, options: Options) -> None:
    """VMSR; the generator gives it no reserved bits."""
    machine.fpscr = machine.read(fields["t"])


OPERATIONS: dict[str, Operation] = {
    "vmov_from_core": _from_core,
    "vmov_to_core": _to_core,
    "vmov_pair_from_core": _pair_from_core,
    "vmov_pair_to_core": _pair_to_core,
    "vmrs": vmrs,
    "vmrs_apsr": vmrs_apsr,
    "vmsr": vmsr,
}
