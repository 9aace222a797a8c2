"""The engines by name: ``@engine("strict")`` makes one known."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Protocol

from simgate.engine.base import Engine, EngineOptions
from simgate.errors import EngineError
from simgate.platform import PlatformDescription


class EngineFactory(Protocol):
    """What is registered: builds an engine without an image."""

    def __call__(self, description: PlatformDescription, options: EngineOptions) -> Engine:
        """Build the engine."""
        ...


_FACTORIES: dict[str, EngineFactory] = {}
_MODULES = ("simgate.engine.strict.engine",)  # each registers itself when it is imported


def engine(name: str) -> Callable[[EngineFactory], EngineFactory]:
    """Register a factory under a name."""

    def register(factory: EngineFactory) -> EngineFactory:
        _FACTORIES[name] = factory
        return factory

    return register


def engine_names() -> tuple[str, ...]:
    """The names that `create_engine` takes."""
    for module in _MODULES:
        importlib.import_module(module)
    return tuple(sorted(_FACTORIES))


def create_engine(name: str, description: PlatformDescription, options: EngineOptions) -> Engine:
    """Build the engine of that name for a platform.

    Raises:
        EngineError: there is no such engine, or it cannot build this platform.
    """
    known = engine_names()
    if name not in known:
        raise EngineError(
            f"there is no engine '{name}'", hint=f"Engines of this installation: {', '.join(known)}"
        )
    return _FACTORIES[name](description, options)
