"""Declared stubs: registers that only read back, reported in the result when they are touched."""

from __future__ import annotations

from simgate.peripheral.base import Peripheral, Read, Write
from simgate.peripheral.registry import peripheral
from simgate.peripheral.wire import Sink, Wire


@peripheral("Miscellaneous.Stub")
class Stub(Peripheral):
    """Remembers words and does nothing; the first touch goes into ``RunResult.stubs``.

    A strict platform file declares what start-up code touches and nobody models, with its size:
    ``fmc: Miscellaneous.Stub @ sysbus <0x52004000, +0x1000>``.
    """

    def reset(self) -> None:
        """To the state after power-on."""
        self._words: dict[int, int] = {}

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve a window."""
        return self._read, self._write

    def output(self, source: int | str | None) -> Wire:
        """The wire called `source`."""
        return self._wires.setdefault(source, Wire())

    def input(self, line: int) -> Sink:
        """What to call when input `line` changes."""
        return lambda level: None

    def _read(self, offset: int, width: int) -> int:
        self.host.touched(f"{self.name} ({self.TYPE})")
        return self._words.get(offset & ~3, 0) >> (offset & 3) * 8 & ((1 << width * 8) - 1)

    def _write(self, offset: int, width: int, value: int) -> None:
        self.host.touched(f"{self.name} ({self.TYPE})")
        shift = (offset & 3) * 8
        mask = ((1 << width * 8) - 1) << shift
        self._words[offset & ~3] = self._words.get(offset & ~3, 0) & ~mask | value << shift & mask
