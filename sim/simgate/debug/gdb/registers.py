"""The registers as gdb numbers them, after the features of the target description.

Names and sizes are those that gdb expects of an Arm M-profile target (manual of GDB, appendix
"Target Descriptions", ARM features).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from simgate.debug.gdb.notation import BadPacketError

M_PROFILE = "org.gnu.gdb.arm.m-profile"
M_SYSTEM = "org.gnu.gdb.arm.m-system"
VFP = "org.gnu.gdb.arm.vfp"


@dataclass(frozen=True, slots=True)
class Register:
    """One register of the description; its number is its place in the list."""

    name: str
    feature: str
    type: str
    bits: int
    parts: tuple[str, ...]  # the core's names, least significant word first
    group: str = ""


def _words(names: Iterable[str], feature: str, kind: str, group: str = "") -> list[Register]:
    return [Register(name, feature, kind, 32, (name,), group) for name in names]


_CORE = (
    *_words([f"r{n}" for n in range(13)], M_PROFILE, "int"),
    *_words(["sp"], M_PROFILE, "data_ptr"),
    *_words(["lr"], M_PROFILE, "int"),
    *_words(["pc"], M_PROFILE, "code_ptr"),
    *_words(["xpsr"], M_PROFILE, "int"),
    *_words(["msp", "psp"], M_SYSTEM, "data_ptr", "system"),
    *_words(["primask", "basepri", "faultmask", "control"], M_SYSTEM, "int", "system"),
)
_FLOAT = (
    *[
        Register(f"d{n}", VFP, "ieee_double", 64, (f"s{2 * n}", f"s{2 * n + 1}"), "float")
        for n in range(16)
    ],
    *_words(["fpscr"], VFP, "int", "float"),
)


def registers_of(values: Mapping[str, int]) -> tuple[Register, ...]:
    """The registers of a processor that has these: with or without floating point."""
    return (*_CORE, *_FLOAT) if "s0" in values else _CORE


def encode(register: Register, values: Mapping[str, int]) -> bytes:
    """Its value as it travels: target byte order."""
    return b"".join(values[part].to_bytes(4, "little") for part in register.parts)


def decode(register: Register, data: bytes) -> dict[str, int]:
    """The core's registers that it stands for, and their values.

    Raises:
        BadPacketError: it is not so long.
    """
    if len(data) != register.bits // 8:
        raise BadPacketError(f"{register.name} has {register.bits} bits, not {8 * len(data)}")
    words = [data[i : i + 4] for i in range(0, len(data), 4)]
    return {
        part: int.from_bytes(word, "little")
        for part, word in zip(register.parts, words, strict=True)
    }


def decode_all(registers: Sequence[Register], data: bytes) -> dict[str, int]:
    """As `decode`, for all registers one after the other.

    Raises:
        BadPacketError: these are not all of them.
    """
    if len(data) != sum(register.bits // 8 for register in registers):
        raise BadPacketError("not all registers, or more than there are")
    found: dict[str, int] = {}
    for register in registers:
        size = register.bits // 8
        found |= decode(register, data[:size])
        data = data[size:]
    return found
