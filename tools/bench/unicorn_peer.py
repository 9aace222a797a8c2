"""Unicorn with a compiled block hook, continuing from a machine's state: the peer for speed.

It counts exactly and tracks the lowest SP at block starts: the least that the strict engine does.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from simgate.machine import Machine

_SOURCE = Path(__file__).with_name("block_hook.c")


@dataclass(frozen=True, slots=True)
class Memory:
    """A memory of the board: base address and size in bytes."""

    base: int
    size: int


class _Counter(ctypes.Structure):
    _fields_ = (
        ("instructions", ctypes.c_uint64),
        ("lowest_sp", ctypes.c_uint32),
        ("code_base", ctypes.c_uint32),
        ("code_size", ctypes.c_uint32),
        ("code", ctypes.c_void_p),
        ("block_lengths", ctypes.c_void_p),
        ("read_register", ctypes.c_void_p),
        ("sp_identifier", ctypes.c_int),
    )


def _compile_hook(folder: Path) -> ctypes.CDLL:
    library = folder / "block_hook.so"
    subprocess.run(
        ["cc", "-std=c11", "-O2", "-shared", "-fPIC", "-o", library, _SOURCE], check=True
    )
    return ctypes.CDLL(str(library))


def call(machine: Machine, memories: tuple[Memory, ...], flash: Memory) -> tuple[int, float]:
    """Run the function at whose entry the machine stands, until it returns.

    Args:
        machine: it is read, not changed.
        memories: what to copy, the Flash among them.
        flash: where the code lies.

    Returns:
        Instructions executed, and the seconds of processor time they took.
    """
    import unicorn
    from unicorn import arm_const as arm
    from unicorn.unicorn_py3.unicorn import uclib

    engine = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
    engine.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M4)
    for memory in memories:
        engine.mem_map(memory.base, memory.size)
    registers = machine.registers()

    def enter() -> None:
        for number in range(13):
            engine.reg_write(arm.UC_ARM_REG_R0 + number, registers[f"r{number}"])
        engine.reg_write(arm.UC_ARM_REG_SP, registers["sp"])
        engine.reg_write(arm.UC_ARM_REG_LR, registers["lr"])
        for memory in memories:
            engine.mem_write(memory.base, machine.read_memory(memory.base, memory.size))

    code = ctypes.create_string_buffer(machine.read_memory(flash.base, flash.size), flash.size)
    lengths = (ctypes.c_uint16 * (flash.size // 2))()
    with tempfile.TemporaryDirectory() as folder:
        hook = _compile_hook(Path(folder))
        counter = _Counter(
            lowest_sp=0xFFFFFFFF,
            code_base=flash.base,
            code_size=flash.size,
            code=ctypes.addressof(code),
            block_lengths=ctypes.addressof(lengths),
            read_register=ctypes.cast(uclib.uc_reg_read, ctypes.c_void_p).value,
            sp_identifier=arm.UC_ARM_REG_SP,
        )
        # Straight to the library: Python's binding would put a Python function in between.
        hook_add = ctypes.CDLL(uclib._name).uc_hook_add
        status = hook_add(
            engine._uch,
            ctypes.byref(ctypes.c_size_t()),
            ctypes.c_int(unicorn.UC_HOOK_BLOCK),
            ctypes.cast(hook.count_block, ctypes.c_void_p),
            ctypes.byref(counter),
            ctypes.c_uint64(1),
            ctypes.c_uint64(0),
        )
        if status != 0:
            raise RuntimeError(f"Unicorn refused the block hook: status {status}")
        # Once to translate the code, which is not what is compared, then once for the clock.
        for _ in range(2):
            enter()
            counter.instructions = 0
            start = time.thread_time()
            engine.emu_start(registers["pc"] | 1, registers["lr"] & ~1)
            elapsed_s = time.thread_time() - start
        return counter.instructions, elapsed_s
