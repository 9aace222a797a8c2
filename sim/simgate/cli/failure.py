"""How a command leaves the process when it could not do what it was asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from simgate.errors import SimgateError

INTERRUPTED = 130  # what shells report for SIGINT
READER_GONE = 141  # and for SIGPIPE


def guarded(command: Callable[[], Any]) -> NoReturn:
    """Run a command and exit with the code it returns; an error becomes a message and its code."""
    try:
        code = command()
        sys.stdout.flush()
        sys.exit(code)
    except SimgateError as error:
        report_error(error, as_json="--json" in sys.argv)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("simgate: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader went away (`simgate run ... | head`); Python must not flush into the void.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(READER_GONE)


def report_error(error: SimgateError, *, as_json: bool) -> None:
    """Message and hint on standard error; one JSON object where JSON was asked for."""
    if as_json:
        import json

        kind = type(error).__name__
        content = {"error": kind, "message": error.message, "hint": error.hint}
        print(json.dumps(content), file=sys.stderr)
        return
    print(f"simgate: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)
