"""Units of what sensors measure, and the conversion between those of one quantity.

A unit is a fraction of its quantity's base, so that 1e-6 steps of a file (µg, µV) convert to the
nearest double, not to a product of rounded factors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from simgate.errors import StreamError

STANDARD_GRAVITY = 9.80665
"""m/s² of 1 g, by definition (3rd CGPM, 1901)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """``value * numerator / denominator + offset`` is in the quantity's base."""

    quantity: str
    numerator: float = 1
    denominator: float = 1
    offset: float = 0.0


def _scaled(quantity: str, base: str, prefixes: str) -> dict[str, Unit]:
    sizes = {
        "": (1, 1),
        "n": (1, 10**9),
        "u": (1, 10**6),
        "m": (1, 10**3),
        "h": (100, 1),
        "k": (1000, 1),
    }
    wanted = ["", *prefixes]
    return {prefix + base: Unit(quantity, *sizes[prefix]) for prefix in wanted}


_UNITS: dict[str, Unit] = {
    **_scaled("time", "s", "num"),
    **_scaled("acceleration", "g", "num"),
    "m/s2": Unit("acceleration", 100_000, 980_665),
    "mm/s2": Unit("acceleration", 100, 980_665),
    **_scaled("angular rate", "rad/s", "um"),
    "deg/s": Unit("angular rate", math.pi, 180),
    "mdeg/s": Unit("angular rate", math.pi, 180_000),
    **_scaled("temperature", "degC", "m"),
    "K": Unit("temperature", offset=-273.15),
    **_scaled("voltage", "V", "num"),
    **_scaled("current", "A", "num"),
    **_scaled("humidity", "%", "m"),
    **_scaled("pressure", "Pa", "umhk"),
    "mbar": Unit("pressure", 100),
    "bar": Unit("pressure", 100_000),
    **_scaled("magnetic flux density", "T", "num"),
    "gauss": Unit("magnetic flux density", 1, 10_000),
    **_scaled("frequency", "Hz", "k"),
    "lux": Unit("illuminance"),
    "FS": Unit("part of full scale"),
    "raw": Unit("number"),
}
_OTHER_NAMES = {
    "mps2": "m/s2",
    "m/s^2": "m/s2",
    "m/s²": "m/s2",
    "dps": "deg/s",
    "mdps": "mdeg/s",
    "rads": "rad/s",
    "radps": "rad/s",
    "C": "degC",
    "mC": "mdegC",
    "°C": "degC",
    "pct": "%",
    "percent": "%",
    "RH": "%",
    "µs": "us",
    "µg": "ug",
    "µV": "uV",
    "µT": "uT",
    "fs": "FS",
    "lsb": "raw",
    "1": "raw",
}


def find_unit(name: str) -> str | None:
    """The name that this package uses for a unit, or None where nobody knows it."""
    name = _OTHER_NAMES.get(name, name)
    return name if name in _UNITS else None


def quantity(unit: str) -> str:
    """What the unit measures, such as ``"acceleration"``."""
    return _known(unit).quantity


def units_of(wanted: str) -> tuple[str, ...]:
    """The units of a quantity, for messages."""
    return tuple(name for name, unit in _UNITS.items() if unit.quantity == wanted)


def converter(source: str, target: str) -> Callable[[float], float] | None:
    """The function from one unit to the other; None where they are the same.

    Raises:
        StreamError: there is no such unit, or they measure different things.
    """
    start, end = _known(source), _known(target)
    if start == end:
        return None
    if start.quantity != end.quantity:
        raise StreamError(
            f"{source} is a unit of {start.quantity}; needed is {end.quantity}",
            hint=f"Units of {end.quantity}: {', '.join(units_of(end.quantity))}.",
        )
    numerator = start.numerator * end.denominator
    denominator = start.denominator * end.numerator
    if isinstance(numerator, int) and isinstance(denominator, int):
        common = math.gcd(numerator, denominator)
        numerator, denominator = numerator // common, denominator // common
    offset = (start.offset - end.offset) * end.denominator / end.numerator
    if offset:
        return lambda value: value * numerator / denominator + offset
    if denominator == 1:
        return lambda value: value * numerator
    if numerator == 1:
        return lambda value: value / denominator
    return lambda value: value * numerator / denominator


def convert(value: float, source: str, target: str) -> float:
    """One value from one unit to another.

    Raises:
        StreamError: there is no such unit, or they measure different things.
    """
    function = converter(source, target)
    return value if function is None else function(value)


def _known(name: str) -> Unit:
    found = find_unit(name)
    if found is None:
        raise StreamError(f"there is no unit '{name}'", hint=f"Known: {', '.join(_UNITS)}.")
    return _UNITS[found]
