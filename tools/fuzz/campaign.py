"""Chunks of sequences on the core and its oracles, over several processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context

from tools.fuzz import layout
from tools.fuzz.compare import Pair, differing
from tools.fuzz.differences import explained
from tools.fuzz.generate import Generator
from tools.fuzz.image import Batch, build
from tools.fuzz.oracle import make
from tools.fuzz.oracle.base import Oracle
from tools.fuzz.show import lines_of
from tools.fuzz.values import CHUNK, states

SHOWN = 5  # unexplained differences that are reduced and shown, a chunk and an oracle


@dataclass(frozen=True, slots=True)
class Task:
    """Sequences ``first`` to ``first + count - 1``, all in one chunk."""

    seed: int
    processor: str
    oracles: tuple[str, ...]
    first: int
    count: int


@dataclass(slots=True)
class Outcome:
    """Counts of one or more chunks."""

    sequences: int = 0
    instructions: int = 0
    faulted: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    unexplained: Counter[str] = field(default_factory=Counter)  # by oracle
    reports: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Adds another's counts."""
        self.sequences += other.sequences
        self.instructions += other.instructions
        self.faulted += other.faulted
        self.explained += other.explained
        self.unexplained += other.unexplained
        self.reports += other.reports


def batch_of(task: Task) -> Batch:
    """The task's sequences and states."""
    import numpy as np

    generator = Generator(task.seed, task.processor)
    chunk, begin = divmod(task.first, CHUNK)
    with_doubles = task.processor == "cortex-m7"
    all_states = states(task.seed, chunk, with_doubles=with_doubles)
    sequences = tuple(generator.sequence(task.first + i) for i in range(task.count))
    return Batch(task.processor, sequences, all_states.rows(np.arange(begin, begin + task.count)))


def check(batch: Batch, core: Oracle, oracles: list[Oracle]) -> Outcome:
    """Runs a batch on all, and looks at every difference."""
    image = build(batch)
    ours = core.run(image)
    outcome = Outcome(
        sequences=len(batch), instructions=sum(len(each.items) for each in batch.sequences)
    )
    outcome.faulted = int((ours.registers[:, layout.OUT_STATUS] != layout.DONE).sum())
    for oracle in oracles:
        shown = len(outcome.reports) + SHOWN
        for row in differing(ours, oracle.run(image)):
            _explain(Pair(core, oracle, image, int(row)), outcome, shown)
    return outcome


def _explain(pair: Pair, outcome: Outcome, shown: int) -> None:
    """Counts a difference, and what differs without the instructions that explain it."""
    sequence = pair.image.batch.sequences[pair.row]
    while True:
        finding = pair.locate(sequence)
        known = explained(finding)
        if known is None:
            break
        difference, place = known
        outcome.explained[difference.name] += 1
        sequence = sequence.keeping([other for other in sequence.places() if other != place])
        if not pair.differ(sequence):
            return
    outcome.unexplained[pair.oracle.name] += 1
    if len(outcome.reports) < shown:
        outcome.reports.append("\n".join(lines_of(pair.reduced(finding))))


@cache
def _engine(name: str, processor: str) -> Oracle:
    return make(name, processor)


def run_task(task: Task) -> Outcome:
    """One task, with this process's engines."""
    core = _engine("strict", task.processor)
    oracles = [_engine(name, task.processor) for name in task.oracles]
    return check(batch_of(task), core, oracles)


def tasks(
    seed: int, processor: str, oracles: tuple[str, ...], first: int, count: int
) -> Iterator[Task]:
    """The tasks that make up sequences ``first`` to ``first + count - 1``."""
    end = first + count
    while first < end:
        size = min(CHUNK - first % CHUNK, end - first)
        yield Task(seed, processor, oracles, first, size)
        first += size


def run(all_tasks: list[Task], workers: int) -> Iterator[Outcome]:
    """Outcomes as they come."""
    if workers <= 1:
        yield from map(run_task, all_tasks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(run_task, task) for task in all_tasks]):
            yield future.result()
