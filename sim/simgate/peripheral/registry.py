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
_DECORATOR = re.compile(rb'^@peripheral\("([^"]+)"\)', re.MULTILINE)
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
def _paths() -> dict[str, list[Path]]:
    """The sources, by their names without underscores: ``stm32f7usart``."""
    package = Path(__file__).resolve().parent.parent
    found: dict[str, list[Path]] = {}
    for room in _ROOMS:
        for path in sorted((package / room).rglob("*.py")):
            found.setdefault(path.stem.replace("_", ""), []).append(path)
    return found


def _registered(path: Path) -> dict[str, str]:
    """The class names that a source registers, and its module."""
    package = Path(__file__).resolve().parent.parent
    dotted = ".".join(path.relative_to(package).with_suffix("").parts)
    names = _DECORATOR.findall(path.read_bytes())
    return {name.decode(): f"simgate.{dotted}" for name in names}


@cache
def _modules() -> dict[str, str]:
    """The module that each class name is registered in."""
    found: dict[str, str] = {}
    for paths in _paths().values():
        for path in paths:
            found |= _registered(path)
    return found


def _module_of(type_name: str) -> str | None:
    """The module that registers a class; usually the one that is named like it."""
    stem = type_name.rpartition(".")[2].replace("_", "").lower()
    for path in _paths().get(stem, ()):
        module = _registered(path).get(type_name)
        if module is not None:
            return module
    return _modules().get(type_name)


def find_model(type_name: str) -> type[Model] | None:
    """The model of that class name, or None."""
    if type_name not in _MODELS:
        module = _module_of(type_name)
        if module is None:
            return None
        importlib.import_module(module)
    return _MODELS.get(type_name)


def known_models() -> tuple[str, ...]:
    """All class names that have a model."""
    return tuple(sorted(_modules().keys() | _MODELS.keys()))
