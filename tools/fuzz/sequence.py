"""A sequence of instructions with the initial state that it needs, and its layout in memory."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Several
from dataclasses import dataclass, replace

from tools.fuzz.form import Form
from tools.fuzz.tables import by_name

NOP = b"\x00\xbf"


@dataclass(frozen=True, slots=True)
class Item:
    """One instruction.

    Attributes:
        form: its encoding.
        fields: values of the encoding's letters; those of a branch's distance are not among them.
        targets: places in the sequence that it branches to or takes the address of; the number of
            items stands for the end. Several only for a table branch.
        partners: places of items that are of no use without this one, and the reverse.
    """

    form: Form
    fields: Mapping[str, int]
    targets: tuple[int, ...] = ()
    partners: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """In bytes, with the table of a table branch."""
        if self.form.op == "tbb":
            width = int(self.form.options["size"])
            return 4 + (len(self.targets) * width + 1) // 2 * 2
        return self.form.width


@dataclass(frozen=True, slots=True)
class Pin:
    """A register that must begin with a value: absolute, or relative to the initial SP."""

    register: int
    value: int
    relative: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """Instructions and pins; ``number`` and the seed make it again."""

    number: int
    items: tuple[Item, ...]
    pins: tuple[Pin, ...]
    kept: frozenset[int] | None = None  # items that are not NOPs; None: all

    def keeps(self, place: int) -> bool:
        """Whether the item is itself, not a NOP."""
        return self.kept is None or place in self.kept

    def places(self) -> list[int]:
        """Of the items that are not NOPs."""
        return [place for place in range(len(self.items)) if self.keeps(place)]

    def keeping(self, places: Several[int] | frozenset[int]) -> Sequence:
        """The same sequence with NOPs for all other items."""
        return replace(self, kept=frozenset(places))


def branch_fields(form: Form, distance: int) -> dict[str, int]:
    """Fields of a branch's offset: ``distance`` is in bytes from the instruction's address + 4."""
    half = distance >> 1
    match form.name:
        case "b_cond":
            return {"i": half & 0xFF}
        case "b_16":
            return {"i": half & 0x7FF}
        case "b_cond_w":
            sign, j2, j1 = half >> 19 & 1, half >> 18 & 1, half >> 17 & 1
            return {"f": sign, "k": j1, "i": half >> 11 & 0x3F, "g": j2 << 11 | half & 0x7FF}
        case "b_w" | "bl":
            sign, i1, i2 = half >> 23 & 1, half >> 22 & 1, half >> 21 & 1
            j1, j2 = 1 - (i1 ^ sign), 1 - (i2 ^ sign)
            return {"f": sign, "k": j1, "j": j2, "g": half >> 11 & 0x3FF, "i": half & 0x7FF}
        case "cbz" | "cbnz":
            return {"i": half & 0x3F}
    raise ValueError(f"{form.name} has no distance")


def _encode(item: Item, address: int, addresses: list[int]) -> bytes:
    form, fields = item.form, dict(item.fields)
    if not item.targets:
        return form.encode(fields)
    if form.op == "tbb":
        width = int(form.options["size"])
        table = b"".join(
            (addresses[target] - address - 4 >> 1).to_bytes(width, "little")
            for target in item.targets
        )
        return form.encode(fields) + table + bytes(len(table) % 2)
    target = addresses[item.targets[0]]
    if form.op == "adr":  # of a Thumb instruction: with bit 0
        fields["i"] = target + 1 - (address + 4 & ~3)
    else:
        fields.update(branch_fields(form, target - address - 4))
    return form.encode(fields)


def addresses_of(items: Several[Item], base: int) -> list[int]:
    """Addresses of the items, and of what follows them."""
    addresses = [base]
    for item in items:
        addresses.append(addresses[-1] + item.size)
    return addresses


def assemble(sequence: Sequence, base: int, epilogue: int) -> bytes:
    """The sequence at ``base`` with the branch to ``epilogue`` behind it."""
    addresses = addresses_of(sequence.items, base)
    parts = []
    for place, item in enumerate(sequence.items):
        if sequence.keeps(place):
            parts.append(_encode(item, addresses[place], addresses))
        else:
            parts.append(NOP * (item.size // 2))
    end = by_name()["b_w"]
    parts.append(end.encode(branch_fields(end, epilogue - addresses[-1] - 4)))
    return b"".join(parts)
