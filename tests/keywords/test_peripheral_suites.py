"""The suites of robot/peripherals: a firmware drives each peripheral, seen from outside."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITES = sorted((ROOT / "robot" / "peripherals").glob("*.robot"))


@pytest.mark.parametrize("suite", SUITES, ids=lambda path: path.stem)
def test_suite(suite: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "robot", "--outputdir", tmp_path, "--loglevel", "INFO", suite]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
