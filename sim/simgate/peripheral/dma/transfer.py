"""What streams and channels share: the registers of a transfer, its two sides, copies in memory.

RM0090, 10.5; RM0440, 12.6.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from simgate.errors import EngineError
from simgate.peripheral.dma.block_copy import CopyRefused, End
from simgate.peripheral.dma.copy_plan import CopyPlan
from simgate.peripheral.dma.listener import EN, Listener, port
from simgate.peripheral.dma.service import Service
from simgate.peripheral.host import Host
from simgate.peripheral.wire import Wire


class Transfer(Listener):
    """The registers that say what to move, and where to.

    Args:
        number: of the stream or channel, from 0.
        label: "dma2 stream 0", for people.
        host: time and bus.
        service: the controller's arbiter.
        acknowledge: pulsed after each item where somebody counts them.
        raise_flags: tells the controller that flags or enables changed.
    """

    PREFIX: ClassVar[str]  # of its registers' names
    FREE: ClassVar[int]  # bits of its CR that may be changed while EN is 1
    HALF: ClassVar[int]  # HTIF
    ERROR: ClassVar[int]  # TEIF

    _peripheral_step: int  # bytes from one access to the next
    _memory_step: int

    def __init__(
        self,
        number: int,
        label: str,
        host: Host,
        service: Service,
        acknowledge: Wire,
        raise_flags: Callable[[], None],
    ) -> None:
        super().__init__(number, label, host, service, acknowledge)
        self._raise_flags = raise_flags
        self._plan = CopyPlan(host, self.catch_up)

    def reset(self) -> None:
        """To the state after power-on."""
        self._stop()
        self.cr = self.ndtr = self.par = self.m0ar = self.m1ar = 0
        self.flags = 0
        self.items = 0
        self.priority = 0
        self._programmed = 0  # of NDTR, when a round begins
        self._half = 0  # of a round: where HTIF comes

    # ---- registers ----

    @property
    @abstractmethod
    def gives(self) -> bool:
        """Whether it moves from memory to a peripheral."""

    def remaining(self) -> int:
        """What NDTR reads."""
        self.catch_up()
        return self.ndtr

    def write_ndtr(self, value: int) -> None:
        """A store to NDTR; refused while EN is 1."""
        if self._may_write("NDTR"):
            self.ndtr = self._programmed = value & 0xFFFF

    def write_par(self, value: int) -> None:
        """A store to PAR; refused while EN is 1."""
        if self._may_write("PAR"):
            self.par = value

    def _set_memory_address(self, which: int, value: int) -> None:
        if which:
            self.m1ar = value
        else:
            self.m0ar = value

    def _may_write(self, register: str) -> bool:
        if self.cr & EN:
            self.note(f"{self.PREFIX}{register} was written while EN is 1: silicon ignores that")
            return False
        return True

    def _store_cr(self, value: int, mask: int) -> int:
        """Change of CR what may be changed now; what it held before."""
        old = self.cr
        if old & EN:
            self.catch_up()
            if (old ^ value) & mask & ~self.FREE and value & EN:
                self.note(f"{self.PREFIX}CR was changed while EN is 1: silicon ignores that")
            mask &= self.FREE
        self.cr = self.cr & ~mask | value & mask
        return old

    # ---- the two sides ----

    def _set_widths(self, peripheral: int, memory: int) -> None:
        """PSIZE and MSIZE, of which 3 is reserved."""
        self._width = 1 << min(peripheral, 2)
        self._memory_width = 1 << min(memory, 2)

    def _set_addresses(self, memory: int, register: str) -> None:
        """Both sides to the beginning of a round; `register` is the one that gave `memory`."""
        for address, size, what in (
            (self.par, self._width, f"{self.PREFIX}PAR"),
            (memory, self._memory_width, register),
        ):
            if address & size - 1:
                self.note(f"{what} 0x{address:08x} is no multiple of {size}: low bits are ignored")
        self._peripheral = self.par & -self._width
        self._memory = memory & -self._memory_width

    def _open_ports(self) -> None:
        """Ways to both sides, as far as a round goes."""
        last = max(self.ndtr - 1, 0)
        span = last * self._peripheral_step + self._width
        self._base, self._read, self._write = port(self._host, self._peripheral, span)
        span = last * self._memory_step + self._memory_width
        way = port(self._host, self._memory, span)
        self._memory_base, self._memory_read, self._memory_write = way

    # ---- the end ----

    @abstractmethod
    def _finish(self) -> None:
        """The last item of a round has been moved."""

    def _stop(self) -> None:
        self._stop_listening()
        self._plan.cancel()

    def _disable(self) -> None:
        self.cr &= ~EN
        self._stop()

    def _fail(self) -> None:
        """The bus refused: TEIF, and EN is cleared (RM0090, 10.3.17; RM0440, 12.4.6)."""
        self._disable()
        self.flags |= self.ERROR

    def _refused(self, error: EngineError) -> None:
        self.note(f"transfer error: {error.message}")
        self._fail()
        self._raise_flags()

    # ---- memory to memory ----

    def _start_copy(self, group: int = 1) -> None:
        """From now on virtual time lets items pass, `group` at once."""
        self._copied, self._total = 0, self.ndtr
        self._plan.begin(self._total, group)

    @property
    @abstractmethod
    def _copies(self) -> bool:
        """Whether it is enabled for a copy that has not ended."""

    @abstractmethod
    def _copy(self, source: End, target: End, items: int) -> int:
        """Move items; accesses of the memory's side that it took.

        Raises:
            CopyRefused: the bus refused an access.
        """

    def catch_up(self) -> None:
        """Copy what virtual time has allowed by now."""
        if not self._copies:
            return
        aim = self._plan.due()
        count = aim - self._copied
        if count <= 0:
            return
        peripheral = End(self._peripheral, self._width, self._peripheral_step)
        memory = End(self._memory, self._memory_width, self._memory_step)
        source, target = (memory, peripheral) if self.gives else (peripheral, memory)
        try:
            accesses = self._copy(source, target, count)
        except CopyRefused as refused:
            self.ndtr -= refused.read_bytes // source.width
            self._refused(refused)
            return
        self._peripheral = peripheral.moved(count).address
        self._memory = memory.moved(accesses).address
        self._copied = aim
        self.items += count
        before, self.ndtr = self.ndtr, self._total - aim
        if before > self._half >= self.ndtr:
            self.flags |= self.HALF
        if not self.ndtr:
            self._finish()
        self._raise_flags()
