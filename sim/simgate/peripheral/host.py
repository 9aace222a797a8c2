"""What the engine offers to the models: time, the chip's inner lines, its bus, notes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple, Protocol

from simgate.errors import EngineError
from simgate.peripheral.reset_cause import ResetCause
from simgate.peripheral.wire import Wire

Handle = int


class BusRefusal(EngineError):
    """A transfer that a bus master other than the processor asked for and did not get."""


class FlashMemory(Protocol):
    """A memory that its controller programs."""

    base: int
    size: int  # bytes

    def read(self, offset: int, size: int) -> bytes:
        """Bytes, as they are."""
        ...

    def write(self, offset: int, data: bytes) -> None:
        """Change bytes, whatever they were."""
        ...

    def on_store(self, handler: Callable[[int, int, int], bool]) -> None:
        """Hear the processor's stores: (offset, width, value); False: the store is a fault."""
        ...


class Port(NamedTuple):
    """A way to one memory, or to the registers of one peripheral, for many accesses.

    Its functions take ``address - base`` and trust that it lies in the range that was asked for.
    """

    base: int
    read: Callable[[int, int], int]  # (offset, width)
    write: Callable[[int, int, int], object]  # (offset, width, value)


class Host(Protocol):
    """Virtual time is counted in ticks; one tick is the time of one instruction."""

    tick_hz: int

    def ticks(self) -> int:
        """Ticks since power-on."""
        ...

    def time_s(self) -> float:
        """Virtual seconds since power-on."""
        ...

    def at_tick(self, tick: int, callback: Callable[[], None]) -> Handle:
        """Call back when that tick has come; one that has passed is the next one."""
        ...

    def after(self, seconds: float, callback: Callable[[], None]) -> Handle:
        """Call back when `seconds` of virtual time have passed."""
        ...

    def cancel(self, handle: Handle) -> bool:
        """Forget a planned call; whether it was still planned."""
        ...

    def signal(self, name: str) -> Wire:
        """A line inside the chip by the manual's name, made when it is first asked for.

        Requests for DMA are levels ("USART2_RX", "ADC1", "TIM2_UP": one more item is wanted),
        triggers are pulses ("TIM2_TRGO", "EXTI_11").
        """
        ...

    def bus_read(self, address: int, width: int) -> int:
        """A load of 1, 2 or 4 bytes as DMA makes it.

        Raises:
            BusRefusal: there is nothing, or nothing that DMA reaches.
        """
        ...

    def bus_write(self, address: int, width: int, value: int) -> None:
        """A store of 1, 2 or 4 bytes as DMA makes it.

        Raises:
            BusRefusal: there is nothing, nothing that DMA reaches, or Flash.
        """
        ...

    def bus_read_block(self, address: int, size: int) -> bytes:
        """Bytes of one memory.

        Raises:
            BusRefusal: as `bus_read`, or the range is not within one memory.
        """
        ...

    def bus_write_block(self, address: int, data: bytes) -> None:
        """Bytes for one memory.

        Raises:
            BusRefusal: as `bus_write`, or the range is not within one memory.
        """
        ...

    def flash(self, name: str) -> FlashMemory:
        """The memory of that name.

        Raises:
            EngineError: the chip has no Flash of that name.
        """
        ...

    def bus_port(self, address: int, size: int) -> Port:
        """A way to that range, which is within one memory or one peripheral.

        Raises:
            BusRefusal: it is not, or DMA does not reach it.
        """
        ...

    def note_transfer(self, master: str, address: int, size: int, writes: bool) -> None:
        """Tell that a transfer reads or has written that memory, past the core's caches.

        Args:
            master: who, for people.
            address: where it begins.
            size: bytes.
            writes: it writes there, else it reads.
        """
        ...

    def tcm_read(self, address: int, size: int) -> bytes:
        """Bytes of a memory coupled to the processor, through its slave port, as MDMA reads them.

        Raises:
            BusRefusal: no such memory is there.
        """
        ...

    def tcm_write(self, address: int, data: bytes) -> None:
        """Bytes for a memory coupled to the processor.

        Raises:
            BusRefusal: no such memory is there.
        """
        ...

    def gate(self, name: str, on: bool) -> None:
        """Switch the bus clock of the model `name`; a name that the chip lacks is ignored.

        Without it reads give 0 and writes are lost, which the result remarks on.
        """
        ...

    def reset_model(self, name: str) -> None:
        """Reset the model `name`; a name that the chip lacks is ignored."""
        ...

    def touched(self, what: str) -> None:
        """Note that the firmware used something that is declared but not modelled."""
        ...

    def remark(self, text: str) -> None:
        """Note, once, what a person should know of this run; it goes into the result."""
        ...

    def reset(self, cause: ResetCause, why: str) -> None:
        """Reset the chip once the current instruction is done; `why` is a clause for people.

        Only a watchdog does that; the run takes it for a fault of the firmware.
        """
        ...

    def restart(self, cause: ResetCause = ResetCause.SOFTWARE) -> None:
        """Have the chip reset once the current instruction is done, as its firmware asked."""
        ...

    def random(self, name: str) -> random.Random:
        """A source of numbers that are the same in each run, different for each name."""
        ...
