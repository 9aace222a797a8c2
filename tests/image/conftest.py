"""A small firmware, built once a session in two flavours of debug information."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SOURCES = Path(__file__).parent / "firmware"
COMPILER = "arm-none-eabi-gcc"
CORE = ("-mcpu=cortex-m4", "-mthumb")


def build(output: Path, *options: str) -> Path:
    """The firmware as an ELF at ``output``."""
    command = [COMPILER, *CORE, "-O2", "-nostdlib", "-ffreestanding", *options]
    command += [f"-Wl,-T,{SOURCES / 'link.ld'}", "-Wl,--no-warn-rwx-segments", "-o", str(output)]
    command += [str(SOURCES / "start.s"), str(SOURCES / "main.c")]
    subprocess.run(command, check=True, capture_output=True)
    return output


@pytest.fixture(scope="session")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("image") / "firmware.elf", "-gdwarf-5", "-Wa,-gdwarf-5")


@pytest.fixture(scope="session")
def firmware_dwarf4(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("image") / "firmware4.elf", "-gdwarf-4")
