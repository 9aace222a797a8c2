"""Draw the results that README.md shows: ``python -m tools.picture`` writes robot/*.svg.

They are what `simgate verify kws` and `simgate debug` of a firmware of the zoo printed in that very
run; nothing is drawn by hand.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rich.console import Console, RenderableType

from simgate.board import find_board
from simgate.debug import examine
from simgate.image import Image
from simgate.machine import Machine
from simgate.report.fault_text import render
from simgate.report.verification_table import verification_tables
from simgate.toolchain import build_app
from simgate.verdict.application import find_app
from simgate.verdict.verification import verify

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 108  # columns
BROKEN = "unaligned_dsp"
_REPLAY = re.compile(r"\S*/(?=\w+\.elf)")  # the folder in which it was built here

# An SVG that brings no font along and asks no server for one.
_FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
    font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
<rect fill="#1b1d23" x="0" y="0" width="{width}" height="{height}" rx="8"/>
<g transform="translate(9, 9)" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def _draw(name: str, command: str, parts: Iterable[RenderableType]) -> None:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(f"[bold]$ {command}[/bold]")
    for part in parts:
        console.print(part)
    target = ROOT / "robot" / name
    target.write_text(console.export_svg(title="", code_format=_FORMAT, unique_id="simgate"))
    print(f"wrote {target.relative_to(ROOT)}")


def _verification() -> bool:
    verification = verify(find_app("kws"), progress=lambda _what, _how_far: None)
    _draw("kws.svg", "simgate verify kws", verification_tables(verification))
    return verification.passed


def _fault() -> bool:
    """A misaligned LDRD, the classic of DSP kernels; the report down to the disassembly."""
    elf = build_app(ROOT / "firmware" / "app" / "faults" / BROKEN)
    with Machine(find_board("stm32f407"), Image.read(elf), on_fault="follow") as machine:
        machine.run_for(1.0)
        report = examine(machine)
    report = replace(report, image=f"{BROKEN}.elf", replay=_REPLAY.sub("", report.replay))
    _draw("hardfault.svg", f"simgate debug {BROKEN}.elf --board stm32f407", [render(report)])
    return report.fault is not None


def main() -> int:
    """Draw both; 1 where the results are not what the README says."""
    drawn = [_verification(), _fault()]
    return 0 if all(drawn) else 1


if __name__ == "__main__":
    sys.exit(main())
