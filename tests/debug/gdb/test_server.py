"""The socket: who may come, how packets are acknowledged, and that nothing is left behind."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from simgate.debug.gdb import GdbServerError, serve
from simgate.debug.gdb.packets import frame

PATIENCE_S = 60
Serve = Callable[..., "object"]


class Client:
    """A gdb that says what it is told to say."""

    def __init__(self, port: int) -> None:
        self.channel = socket.create_connection(("127.0.0.1", port), PATIENCE_S)

    def send(self, data: bytes) -> None:
        self.channel.sendall(data)

    def expect(self, data: bytes) -> None:
        got = b""
        while len(got) < len(data):
            piece = self.channel.recv(len(data) - len(got))
            assert piece, f"got {got!r} and the end"
            got += piece
        assert got == data

    def ask(self, packet: bytes, answer: bytes) -> None:
        self.send(frame(packet))
        self.expect(b"+" + frame(answer))
        self.send(b"+")


@contextmanager
def attached(port: int) -> Iterator[Client]:
    client = Client(port)
    with closing(client.channel):
        yield client


def test_the_command_says_how_to_attach(serve, elf_of) -> None:
    server = serve("hello")
    command = f'gdb-multiarch {elf_of("hello")} -ex "target remote 127.0.0.1:{server.port}"'
    assert server.said == f"simgate: {command}\n"


def test_packets_are_acknowledged_until_gdb_asks_to_leave_that(serve) -> None:
    with attached(serve("hello").port) as client:
        client.send(b"+$qC#00")  # damaged
        client.expect(b"-")
        client.ask(b"qC", b"QC1")
        client.send(b"-")  # the answer got damaged
        client.expect(frame(b"QC1"))
        client.ask(b"QStartNoAckMode", b"OK")
        client.send(b"$qC#00" + frame(b"qC"))
        client.expect(frame(b"QC1"))


def test_hostile_bytes_are_survived(serve) -> None:
    with attached(serve("hello").port) as client:
        client.send(b"GET / HTTP/1.1\r\n\r\n\0\xff}")
        client.send(b"$" + b"m" * 100_000 + b"#00")
        client.expect(b"+" + frame(b"E02"))
        client.ask(b"mzz,1", b"E01")
        client.ask(b"no such packet", b"")
        client.ask(b"qC", b"QC1")


def test_an_interrupt_stops_a_run_without_end_and_kill_ends_all(serve) -> None:
    server = serve("hang")
    with attached(server.port) as client:
        client.send(frame(b"vCont;c"))
        client.expect(b"+")
        client.send(b"\x03")
        client.expect(frame(b"T02thread:1;"))
        client.send(b"+")
        client.send(frame(b"k"))
        assert server.wait() == 0
    server.wait_for_no_relatives()


def test_one_gdb_at_a_time_and_the_next_one_after_it(serve) -> None:
    server = serve("hello")
    with attached(server.port) as first:
        first.ask(b"vCont;s", b"T05thread:1;")
        with attached(server.port) as second:
            assert second.channel.recv(1) == b""  # turned away
        first.ask(b"qC", b"QC1")
    with attached(server.port) as third:  # where the first one left it
        third.ask(b"qRcmd," + b"instructions".hex().encode(), b"O" + b"1 instructions executed, "
                  b"0 ticks slept\n".hex().encode())  # fmt: skip
        third.expect(frame(b"OK"))
        third.ask(b"D", b"OK")
    assert server.wait() == 0


def test_a_client_that_vanishes_while_the_target_runs(serve) -> None:
    server = serve("hang")
    with attached(server.port) as client:
        client.send(frame(b"c"))
    with attached(server.port) as client:
        client.ask(b"qC", b"QC1")


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_server_is_ended(serve, signal_number: int) -> None:
    server = serve("hang")
    with attached(server.port) as client:
        client.ask(b"vCont;s", b"T05thread:1;")
        client.ask(b"bs", b"T05thread:1;")
        assert len(server.relatives()) > 2
        os.kill(server.process.pid, signal_number)
        code = server.wait()
    assert code == (0 if signal_number == signal.SIGINT else -signal_number)
    server.wait_for_no_relatives()


def test_ctrl_c_at_the_terminal_ends_it_while_the_target_runs(serve) -> None:
    server = serve("hang")
    with attached(server.port) as client:
        client.send(frame(b"c"))
        client.expect(b"+")
        time.sleep(0.05)  # whether it has begun to run does not matter
        os.killpg(server.process.pid, signal.SIGINT)  # as a terminal does
        assert server.wait() == 0
    server.wait_for_no_relatives()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org", "::"])
def test_only_this_machine_is_served(host: str) -> None:
    with pytest.raises(GdbServerError, match="on this machine only"):
        serve(lambda: pytest.fail("made"), at=None, address=(host, 0), announce=print)


def test_a_port_that_is_taken(machines_of) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        with pytest.raises(GdbServerError, match=f"127.0.0.1:{port}: .*in use"):
            serve(machines_of("hello"), at=None, address=("", port), announce=print)


def test_an_instruction_that_the_run_never_comes_to(machines_of) -> None:
    with pytest.raises(GdbServerError, match=r"never comes to instruction 1,000,000,000.*fault"):
        serve(
            machines_of("lockup"),
            at=1_000_000_000, address=("", 0), announce=print,
        )  # fmt: skip
