"""The models by Renode's class names: ``@peripheral("UART.STM32_UART")`` makes one known."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from simgate.peripheral.base import Peripheral

_MODELS: dict[str, type[Peripheral]] = {}
_Model = TypeVar("_Model", bound=type[Peripheral])


def peripheral(type_name: str) -> Callable[[_Model], _Model]:
    """Register the class under Renode's name for it (without ``Antmicro.Renode.Peripherals.``)."""

    def register(model: _Model) -> _Model:
        if type_name in _MODELS:
            raise ValueError(f"two models for {type_name}")
        model.TYPE = type_name
        _MODELS[type_name] = model
        return model

    return register


@cache
def _discover() -> None:
    package = importlib.import_module("simgate.peripheral")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"simgate.peripheral.{module.name}")


def find_model(type_name: str) -> type[Peripheral] | None:
    """The model of that class name, or None."""
    _discover()
    return _MODELS.get(type_name)


def known_models() -> tuple[str, ...]:
    """All class names that have a model."""
    _discover()
    return tuple(sorted(_MODELS))
