"""Draw random sequences, run them on the core and on its oracles, and explain every difference.

    python -m tools.fuzz --seed 1 --sequences 100000 --processor cortex-m7 --oracle qemu,unicorn

The same seed and numbers give the same sequences: ``--first`` goes on where a run ended, or looks
at one sequence again (``--first 4711 --sequences 1``). Exit code 1: a difference that no entry of
tools/fuzz/differences.py explains.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from simgate.errors import SimgateError
from tools.fuzz.campaign import Outcome, run, tasks
from tools.fuzz.choice import FEATURES
from tools.fuzz.differences import DIFFERENCES
from tools.fuzz.oracle import NAMES

LINE_EVERY = 65_536  # sequences, where no bar can be drawn


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.fuzz",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sequences", type=int, default=4096, metavar="N")
    parser.add_argument("--first", type=int, default=0, metavar="K", help="number of the first")
    parser.add_argument("--processor", choices=sorted(FEATURES), default="cortex-m4f")
    parser.add_argument("--oracle", default="qemu,unicorn", help=f"any of {','.join(NAMES)}")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    arguments.oracle = tuple(name for name in arguments.oracle.split(",") if name)
    for name in arguments.oracle:
        if name not in NAMES:
            parser.error(f"no oracle '{name}' (there are {', '.join(NAMES)})")
    if arguments.sequences < 1 or arguments.first < 0 or arguments.seed < 0:
        parser.error("--sequences must be positive, --first and --seed not negative")
    return arguments


def _as_json(arguments: argparse.Namespace, total: Outcome, seconds: float) -> str:
    return json.dumps(
        {
            "seed": arguments.seed,
            "first": arguments.first,
            "processor": arguments.processor,
            "oracles": arguments.oracle,
            "sequences": total.sequences,
            "instructions": total.instructions,
            "faulted": total.faulted,
            "explained": total.explained,
            "unexplained": total.unexplained,
            "reports": total.reports,
            "seconds": round(seconds, 1),
        },
        indent=2,
    )


def _table(arguments: argparse.Namespace, total: Outcome, seconds: float) -> Table:
    table = Table(
        title=f"{arguments.processor}, seed {arguments.seed}, against {', '.join(arguments.oracle)}"
    )
    table.add_column("")
    table.add_column("count", justify="right")
    table.add_column("manual")
    table.add_row("sequences", f"{total.sequences:,}", "")
    table.add_row("instructions", f"{total.instructions:,}", "")
    table.add_row("sequences that fault on the core", f"{total.faulted:,}", "")
    for difference in DIFFERENCES:
        if difference.oracle in arguments.oracle:
            count = total.explained[difference.name]
            table.add_row(difference.name, f"{count:,}", difference.section)
    for name in arguments.oracle:
        table.add_row(f"unexplained against {name}", f"{total.unexplained[name]:,}", "")
    table.add_row("seconds", f"{seconds:,.0f}", "")
    return table


def main() -> int:
    """Parse, run, print."""
    arguments = _arguments()
    console = Console(stderr=True)
    start = time.monotonic()
    total = Outcome()
    work = list(
        tasks(
            arguments.seed,
            arguments.processor,
            arguments.oracle,
            arguments.first,
            arguments.sequences,
        )
    )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("sequences", total=arguments.sequences)
        try:
            for outcome in run(work, min(arguments.workers, len(work))):
                total.add(outcome)
                progress.advance(bar, outcome.sequences)
                if not console.is_terminal and total.sequences % LINE_EVERY < outcome.sequences:
                    print(f"{total.sequences:,} of {arguments.sequences:,}", file=sys.stderr)
                for report in outcome.reports:
                    progress.console.print(report, markup=False, highlight=False, soft_wrap=True)
        except SimgateError as error:
            console.print(f"{error}", style="red", markup=False)
            if error.hint:
                console.print(error.hint, markup=False)
            return 2
    seconds = time.monotonic() - start
    if arguments.json:
        print(_as_json(arguments, total, seconds))
    else:
        Console().print(_table(arguments, total, seconds))
    return 1 if total.unexplained.total() else 0


if __name__ == "__main__":
    sys.exit(main())
