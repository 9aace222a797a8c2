"""What the checks cost: the core as it ships against one that is compiled without them.

The other one leaves out the bounds of memories (devices are still told apart), the alignment of
words, the stack's limit and depth, and the trail of branches. Both run the network in turn, each in
a process of its own, from the same firmware.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.bench.figure import Figure
from tools.bench.keyword_spotter import ROOT, KeywordSpotter

ROUNDS = 7
TO_REACH_PERCENT = 10.0
_ONCE = """
import json, sys
from pathlib import Path
from tools.bench.keyword_spotter import KeywordSpotter
from tools.bench.speed import network_speed
told = json.loads(sys.argv[1])
app = KeywordSpotter(
    Path(told["root"]), told["board"], Path(told["elf"]), 0, tuple(map(Path, told["clips"]))
)
print(network_speed(app, 9))
"""


def _unchecked(folder: Path) -> Path:
    """A copy of the package whose core is compiled without checks; returns its ``sim``."""
    for name in ("sim", "platforms", "robot", "firmware"):
        skip = shutil.ignore_patterns("*.so", "__pycache__", "build")
        shutil.copytree(ROOT / name, folder / name, ignore=skip)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    subprocess.run(
        [sys.executable, "setup.py", "-q", "build_ext", "--inplace"],
        cwd=folder,
        check=True,
        capture_output=True,
        env={**os.environ, "CFLAGS": "-DSIMGATE_UNCHECKED"},
    )
    return folder / "sim"


def _speed(sim: Path, app: KeywordSpotter) -> float:
    """Best guest instructions a second of a few runs of the network, in a process of its own."""
    told = {
        "root": str(app.root),
        "board": app.board,
        "elf": str(app.elf),
        "clips": [str(clip) for clip in app.clips],
    }
    done = subprocess.run(
        [sys.executable, "-c", _ONCE, json.dumps(told)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(sim)},
    )
    return float(done.stdout)


def measure(app: KeywordSpotter) -> list[Figure]:
    """The share of the host's time that goes into checks."""
    with tempfile.TemporaryDirectory() as scratch:
        without = _unchecked(Path(scratch))
        pairs = [(_speed(ROOT / "sim", app), _speed(without, app)) for _ in range(ROUNDS)]
    cost = statistics.median(1 - checked / unchecked for checked, unchecked in pairs)
    return [
        Figure(
            "all checks, share of the host's time",
            max(cost, 0.0) * 100,
            "%",
            TO_REACH_PERCENT,
            peer=statistics.median(unchecked for _, unchecked in pairs) / 1e6,
            peer_name="MIPS without any of them",
        )
    ]
