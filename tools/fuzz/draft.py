"""What a generator knows while it writes a sequence: values of registers, and the stack's range.

Addresses are planned, not computed by instructions: a register that nothing has written yet can
still be given its initial value (a pin), so every addressing mode with every offset can be made to
hit the record's memory.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tools.fuzz import layout
from tools.fuzz.form import Form
from tools.fuzz.sequence import Item, Pin, Sequence

MASK = 0xFFFF_FFFF
LOW, HIGH = -layout.BEFORE, layout.AFTER  # of memory, relative to the initial SP
STACK_LOW, STACK_HIGH = -100, 200  # SP stays in between
GENERAL = (*range(13), 14)


def signed(value: int) -> int:
    """A 32-bit word as a number of two's complement."""
    return value - (1 << 32) if value >> 31 else value


@dataclass
class Draft:
    """A sequence being written.

    Attributes:
        pool: core registers that instructions take their operands from.
        known: offsets from the initial SP of registers that surely hold an address.
        written: registers whose initial value may be gone.
        stack: lowest and highest offset that SP may have.
    """

    rng: random.Random
    pool: tuple[int, ...] = GENERAL
    items: list[Item] = field(default_factory=list)
    pins: dict[int, Pin] = field(default_factory=dict)
    known: dict[int, int] = field(default_factory=dict)
    written: set[int] = field(default_factory=set)
    stack: tuple[int, int] = (0, 0)
    unsure: int = 0  # how many enclosing pieces may be skipped
    monitor_open: bool = False

    def add(self, form: Form, fields: dict[str, int], *targets: int) -> None:
        """Appends an instruction, and forgets what it overwrites."""
        for letter in form.writes:
            self.overwrite(fields[letter])
        self.items.append(Item(form, fields, targets))

    def overwrite(self, register: int) -> None:
        """The register's value is not known from here on."""
        self.known.pop(register, None)
        self.written.add(register)

    def move_known(self, register: int, change: int) -> None:
        """A write-back: the value stays known unless the instruction may be skipped."""
        value = self.known.get(register)
        self.overwrite(register)
        if value is not None and not self.unsure:
            self.known[register] = (value + change) & MASK

    def fresh(self, low: bool = False) -> list[int]:
        """Registers that can still be pinned."""
        return [
            register
            for register in (range(8) if low else GENERAL)
            if register not in self.written and register not in self.pins
        ]

    def pin_address(self, register: int, offset: int) -> None:
        """The register begins with this offset from the initial SP."""
        self.pins[register] = Pin(register, offset & MASK, True)
        self.known[register] = offset & MASK

    def pin_number(self, register: int, value: int) -> None:
        """The register begins with this number."""
        self.pins[register] = Pin(register, value & MASK, False)

    def numbers(self, low: bool = False) -> dict[int, int]:
        """Registers that surely hold a certain number."""
        return {
            register: pin.value
            for register, pin in self.pins.items()
            if not pin.relative and register not in self.written and (not low or register < 8)
        }

    def stack_can_move(self, change: int) -> bool:
        """Whether SP stays in its range."""
        return self.stack[0] + change >= STACK_LOW and self.stack[1] + change <= STACK_HIGH

    def move_stack(self, change: int, *, may_fail: bool = False) -> None:
        """SP changes; ``may_fail``: by an instruction in an IT block."""
        low, high = self.stack
        moved = (low + change, high + change)
        if may_fail:
            moved = (min(low, moved[0]), max(high, moved[1]))
        self.stack = moved

    def fits(self, offset: int, size: int, alignment: int) -> bool:
        """Whether an access at this offset from the initial SP is in memory and aligned."""
        offset = signed(offset & MASK)
        aligned = (offset + layout.BEFORE) % alignment == 0
        return aligned and LOW <= offset <= HIGH - size

    def somewhere(self, size: int, alignment: int) -> int:
        """A random offset for an access."""
        places = (HIGH - LOW - size) // alignment
        return LOW + alignment * self.rng.randint(0, places)

    def finish(self, number: int) -> Sequence:
        """The sequence."""
        return Sequence(number, tuple(self.items), tuple(self.pins.values()))
