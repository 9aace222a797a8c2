"""External interrupt controller (RM0090, section 12.3): edges become pending bits and interrupts.

Which port drives a line is the description's matter, as on Renode; SYSCFG_EXTICR is not consulted.
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral
from simgate.peripheral.wire import Sink, Wire

IMR, EMR, RTSR, FTSR, SWIER, PR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14


@peripheral("IRQControllers.STM32F4_EXTI")
class Stm32F4Exti(RegisterBlock):
    """Wire n is the interrupt request of line n: pending and not masked."""

    ATTRIBUTES = frozenset({"numberOfOutputLines", "firstDirectLine"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        lines = self.integer("numberOfOutputLines", 23)
        self._requests = tuple(Wire() for _ in range(lines))
        self._wires = dict(enumerate(self._requests))
        self._on_write = {
            IMR: self._write_imr,
            SWIER: self._write_swier,
            PR: self._write_pr,
        }

    def registers(self) -> tuple[Register, ...]:
        """RM0090, 12.3."""
        lines = 0x007F_FFFF  # 0 to 22
        names = ("IMR", "EMR", "RTSR", "FTSR", "SWIER", "PR")
        return tuple(Register(4 * i, name, 0, lines) for i, name in enumerate(names))

    def reset(self) -> None:
        """To the state after power-on."""
        super().reset()
        self._update()

    def input(self, line: int) -> Sink:
        """What to call when input `line` changes."""
        if not 0 <= line < len(self._requests):
            raise KeyError(line)
        bit = 1 << line

        def change(level: bool) -> None:
            if self._values[RTSR if level else FTSR] & bit:
                self._values[PR] |= bit
                self._update()

        return change

    def _update(self) -> None:
        requests = self._values[PR] & self._values[IMR]
        for line, wire in enumerate(self._requests):
            wire.set(bool(requests >> line & 1))

    def _write_imr(self, value: int, mask: int) -> None:
        self.store(IMR, value, mask)
        self._update()

    def _write_swier(self, value: int, mask: int) -> None:
        before = self._values[SWIER]
        raised = self.store(SWIER, value, mask) & ~before
        self._values[PR] |= raised & self._values[IMR]  # only unmasked lines pend (12.3.5)
        self._update()

    def _write_pr(self, value: int, mask: int) -> None:
        cleared = value & mask
        self._values[PR] &= ~cleared
        self._values[SWIER] &= ~cleared  # 12.3.6
        self._update()
