"""Networks compiled and run: on this host, on an emulated Cortex-M4, and by TFLM."""

from __future__ import annotations

import importlib.util
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile

from simgate.model import CompiledModel, compile_model

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KERNELS = ROOT / "firmware" / "nn"
WARNINGS = ("-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror")
TARGET_GCC = (
    "arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", *WARNINGS, "-ffunction-sections",
    "-fdata-sections",
)  # fmt: skip
# The host's runs also find accesses beyond an array, and arithmetic that C leaves undefined.
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
FLASH, RAM, RAM_SIZE, EXIT = 0x08000000, 0x20000000, 256 * 1024, 0x10000000


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"nn_{name}", HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def builder() -> ModuleType:
    """tflite_builder.py"""
    return _load("tflite_builder")


@pytest.fixture(scope="session")
def random_layers() -> ModuleType:
    """random_layers.py"""
    return _load("random_layers")


@pytest.fixture(scope="session")
def shared_model() -> Callable[[str], Path]:
    """A model of ../shared/models; skips where there is none."""

    def find(name: str) -> Path:
        path = ROOT.parent / "shared" / "models" / name
        if not path.is_file():
            pytest.skip(f"../shared/models/{name} is not here")
        return path

    return find


def tflm_tensors(model: bytes, inputs: np.ndarray, wanted: list[int]) -> dict[int, np.ndarray]:
    """What TFLM's interpreter computes for each of the tensors ``wanted``."""
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(
        model,
        arena_size=1 << 20,
        intrepreter_config=runtime.InterpreterConfig.kPreserveAllTensors,
    )
    shape = interpreter.get_input_details(0)["shape"]
    interpreter.set_input(inputs.reshape(shape), 0)
    interpreter.invoke()
    return {
        index: np.array(interpreter.GetTensor(index, 0)["tensor_data"], np.int8).ravel()
        for index in wanted
    }


@pytest.fixture(scope="session")
def reference() -> Callable[..., dict[int, np.ndarray]]:
    """``tflm_tensors``"""
    return tflm_tensors


@dataclass
class Run:
    """A run's layer outputs by tensor index, and what it cost."""

    tensors: dict[int, np.ndarray]
    instructions: int = 0
    stack_bytes: int = 0


class HostRunner:
    """Compiles networks with the host's gcc, on the kernels' portable path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._objects = []
        for source in sorted(KERNELS.glob("*.c")):
            target = folder / f"{source.stem}.o"
            _run("gcc", *WARNINGS, *SANITIZERS, "-O1", "-c", str(source), "-o", str(target))
            self._objects.append(str(target))

    def __call__(self, model: bytes, inputs: np.ndarray) -> tuple[CompiledModel, Run]:
        compiled = _compile(model, self._folder)
        program = self._folder / "network"
        _run(
            "gcc", *WARNINGS, *SANITIZERS, "-O0", f"-I{KERNELS}", f"-I{self._folder}",
            str(HERE / "host_main.c"), *self._objects, "-o", str(program),
        )  # fmt: skip
        output = subprocess.run(
            [program], input=inputs.tobytes(), stdout=subprocess.PIPE, check=True
        ).stdout
        arenas = np.frombuffer(output, np.int8).reshape(-1, compiled.arena_bytes)
        tensors, step = {}, 0
        for layer in compiled.layers:
            step += 0 if layer.operator == "RESHAPE" else 1
            end = layer.offset + layer.size_bytes
            tensors[layer.tensor_index] = arenas[step, layer.offset : end].copy()
        return compiled, Run(tensors)


class TargetRunner:
    """Compiles networks for Cortex-M4, on the kernels' DSP path, and runs them in Unicorn."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kernels: dict[tuple[str, ...], list[str]] = {}

    def _kernel_objects(self, options: tuple[str, ...]) -> list[str]:
        """The kernels, compiled once for each choice of options."""
        if options not in self._kernels:
            folder = self._folder / "".join(options)
            folder.mkdir()
            objects = []
            for source in sorted(KERNELS.glob("*.c")):
                objects.append(str(folder / f"{source.stem}.o"))
                _run(*TARGET_GCC, *options, "-c", str(source), "-o", objects[-1])
            self._kernels[options] = objects
        return self._kernels[options]

    def build(self, model: bytes, *options: str) -> tuple[CompiledModel, Path]:
        """The ELF, compiled with ``options`` ("-O2")."""
        options = options or ("-O2",)
        compiled = _compile(model, self._folder)
        elf = self._folder / f"network{''.join(options)}.elf"
        _run(
            *TARGET_GCC, *options, "-Wl,--gc-sections", "-nostartfiles",
            "--specs=nano.specs", f"-L{KERNELS}", f"-I{KERNELS}", f"-I{self._folder}",
            "-T", str(HERE / "target.ld"), str(HERE / "target_main.c"), str(compiled.files[0]),
            *self._kernel_objects(options), "-o", str(elf),
        )  # fmt: skip
        return compiled, elf

    def __call__(
        self, model: bytes, inputs: np.ndarray, *options: str
    ) -> tuple[CompiledModel, Run]:
        compiled, elf = self.build(model, *options)
        return compiled, _emulate(elf, inputs)


