"""The firmware on another simulator of the same core: QEMU's STM32F405 board.

QEMU has no RCC there (every register reads 0), so these runs also show that the clock set-up ends
and falls back where nothing becomes ready.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from simgate.reference.front_end import features
from simgate.sensor.pcm_frame import encode

QEMU = shutil.which("qemu-system-arm")
pytestmark = pytest.mark.skipif(QEMU is None, reason="qemu-system-arm is not installed")


class Console:
    """The serial line of a running QEMU."""

    def __init__(self, to: IO[bytes], out: IO[bytes]) -> None:
        self._to, self._out = to, out

    def send(self, data: bytes) -> None:
        self._to.write(data)
        self._to.flush()

    def line(self) -> str:
        return self._out.readline().decode().rstrip("\n")


@contextmanager
def running(elf: Path) -> Iterator[Console]:
    command = f"timeout 120 {QEMU} -M netduinoplus2 -display none -monitor none -serial null"
    with subprocess.Popen(
        [*command.split(), "-serial", "stdio", "-kernel", elf],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as qemu:
        assert qemu.stdin is not None
        assert qemu.stdout is not None
        try:
            yield Console(qemu.stdin, qemu.stdout)
        finally:
            qemu.terminate()


def test_the_start_up_code_prepares_memory_and_fpu(image_of: Callable[[str], Path]) -> None:
    with running(image_of("start_state")) as console:
        assert console.line() == (
            '{"initialised":112233,"zeroed":0,"by_fpu":1000,"signed":-2147483648}'
        )


def test_the_clock_falls_back_and_the_tick_runs(image_of: Callable[[str], Path]) -> None:
    with running(image_of("hello")) as console:
        assert console.line() == "hello from stm32f407"
        said = json.loads(console.line())
        assert said["clock_hz"] == 16_000_000
        assert said["tick_ms"] >= 100  # QEMU's tick follows the host's clock, loosely


def test_features_on_the_core_equal_the_reference(image_of: Callable[[str], Path]) -> None:
    pcm = np.random.default_rng(7).integers(-32768, 32768, 16_000).astype(np.int16)

    with running(image_of("front_end_probe")) as console:
        assert console.line() == '{"ready":"front_end_probe"}'
        console.send(b"rubbish")
        assert console.line() == '{"error":"no frame","skipped_bytes":7}'
        console.send(encode(pcm.tobytes()))
        found = np.frombuffer(bytes.fromhex(console.line()), np.int8)
        np.testing.assert_array_equal(found.reshape(49, 32), features(pcm))
