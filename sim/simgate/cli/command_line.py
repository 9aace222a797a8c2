"""The commands put together, and how an error leaves the process.

The commands' own modules import what they need inside their functions: the first line of a UART
must not wait for packages that only another command uses.
"""

from __future__ import annotations

import json
import sys

import typer

from simgate.cli.boards import boards
from simgate.cli.compile import compile_command
from simgate.cli.footprint import footprint
from simgate.cli.run import run as run_command
from simgate.cli.verify import verify
from simgate.errors import SimgateError

INTERRUPTED = 130  # what shells report for SIGINT

app = typer.Typer(
    name="simgate",
    help="Machine learning on microcontrollers, verified on simulated STM32 boards.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(run_command)
app.command("verify")(verify)
app.command("compile")(compile_command)
app.command("boards")(boards)
app.command("footprint")(footprint)


@app.callback(invoke_without_command=True)
def simgate(version: bool = typer.Option(False, "--version", help="Print the version.")) -> None:
    """Machine learning on microcontrollers, verified on simulated STM32 boards."""
    if version:
        import simgate as package

        print(f"simgate {package.__version__}")
        raise typer.Exit


def run() -> None:
    """Parse the process's arguments, do what they say, and exit."""
    as_json = "--json" in sys.argv
    try:
        app()
    except SimgateError as error:
        report_error(error, as_json=as_json)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("simgate: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader went away (`simgate run ... | head`): nobody is left to tell.
        sys.stderr.close()
        sys.exit(1)


def report_error(error: SimgateError, *, as_json: bool) -> None:
    """Message and hint on standard error; one JSON object where JSON was asked for."""
    if as_json:
        kind = type(error).__name__
        content = {"error": kind, "message": error.message, "hint": error.hint}
        print(json.dumps(content), file=sys.stderr)
        return
    print(f"simgate: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)
