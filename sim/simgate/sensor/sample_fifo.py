"""A FIFO of samples inside a sensor, in the modes of ST's accelerometers.

LIS2DW12 data sheet, section 5.4 ("FIFO"): bypass, FIFO (stops when full), continuous (the oldest
is overwritten), continuous-to-FIFO and bypass-to-continuous (an event switches between the two).
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

BYPASS, FIFO, CONTINUOUS_TO_FIFO, BYPASS_TO_CONTINUOUS, CONTINUOUS = 0, 1, 3, 4, 6

_Sample = TypeVar("_Sample")


class SampleFifo(Generic[_Sample]):
    """Samples of one sensor, oldest first.

    Args:
        depth: how many it holds.
    """

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.mode = BYPASS
        self.overrun = False  # full, and at least one was overwritten or lost
        self.event = False  # the interrupt that switches the two double modes
        self._samples: deque[_Sample] = deque(maxlen=depth)

    def __len__(self) -> int:
        return len(self._samples)

    @property
    def full(self) -> bool:
        """No room for a further sample."""
        return len(self._samples) == self.depth

    @property
    def collecting(self) -> bool:
        """Whether samples go in."""
        return self._effective() != BYPASS

    def set_mode(self, mode: int) -> None:
        """Switch; bypass empties it."""
        if mode == BYPASS or mode != self.mode:
            self._samples.clear()
            self.overrun = self.event = False
        self.mode = mode

    def put(self, sample: _Sample) -> None:
        """A conversion is complete."""
        mode = self._effective()
        if mode == BYPASS:
            return
        if self.full:
            self.overrun = True
            if mode == FIFO:
                return
        self._samples.append(sample)

    def first(self) -> _Sample | None:
        """The oldest, or None."""
        return self._samples[0] if self._samples else None

    def drop_first(self) -> None:
        """The oldest was read."""
        if self._samples:
            self._samples.popleft()
            self.overrun = False

    def _effective(self) -> int:
        if self.mode == CONTINUOUS_TO_FIFO:
            return FIFO if self.event else CONTINUOUS
        if self.mode == BYPASS_TO_CONTINUOUS:
            return CONTINUOUS if self.event else BYPASS
        return self.mode if self.mode in (FIFO, CONTINUOUS) else BYPASS
