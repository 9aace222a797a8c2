"""One gdb's socket: packets in and out, acknowledged until gdb asks to leave that."""

from __future__ import annotations

import select
import socket
from collections import deque

from simgate.debug.gdb.notation import hexed
from simgate.debug.gdb.packets import Event, Kind, PacketReader, frame

_SAID_AT_ONCE = 1000  # characters of console text a packet


class Disconnected(Exception):
    """The other side has gone."""


class Connection:
    """Sends and receives; nothing here knows what packets mean."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._reader = PacketReader()
        self._events: deque[Event] = deque()
        self._sent = b""  # the last answer, should it have got damaged
        self.acknowledges = True

    def close(self) -> None:
        """Hang up."""
        self._channel.close()

    def fileno(self) -> int:
        """For `select`."""
        return self._channel.fileno()

    def take(self) -> Event | None:
        """The next packet, or something that must be answered like one; None: not yet.

        Raises:
            Disconnected: the other side has gone.
        """
        while self._events:
            event = self._events.popleft()
            if event.kind is Kind.NACK:
                self._write(self._sent)
            elif event.kind is Kind.DAMAGED:
                if self.acknowledges:
                    self._write(b"-")
            elif event.kind is not Kind.ACK:
                if self.acknowledges and event.kind is not Kind.INTERRUPT:
                    self._write(b"+")
                return event
        return None

    def receive(self) -> None:
        """Read what has come; waits for something.

        Raises:
            Disconnected: nothing will.
        """
        try:
            data = self._channel.recv(1 << 16)
        except OSError as error:
            raise Disconnected from error
        if not data:
            raise Disconnected
        self._events.extend(self._reader.feed(data))

    def send(self, payload: bytes) -> None:
        """An answer.

        Raises:
            Disconnected: nobody hears it.
        """
        self._sent = frame(payload)
        self._write(self._sent)

    def say(self, text: str) -> None:
        """Text for gdb's console.

        Raises:
            Disconnected: nobody hears it.
        """
        data = text.encode()
        for start in range(0, len(data), _SAID_AT_ONCE):
            self.send(b"O" + hexed(data[start : start + _SAID_AT_ONCE]))

    def interrupted(self) -> bool:
        """Whether an interrupt has come in; what else has come waits for its turn.

        Raises:
            Disconnected: the other side has gone.
        """
        if select.select([self._channel], [], [], 0)[0]:
            self.receive()
        found = [event for event in self._events if event.kind is Kind.INTERRUPT]
        for event in found:
            self._events.remove(event)
        return bool(found)

    def _write(self, data: bytes) -> None:
        try:
            self._channel.sendall(data)
        except OSError as error:
            raise Disconnected from error
