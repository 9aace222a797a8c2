"""Random sequences: reproducible from the seed and a sequence's number."""

from __future__ import annotations

import random

from tools.fuzz.choice import FEATURES, choices_of
from tools.fuzz.draft import GENERAL, Draft
from tools.fuzz.sequence import Sequence
from tools.fuzz.units import Writer


class Generator:
    """Draws sequences for one processor."""

    def __init__(self, seed: int, processor: str) -> None:
        self.seed = seed
        self.processor = processor
        self.choices, self.sums = choices_of(processor)
        self.has_fp = "fp" in FEATURES[processor]

    def sequence(self, number: int) -> Sequence:
        """The sequence of this number."""
        rng = random.Random(self.seed << 40 | number)
        draft = Draft(rng, self._pool(rng))
        singles = tuple(rng.sample(range(32), rng.choice([3, 5, 8])))
        doubles = tuple(rng.sample(range(16), rng.choice([2, 4, 6])))
        choice = rng.choices(self.choices, cum_weights=self.sums)[0]
        writer = Writer(draft, choice, singles, doubles, self.has_fp)
        wanted = rng.randint(1, 12)
        while len(draft.items) < wanted:
            writer.unit(0)
        return draft.finish(number)

    @staticmethod
    def _pool(rng: random.Random) -> tuple[int, ...]:
        size = rng.choice([4, 6, 9, 14])
        pool = rng.sample(GENERAL, size)
        if not any(register < 8 for register in pool):
            pool.append(rng.randrange(8))
        return tuple(pool)
