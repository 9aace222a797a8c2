"""What the parts of a timer see of it."""

from __future__ import annotations

from typing import Protocol

from simgate.peripheral.host import Host
from simgate.peripheral.timer.course import Course
from simgate.peripheral.timer.timer_kind import TimerKind


class TimerBody(Protocol):
    """The counter, its registers and its time."""

    name: str
    host: Host
    kind: TimerKind
    course: Course

    @property
    def burst_length(self) -> int:
        """Transfers that one request stands for."""
        ...

    def value(self, register: str) -> int:
        """What a register holds, which this timer has."""
        ...

    def word(self, register: str) -> int:
        """What a register holds; 0 where this timer has none of that name."""
        ...

    def store(self, offset: int, value: int, mask: int) -> int:
        """Change the written, writable bits of a register; what it holds then."""
        ...

    def sync(self) -> None:
        """Bring the counter and the flags up to now."""
        ...

    def settle(self) -> None:
        """After a change of anything: wires as they are to be, and the next call planned."""
        ...

    def advance(self, clocks: int) -> None:
        """Let clocks of the prescaler's input pass."""
        ...

    def start(self) -> None:
        """Set CEN."""
        ...

    def restart(self) -> None:
        """From the start, with an update event."""
        ...

    def flag(self, bits: int) -> None:
        """Raise flags of SR."""
        ...

    def lower(self, bits: int) -> None:
        """Take flags of SR away."""
        ...

    def capture(self, index: int) -> None:
        """Channel `index` takes the count."""
        ...

    def break_off(self) -> None:
        """Outputs off."""
        ...
