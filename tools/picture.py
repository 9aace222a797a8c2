"""Draw the result that README.md shows: ``python -m tools.picture`` writes robot/kws.svg.

The picture is what `simgate verify kws` printed in that very run, nothing is drawn by hand.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from rich.console import Console

from simgate.report.verification_table import verification_tables
from simgate.verdict.application import find_app
from simgate.verdict.verification import verify

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 108  # columns

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


def main() -> int:
    """Verify kws and keep what is printed."""
    verification = verify(find_app("kws"), progress=lambda _what, _how_far: None)
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print("[bold]$ simgate verify kws[/bold]")
    for part in verification_tables(verification):
        console.print(part)
    target = ROOT / "robot" / "kws.svg"
    target.write_text(console.export_svg(title="", code_format=_FORMAT, unique_id="simgate"))
    print(f"wrote {target.relative_to(ROOT)}")
    return 0 if verification.passed else 1


if __name__ == "__main__":
    sys.exit(main())
