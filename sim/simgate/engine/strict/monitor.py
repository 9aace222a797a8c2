"""Monitor commands to models: ``FeedSample 12 3``, ``Press``, ``Temperature 21.5``."""

from __future__ import annotations

from collections.abc import Sequence

from simgate.engine.monitor_line import Argument
from simgate.engine.strict.arguments import check_arguments, check_value
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
            _set(model, command, attribute, arguments[0])
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
    check_arguments(f"{model.name} {command}", method, arguments)
    return method(*arguments)


def _set(model: Model, name: str, attribute: str, value: Argument) -> None:
    accessor = getattr(type(model), attribute, None)
    found = accessor if isinstance(accessor, property) else None
    check_value(f"{model.name} {name}", found, getattr(model, attribute), value)
    setattr(model, attribute, value)
