"""``simgate verify``: an application's words, layers and budgets, judged."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from simgate.verdict.application import App
    from simgate.verdict.verification import Progress, Verification


def verify(
    app: Annotated[
        str, typer.Argument(metavar="APP", help="An application's name (kws), or its folder.")
    ],
    board: Annotated[
        str | None, typer.Option(help="The board to run it on; else the application's own.")
    ] = None,
    elf: Annotated[
        Path | None, typer.Option(help="A firmware that was built already; else it is built.")
    ] = None,
    engine: Annotated[str, typer.Option(help="The engine to run on.")] = "strict",
    litert: Annotated[bool, typer.Option(help="Ask LiteRT for a second opinion.")] = True,
    update_baseline: Annotated[
        bool,
        typer.Option(
            "--update-baseline", help="Keep these measurements as the baseline if it passes."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Build and run an application, and hold it against its references and budgets.

    Words must be heard, the front end's features and every layer of the network must equal the
    references, and the budgets must hold. Exit code 1 when one of these fails.
    """
    from simgate.verdict.application import find_app

    found = find_app(app, board)
    verification = _verify(found, elf, engine, litert, quiet=as_json)
    if as_json:
        from simgate.report.verification_json import verification_json

        print(verification_json(verification))
    else:
        from simgate.cli.screen import print_parts
        from simgate.report.verification_table import verification_tables

        print_parts(verification_tables(verification))
    if update_baseline:
        _update_baseline(found, verification)
    raise typer.Exit(0 if verification.passed else 1)


def _verify(app: App, elf: Path | None, engine: str, litert: bool, *, quiet: bool) -> Verification:
    from simgate.verdict import verification

    def run(progress: Progress) -> Verification:
        return verification.verify(app, elf=elf, engine=engine, litert=litert, progress=progress)

    if quiet:
        return run(lambda _what, _how_far: None)
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        return run(_Steps().say)
    with console.status("starting") as status:
        return run(lambda what, how_far: status.update(f"{what} {how_far}"))


class _Steps:
    """Says each step once, for logs."""

    def __init__(self) -> None:
        self._said = ""

    def say(self, what: str, _how_far: str) -> None:
        """Print what is being done, unless it was said already."""
        if what != self._said:
            print(f"simgate: {what}", file=sys.stderr, flush=True)
        self._said = what


def _update_baseline(app: App, verification: Verification) -> None:
    from simgate.verdict.baseline import write_baseline

    if not verification.passed:
        print("simgate: the verdict failed: the baseline is left as it was", file=sys.stderr)
        return
    write_baseline(app.baseline, verification.measurements.figures)
    print(f"simgate: wrote {app.baseline}", file=sys.stderr)
