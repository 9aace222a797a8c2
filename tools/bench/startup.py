"""How long a user waits: from the start of the process to the firmware's first UART line."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from tools.bench.figure import Figure
from tools.bench.keyword_spotter import KeywordSpotter

RUNS = 7


def _first_line_s(app: KeywordSpotter) -> float:
    simgate = Path(sys.executable).with_name("simgate")
    start = time.perf_counter()
    with subprocess.Popen(
        [simgate, "run", app.elf, "--board", app.board, "--for", "0.05"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        elapsed = time.perf_counter() - start
        process.stdout.read()
    if '"ready"' not in line:
        raise RuntimeError(f"the first line was {line!r}")
    return elapsed


def _suite_s(root: Path) -> float:
    robot = Path(sys.executable).with_name("robot")
    start = time.perf_counter()
    subprocess.run(
        [robot, "--output", "NONE", root / "robot" / "kws.robot"],
        cwd=root,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - start


def measure(app: KeywordSpotter) -> list[Figure]:
    """First UART line, and the whole suite once the firmware is built."""
    _first_line_s(app)  # the disk's cache and Python's byte code are not what is measured
    first = statistics.median(_first_line_s(app) for _ in range(RUNS))
    _suite_s(app.root)
    suite = _suite_s(app.root)
    return [
        Figure("first UART line", first, "s", 0.4, True, 2.9, "Renode 1.16.1, elsewhere"),
        Figure("robot robot/kws.robot", suite, "s", 10.0),
    ]
