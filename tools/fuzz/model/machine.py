"""Registers, flags and memory, and how an instruction reaches them (A2.3, B1.4, A7.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

MASK = 0xFFFF_FFFF
SP, LR, PC = 13, 14, 15

Fields = Mapping[str, int]
Options = Mapping[str, str]


class OutsideMemory(Exception):
    """An access that hits no memory, or is not aligned as it must be: the sequence faults."""


@dataclass(slots=True)
class Memory:
    """Bytes from one address on."""

    base: int
    content: bytearray
    writable: bool


@dataclass(slots=True)
class Machine:
    """The processor's state; ``pc`` is the address of the instruction being executed.

    Attributes:
        targets: addresses of the labels that the instruction names.
        pending_conditions: of the instructions that remain of an IT block.
        monitor: address of the last load-exclusive.
    """

    memories: tuple[Memory, ...]
    r: list[int] = field(default_factory=lambda: [0] * 15)
    n: bool = False
    z: bool = False
    c: bool = False
    v: bool = False
    q: bool = False
    ge: int = 0
    fpscr: int = 0
    s: list[int] = field(default_factory=lambda: [0] * 32)
    pc: int = 0
    next_pc: int = 0
    targets: tuple[int, ...] = ()
    pending_conditions: list[int] = field(default_factory=list)
    in_it: bool = False
    monitor: int | None = None

    @property
    def apsr(self) -> int:
        """APSR as MRS reads it."""
        return (
            self.n << 31 | self.z << 30 | self.c << 29 | self.v << 28 | self.q << 27 | self.ge << 16
        )

    @apsr.setter
    def apsr(self, value: int) -> None:
        self.n, self.z, self.c, self.v, self.q = (
            bool(value >> bit & 1) for bit in range(31, 26, -1)
        )
        self.ge = value >> 16 & 15

    def read(self, register: int) -> int:
        """A core register; the PC reads as the instruction's address plus 4."""
        return (self.pc + 4) & MASK if register == PC else self.r[register]

    def write(self, register: int, value: int) -> None:
        """A core register but the PC."""
        self.r[register] = value & MASK

    def branch(self, target: int) -> None:
        """Execution goes on there."""
        self.next_pc = target & ~1

    def _at(self, address: int, size: int) -> tuple[Memory, int]:
        for memory in self.memories:
            offset = address - memory.base
            if 0 <= offset <= len(memory.content) - size:
                return memory, offset
        raise OutsideMemory(hex(address))

    def load(self, address: int, size: int) -> int:
        """Little-endian, of any alignment."""
        memory, offset = self._at(address & MASK, size)
        return int.from_bytes(memory.content[offset : offset + size], "little")

    def store(self, address: int, size: int, value: int) -> None:
        """Little-endian, of any alignment."""
        memory, offset = self._at(address & MASK, size)
        if not memory.writable:
            raise OutsideMemory(hex(address))
        value &= (1 << 8 * size) - 1
        memory.content[offset : offset + size] = value.to_bytes(size, "little")

    def holds(self, condition: int) -> bool:
        """ConditionPassed (A7.3.1)."""
        base = (
            self.z,
            self.c,
            self.n,
            self.v,
            self.c and not self.z,
            self.n == self.v,
            self.n == self.v and not self.z,
            True,
        )[condition >> 1]
        return not base if condition & 1 and condition != 15 else base

    def set_nz(self, result: int) -> None:
        """N and Z of a 32-bit result."""
        self.n, self.z = bool(result >> 31 & 1), result & MASK == 0

    def double(self, number: int) -> int:
        """A D register."""
        return self.s[2 * number] | self.s[2 * number + 1] << 32

    def set_double(self, number: int, value: int) -> None:
        """A D register."""
        self.s[2 * number], self.s[2 * number + 1] = value & MASK, value >> 32 & MASK


Operation = Callable[[Machine, Fields, Options], None]


def signed(value: int, bits: int = 32) -> int:
    """SInt of the low bits."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value
