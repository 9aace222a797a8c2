"""What streams and channels share: lines to listen to, notes for people."""

from __future__ import annotations

from abc import ABC, abstractmethod

from simgate.peripheral.dma.service import Service
from simgate.peripheral.host import BusRefusal, Host, Port
from simgate.peripheral.wire import Wire

EN = 1  # of SxCR and CCRx


class Listener(ABC):
    """Listens to requests while it is enabled.

    Args:
        number: of the stream or channel, from 0.
        label: "dma2 stream 0", for people.
        host: time, bus, lines.
        service: the controller's arbiter.
        acknowledge: pulsed after each item where somebody counts them (DMAMUX).
    """

    def __init__(
        self, number: int, label: str, host: Host, service: Service, acknowledge: Wire
    ) -> None:
        self.number = number
        self.label = label
        self.cr = 0
        self.items = 0  # moved since EN was set
        self.priority = 0
        self.notes: dict[str, None] = {}  # for remarks, in order
        self._host = host
        self._service = service
        self._acknowledge = acknowledge
        self._lines: tuple[Wire, ...] = ()
        self._next_lines: tuple[Wire, ...] = ()
        self._line: Wire | None = None  # the only one, if there is only one
        self._listening = False

    def connect(self, lines: tuple[Wire, ...]) -> None:
        """The lines to listen to from the next start on."""
        self._next_lines = lines

    @property
    def wanted(self) -> bool:
        """A request is high and this is enabled."""
        line = self._line
        if line is not None:
            return line.level and not line.pulsing
        return any(line.level and not line.pulsing for line in self._lines)

    @property
    def waits(self) -> bool:
        """Enabled for requests, and none has ever come."""
        return self._listening and not self.items

    def note(self, text: str) -> None:
        """Something that a person should know."""
        self.notes.setdefault(f"{self.label}: {text}")

    @abstractmethod
    def serve(self) -> bool:
        """Move one item; whether another is wanted."""

    def _listen(self) -> None:
        self._listening = True
        self._lines = self._next_lines
        self._line = self._lines[0] if len(self._lines) == 1 else None
        for line in self._lines:
            line.sinks.append(self._on_request)
        if self.wanted:
            self._service.request(self)

    def _stop_listening(self) -> None:
        for line in self._lines:
            line.sinks.remove(self._on_request)
        self._lines = ()
        self._line = None
        self._listening = False
        self._service.withdraw(self)

    def _on_request(self, level: bool) -> None:
        if level:
            self._service.request(self)
        elif self._service.later and not self.wanted:
            self._service.withdraw(self)


def port(host: Host, address: int, size: int) -> Port:
    """A way to a range; where it is not within one memory or peripheral, each access is checked."""
    try:
        return host.bus_port(address, size)
    except BusRefusal:
        return Port(0, host.bus_read, host.bus_write)
