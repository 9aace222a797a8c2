"""Firmware for the tests: its C on this machine's compiler, and whole images for the chip."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from simgate.assets import root
from simgate.reference.front_end_tables import c_source
from simgate.toolchain import build_app

APPS = Path(__file__).parent / "apps"


@pytest.fixture(scope="session")
def host_library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The front end and the frame parser, compiled for this machine with its checks on."""
    folder = tmp_path_factory.mktemp("host")
    (folder / "front_end_tables.h").write_text(c_source())
    firmware = root("firmware")
    compiler = shutil.which("cc") or shutil.which("gcc") or "cc"
    subprocess.run(
        [
            compiler, "-shared", "-fPIC", "-O1", "-std=c11", "-Wall", "-Wextra", "-Werror",
            "-fsanitize=undefined", "-fno-sanitize-recover=all", "-static-libubsan",
            "-I", firmware, "-I", folder, "-o", folder / "firmware.so",
            firmware / "dsp" / "audio_front_end.c",
            firmware / "dsp" / "spectrum.c",
            firmware / "driver" / "pcm_frame.c",
        ],
        check=True,
    )  # fmt: skip
    return ctypes.CDLL(str(folder / "firmware.so"))


@pytest.fixture(scope="session")
def image_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Builds a test application once a session: its ELF."""
    trees = tmp_path_factory.mktemp("firmware")

    def build(app: str) -> Path:
        return build_app(APPS / app, build_directory=trees / app)

    return build
