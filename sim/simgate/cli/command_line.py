"""The commands put together.

The commands' own modules import what they need inside their functions: no command waits for
packages that only another one uses.
"""

from __future__ import annotations

import typer

from simgate.cli.boards import boards
from simgate.cli.compile import compile_command
from simgate.cli.debug import debug
from simgate.cli.estimate import estimate
from simgate.cli.failure import UsageError, json_wanted
from simgate.cli.footprint import footprint
from simgate.cli.resd import resd
from simgate.cli.run import SUMMARY, run
from simgate.cli.verify import verify

app = typer.Typer(
    name="simgate",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def simgate(version: bool = typer.Option(False, "--version", help="Print the version.")) -> None:
    """Machine learning on microcontrollers, verified on simulated STM32 boards."""
    if version:
        import simgate as package

        print(f"simgate {package.__version__}")
        raise typer.Exit


@app.command(
    "run",
    help=SUMMARY,
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def run_command(context: typer.Context) -> None:
    """Hand over to the command's own parser (see `simgate.cli.main`)."""
    raise typer.Exit(run(context.args))


app.command("verify")(verify)
app.command("estimate")(estimate)
app.command("debug")(debug)
app.command("compile")(compile_command)
app.command("boards")(boards)
app.command("footprint")(footprint)
app.command("resd")(resd)


# Typer carries Click's errors where releases differ; the base of this public one is the same.
_USAGE_PROBLEM: type[Exception] = typer.BadParameter.__mro__[1]


def run_command_line() -> object:
    """Run the command that the process's arguments name; returns its exit code.

    Raises:
        UsageError: it cannot be understood, and JSON was asked for (otherwise Typer says so).
        SimgateError: it cannot be done.
    """
    if not json_wanted():
        return app(prog_name="simgate")
    try:
        return app(prog_name="simgate", standalone_mode=False)
    except _USAGE_PROBLEM as problem:
        raise UsageError(_message(problem), hint="See `simgate --help`.") from None


def _message(problem: Exception) -> str:
    describe = getattr(problem, "format_message", lambda: str(problem))
    return str(describe())
