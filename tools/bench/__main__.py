"""Print every figure, the number to reach and a peer's beside it.

    python -m tools.bench [program] [speed] [boards] [checks] [exceptions] ... [--json]

Times are this machine's and differ from machine to machine; counts and sizes do not. Peers that
are not measured in the same run are constants, and are called so ("elsewhere").
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from tools.bench import (
    boards,
    checks,
    exceptions,
    keyword_spotter,
    program,
    report,
    speed,
    startup,
)
from tools.bench.figure import Figure

GROUPS = {
    "program": program.measure,
    "speed": speed.measure,
    "boards": boards.measure,
    "checks": checks.measure,
    "exceptions": exceptions.measure,
    "report": report.measure,
    "startup": startup.measure,
}


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or value >= 1000 else f"{value:.3g}"


def _table(figures: list[Figure]) -> Table:
    table = Table(title="Simgate, kws on stm32f407")
    table.add_column("figure")
    for heading in ("measured", "to reach", "peer"):
        table.add_column(heading, justify="right")
    table.add_column("who the peer is")
    table.add_column("")
    for figure in figures:
        side = "<=" if figure.at_most else ">="
        table.add_row(
            figure.name,
            f"{_number(figure.value)} {figure.unit}".strip(),
            "" if figure.target is None else f"{side} {_number(figure.target)}",
            "" if figure.peer is None else _number(figure.peer),
            figure.peer_name,
            {None: "", True: "reached", False: "MISSED"}[figure.reached],
        )
    return table


def _boards(figures: list[Figure]) -> Table:
    """One row a figure, one column a subject."""
    subjects = list(dict.fromkeys(figure.subject for figure in figures))
    values = {(figure.name, figure.subject): figure.value for figure in figures}
    table = Table(title="Simgate, kws on each board")
    table.add_column("")
    for subject in subjects:
        table.add_column(subject, justify="right")
    table.add_column("")
    for name, unit in dict.fromkeys((figure.name, figure.unit) for figure in figures):
        own = (values.get((name, subject)) for subject in subjects)
        table.add_row(name, *("" if value is None else _number(value) for value in own), unit)
    return table


def main() -> int:
    """Measure what was asked for; everything when nothing was."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="group", help=", ".join(GROUPS))
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    unknown = set(arguments.groups) - set(GROUPS)
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))} (there are {', '.join(GROUPS)})")
    progress = Console(stderr=True)
    figures: list[Figure] = []
    with progress.status("building the firmware") as status:
        app = keyword_spotter.build()
        for name in arguments.groups or GROUPS:
            status.update(f"measuring: {name}")
            figures += GROUPS[name](app)
    if arguments.json:
        print(json.dumps([{**asdict(f), "reached": f.reached} for f in figures], indent=2))
    else:
        general = [figure for figure in figures if not figure.subject]
        by_subject = [figure for figure in figures if figure.subject]
        if general:
            Console().print(_table(general))
        if by_subject:
            Console().print(_boards(by_subject))
    return 0


if __name__ == "__main__":
    sys.exit(main())
