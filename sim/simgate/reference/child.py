"""A process that holds an interpreter: a malformed model can crash it, and it alone.

The parent talks to it in `simgate.reference.wire` messages over the process's standard input and
output. A crash, a time-out and a refusal all become `ReferenceFailed`; no process is left behind.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path
from typing import IO

from simgate.errors import ReferenceFailed
from simgate.reference.wire import Message, WireError, decode, encode

_PACKAGES = Path(__file__).resolve().parent.parent.parent
_START = (
    "import sys; sys.path.append(sys.argv[2]); "
    "from simgate.reference._serve import main; main(sys.argv[1])"
)
"""Finds the same Simgate as this process did, behind everything that is installed."""

_CHUNK = 1 << 16
_LAST_LINES = 8


class ChildInterpreter:
    """One process running ``simgate.reference._serve``, from construction to `close`.

    Args:
        kind: which interpreter it is to hold: "tflm" or "litert".
        title: what messages call it.
        timeout_s: wall-clock seconds that one answer may take.
    """

    def __init__(self, kind: str, title: str, *, timeout_s: float = 60.0) -> None:
        self.title = title
        self.timeout_s = timeout_s
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed with the process
        environment = {
            **os.environ,
            # One inference of a small network gains nothing from threads; their start costs.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, kind, str(_PACKAGES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._input = self._process.stdin.fileno()
        self._output = self._process.stdout.fileno()
        os.set_blocking(self._input, False)
        os.set_blocking(self._output, False)
        self._received = bytearray()
        self._finalizer = weakref.finalize(self, _reap, self._process, self._errors)

    @property
    def process_id(self) -> int:
        """The operating system's number of the process."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process.poll() is None

    def ask(self, message: Message, doing: str) -> Message:
        """Send a message and wait for the answer.

        Args:
            message: the request.
            doing: what is being done, for the error message: "loading kws.tflite".

        Raises:
            ReferenceFailed: it crashed (the signal is named), took too long, or refused.
        """
        deadline = time.monotonic() + self.timeout_s
        self._send(encode(message), deadline, doing)
        try:
            answer = decode(lambda size: self._receive(size, deadline, doing))
        except WireError as error:
            self.close()
            raise ReferenceFailed(
                f"{self.title} answered nonsense while {doing}: {error}"
            ) from None
        refusal = answer.header.get("error")
        if refusal is not None:
            raise ReferenceFailed(
                f"{self.title} failed while {doing}: {refusal}{self._last_words()}",
                hint=str(answer.header.get("hint", "")),
            )
        return answer

    def close(self) -> None:
        """End the process; it is reaped when this returns. May be called more than once."""
        self._finalizer()

    def _send(self, data: bytes, deadline: float, doing: str) -> None:
        view = memoryview(data)
        while view:
            self._wait(self._input, selectors.EVENT_WRITE, deadline, doing)
            try:
                view = view[os.write(self._input, view[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError:
                self._died(doing)

    def _receive(self, size: int, deadline: float, doing: str) -> bytes:
        while len(self._received) < size:
            self._wait(self._output, selectors.EVENT_READ, deadline, doing)
            try:
                chunk = os.read(self._output, max(_CHUNK, size - len(self._received)))
            except BlockingIOError:
                continue
            if not chunk:
                self._died(doing)
            self._received += chunk
        data = bytes(self._received[:size])
        del self._received[:size]
        return data

    def _wait(self, descriptor: int, event: int, deadline: float, doing: str) -> None:
        if self._process.returncode is not None:
            raise ReferenceFailed(f"{self.title} is not running any more; it cannot go on {doing}")
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            if selector.select(max(0.0, deadline - time.monotonic())):
                return
        words = self._last_words()
        self.close()
        raise ReferenceFailed(
            f"{self.title} did not finish {doing} within {self.timeout_s:g} s "
            f"and was stopped{words}"
        )

    def _died(self, doing: str) -> None:
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        words = self._last_words()
        self.close()
        how = f"was killed by {_signal_name(-code)}" if code < 0 else f"ended with code {code}"
        raise ReferenceFailed(
            f"{self.title} {how} while {doing}{words}",
            hint="The interpreter ran in a process of its own, so nothing else was lost. "
            "A damaged or unusual model does this.",
        )

    def _last_words(self) -> str:
        """What it last wrote to its standard error, as an indented addition to a message."""
        self._errors.flush()
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - 4096))
        text = self._errors.read().decode(errors="replace")
        lines = [line for line in text.splitlines() if line.strip()][-_LAST_LINES:]
        return "".join(f"\n  | {line}" for line in lines)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _reap(process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue  # what was left unsent goes down with the process
    errors.close()
