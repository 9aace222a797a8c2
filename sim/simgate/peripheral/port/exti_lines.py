"""What all external interrupt controllers share: banks of 32 lines, edges, masks, pending bits.

A configurable line pends on the edges that RTSR and FTSR choose, and asks for its interrupt while
it pends and is not masked. A direct line, where a family has some, passes its level on. A chosen
edge of line 0 to 15 that is not masked also pulses the signal ``EXTI_n``, by which it triggers
other peripherals. Waking from WFE by an event is not modelled.

Interrupt latencies, in instructions of the interrupted code that still run before the first one of
the handler (measured by tests/engine/test_interrupt_latency.py), and what silicon takes:

==============================================  ====  ============================================
from                                            here  silicon, in processor cycles
==============================================  ====  ============================================
the edge of a pin, awake or in WFI                 0  12 to the handler, after synchronising the pin
the store that moves a pin wired to another        0  12 after the store has reached the port
the end of a timer's count, or of SysTick's        0  12
a byte's last bit at a UART                        0  12
one handler to the next (tail-chaining)            0  6
==============================================  ====  ============================================

12 and 6 hold with memories that need no wait states: DDI 0439, section 3.9 (Cortex-M4), DDI 0489,
section 1.2.2 (Cortex-M7); wait states of Flash and stacking of the FPU's registers add to them.
CYCCNT counts instructions and so does not see them; the cycle estimate adds them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.wire import Sink, Wire

_TRIGGERS = 16


@dataclass(frozen=True, slots=True)
class Bank:
    """Where the registers of 32 lines lie, and which lines there are.

    The registers' names get the suffix; `suffix` of the only bank is empty.
    """

    imr: int
    emr: int
    rtsr: int
    ftsr: int
    swier: int
    pr: int
    configurable: int  # lines with an edge detector
    direct: int = 0  # lines without
    unmasked: int = 0  # IMR after reset
    suffix: str = ""

    def registers(self, prefix: str) -> tuple[Register, ...]:
        """The table; masks and pending bits may be named after the core that they serve."""
        lines = self.configurable | self.direct
        return (
            Register(self.imr, f"{prefix}IMR{self.suffix}", self.unmasked, lines),
            Register(self.emr, f"{prefix}EMR{self.suffix}", 0, lines),
            Register(self.rtsr, f"RTSR{self.suffix}", 0, self.configurable),
            Register(self.ftsr, f"FTSR{self.suffix}", 0, self.configurable),
            Register(self.swier, f"SWIER{self.suffix}", 0, self.configurable),
            Register(self.pr, f"{prefix}PR{self.suffix}", 0, self.configurable),
        )


class ExtiLines(RegisterBlock):
    """Base of the controllers. Wire n is the request of line n."""

    SOFTWARE_PULSES: ClassVar[bool] = False  # SWIER reads 0 and disregards the mask (H7)

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._banks = self.banks()
        self._levels = [0] * len(self._banks)
        self._asking = [0] * len(self._banks)
        self._requests: dict[int, Wire] = {}
        for index, bank in enumerate(self._banks):
            for bit in range(32):
                if (bank.configurable | bank.direct) >> bit & 1:
                    self._requests[32 * index + bit] = Wire()
            self._on_write[bank.imr] = self._write_imr(index, bank)
            self._on_write[bank.swier] = self._write_swier(index, bank)
            self._on_write[bank.pr] = self._write_pr(index, bank)
        for line, wire in self._requests.items():
            self._wires[line] = wire

    @abstractmethod
    def banks(self) -> tuple[Bank, ...]:
        """The lines; called when the model is built."""

    def reset(self) -> None:
        """To the state after power-on; the levels of the lines are the outside's."""
        super().reset()
        for index in range(len(self._banks)):
            self._update(index)

    def input(self, line: int) -> Sink:
        """What to call when input `line` changes."""
        if line not in self._requests:
            raise KeyError(line)
        index, bit = line // 32, 1 << line % 32
        bank = self._banks[index]

        def change(level: bool) -> None:
            if level:
                self._levels[index] |= bit
            else:
                self._levels[index] &= ~bit
            if bank.direct & bit:
                self._update(index)
            elif self._values[bank.rtsr if level else bank.ftsr] & bit:
                self._pend(index, bit)

        return change

    def _pend(self, index: int, bits: int) -> None:
        bank = self._banks[index]
        self._values[bank.pr] |= bits
        self._update(index)
        if index == 0:
            heard = bits & (self._values[bank.imr] | self._values[bank.emr])
            for line in range(_TRIGGERS):
                if heard >> line & 1:
                    self.host.signal(f"EXTI_{line}").pulse()

    def _update(self, index: int) -> None:
        bank = self._banks[index]
        asking = self._values[bank.imr] & (
            self._values[bank.pr] | self._levels[index] & bank.direct
        )
        changed = asking ^ self._asking[index]
        self._asking[index] = asking
        while changed:
            bit = changed.bit_length() - 1
            changed ^= 1 << bit
            self._requests[32 * index + bit].set(bool(asking >> bit & 1))

    def _write_imr(self, index: int, bank: Bank) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            self.store(bank.imr, value, mask)
            self._update(index)

        return write

    def _write_swier(self, index: int, bank: Bank) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            before = self._values[bank.swier]
            raised = self.store(bank.swier, value, mask) & ~before
            if self.SOFTWARE_PULSES:
                self._values[bank.swier] = 0
            else:
                raised &= self._values[bank.imr]
            if raised:
                self._pend(index, raised)

        return write

    def _write_pr(self, index: int, bank: Bank) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            cleared = value & mask
            self._values[bank.pr] &= ~cleared
            self._values[bank.swier] &= ~cleared
            self._update(index)

        return write
