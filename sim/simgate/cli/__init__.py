"""The command line: one file a command, each of which parses, calls and prints.

Exit codes: 0 passed, 1 a verdict failed or the firmware faulted, 2 it could not be done.
"""


def main() -> None:
    """Run the command ``simgate`` with the process's arguments."""
    from simgate.cli.command_line import run

    run()
