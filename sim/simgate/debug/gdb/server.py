"""The server: a socket on this machine, and one gdb at a time."""

from __future__ import annotations

import ipaddress
import select
import shlex
import socket
from collections.abc import Callable
from contextlib import closing

from simgate.debug.gdb.connection import Connection, Disconnected
from simgate.debug.gdb.packets import Event, Kind
from simgate.debug.gdb.session import Session
from simgate.debug.timeline.place import Reason
from simgate.debug.timeline.timeline import Timeline
from simgate.errors import SimgateError
from simgate.machine import Machine
from simgate.units import format_count

_TOO_LONG = b"E02"


class GdbServerError(SimgateError):
    """An address that cannot be served at."""


def serve(
    make_machine: Callable[[], Machine],
    *,
    at: int | None,
    address: tuple[str, int],
    announce: Callable[[str], None],
) -> None:
    """Let gdb debug a run; returns when it kills the target, lets go of it, or on Ctrl-C.

    Call it before any thread is started: it forks.

    Args:
        make_machine: a machine before its first instruction, the same each time.
        at: instructions executed before gdb takes over; None: none.
        address: host and port, on this machine only; an empty host is 127.0.0.1, port 0 any.
        announce: told, once gdb may come, how to attach it.

    Raises:
        GdbServerError: the address is not of this machine, or taken.
        TimelineError: the run does not get to instruction `at`, or its engine cannot be debugged.
    """
    listener = _listen(address)
    with closing(listener):
        try:
            with Timeline(make_machine) as timeline:
                _go_to(timeline, at or 0)
                announce(_invitation(timeline, listener))
                while not _serve_one(listener, timeline):
                    pass
        except KeyboardInterrupt:
            return


def _listen(address: tuple[str, int]) -> socket.socket:
    host, port = address[0] or "127.0.0.1", address[1]
    try:
        is_here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise GdbServerError(
            f"gdb can be served on this machine only, not at '{host}'",
            hint="The protocol has no password. Use 127.0.0.1, and a tunnel from afar.",
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1)
    except (OSError, OverflowError) as error:
        listener.close()
        raise GdbServerError(
            f"gdb cannot be served at {host}:{port}: {error}", hint="Choose another port."
        ) from error
    return listener


def _go_to(timeline: Timeline, count: int) -> None:
    outcome = timeline.goto_instruction(count)
    if outcome.reason is Reason.ARRIVED:
        return
    hint = outcome.fault.message if outcome.fault is not None else ""
    raise GdbServerError(
        f"the run never comes to instruction {format_count(count)}: it ends ({outcome.reason}) at "
        f"{format_count(outcome.position.instructions)}",
        hint=hint,
    )


def _invitation(timeline: Timeline, listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    place = f"{host}:{port}" if ":" not in host else f"[{host}]:{port}"
    elf = shlex.quote(str(timeline.machine.image.path))
    return f'gdb-multiarch {elf} -ex "target remote {place}"'


def _serve_one(listener: socket.socket, timeline: Timeline) -> bool:
    """One gdb, from its arrival on; False: it went without a word, and another one may come."""
    channel, _ = listener.accept()
    channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection = Connection(channel)
    session = Session(timeline, connection.say, connection.interrupted)
    with closing(connection):
        try:
            while not session.is_over:
                event = connection.take()
                if event is None:
                    _wait(listener, connection)
                else:
                    _answer(event, connection, session)
        except Disconnected:
            return session.is_over
    return True


def _wait(listener: socket.socket, connection: Connection) -> None:
    """Until this gdb says something; others who come meanwhile are turned away."""
    both: list[socket.socket | Connection] = [listener, connection]
    while connection not in (ready := select.select(both, [], [])[0]):
        if listener in ready:
            listener.accept()[0].close()
    connection.receive()


def _answer(event: Event, connection: Connection, session: Session) -> None:
    if event.kind is Kind.TOO_LONG:
        connection.send(_TOO_LONG)
    elif event.kind is Kind.PACKET:
        answer = session.answer(event.payload)
        if answer is not None:
            connection.send(answer)
        connection.acknowledges = not session.without_acks
