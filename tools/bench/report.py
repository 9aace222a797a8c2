"""How long a fault report takes: the keyword spotter with a stack that is too small.

The run up to the fault is not counted; examining it, which makes the run again where only that can
tell, and writing the report as text and as JSON are.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from simgate.board import find_board
from simgate.debug import examine
from simgate.image import Image
from simgate.machine import Machine
from simgate.report.fault_json import to_json
from simgate.report.fault_text import plain
from simgate.toolchain import build_app
from tools.bench.figure import Figure
from tools.bench.keyword_spotter import ROOT, KeywordSpotter

RUNS = 5
TO_REACH_S = 1.0
STACK_BYTES = "1024"


def _too_small(app: KeywordSpotter) -> Path:
    folder = ROOT / "build" / "bench-small-stack"
    return build_app(
        "kws", board=app.board, build_directory=folder, options={"STACK_SIZE": STACK_BYTES}
    )


def _report_s(app: KeywordSpotter, elf: Path) -> float:
    with Machine(find_board(app.board), Image.read(elf), on_fault="follow") as machine:
        app.boot(machine)
        app.send(machine, 0)
        machine.run_for(5.0)
        begin = time.perf_counter()
        report = examine(machine)
        text, content = plain(report), to_json(report)
        elapsed_s = time.perf_counter() - begin
    if "stack overflow" not in text or "stack overflow" not in content:
        raise RuntimeError(f"the report was {text}")
    return elapsed_s


def _command_s(app: KeywordSpotter) -> float:
    """The whole process for a firmware that faults at once."""
    folder = ROOT / "build" / "bench-unaligned"
    source = ROOT / "firmware" / "app" / "faults" / "unaligned_dsp"
    elf = build_app(source, board=app.board, build_directory=folder)
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "simgate", "debug", elf, "--board", app.board],
        capture_output=True,
        text=True,
        check=False,
    )
    elapsed_s = time.perf_counter() - begin
    if done.returncode != 1:
        raise RuntimeError(f"simgate debug said {done.stdout}{done.stderr}")
    return elapsed_s


def measure(app: KeywordSpotter) -> list[Figure]:
    """A report within a second."""
    elf = _too_small(app)
    report_s = statistics.median(_report_s(app, elf) for _ in range(RUNS))
    command_s = statistics.median(_command_s(app) for _ in range(RUNS))
    return [
        Figure("fault report of the keyword spotter", report_s, "s", TO_REACH_S),
        Figure("simgate debug, unaligned_dsp, whole process", command_s, "s", TO_REACH_S),
    ]
