"""``simgate estimate``: time and energy of an application's inference on its board."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def estimate(
    app: Annotated[
        str, typer.Argument(metavar="APP", help="An application's name (kws), or its folder.")
    ],
    board: Annotated[
        str | None, typer.Option(help="One of the boards that its app.toml names.")
    ] = None,
    elf: Annotated[
        Path | None, typer.Option(help="A firmware that was built already; else it is built.")
    ] = None,
    period: Annotated[
        str, typer.Option(help="From one inference to the next: 500ms, 1s, 1min.")
    ] = "1s",
    cell: Annotated[str, typer.Option(help="The cell: CR2032, AA, 18650.")] = "CR2032",
    rest: Annotated[str, typer.Option(help="In between: sleep or stop.")] = "sleep",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Estimate clock cycles, milliseconds and energy, each with its error band.

    The firmware hears one clip while the cycle model counts: pipeline, Flash wait states as the
    firmware set them, accelerator and caches. The band is that of the calibration against published
    measurements (``platforms/estimate/calibration.toml``).
    """
    from simgate.units import parse_seconds
    from simgate.verdict.application import find_app
    from simgate.verdict.estimation import estimate as estimate_app
    from simgate.verdict.estimation import to_json

    try:
        period_s = parse_seconds(period)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--period") from None
    if rest not in ("sleep", "stop"):
        raise typer.BadParameter("sleep or stop", param_hint="--rest")
    estimation = estimate_app(
        find_app(app, board),
        elf=elf,
        period_s=period_s,
        cell=cell,
        rest=rest,
        progress=(lambda what: None) if as_json else _tell,
    )
    if as_json:
        print(to_json(estimation))
        return
    from simgate.cli.screen import print_parts
    from simgate.report.estimate_table import estimate_tables

    print_parts(estimate_tables(estimation))


def _tell(what: str) -> None:
    print(f"simgate: {what}", file=sys.stderr, flush=True)
