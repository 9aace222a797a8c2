"""The attribute ``series`` of models that Renode has for several families: ``STM32Series.F4``."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.errors import EngineError
from simgate.platform import EnumName


def series_of(name: str, attributes: Mapping[str, object], known: tuple[str, ...]) -> str:
    """The family that the description gives; the first of `known` where it gives none.

    Raises:
        EngineError: it is none of `known`.
    """
    value = attributes.get("series", EnumName(("STM32Series", known[0])))
    text = value.path[-1] if isinstance(value, EnumName) else repr(value)
    if text not in known:
        names = ", ".join(f"STM32Series.{one}" for one in known)
        raise EngineError(f"{name}: 'series' is one of {names}, not {text}")
    return text
