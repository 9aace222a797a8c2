"""Unicorn 2.1.4, as a library in this process."""

from __future__ import annotations

import struct

import unicorn
import unicorn.arm_const as arm

from tools.fuzz import layout
from tools.fuzz.image import Image, Results, driver
from tools.fuzz.oracle.base import Oracle

MODELS = {"cortex-m4f": "UC_CPU_ARM_CORTEX_M4", "cortex-m7": "UC_CPU_ARM_CORTEX_M7"}
SYSTEM_SPACE = 0xE000_E000
TIMEOUT_US = 60_000_000


class Unicorn(Oracle):
    """One engine for many batches. The system control space is plain memory: stores go nowhere."""

    name = "unicorn"

    def __init__(self, processor: str) -> None:
        self.model = getattr(arm, MODELS[processor])
        self.uc = self._engine()

    def _engine(self) -> unicorn.Uc:
        uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        uc.ctl_set_cpu_model(self.model)
        uc.mem_map(layout.CODE, layout.CODE_SIZE)
        uc.mem_map(layout.DATA, layout.DATA_SIZE)
        uc.mem_map(SYSTEM_SPACE, 0x1000)
        return uc

    def run(self, image: Image) -> Results:
        """An exception ends one sequence, not the batch."""
        uc = self.uc
        uc.mem_write(layout.CODE, image.code)
        uc.ctl_remove_cache(layout.CODE, layout.CODE + layout.CODE_SIZE)
        uc.mem_write(layout.DATA, image.data)
        start, end = driver().labels["reset"] | 1, driver().labels["finish"]
        while True:
            try:
                uc.emu_start(start, end, timeout=TIMEOUT_US)
                if uc.reg_read(arm.UC_ARM_REG_PC) & ~1 == end:
                    break
            except unicorn.UcError:
                pass
            record, result, left = struct.unpack("<3I", uc.mem_read(layout.CELLS, 12))
            status = result + 4 * layout.OUT_STATUS
            uc.mem_write(status, struct.pack("<I", layout.FAULTED))
            record, result = record + layout.RECORD_SIZE, result + layout.RESULT_SIZE
            uc.mem_write(layout.CELLS, struct.pack("<3I", record, result, left))
        return Results.of_data(uc.mem_read(layout.DATA, len(image.data)), len(image.batch))
