"""Which sequences end differently, and at which instruction they part."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Several
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.fuzz import layout
from tools.fuzz.image import Batch, Results, build
from tools.fuzz.oracle.base import Oracle
from tools.fuzz.sequence import Sequence


@dataclass(frozen=True, slots=True)
class Finding:
    """The first instruction of a sequence after which two engines differ.

    Attributes:
        place: of the instruction in the sequence.
        row: of the initial state in the batch.
        before: our registers (words of a result) before it.
        ours: our registers after it, and theirs; memories are the whole record.
    """

    oracle: str
    batch: Batch
    row: int
    sequence: Sequence
    place: int
    before: NDArray[np.uint32]
    ours: NDArray[np.uint32]
    theirs: NDArray[np.uint32]
    our_memory: NDArray[np.uint8]
    their_memory: NDArray[np.uint8]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the words that differ; "memory" among them."""
        words = np.nonzero(self.ours[: layout.COMPARED] != self.theirs[: layout.COMPARED])[0]
        names = [layout.RESULT_NAMES[word] for word in words]
        if not np.array_equal(self.our_memory, self.their_memory):
            names.append("memory")
        return tuple(names)


def differing(ours: Results, theirs: Results) -> NDArray[np.intp]:
    """Rows that differ. Of two sequences that both fault, only that is compared."""
    words = slice(0, layout.COMPARED)
    rows = (ours.registers[:, words] != theirs.registers[:, words]).any(axis=1)
    done = ours.registers[:, layout.OUT_STATUS] == layout.DONE
    rows |= done & (ours.memory != theirs.memory).any(axis=1)
    return np.nonzero(rows)[0]


def _in_parts(
    batch: Batch, sequences: Several[Sequence], rows: Several[int]
) -> Iterator[tuple[int, Batch]]:
    for first in range(0, len(sequences), layout.MOST):
        last = first + layout.MOST
        yield first, batch.chosen(sequences[first:last], rows[first:last])


def both(
    core: Oracle, oracle: Oracle, batch: Batch, sequences: Several[Sequence], rows: Several[int]
) -> tuple[Results, Results]:
    """Runs sequences with the batch's states of these rows on both."""
    ours, theirs = [], []
    for _, part in _in_parts(batch, sequences, rows):
        image = build(part)
        ours.append(core.run(image))
        theirs.append(oracle.run(image))
    return _joined(ours), _joined(theirs)


def _joined(parts: list[Results]) -> Results:
    return Results(
        np.concatenate([part.registers for part in parts]),
        np.concatenate([part.memory for part in parts]),
    )


def _kept(sequence: Sequence) -> list[int]:
    return [place for place in range(len(sequence.items)) if sequence.keeps(place)]


def locate(
    core: Oracle, oracle: Oracle, batch: Batch, found: Several[tuple[int, Sequence]]
) -> list[Finding | None]:
    """Where each of these sequences (with the row of its state) parts; None: nowhere.

    Runs every prefix of every sequence, in as few images as it takes.
    """
    prefixes, rows, owner = [], [], []
    for number, (row, sequence) in enumerate(found):
        kept = _kept(sequence)
        for length in range(len(kept) + 1):
            prefixes.append(sequence.keeping(kept[:length]))
            rows.append(row)
            owner.append((number, length))
    ours, theirs = both(core, oracle, batch, prefixes, rows)
    findings: list[Finding | None] = [None] * len(found)
    for index in differing(ours, theirs):
        number, length = owner[index]
        if findings[number] is not None:
            continue
        row, sequence = found[number]
        kept = _kept(sequence)
        before = ours.registers[index - 1] if length else ours.registers[index]
        findings[number] = Finding(
            oracle=oracle.name,
            batch=batch,
            row=row,
            sequence=prefixes[index],
            place=kept[length - 1] if length else -1,
            before=before,
            ours=ours.registers[index],
            theirs=theirs.registers[index],
            our_memory=ours.memory[index],
            their_memory=theirs.memory[index],
        )
    return findings


def reduced(core: Oracle, oracle: Oracle, finding: Finding) -> Finding:
    """The same difference with as few instructions as can be had by leaving some out."""
    while True:
        kept = _kept(finding.sequence)
        attempts = []
        for place in kept:
            if place != finding.place:
                partners = finding.sequence.items[place].partners
                rest = [other for other in kept if other != place and other not in partners]
                if finding.place in rest:
                    attempts.append(finding.sequence.keeping(rest))
        if not attempts:
            return finding
        rows = [finding.row] * len(attempts)
        ours, theirs = both(core, oracle, finding.batch, attempts, rows)
        better = None
        for index in differing(ours, theirs):
            located = locate(core, oracle, finding.batch, [(finding.row, attempts[index])])[0]
            if located is not None and located.place == finding.place:
                better = located
                break
        if better is None:
            return finding
        finding = better
