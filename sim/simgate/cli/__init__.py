"""The command line: one file a command, each of which parses, calls and prints.

Exit codes: 0 passed, 1 a verdict failed or the firmware faulted, 2 it could not be done.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command ``simgate`` with the process's arguments.

    `simgate run` goes by a short way of its own, without Typer: loading that takes longer (it
    brings pydantic) than booting a board and hearing its first line.
    """
    from simgate.cli.failure import guarded

    guarded(_dispatch)


def _dispatch() -> object:
    """Run the command; its modules load here, where an interrupt is already caught."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["run"]:
        from simgate.cli.run import run

        return run(arguments[1:])
    from simgate.cli.command_line import run_command_line

    return run_command_line()
