"""Known disagreements of an oracle with the Arm manual: each named, matched narrowly, counted.

An entry says which instruction of a sequence is concerned (its place); the sequence is then run
again without it, so that one known difference hides no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.fuzz.compare import Finding
from tools.fuzz.form import single

Q = 1 << 27
FPSCR_IXC = 1 << 4


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry.

    Attributes:
        section: of the manual (DDI 0403E.e) that decides.
        right: who agrees with it.
        place: the instruction to leave out where the entry explains a finding, else None.
    """

    name: str
    oracle: str
    section: str
    right: str
    text: str
    place: Callable[[Finding], int | None]


def _word(finding: Finding, register: int) -> int:
    return int(finding.before[register])


def _half(value: int, top: int) -> int:
    value = value >> (16 * top) & 0xFFFF
    return value - 0x1_0000 if value >> 15 else value


def _signed(value: int) -> int:
    return value - (1 << 32) if value >> 31 else value


def _smlad_q(finding: Finding) -> int | None:
    """Only Q differs, and ours is set when the exact sum overflows."""
    item = finding.sequence.items[finding.place]
    if item.form.name != "smlad" or finding.columns != ("apsr",):
        return None
    if int(finding.ours.registers[15] ^ finding.theirs.registers[15]) != Q:
        return None
    n, m, a = (_word(finding, _index(item.fields[letter])) for letter in "nma")
    swap = item.fields["x"]
    total = _half(n, 0) * _half(m, swap) + _half(n, 1) * _half(m, 1 - swap) + _signed(a)
    overflows = not -(1 << 31) <= total < 1 << 31
    had = bool(int(finding.before[15]) & Q)
    return (
        finding.place if bool(int(finding.ours.registers[15]) & Q) == (had or overflows) else None
    )


def _index(register: int) -> int:
    """Of a core register among the words of a result."""
    return register


def _from_fixed(finding: Finding) -> int | None:
    """A 32-bit fixed-point number whose single is not exact; only that register and IXC differ."""
    item = finding.sequence.items[finding.place]
    if item.form.name != "vcvt_from_fixed" or not item.fields["y"]:
        return None
    register = f"s{single(item.fields['v'])}"
    if not set(finding.columns) <= {register, "fpscr"}:
        return None
    column = 17 + single(item.fields["v"])
    value = int(finding.before[column])
    magnitude = -_signed(value) if not item.fields["u"] and value >> 31 else value
    ours, theirs = int(finding.ours.registers[column]), int(finding.theirs.registers[column])
    return finding.place if magnitude >> 24 and abs(ours - theirs) == 1 else None


def _barrier_in_it(finding: Finding) -> int | None:
    """An ISB in an IT block stands before the instruction in that block, or before the block's
    last, a branch that goes over the instruction."""
    items = finding.sequence.items
    for start, item in enumerate(items[: max(finding.place, 0)]):
        if item.form.name != "it":
            continue
        mask = item.fields["j"]
        last = start + 4 - (mask & -mask).bit_length() + 1
        for place in range(start + 1, min(last, finding.place)):
            if items[place].form.name != "isb" or not finding.sequence.keeps(place):
                continue
            branch = items[last].targets
            if finding.place <= last or (branch and finding.place < branch[0]):
                return place
    return None


DIFFERENCES = (
    Difference(
        "Unicorn: Q of SMLAD",
        "unicorn",
        "A7.7, SMLAD",
        "the core and QEMU",
        "Q is set when the sum of both products and the accumulator overflows; Unicorn 2.1.4 also "
        "sets it when the products' sum alone does.",
        _smlad_q,
    ),
    Difference(
        "Unicorn: VCVT from 32-bit fixed point",
        "unicorn",
        "A7.7, VCVT (fixed-point): FixedToFP with round_nearest",
        "the core and QEMU",
        "The conversion rounds once, to nearest; Unicorn 2.1.4 rounds by FPSCR.",
        _from_fixed,
    ),
    Difference(
        "Unicorn: ISB in an IT block",
        "unicorn",
        "A7.3, Conditional execution; A7.7, IT",
        "the core and QEMU",
        "What follows in the block keeps its condition; Unicorn 2.1.4 loses it.",
        _barrier_in_it,
    ),
)


def explained(finding: Finding) -> tuple[Difference, int] | None:
    """The entry that explains a finding, and the instruction to leave out."""
    if finding.place < 0:
        return None
    for difference in DIFFERENCES:
        if difference.oracle == finding.oracle:
            place = difference.place(finding)
            if place is not None:
                return difference, place
    return None
