"""What a description says under ``init:`` of a model: Monitor commands, given once at the start.

::

    acc: Sensors.LIS2DW12 @ i2c1 0x18
        init:
            FeedAccelerationSamplesFromRESD @walk.resd
            InjectFault noise 0.01

They are part of the board, so a run's inputs do not name them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from simgate.engine.monitor_line import Argument, parse_line
from simgate.engine.strict.monitor import obey
from simgate.errors import SimgateError
from simgate.peripheral.model import Model
from simgate.platform import Entry, PlatformDescription


def start_up(description: PlatformDescription, models: Mapping[str, Model]) -> None:
    """Give every model its commands. A path is relative to here, or else to the description.

    Raises:
        PlatformError: a model does not have the command, or refuses it; with file and line.
    """
    for entry in description.entries:
        model = models.get(entry.name)
        if model is None:
            continue  # the processor, a memory, the bus itself
        for statement in entry.init:
            _give(entry, model, statement)


def _give(entry: Entry, model: Model, statement: str) -> None:
    try:
        _, command, arguments = parse_line(f"{entry.name} {statement}")
        obey(model, command, [_located(entry, one) for one in arguments])
    except SimgateError as problem:
        error = entry.error(f"init: {statement}: {problem.message}")
        error.hint = problem.hint
        raise error from problem


def _located(entry: Entry, argument: Argument) -> Argument:
    if isinstance(argument, Path) and not argument.is_absolute() and not argument.exists():
        return entry.path.parent / argument
    return argument
