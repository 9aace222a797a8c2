"""The command as a user runs it: a process, its output and its exit code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simgate.toolchain import build_app

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "tests" / "firmware" / "apps"

Simgate = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def simgate(tmp_path: Path) -> Simgate:
    """Runs ``simgate`` with these arguments in an empty folder."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "simgate", *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def elf_of() -> Callable[[str], Path]:
    """Builds a test application; what was built before is kept under build/."""

    def build(app: str) -> Path:
        return build_app(APPS / app, build_directory=ROOT / "build" / "tests" / app)

    return build
