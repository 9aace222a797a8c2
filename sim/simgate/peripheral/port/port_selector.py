"""EXTICR of all families: which port drives line n of EXTI (four bits a line, four a register).

A description wires pin p of port i to ``syscfg#i@p`` and output p to ``exti@p``, as Renode's does.
After reset, and in firmware that forgets the clock of SYSCFG, port A drives every line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.wire import Sink, Wire

_LINES, _PORTS = 16, 16
_EXTICR = tuple(range(0x08, 0x18, 4))  # at the same place on all families


class PortSelector(RegisterBlock):
    """Base of the system configuration controllers. Wire n is line n."""

    SELECTION: ClassVar[tuple[Register, ...]] = tuple(
        Register(offset, f"EXTICR{i + 1}", 0, 0xFFFF) for i, offset in enumerate(_EXTICR)
    )

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._lines = tuple(Wire() for _ in range(_LINES))
        self._wires = dict(enumerate(self._lines))
        self._pins = [0] * _LINES  # of line n: a bit for each port's pin n
        for i, offset in enumerate(_EXTICR):
            self._on_write[offset] = self._select(offset, 4 * i)

    def reset(self) -> None:
        """To the state after power-on; the pins are the ports'."""
        super().reset()
        for line in range(_LINES):
            self._update(line)

    def local_input(self, index: int, line: int) -> Sink:
        """What to call when pin `line` of port `index` (0 for A) changes."""
        if not (0 <= index < _PORTS and 0 <= line < _LINES):
            raise KeyError(line)
        bit = 1 << index

        def change(level: bool) -> None:
            self._pins[line] = self._pins[line] | bit if level else self._pins[line] & ~bit
            self._update(line)

        return change

    def _update(self, line: int) -> None:
        port = self._values[_EXTICR[line // 4]] >> line % 4 * 4 & 15
        self._lines[line].set(bool(self._pins[line] >> port & 1))

    def _select(self, offset: int, first: int) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            self.store(offset, value, mask)
            for line in range(first, first + 4):
                self._update(line)  # the line follows: a difference is an edge

        return write
