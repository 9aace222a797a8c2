"""The same firmware here and on QEMU's Cortex-M4: what exceptions look like is the same."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simgate.core import StopKind
from simgate.result import FaultKind

HERE = Path(__file__).parent
SYS_WRITE0, SYS_EXIT = 0x04, 0x18
FREESTANDING = ("-ffreestanding", "-fno-tree-loop-distribute-patterns")
QEMU = (
    "qemu-system-arm -M mps2-an386 -display none -monitor none -serial none "
    "-semihosting-config enable=on,target=native"
)


def bench_module():  # the importable twin of conftest.py
    name = "simgate_tests_core_bench"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / "conftest.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def semihosted_output(bench) -> str:
    """Runs to SYS_EXIT; what SYS_WRITE0 wrote."""
    text = bytearray()
    for _ in range(100_000):
        stop = bench.core.run(bench.core.ticks + 1_000_000)
        assert stop.kind is StopKind.FAULT, (stop, text.decode())
        assert stop.fault.kind is FaultKind.BREAKPOINT, (stop, text.decode())
        operation, address = bench["r0"], bench["r1"]
        if operation == SYS_EXIT:
            break
        assert operation == SYS_WRITE0
        while byte := bench.core.read(address, 1)[0]:
            text.append(byte)
            address += 1
        bench.core.dismiss_fault()
        bench.set(pc=stop.pc + 2)
    return text.decode()


@pytest.mark.parametrize("optimisation", ["-O1", "-Os"])
def test_exceptions(tmp_path: Path, optimisation: str) -> None:
    if shutil.which("qemu-system-arm") is None:
        pytest.skip("qemu-system-arm is not installed")
    module = bench_module()
    source = HERE / "programs" / "exceptions.c"
    program, symbols = module.build(
        tmp_path, source, optimisation, "-std=gnu11", "-Wall", "-Wextra", "-Werror", *FREESTANDING
    )
    qemu = subprocess.run(
        [*QEMU.split(), "-kernel", tmp_path / "a.elf"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    theirs = (qemu.stdout + qemu.stderr).splitlines()
    ours = semihosted_output(module.place(program, symbols)).splitlines()
    assert ours[-1] == "end"
    assert len(ours) > 30
    assert ours == theirs
