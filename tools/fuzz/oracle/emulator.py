"""Unicorn 2.1.4, as a library in this process."""

from __future__ import annotations

import ctypes
import struct

import unicorn
import unicorn.arm_const as arm

from tools.fuzz import layout
from tools.fuzz.image import Image, Results, driver
from tools.fuzz.oracle.base import Oracle

MODELS = {
    "cortex-m4f": "UC_CPU_ARM_CORTEX_M4",
    "cortex-m7": "UC_CPU_ARM_CORTEX_M7",
    "cortex-m7-sp": "UC_CPU_ARM_CORTEX_M7",
}
SYSTEM_SPACE = 0xE000_E000
TIMEOUT_US = 60_000_000


class Unicorn(Oracle):
    """One engine for many batches. The system control space is plain memory: stores go nowhere."""

    name = "unicorn"

    def __init__(self, processor: str) -> None:
        self.code = (ctypes.c_uint8 * layout.CODE_SIZE)()
        self.data = (ctypes.c_uint8 * layout.DATA_SIZE)()
        self.uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        self.uc.ctl_set_cpu_model(getattr(arm, MODELS[processor]))
        everything = unicorn.UC_PROT_ALL
        for base, memory in ((layout.CODE, self.code), (layout.DATA, self.data)):
            self.uc.mem_map_ptr(base, len(memory), everything, ctypes.addressof(memory))
        self.uc.mem_map(SYSTEM_SPACE, 0x1000)

    def run(self, image: Image) -> Results:
        """An exception ends one sequence, not the batch."""
        uc = self.uc
        code, data = memoryview(self.code).cast("B"), memoryview(self.data).cast("B")
        code[: len(image.code)] = image.code
        data[: len(image.data)] = image.data
        uc.ctl_remove_cache(layout.CODE, layout.CODE + layout.CODE_SIZE)
        start, end = driver().labels["reset"] | 1, driver().labels["finish"]
        while True:
            try:
                uc.emu_start(start, end, timeout=TIMEOUT_US)
                if uc.reg_read(arm.UC_ARM_REG_PC) & ~1 == end:
                    break
            except unicorn.UcError:
                pass
            record, result, left = struct.unpack_from("<3I", data, 0)
            status = result - layout.DATA + 4 * layout.OUT_STATUS
            struct.pack_into("<I", data, status, layout.FAULTED)
            record, result = record + layout.RECORD_SIZE, result + layout.RESULT_SIZE
            struct.pack_into("<3I", data, 0, record, result, left)
        return Results.of_data(data, len(image.batch))
