"""Copies each layer's output at the moment when it is complete."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from simgate.engine.strict.stop_points import StopPoints
from simgate.image import LayerRow
from simgate.result import LayerCapture

if TYPE_CHECKING:
    from simgate.core import Core


class LayerRecorder:
    """Watches the code addresses of a layer table.

    Rows that share an address are served in the table's order: a row's end before the next row's
    beginning. The first row's beginning starts an inference.
    """

    def __init__(self, core: Core, points: StopPoints, rows: Sequence[LayerRow]) -> None:
        self._core = core
        self._rows = tuple(rows)
        self._inference = -1
        self._started: dict[int, tuple[int, int | None]] = {}
        self.captures: list[LayerCapture] = []
        for index, row in enumerate(self._rows):
            points.add(row.code_start, partial(self._begin, index))
            points.add(row.code_end, partial(self._end, index))

    def _begin(self, index: int) -> None:
        if index == 0:
            self._inference += 1
            self._started.clear()
        self._started[index] = (self._core.instructions, self._core.cycles)

    def _end(self, index: int) -> None:
        started = self._started.pop(index, None)
        if started is None:
            return  # reached without having begun: not the network's own flow
        row = self._rows[index]
        data = self._core.read(row.address, row.size)
        instructions, cycles = self._core.instructions, self._core.cycles
        if cycles is not None and started[1] is not None:
            cycles -= started[1]
        self.captures.append(
            LayerCapture(self._inference, index, started[0], instructions, data, cycles)
        )
