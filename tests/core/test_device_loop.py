"""Many accesses outside plain memory in one run: nothing of the host grows with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from simgate.core import StopKind

DEVICE, BITBAND_RAM = 0x4000_0000, 0x2200_0000
ROUNDS = 150_000
PREPARE = """
        ldr     r0, =0xE000ED88
        ldr     r2, =0x00F00000
        str     r2, [r0]
        ldr     r0, ={base:#x}
        movs    r1, #0
loop:   {body}
        b       loop
"""
LOADS_AND_STORES = [
    "ldr r2, [r0]", "ldrh r2, [r0]", "ldrb r2, [r0]", "ldrsb r2, [r0]", "ldrsh r2, [r0]",
    "ldr r2, [r0, r1]", "ldr r2, [r0, r1, lsl #2]", "ldr r2, [r0, #0]!", "ldr r2, [r0], #0",
    "str r2, [r0]", "strh r2, [r0]", "strb r2, [r0]", "str r2, [r0, r1]", "str r2, [r0], #0",
    "ldrd r2, r3, [r0]", "strd r2, r3, [r0]", "ldm r0, {r2, r3}", "stm r0, {r2, r3}",
    "ldrex r2, [r0]", "ldrt r2, [r0]", "vldr s0, [r0]", "vstr s0, [r0]", "vldm r0, {s0-s3}",
    "vstm r0, {s0-s3}", "vldr d0, [r0]",
]  # fmt: skip


RUN = """
import sys
from pathlib import Path
from simgate.core import Clocks, Core
for name in sys.argv[2:]:
    print(Path(name).with_suffix(".s").read_text(), flush=True)
    core = Core("cortex-m4f", Clocks.of_mips(100))
    code = core.map_memory(0, 0x10000, False)
    core.map_memory(0x20000000, 0x10000, True)
    core.map_bitband(0x22000000, 0x200000, 0x20000000)
    program = Path(name).read_bytes()
    code[: len(program)] = program
    core.invalidate(0, 0x10000)
    core.reset()
    stop = core.run(int(sys.argv[1]))
    assert stop.kind == "deadline", stop
"""


SYSTEM = 0xE000_E400


@pytest.mark.parametrize("base", [SYSTEM, BITBAND_RAM + 0x2000], ids=["system", "bitband"])
def test_every_load_and_store(assemble, tmp_path: Path, base: int) -> None:
    """In a process of its own: what overflows the host's stack takes the process with it."""
    names = []
    for number, body in enumerate(LOADS_AND_STORES):
        if base == SYSTEM and body.split()[0] in ("ldrt", "strt"):
            continue  # denied there
        path = tmp_path / f"{number}.bin"
        path.write_bytes(assemble(PREPARE.format(base=base, body=body))[0])
        path.with_suffix(".s").write_text(body)
        names.append(path)
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(2 * ROUNDS), *names],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{done.stdout.splitlines()[-1]}: {done.returncode} {done.stderr}"


@pytest.mark.parametrize("body", ["ldr r2, [r0]", "strb r2, [r0]"])
def test_callbacks(boot, body: str) -> None:
    bench = boot(PREPARE.format(base=DEVICE, body=body))
    count = 0

    def read(offset: int, width: int) -> int:
        nonlocal count
        count += 1
        return 0

    def write(offset: int, width: int, value: int) -> None:
        nonlocal count
        count += 1

    bench.core.map_device(DEVICE, 0x100, read, write)
    bench.core.run(2 * ROUNDS)
    assert count >= ROUNDS - 3


@pytest.mark.parametrize("body", ["ldr r2, [r0]", "str r2, [r0]", "strb r1, [r0, #4]"])
def test_bitband(boot, body: str) -> None:
    bench = boot(PREPARE.format(base=BITBAND_RAM + 32 * 0x100, body=body))
    bench.core.map_bitband(BITBAND_RAM, 0x20_0000, 0x2000_0000)
    assert bench.core.run(2 * ROUNDS).kind is StopKind.DEADLINE


def test_system_calls(boot) -> None:
    bench = boot("loop:   svc #0\n        b loop\nvector_11:\n        bx lr\n")
    assert bench.core.run(3 * ROUNDS).kind is StopKind.DEADLINE
    assert bench.core.exceptions == ROUNDS
