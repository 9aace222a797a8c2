"""What comes from outside, kept with its tick, so that a run can be made again exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from simgate.engine.monitor_line import Argument
from simgate.engine.strict.monitor import obey
from simgate.errors import EngineError
from simgate.peripheral.model import Model
from simgate.peripheral.serial.uart import Uart
from simgate.result import CommandInput, Input, UartInput

if TYPE_CHECKING:
    from simgate.core import Core


_TICKS = 1 << 63  # more than any run has


class InputLog:
    """Every byte that the outside wrote, and every command that it gave."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._inputs: list[Input] = []

    def note_bytes(self, uart: str, data: bytes) -> None:
        """These bytes are written now."""
        self._inputs.append(UartInput(uart, self._core.ticks, data))

    def note_command(self, model: str, command: str, arguments: Sequence[Argument]) -> None:
        """This command is given now."""
        plain = tuple(f"@{one}" if isinstance(one, Path) else one for one in arguments)
        self._inputs.append(CommandInput(model, self._core.ticks, command, plain))

    def inputs(self) -> tuple[Input, ...]:
        """All so far, in order."""
        return tuple(self._inputs)


class LoggedUart:
    """A `simgate.engine.base.UartPort`: a UART whose writers are heard by the log."""

    def __init__(self, model: Uart, log: InputLog) -> None:
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
        self._log.note_bytes(self.name, data)
        self._model.write(data)


def give(model: Model, log: InputLog, command: str, arguments: Sequence[Argument]) -> object:
    """Have a model obey a command, and note it; what the command answers.

    Raises:
        EngineError: it has no such command, or does not take these arguments.
    """
    answer = obey(model, command, arguments)
    log.note_command(model.name, command, arguments)
    return answer


def replay(
    core: Core,
    log: InputLog,
    uarts: Mapping[str, LoggedUart],
    models: Mapping[str, Model],
    inputs: Sequence[Input],
) -> None:
    """Have the inputs of an earlier run come again at their ticks.

    Raises:
        EngineError: they name a UART or model that this board lacks, or a tick that no run has.
    """
    for one in inputs:
        if not 0 <= one.tick < _TICKS:
            raise EngineError(f"the inputs to replay name a tick {one.tick} that no run has")
        if isinstance(one, UartInput):
            port = uarts.get(one.uart)
            if port is None:
                raise EngineError(
                    f"the inputs to replay name a UART '{one.uart}' that the board lacks"
                )
            core.schedule(one.tick, partial(port.write, one.data))
            continue
        model = models.get(one.model)
        if model is None:
            raise EngineError(f"the inputs to replay name '{one.model}', which the board lacks")
        arguments = [
            Path(text[1:]) if isinstance(text, str) and text.startswith("@") else text
            for text in one.arguments
        ]
        if one.tick <= core.ticks:
            give(model, log, one.command, arguments)
        else:
            core.schedule(one.tick, partial(give, model, log, one.command, arguments))
