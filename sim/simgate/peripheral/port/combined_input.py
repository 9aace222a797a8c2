"""Several wires into one: high while any input is high."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.base import Peripheral, Read, Write
from simgate.peripheral.host import Host
from simgate.peripheral.registry import peripheral
from simgate.peripheral.wire import Sink, Wire


@peripheral("Miscellaneous.CombinedInput")
class CombinedInput(Peripheral):
    """An OR gate; it has no registers."""

    ATTRIBUTES = frozenset({"numberOfInputs"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._inputs = self.integer("numberOfInputs", 1)
        self._high: set[int] = set()
        wire = Wire()
        self._wires = {None: wire, "OutputLine": wire}

    def reset(self) -> None:
        """To the state after power-on."""
        self._high.clear()
        self._wires[None].set(False)

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve a window."""
        raise KeyError(name)

    def input(self, line: int) -> Sink:
        """What to call when input `line` changes."""
        if not 0 <= line < self._inputs:
            raise KeyError(line)

        def change(level: bool) -> None:
            (self._high.add if level else self._high.discard)(line)
            self._wires[None].set(bool(self._high))

        return change