def _compile(model: bytes, folder: Path) -> CompiledModel:
    path = folder / "network.tflite"
    path.write_bytes(model)
    return compile_model(path, "network", folder)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _count(code: bytes) -> int:
    """Thumb instructions in ``code``."""
    position = count = 0
    while position < len(code):
        position += 4 if code[position + 1] >> 3 in (0x1D, 0x1E, 0x1F) else 2
        count += 1
    return count


def _emulate(elf_path: Path, inputs: np.ndarray) -> Run:
    unicorn = pytest.importorskip("unicorn")
    arm = importlib.import_module("unicorn.arm_const")
    with elf_path.open("rb") as file:
        elf = ELFFile(file)
        table = elf.get_section_by_name(".simgate.layers").data()
        symbols = {s.name: s["st_value"] for s in elf.get_section_by_name(".symtab").iter_symbols()}
        segments = [
            (s["p_paddr"], s.data())
            for s in elf.iter_segments()
            if s["p_type"] == "PT_LOAD" and s["p_filesz"]
        ]
    machine: Any = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
    machine.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M4)
    machine.mem_map(FLASH, 1 << 20)
    machine.mem_map(RAM, RAM_SIZE)
    machine.mem_map(EXIT, 4096)
    for address, data in segments:
        machine.mem_write(address, data)
    rows = [struct.unpack_from("<9I", table, start) for start in range(0, len(table), 192)]
    assert all(row[0] == 0x314C4753 for row in rows)
    machine.mem_write(rows[0][3], inputs.tobytes())
    machine.mem_write(RAM + RAM_SIZE - 8192, b"\xa5" * 8192)
    result = Run({})
    ends: dict[int, list[tuple[int, ...]]] = {}
    for row in rows[1:]:
        ends.setdefault(row[6] & ~1, []).append(row)
    counts: dict[tuple[int, int], int] = {}

    def at_end(uc: Any, address: int, size: int, data: Any) -> None:
        for row in ends[address]:
            result.tensors[row[2]] = np.frombuffer(uc.mem_read(row[3], row[4]), np.int8)

    def at_block(uc: Any, address: int, size: int, data: Any) -> None:
        key = (address, size)
        if key not in counts:
            counts[key] = _count(bytes(uc.mem_read(address, size)))
        result.instructions += counts[key]

    for address in ends:
        machine.hook_add(unicorn.UC_HOOK_CODE, at_end, begin=address, end=address)
    machine.hook_add(unicorn.UC_HOOK_BLOCK, at_block)
    machine.reg_write(arm.UC_ARM_REG_SP, RAM + RAM_SIZE)
    machine.reg_write(arm.UC_ARM_REG_LR, EXIT | 1)
    machine.emu_start(symbols["network_invoke"] | 1, EXIT)
    stack = bytes(machine.mem_read(RAM + RAM_SIZE - 8192, 8192))
    result.stack_bytes = len(stack.lstrip(b"\xa5"))
    return result


@pytest.fixture(scope="session")
def on_host(tmp_path_factory: pytest.TempPathFactory) -> HostRunner:
    """Runs a model on the portable path."""
    return HostRunner(tmp_path_factory.mktemp("host"))


@pytest.fixture(scope="session")
def on_target(tmp_path_factory: pytest.TempPathFactory) -> TargetRunner:
    """Runs a model on the DSP path."""
    return TargetRunner(tmp_path_factory.mktemp("target"))


@pytest.fixture(scope="session")
def committed_model() -> Path:
    """The keyword spotter of this repository; skips where it is not there yet."""
    path = ROOT / "firmware" / "app" / "kws" / "model.tflite"
    if not path.is_file():
        pytest.skip("firmware/app/kws/model.tflite is not here")
    return path
