"""The core under test."""

from __future__ import annotations

import random
import struct

from simgate.core import Clocks, Core, StopKind
from tools.fuzz import layout
from tools.fuzz.image import Image, Results, driver
from tools.fuzz.oracle.base import Oracle

LENGTHS = (1, 1, 2, 3, 5, 8, 13)
LIMIT = 4_000  # instructions that a sequence may take, on average


class Strict(Oracle):
    """simgate.core.Core with the image in its memories; made once, used for many batches."""

    name = "strict"

    def __init__(self, processor: str) -> None:
        self.core = Core(processor, Clocks.of_mips(100))
        self.code = self.core.map_memory(layout.CODE, layout.CODE_SIZE, False)
        self.data = self.core.map_memory(layout.DATA, layout.DATA_SIZE, True)
        self.core.add_stop(driver().labels["finish"])

    def run(self, image: Image) -> Results:
        """A fault ends one sequence, not the batch."""
        self.code[: len(image.code)] = image.code
        self.data[: len(image.data)] = image.data
        self.core.invalidate(layout.CODE, len(image.code))
        left = len(image.batch)
        while True:
            self.core.reset()
            if self.arrives(left):
                break
            left = self._skip(image)
        return Results.of_data(self.data, len(image.batch))

    def arrives(self, left: int) -> bool:
        """Runs to the driver's end; False if it does not come there."""
        stop = self.core.run(self.core.ticks + LIMIT * (left + 1))
        return stop.kind is StopKind.STOP_POINT

    def _skip(self, image: Image) -> int:
        """Marks the record that did not come to its end; how many are left."""
        record, result, left = struct.unpack_from("<3I", self.data, 0)
        place = (result - image.results) // layout.RESULT_SIZE
        at = image.results - layout.DATA + layout.RESULT_SIZE * place + 4 * layout.OUT_STATUS
        struct.pack_into("<I", self.data, at, layout.FAULTED)
        struct.pack_into(
            "<3I", self.data, 0, record + layout.RECORD_SIZE, result + layout.RESULT_SIZE, left
        )
        return int(left)


class Pieces(Strict):
    """The same core, run in pieces of one to a few instructions."""

    name = "pieces"

    def arrives(self, left: int) -> bool:
        """Lengths of the pieces are drawn from a fixed seed."""
        draw = random.Random(left)
        end = self.core.ticks + LIMIT * (left + 1)
        while self.core.ticks < end:
            stop = self.core.run(self.core.ticks + draw.choice(LENGTHS))
            if stop.kind is not StopKind.DEADLINE:
                return stop.kind is StopKind.STOP_POINT
        return False
