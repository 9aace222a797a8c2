"""A processor and memories that are made by hand, and real images with and without their extras."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from simgate.board import find_board
from simgate.debug import FaultReport, examine
from simgate.debug.memory import Memory
from simgate.errors import EngineError
from simgate.image import Image
from simgate.machine import Machine
from simgate.toolchain import apps_under, build_apps

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "tests" / "firmware" / "apps"
ZOO_TREE = ROOT / "build" / "tests" / "faults"


class FakeChip:
    """Memory that is made of pieces; everything else is nothing."""

    def __init__(self) -> None:
        self._pieces: list[tuple[int, bytearray]] = []

    def put(self, address: int, data: bytes) -> None:
        self._pieces.append((address, bytearray(data)))

    def words(self, address: int, *values: int) -> None:
        self.put(address, b"".join(value.to_bytes(4, "little") for value in values))

    def read(self, address: int, size: int) -> bytes:
        for base, data in reversed(self._pieces):
            if base <= address and address + size <= base + len(data):
                return bytes(data[address - base : address - base + size])
        raise EngineError("nothing there")

    def memory(self) -> Memory:
        return Memory(self.read)


@pytest.fixture
def chip() -> FakeChip:
    return FakeChip()


@pytest.fixture(scope="session")
def zoo() -> dict[str, Path]:
    """The ELFs of the zoo of faults by name."""
    return build_apps(apps_under("faults"), ZOO_TREE)


@pytest.fixture(scope="session")
def apps() -> dict[str, Path]:
    """The ELFs of the test applications that go wrong, by name."""
    folders = [*sorted(APPS.glob("fault_*")), APPS / "hang", APPS / "stack_overflow"]
    return build_apps(folders, ROOT / "build" / "tests" / "debug")


@pytest.fixture(scope="session")
def report_of() -> Callable[..., FaultReport]:
    """Runs an ELF for a while and examines the machine."""

    def report(elf: Path, seconds: float = 0.1, failure: str = "", **options: object):
        with Machine(find_board("stm32f407"), Image.read(elf), **options) as machine:
            machine.run_for(seconds)
            return examine(machine, failure=failure)

    return report


@pytest.fixture
def without(tmp_path: Path) -> Callable[..., Path]:
    """A copy of an ELF that lacks something: options of objcopy."""

    def strip(elf: Path, *options: str) -> Path:
        copy = tmp_path / f"less-{elf.name}"
        shutil.copy(elf, copy)
        subprocess.run(["arm-none-eabi-objcopy", *options, str(copy)], check=True)
        return copy

    return strip
