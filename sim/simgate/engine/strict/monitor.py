"""Monitor commands to models: ``FeedSample 12 3``, ``Press``, ``Temperature 21.5``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence

from simgate.engine.monitor_line import Argument
from simgate.errors import EngineError
from simgate.peripheral.model import Model


def obey(model: Model, command: str, arguments: Sequence[Argument]) -> object:
    """Call a command of the model, or read or set one of its properties; what it answers.

    Raises:
        EngineError: it has neither, or does not take these arguments.
    """
    attribute = model.PROPERTIES.get(command)
    if attribute is not None and len(arguments) <= 1:
        if arguments:
            setattr(model, attribute, arguments[0])
            return None
        return getattr(model, attribute)
    commands = model.commands()
    method = commands.get(command)
    if method is None:
        known = sorted({*commands, *model.PROPERTIES})
        raise EngineError(
            f"{model.name} ({model.TYPE}) has no command '{command}'",
            hint=f"It has: {', '.join(known) or 'none'}.",
        )
    _check(model, command, method, arguments)
    return method(*arguments)


def _check(
    model: Model, command: str, method: Callable[..., object], arguments: Sequence[Argument]
) -> None:
    try:
        inspect.signature(method).bind(*arguments)
    except TypeError as error:
        raise EngineError(
            f"{model.name} {command}: {error}",
            hint=f"It takes: {_parameters(method)}.",
        ) from None


def _parameters(method: Callable[..., object]) -> str:
    return ", ".join(str(one) for one in inspect.signature(method).parameters.values()) or "nothing"
