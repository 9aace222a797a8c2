"""The receiving half of a UART: from the line into the data register, or a FIFO before it.

Bytes come in two ways. Those that `write` gives wait in a queue outside the chip, and the next one
is there as soon as there is room for it: nothing overruns, as on Renode. Characters that a `Line`
hears come when they come: one that finds no room is lost, and the receiver tells of an overrun.

The line counts as idle when a frame's time has gone by after the last character.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from simgate.peripheral.host import Handle, Host
from simgate.peripheral.serial.line_format import LineFormat

_ERRORS_AT = 16  # a character's errors, above its value
_VALUE = (1 << _ERRORS_AT) - 1


class ReceiverOwner(Protocol):
    """What a receiver asks of the registers around it, and tells them."""

    @property
    @abstractmethod
    def receiving(self) -> bool:
        """Whether the receiver is on."""

    @abstractmethod
    def line_format(self) -> LineFormat:
        """As the registers have it now."""

    @abstractmethod
    def fullness_changed(self) -> None:
        """There is something to read, or no longer, or more, or less."""

    @abstractmethod
    def errors_surfaced(self, errors: int) -> None:
        """The character that is next to be read has these errors."""

    @abstractmethod
    def overran(self) -> bool:
        """A character found no room; whether it takes the place of the newest one."""

    @abstractmethod
    def matched(self) -> None:
        """The character that came is `Receiver.match`."""

    @abstractmethod
    def line_rests(self, seconds: float) -> None:
        """The last stop bit so far ends in that many seconds."""

    @abstractmethod
    def fell_idle(self) -> None:
        """A frame's time has gone by without a start bit."""


class Receiver:
    """Characters that arrived and were not read yet, as many as there is room for."""

    def __init__(self, owner: ReceiverOwner, host: Host) -> None:
        self._owner = owner
        self._host = host
        self._queue: deque[int] = deque()
        self._arrived: deque[int] = deque()
        self._last = 0
        self._idle: Handle | None = None
        self.depth = 1  # characters that it has room for
        self.match = -1  # the byte whose coming the owner is told
        self.lost_while_off = 0
        self.lost_to_overrun = 0

    def reset(self) -> None:
        """Nothing has arrived, nothing waits outside."""
        self._queue.clear()
        self._arrived.clear()
        self._last = 0
        self.cancel_idle()

    @property
    def count(self) -> int:
        """Characters that can be read."""
        return len(self._arrived)

    @property
    def pending(self) -> int:
        """The same, and those that wait outside."""
        return len(self._arrived) + len(self._queue)

    def write(self, data: Sequence[int]) -> None:
        """Bytes that come one after the other as there is room."""
        if not self._owner.receiving:
            self.lost_while_off += len(data)
            return
        self._queue.extend(data)
        self.refill()

    def hear(self, value: int, errors: int) -> None:
        """A character that comes now, whether or not there is room."""
        if len(self._arrived) >= self.depth:
            self.lost_to_overrun += 1
            if not self._owner.overran():
                return
            self._arrived.pop()
        self._arrived.append(value | errors << _ERRORS_AT)
        if value & 0xFF == self.match:
            self._owner.matched()
        if len(self._arrived) == 1 and errors:
            self._owner.errors_surfaced(errors)
        self._owner.fullness_changed()

    def take(self) -> int:
        """What a read of the data register gives: the oldest character, else the last one again."""
        arrived, queue = self._arrived, self._queue
        if queue and arrived:  # as full as before: nobody needs to be told
            self._last = last = arrived.popleft() & _VALUE
            byte = queue.popleft()
            arrived.append(byte)
            if byte == self.match:
                self._owner.matched()
            if not queue:
                self.plan_idle()
        elif arrived:
            self._last = last = arrived.popleft() & _VALUE
            self._owner.fullness_changed()
        else:
            return self._last
        if arrived and arrived[0] > _VALUE:
            self._owner.errors_surfaced(arrived[0] >> _ERRORS_AT)
        return last

    def drop(self) -> None:
        """Forget what arrived; what waits outside comes after it."""
        self._arrived.clear()
        self._owner.fullness_changed()
        self.refill()

    def refill(self) -> None:
        """Fetch from outside what there is room for."""
        if not self._queue or len(self._arrived) >= self.depth:
            return
        while self._queue and len(self._arrived) < self.depth:
            byte = self._queue.popleft()
            self._arrived.append(byte)
            if byte == self.match:
                self._owner.matched()
        if not self._queue:
            self.plan_idle()
        self._owner.fullness_changed()

    # ---- idle ----

    def plan_idle(self, seconds: float = 0.0) -> None:
        """The line is idle one frame after `seconds` from now, if nothing comes meanwhile."""
        self.cancel_idle()
        frame_s = float(self._owner.line_format().frame_s)
        self._idle = self._host.after(seconds + frame_s, self._fell_idle)
        self._owner.line_rests(seconds)

    def cancel_idle(self) -> None:
        """A start bit came."""
        if self._idle is not None:
            self._host.cancel(self._idle)
            self._idle = None

    def _fell_idle(self) -> None:
        self._idle = None
        if not self._queue and self._owner.receiving:
            self._owner.fell_idle()
