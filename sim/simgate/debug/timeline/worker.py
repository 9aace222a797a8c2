"""Who moves a machine: this process, or a child of it that can be copied at any moment."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import pickle
import signal
import socket
import struct
from abc import ABC, abstractmethod
from typing import Any, NoReturn

from simgate.debug.timeline.place import Edit, Limit, Outcome, Points, Position, TimelineError
from simgate.debug.timeline.subject import Subject
from simgate.errors import SimgateError
from simgate.result import Fault

_LENGTH = struct.Struct("<I")
_PATIENCE_S = 5.0  # far more than the piece of work takes that it may be at
_PR_SET_CHILD_SUBREAPER = 36


def can_fork() -> bool:
    """Whether this system copies processes, and hands sockets from one to another."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


class Worker(ABC):
    """The methods of `Subject`, wherever that is."""

    @abstractmethod
    def _call(self, name: str, *arguments: object) -> Any: ...

    @abstractmethod
    def copy(self) -> Worker | None:
        """Another one at the same moment; None where that cannot be."""

    @abstractmethod
    def close(self) -> None:
        """Let it go; twice is once."""

    def where(self) -> Position:
        """As `Subject.where`."""
        answer: Position = self._call("where")
        return answer

    def advance(self, limit: Limit, points: Points, origin: Position | None = None) -> Outcome:
        """As `Subject.advance`."""
        answer: Outcome = self._call("advance", limit, points, origin)
        return answer

    def travel(self, target: Position) -> Outcome:
        """As `Subject.travel`."""
        answer: Outcome = self._call("travel", target)
        return answer

    def scan(self, end: Position, points: Points, first: bool) -> tuple[bool, Outcome | None]:
        """As `Subject.scan`."""
        answer: tuple[bool, Outcome | None] = self._call("scan", end, points, first)
        return answer

    def fault(self) -> Fault | None:
        """As `Subject.fault`."""
        answer: Fault | None = self._call("fault")
        return answer

    def registers(self) -> dict[str, int]:
        """As `Subject.registers`."""
        answer: dict[str, int] = self._call("registers")
        return answer

    def peek(self, address: int, size: int) -> bytes | None:
        """As `Subject.peek`."""
        answer: bytes | None = self._call("peek", address, size)
        return answer

    def load(self, address: int, size: int) -> bytes:
        """As `Subject.load`."""
        answer: bytes = self._call("load", address, size)
        return answer

    def apply(self, edit: Edit) -> None:
        """As `Subject.apply`."""
        self._call("apply", edit)

    def whereabouts(self) -> str:
        """As `Subject.whereabouts`."""
        answer: str = self._call("whereabouts")
        return answer


class LocalWorker(Worker):
    """In this process."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    def _call(self, name: str, *arguments: object) -> Any:
        return getattr(self._subject, name)(*arguments)

    def copy(self) -> Worker | None:
        """None: a machine cannot be copied within a process."""
        return None

    def close(self) -> None:
        """Nothing to do."""


class ForkedWorker(Worker):
    """In a child process, or in a copy of one, which shares the pages that neither has changed.

    It ends when its channel is closed, so with this process at the latest, however that ends.
    """

    def __init__(self, channel: socket.socket, child: int | None = None) -> None:
        self._channel = channel
        self._child = child  # the process to wait for; of a copy, its own ancestor takes care

    @classmethod
    def start(cls, subject: Subject) -> ForkedWorker:
        """The first one of a line. No other thread should be running."""
        ours, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            ours.close()
            _begin()
            _serve(theirs, subject)
        theirs.close()
        return cls(ours, child)

    def copy(self) -> Worker:
        """Another one at the same moment."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                _send(self._channel, "copy")
                socket.send_fds(self._channel, [b"\0"], [theirs.fileno()])
                _receive(self._channel)
            except (OSError, EOFError) as error:
                ours.close()
                raise _lost() from error
        return ForkedWorker(ours)

    def close(self) -> None:
        """Ends the process, and waits for it."""
        with contextlib.suppress(OSError):
            self._channel.settimeout(_PATIENCE_S)
            self._channel.shutdown(socket.SHUT_WR)
            while self._channel.recv(1 << 16):
                pass
        self._channel.close()
        if self._child is not None:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._child, 0)
            self._child = None

    def _call(self, name: str, *arguments: object) -> Any:
        try:
            _send(self._channel, (name, arguments))
            answer, error = _receive(self._channel)
        except (OSError, EOFError) as failure:
            raise _lost() from failure
        if error is not None:
            kind, message, hint = error
            raise kind(message, hint=hint)
        return answer


def _lost() -> TimelineError:
    return TimelineError("the process that holds the machine has ended unexpectedly")


# ---- messages, between processes of one program only ----


def _send(channel: socket.socket, message: object) -> None:
    data = pickle.dumps(message)
    channel.sendall(_LENGTH.pack(len(data)) + data)


def _receive(channel: socket.socket) -> Any:
    (size,) = _LENGTH.unpack(_receive_exactly(channel, _LENGTH.size))
    return pickle.loads(_receive_exactly(channel, size))


def _receive_exactly(channel: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = channel.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


# ---- in the child ----


def _begin() -> None:
    """A child of our own: no interrupt from the terminal, no zombies, pages that stay shared."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):  # Linux: copies of copies are reaped here
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    gc.freeze()


def _serve(channel: socket.socket, subject: Subject) -> NoReturn:
    """Answer until the channel is closed. Never returns, for the caller's program goes on there."""
    status = 1
    try:
        while True:
            message = _receive(channel)
            if message == "copy":
                channel = _copy(channel)
                continue
            name, arguments = message
            _send(channel, _answer(subject, name, arguments))
    except (EOFError, ConnectionError):
        status = 0
    finally:
        os._exit(status)


def _copy(channel: socket.socket) -> socket.socket:
    """The channel of whichever process this is afterwards."""
    _, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    other = socket.socket(fileno=descriptors[0])
    if os.fork() == 0:
        channel.close()
        return other
    other.close()
    _send(channel, "copied")
    return channel


def _answer(subject: Subject, name: str, arguments: tuple[object, ...]) -> object:
    try:
        return getattr(subject, name)(*arguments), None
    except SimgateError as error:
        return None, (type(error), error.message, error.hint)
    except Exception as error:
        return None, (TimelineError, f"{type(error).__name__}: {error}", "")
