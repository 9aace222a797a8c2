"""What comes from outside, kept with its tick, so that a run can be made again exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from simgate.errors import EngineError
from simgate.peripheral.stm32_uart import Stm32Uart
from simgate.result import UartInput

if TYPE_CHECKING:
    from simgate.core import Core


_TICKS = 1 << 63  # more than any run has


class InputLog:
    """Every byte that the outside wrote."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._inputs: list[UartInput] = []

    def note(self, uart: str, data: bytes) -> None:
        """These bytes are written now."""
        self._inputs.append(UartInput(uart, self._core.ticks, data))

    def inputs(self) -> tuple[UartInput, ...]:
        """All so far, in order."""
        return tuple(self._inputs)


class LoggedUart:
    """A `simgate.engine.base.UartPort`: a UART whose writers are heard by the log."""

    def __init__(self, model: Stm32Uart, log: InputLog) -> None:
        self._model = model
        self._log = log
        self.name = model.name
        self.listeners: list[Callable[[int], None]] = model.listeners

    @property
    def pending(self) -> int:
        """Bytes written that the firmware has not read yet."""
        return self._model.pending

    def write(self, data: bytes) -> None:
        """Bytes for the firmware."""
        self._log.note(self.name, data)
        self._model.write(data)


def replay(core: Core, uarts: Mapping[str, LoggedUart], inputs: Sequence[UartInput]) -> None:
    """Have the inputs of an earlier run come again at their ticks.

    Raises:
        EngineError: they name a UART that this board lacks, or a tick that no run has.
    """
    for one in inputs:
        port = uarts.get(one.uart)
        if port is None:
            raise EngineError(f"the inputs to replay name a UART '{one.uart}' that the board lacks")
        if not 0 <= one.tick < _TICKS:
            raise EngineError(f"the inputs to replay name a tick {one.tick} that no run has")
        core.schedule(one.tick, partial(port.write, one.data))
