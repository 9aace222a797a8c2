"""Whether the arguments of a Monitor command are of the kinds that its method says it takes."""

from __future__ import annotations

import inspect
import math
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from simgate.engine.monitor_line import Argument
from simgate.errors import EngineError

_WORDS = {int: "a whole number", float: "a number", str: "a text", Path: "a file, as @file",
          bool: "true or false"}  # fmt: skip
_MOST = 1 << 64  # what Renode's numbers can hold, too


def check_arguments(
    what: str, method: Callable[..., object], arguments: Sequence[Argument]
) -> None:
    """Hold arguments against a method's annotations; one that is not annotated takes anything.

    Args:
        what: the model and its command, for the message.
        method: bound; it is not called.
        arguments: by position.

    Raises:
        EngineError: one is missing, too many, of another kind, or no number of this world.
    """
    hint = f"It takes: {_parameters(method)}."
    try:
        inspect.signature(method).bind(*arguments)
    except TypeError as error:
        raise EngineError(f"{what}: {error}", hint=hint) from None
    kinds = typing.get_type_hints(method)
    for name, argument in zip(_names(method), arguments, strict=False):
        problem = _problem(argument, _kinds(kinds.get(name, object)))
        if problem:
            raise EngineError(f"{what}: {name}: {problem}", hint=hint)


def check_value(what: str, accessor: property | None, present: object, value: Argument) -> None:
    """Hold a property's new value against its setter, or else against the value that it has.

    Raises:
        EngineError: the property cannot be set, or not to this.
    """
    if accessor is None:
        kinds = _kinds(float if isinstance(present, float) else type(present))
    elif accessor.fset is None:
        raise EngineError(f"{what} can be read only", hint="Leave out the value to read it.")
    else:
        hints = typing.get_type_hints(accessor.fset)
        hints.pop("return", None)
        kinds = _kinds(next(iter(hints.values()), object))
    problem = _problem(value, kinds)
    if problem:
        raise EngineError(f"{what}: {problem}")


def _names(method: Callable[..., object]) -> Iterator[str]:
    """The parameters' names by position; the last one again and again where it takes the rest."""
    for name, parameter in inspect.signature(method).parameters.items():
        yield name
        while parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            yield name


def _kinds(annotation: object) -> tuple[type, ...]:
    """The kinds of argument that an annotation names; none: any."""
    if isinstance(annotation, types.UnionType):
        members = [_kinds(one) for one in typing.get_args(annotation)]
        return tuple(kind for kinds in members for kind in kinds)
    return (annotation,) if isinstance(annotation, type) and annotation in _WORDS else ()


def _problem(argument: Argument, kinds: tuple[type, ...]) -> str:
    """Why it is none of these kinds; empty: it is one."""
    if not kinds:
        return ""
    wanted = " or ".join(dict.fromkeys(_WORDS[kind] for kind in kinds))
    if isinstance(argument, str | Path) and "\0" in str(argument):
        return "a text with a NUL in it"
    if isinstance(argument, bool) and bool not in kinds:
        return f"'{argument}' is not {wanted}"
    if isinstance(argument, int | float) and not isinstance(argument, bool):
        if not math.isfinite(argument) or abs(argument) >= _MOST:
            return f"{argument:g} is beyond what can be"
        if not {int, float} & set(kinds) or (float not in kinds and not isinstance(argument, int)):
            return f"{argument:g} is not {wanted}"
        return ""
    return "" if isinstance(argument, kinds) else f"'{str(argument)[:60]}' is not {wanted}"


def _parameters(method: Callable[..., object]) -> str:
    return (
        ", ".join(_described(one) for one in inspect.signature(method).parameters.values())
        or "nothing"
    )


def _described(parameter: inspect.Parameter) -> str:
    """As on a command line: ``x``, ``[repeat=1]``, ``numbers...``."""
    name = f"{parameter.name}..." if parameter.kind is parameter.VAR_POSITIONAL else parameter.name
    return name if parameter.default is parameter.empty else f"[{name}={parameter.default}]"
