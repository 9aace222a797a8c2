"""The model of the manual as an oracle: sequences one by one, in Python."""

from __future__ import annotations

import numpy as np

from tools.fuzz import layout
from tools.fuzz.image import Image, Results
from tools.fuzz.model.execute import Lost, execute
from tools.fuzz.model.machine import SP, Machine, Memory, OutsideMemory
from tools.fuzz.oracle.base import Oracle


class Manual(Oracle):
    """Takes initial states from the image's records, and the sequences as their descriptions."""

    name = "model"

    def run(self, image: Image) -> Results:
        """A row at a time; about ten thousand instructions a second."""
        count = len(image.batch)
        data = Results.of_data(image.data, count)
        code = Memory(layout.CODE, bytearray(image.code), False)
        for place in image.rows:
            sequence = image.batch.sequences[place]
            record = data.memory[place]
            words = [int(word) for word in record.view("<u4")]
            memory = Memory(layout.record_at(place), bytearray(record.tobytes()), True)
            machine = Machine((memory, code))
            machine.s = words[layout.FP : layout.FP + 32]
            machine.fpscr = words[layout.FPSCR]
            machine.apsr = words[layout.APSR]
            machine.r = words[layout.CORE : layout.CORE + 13]
            machine.r += [layout.stack_of(place), words[layout.LR]]
            result = data.registers[place]
            try:
                execute(machine, sequence, image.entries[place])
                machine.store(machine.r[SP] - 4, 4, machine.r[0])  # as the epilogue does
            except (OutsideMemory, Lost):
                result[layout.OUT_STATUS] = layout.FAULTED
                continue
            result[:15] = machine.r
            result[layout.OUT_APSR] = machine.apsr
            result[layout.OUT_FPSCR] = machine.fpscr
            result[layout.OUT_FP : layout.OUT_FP + 32] = machine.s
            result[layout.OUT_STATUS] = layout.DONE
            record[:] = np.frombuffer(bytes(memory.content), np.uint8)
        return data
