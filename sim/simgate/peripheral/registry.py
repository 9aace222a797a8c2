"""The models by Renode's class names: ``@peripheral("UART.STM32_UART")`` makes one known.

A board uses a few of many models, and importing them all takes longer than booting a firmware: the
sources are searched for that line, and a module is imported when a board names its model.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from simgate.peripheral.model import Model

_ROOMS = ("peripheral", "sensor")
_DECORATOR = re.compile(r'^@peripheral\("([^"]+)"\)', re.MULTILINE)
_MODELS: dict[str, type[Model]] = {}
_Model = TypeVar("_Model", bound=type[Model])


def peripheral(type_name: str) -> Callable[[_Model], _Model]:
    """Register the class under Renode's name for it (without ``Antmicro.Renode.Peripherals.``).

    A class may be registered under several names; `Model.TYPE` is the uppermost one.
    """

    def register(model: _Model) -> _Model:
        if type_name in _MODELS:
            raise ValueError(f"two models for {type_name}")
        model.TYPE = type_name
        _MODELS[type_name] = model
        return model

    return register


@cache
def _modules() -> dict[str, str]:
    """The module that each class name is registered in."""
    package = Path(__file__).resolve().parent.parent
    found: dict[str, str] = {}
    for room in _ROOMS:
        for path in sorted((package / room).rglob("*.py")):
            names = _DECORATOR.findall(path.read_text(encoding="utf-8"))
            dotted = ".".join(path.relative_to(package).with_suffix("").parts)
            found.update((name, f"simgate.{dotted}") for name in names)
    return found


def find_model(type_name: str) -> type[Model] | None:
    """The model of that class name, or None."""
    if type_name not in _MODELS:
        module = _modules().get(type_name)
        if module is None:
            return None
        importlib.import_module(module)
    return _MODELS.get(type_name)


def known_models() -> tuple[str, ...]:
    """All class names that have a model."""
    return tuple(sorted(_modules().keys() | _MODELS.keys()))
