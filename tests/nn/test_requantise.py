"""Requantisation in C, portable and with DSP instructions, against the arithmetic in Python."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile

from simgate.model.arithmetic import Multiplier, requantise

HERE = Path(__file__).resolve().parent
KERNELS = HERE.parents[1] / "firmware" / "nn"
SOURCES = (str(HERE / "requantise_main.c"), str(KERNELS / "nn_requantise.c"))
COUNT = 4000


def _requests():
    """Sums, multipliers, shifts and zero points; many sums lie at or beside a half."""
    rng = np.random.default_rng(11)
    shifts = rng.integers(-31, 12, COUNT)
    shifts[: COUNT // 2] = rng.integers(-20, 0, COUNT // 2)
    multipliers = rng.integers(1 << 30, 1 << 31, COUNT)
    multipliers[::2] = 1 << 30  # one half: whole powers of two, so that halves are common
    outputs = rng.integers(-150, 150, COUNT)
    sums = np.empty(COUNT, np.int64)
    for i, (shift, output) in enumerate(zip(shifts.tolist(), outputs.tolist(), strict=True)):
        step = 2.0 ** (1 - shift)  # accumulators from one output to the next
        sums[i] = round((output + 0.5 * (i % 4 < 2)) * step) + int(rng.integers(-1, 2))
    sums = np.clip(sums, -(1 << 31), (1 << 31) - 1)
    zero_points = rng.integers(-128, 128, COUNT)
    return np.stack([sums, multipliers, shifts, zero_points], axis=1).astype("<i4")


def _expected(requests):
    results = []
    for total, mantissa, shift, zero_point in requests.tolist():
        value = requantise(total, Multiplier(mantissa, shift)) + zero_point
        results.append(max(-128, min(127, value)))
    return np.array(results, np.int8)


def _is_narrow(requests):
    sums, shifts = np.abs(requests[:, 0].astype(np.int64)), requests[:, 2]
    return (shifts <= -1) & (shifts >= -20) & (sums < 1 << 30)


def _on_host(requests, folder):
    library = folder / "requantise.so"
    subprocess.run(
        ["gcc", "-std=c11", "-O2", "-shared", "-fPIC", f"-I{KERNELS}", *SOURCES, "-o", library],
        check=True,
    )
    results = np.zeros(COUNT, np.int8), np.zeros(COUNT, np.int8)
    data = np.ascontiguousarray(requests)
    pointers = (data.ctypes.data, COUNT, results[0].ctypes.data, results[1].ctypes.data)
    function = ctypes.CDLL(str(library)).requantise_all
    function.argtypes = [ctypes.c_void_p, ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p]
    function(*pointers)
    return results


def _on_target(requests, folder):
    unicorn = pytest.importorskip("unicorn")
    from unicorn import arm_const as arm

    path = folder / "requantise.elf"
    subprocess.run(
        ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-std=c11", "-O2", "-nostdlib",
         "-Wl,-Ttext=0x08000000", "-Wl,-e,requantise_all", f"-I{KERNELS}", *SOURCES, "-o", path],
        check=True,
    )  # fmt: skip
    with path.open("rb") as file:
        elf = ELFFile(file)
        code = elf.get_section_by_name(".text").data()
        entry = elf["e_entry"]
    machine = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
    machine.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M4)
    machine.mem_map(0x08000000, 1 << 16)
    machine.mem_map(0x20000000, 1 << 18)
    machine.mem_map(0x10000000, 4096)
    machine.mem_write(0x08000000, code)
    machine.mem_write(0x20000000, requests.tobytes())
    for register, value in (
        (arm.UC_ARM_REG_R0, 0x20000000),
        (arm.UC_ARM_REG_R1, COUNT),
        (arm.UC_ARM_REG_R2, 0x20020000),
        (arm.UC_ARM_REG_R3, 0x20028000),
        (arm.UC_ARM_REG_SP, 0x20040000),
        (arm.UC_ARM_REG_LR, 0x10000001),
    ):
        machine.reg_write(register, value)
    machine.emu_start(entry | 1, 0x10000000)
    return tuple(
        np.frombuffer(machine.mem_read(address, COUNT), np.int8)
        for address in (0x20020000, 0x20028000)
    )


@pytest.mark.parametrize("run", [_on_host, _on_target], ids=["portable", "dsp"])
def test_both_ways_equal_the_reference(run, tmp_path):
    requests = _requests()

    general, narrow = run(requests, tmp_path)

    expected, is_narrow = _expected(requests), _is_narrow(requests)
    assert is_narrow.sum() > COUNT // 3
    np.testing.assert_array_equal(general, expected)
    np.testing.assert_array_equal(narrow[is_narrow], expected[is_narrow])
