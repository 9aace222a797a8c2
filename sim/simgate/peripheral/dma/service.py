"""Who is served when: the arbiter of one DMA controller.

A request is served at the moment it comes, at no cost of virtual time. Where more than one waits,
because the transfer of one brought about the request of another, the higher priority goes first,
then the lower number (RM0090, 10.3.4). A line that is still high after its item wants another:
that one comes `BEAT_TICKS` later, so that no source, however fast, keeps a circular transfer
busy at one instant of time.
"""

from __future__ import annotations

from typing import Protocol

from simgate.peripheral.host import Handle, Host

BEAT_TICKS = 4
"""Instructions that pass while DMA moves one item: an estimate, of two AHB accesses and the
arbitration before each. The manuals give no figure; AN4031, section 2, counts as many cycles."""


class Client(Protocol):
    """A stream or channel."""

    number: int

    @property
    def priority(self) -> int:
        """0 to 3; the highest goes first."""
        ...

    def serve(self) -> bool:
        """Move one item, or one burst; whether another is wanted."""
        ...


class Service:
    """One bus master that several clients share."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._busy = False
        self._pending: dict[int, Client] = {}  # requested while another was served
        self.later: dict[int, Client] = {}  # still wanted after having been served
        self._planned: Handle | None = None

    def reset(self) -> None:
        """Forget all requests."""
        self._pending.clear()
        self.later.clear()
        self._cancel()

    def request(self, client: Client) -> None:
        """The client's line went high, or it was enabled while it is high."""
        if self._busy:
            self._pending[client.number] = client
            return
        if self.later and client.number in self.later:
            return  # it comes in its time
        self._busy = True
        try:
            if client.serve():
                self.later[client.number] = client
            if self._pending:
                self._serve_pending({client.number})
        finally:
            self._busy = False
        if self.later and self._planned is None:
            self._plan()

    def withdraw(self, client: Client) -> None:
        """The client's line went low."""
        if self.later.pop(client.number, None) is not None and not self.later:
            self._cancel()

    def _serve_pending(self, served: set[int]) -> None:
        """What was requested meanwhile; nobody twice at one instant."""
        while self._pending:
            client = min(self._pending.values(), key=_rank)
            del self._pending[client.number]
            if client.number in served:
                self.later[client.number] = client
                continue
            served.add(client.number)
            if client.serve():
                self.later[client.number] = client

    def _plan(self) -> None:
        self._planned = self._host.at_tick(self._host.ticks() + BEAT_TICKS, self._go_on)

    def _cancel(self) -> None:
        if self._planned is not None:
            self._host.cancel(self._planned)
            self._planned = None

    def _go_on(self) -> None:
        self._planned = None
        waiting, self.later = self.later, {}
        self._pending.update(waiting)
        self._busy = True
        try:
            self._serve_pending(set())
        finally:
            self._busy = False
        if self.later and self._planned is None:
            self._plan()


def _rank(client: Client) -> tuple[int, int]:
    return -client.priority, client.number
