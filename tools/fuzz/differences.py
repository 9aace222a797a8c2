"""Known disagreements of an oracle with the Arm manual: each named, matched narrowly, counted.

An entry says which instruction of a sequence is concerned (its place); the sequence is then run
again without it, so that one known difference hides no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.fuzz import layout
from tools.fuzz.compare import Finding
from tools.fuzz.form import single
from tools.fuzz.model.convert import from_fixed
from tools.fuzz.model.machine import signed
from tools.fuzz.model.multiply import half
from tools.fuzz.model.number import NEAREST, SINGLE, Status

Q = 1 << 27


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


def _smlad_q(finding: Finding) -> int | None:
    """Only Q differs, and ours is set when the exact sum overflows."""
    item = finding.sequence.items[finding.place]
    if item.form.name != "smlad" or finding.columns != ("apsr",):
        return None
    ours, theirs = (
        int(ending.registers[layout.OUT_APSR]) for ending in (finding.ours, finding.theirs)
    )
    if ours ^ theirs != Q:
        return None
    n, m, a = (int(finding.before[item.fields[letter]]) for letter in "nma")
    swap = item.fields["x"]
    total = half(n, 0) * half(m, swap) + half(n, 1) * half(m, 1 - swap) + signed(a)
    overflows = not -(1 << 31) <= total < 1 << 31
    had = bool(int(finding.before[layout.OUT_APSR]) & Q)
    return finding.place if bool(ours & Q) == (had or overflows) else None


def _from_fixed(finding: Finding) -> int | None:
    """Ours is rounded to nearest, theirs by FPSCR's mode; nothing else differs."""
    item = finding.sequence.items[finding.place]
    register = f"s{single(item.fields.get('v', 0))}"
    if item.form.name != "vcvt_from_fixed" or finding.columns != (register,):
        return None
    column = layout.RESULT_NAMES.index(register)
    width = 32 if item.fields["y"] else 16
    bits = int(finding.before[column]) & (1 << width) - 1
    number = bits if item.fields["u"] else signed(bits, width)
    status = Status(int(finding.before[layout.OUT_FPSCR]))

    def rounded(mode: int) -> int:
        return from_fixed(number, SINGLE, width - single(item.fields["i"]), mode, status)

    ours, theirs = int(finding.ours.registers[column]), int(finding.theirs.registers[column])
    return finding.place if (ours, theirs) == (rounded(NEAREST), rounded(status.mode)) else None


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
