"""How a command leaves the process when it could not do what it was asked."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from simgate.errors import SimgateError

INTERRUPTED = 130  # what shells report for SIGINT
READER_GONE = 141  # and for SIGPIPE


class UsageError(SimgateError):
    """A command line that cannot be understood."""


class SystemRefusal(SimgateError):
    """The operating system refused something: a full disk, a name that is too long."""


def guarded(command: Callable[[], Any]) -> NoReturn:
    """Run a command and exit with the code it returns; an error becomes a message and its code."""
    _open_closed_streams()
    try:
        code = _exit_code(command)
        sys.stdout.flush()  # here, where a full disk is still an error that can be told
        sys.exit(code)
    except SimgateError as error:
        _leave(error)
    except KeyboardInterrupt:
        _say("simgate: interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader went away (`simgate run ... | head`).
        _drop_output()
        sys.exit(READER_GONE)
    except OSError as error:
        # What belongs to one file is reported where it is opened; what is left is mostly a full
        # disk under standard output.
        _drop_output()
        place = error.filename or "standard output or error"
        _leave(SystemRefusal(f"{place}: {error.strerror or error}"))


def _exit_code(command: Callable[[], Any]) -> Any:
    try:
        return command()
    except SystemExit as leaving:  # how Typer and argparse end
        return leaving.code


def report_error(error: SimgateError, *, as_json: bool) -> None:
    """Message and hint on standard error; one JSON object where JSON was asked for."""
    if as_json:
        import json

        kind = type(error).__name__
        _say(json.dumps({"error": kind, "message": error.message, "hint": error.hint}))
        return
    _say(f"simgate: {error.message}")
    if error.hint:
        _say(f"hint: {error.hint}")


def json_wanted() -> bool:
    """Whether the command line asks for JSON, understood or not."""
    return "--json" in sys.argv


def _leave(error: SimgateError) -> NoReturn:
    report_error(error, as_json=json_wanted())
    sys.exit(error.exit_code)


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # nobody is left to tell
        print(line, file=sys.stderr, flush=True)


def _open_closed_streams() -> None:
    """Give a process that was started without output or error stream (`>&-`) an empty one."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def _drop_output() -> None:
    """Let nothing more be written: Python flushes once more at its end, which must not fail."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
