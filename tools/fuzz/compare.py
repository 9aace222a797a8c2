"""Which sequences end differently, and at which instruction they part.

A sequence is always looked at where it lay: in the image in which it differed, at its address and
with its record, so that nothing that depends on addresses can hide the difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.fuzz import layout
from tools.fuzz.image import Image, Results
from tools.fuzz.oracle.base import Oracle
from tools.fuzz.sequence import Sequence

Words = NDArray[np.uint32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Ending:
    """What one engine left of one sequence."""

    registers: Words
    memory: Bytes

    def differs(self, other: Ending) -> bool:
        """Of two sequences that both fault, only that is compared."""
        words = slice(0, layout.COMPARED)
        if not np.array_equal(self.registers[words], other.registers[words]):
            return True
        done = self.registers[layout.OUT_STATUS] == layout.DONE
        return bool(done) and not np.array_equal(self.memory, other.memory)


@dataclass(frozen=True, slots=True)
class Finding:
    """The first instruction of a sequence after which two engines differ.

    Attributes:
        row: of the sequence in the image.
        sequence: with NOPs for all that follows the instruction.
        place: of the instruction in the sequence; -1 if the driver alone makes a difference.
        before: our registers (words of a result) before it.
        ours: how we end after it, and theirs.
    """

    oracle: str
    image: Image
    row: int
    sequence: Sequence
    place: int
    before: Words
    ours: Ending
    theirs: Ending

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the words that differ; "memory" among them."""
        words = slice(0, layout.COMPARED)
        unlike = self.ours.registers[words] != self.theirs.registers[words]
        names = [layout.RESULT_NAMES[word] for word in np.nonzero(unlike)[0]]
        if not np.array_equal(self.ours.memory, self.theirs.memory):
            names.append("memory")
        return tuple(names)


def differing(ours: Results, theirs: Results) -> NDArray[np.intp]:
    """Rows that differ, in the sense of ``Ending.differs``."""
    words = slice(0, layout.COMPARED)
    rows = (ours.registers[:, words] != theirs.registers[:, words]).any(axis=1)
    done = ours.registers[:, layout.OUT_STATUS] == layout.DONE
    rows |= done & (ours.memory != theirs.memory).any(axis=1)
    return np.nonzero(rows)[0]


@dataclass(frozen=True, slots=True)
class Pair:
    """The core and an oracle, on variants of the sequence in one row of an image."""

    core: Oracle
    oracle: Oracle
    image: Image
    row: int

    def endings(self, sequence: Sequence) -> tuple[Ending, Ending]:
        """Ours and theirs."""
        image = self.image.only(self.row, sequence)
        ours, theirs = self.core.run(image), self.oracle.run(image)
        return (
            Ending(ours.registers[self.row], ours.memory[self.row]),
            Ending(theirs.registers[self.row], theirs.memory[self.row]),
        )

    def differ(self, sequence: Sequence) -> bool:
        """Whether they do."""
        ours, theirs = self.endings(sequence)
        return ours.differs(theirs)

    def locate(self, sequence: Sequence) -> Finding:
        """Where a sequence that differs parts: found by halving."""
        kept = sequence.places()
        low, high = -1, len(kept)  # instructions after which they are equal, and differ
        before, parted = None, self.endings(sequence)
        while high - low > 1:
            middle = (low + high) // 2
            endings = self.endings(sequence.keeping(kept[:middle]))
            if endings[0].differs(endings[1]):
                high, parted = middle, endings
            else:
                low, before = middle, endings[0]
        ours, theirs = parted
        return Finding(
            self.oracle.name,
            self.image,
            self.row,
            sequence.keeping(kept[:high]),
            kept[high - 1] if high else -1,
            (ours if before is None else before).registers,
            ours,
            theirs,
        )

    def reduced(self, finding: Finding) -> Finding:
        """The same difference with as few instructions as can be had by leaving some out."""
        smaller: Finding | None = finding
        while smaller is not None:
            finding = smaller
            smaller = self._smaller(finding)
        return finding

    def _smaller(self, finding: Finding) -> Finding | None:
        kept = finding.sequence.places()
        for place in kept:
            partners = finding.sequence.items[place].partners
            rest = [other for other in kept if other != place and other not in partners]
            if finding.place not in rest:
                continue
            attempt = finding.sequence.keeping(rest)
            if self.differ(attempt):
                located = self.locate(attempt)
                if located.place == finding.place:
                    return located
        return None
