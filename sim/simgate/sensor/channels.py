"""The channels of a stream: names and units, and the choice and conversion of some of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simgate.errors import StreamError
from simgate.sensor.rows import Row
from simgate.sensor.unit import converter, find_unit

Channels = tuple[tuple[str, ...], tuple[str, ...]]  # names and units


def name_channels(width: int, names: Sequence[str], units: Sequence[str]) -> Channels:
    """Names and units, those that were not given filled in.

    Raises:
        StreamError: they are not `width`.
    """
    if not names:
        axes = ("x", "y", "z")
        names = ("value",) if width == 1 else [*axes, *map("c{}".format, range(3, width))][:width]
    if len(units) == 1:
        units = tuple(units) * width
    units = tuple(units) or ("raw",) * width
    if len(names) != width or len(units) != width:
        raise StreamError(f"{width} channels, {len(names)} names and {len(units)} units")
    return tuple(names), tuple(find_unit(unit) or unit for unit in units)


def conversion(
    origin: str, have: Channels, order: Sequence[int], units: Sequence[str]
) -> Callable[[Row], Row] | None:
    """What makes rows of these channels, in this order and these units; None: nothing to do.

    Raises:
        StreamError: a unit measures something else than the channel's.
    """
    functions = []
    for index, unit in zip(order, units, strict=True):
        try:
            functions.append(converter(have[1][index], unit))
        except StreamError as error:
            raise StreamError(
                f"{origin}: column '{have[0][index]}': {error.message}", hint=error.hint
            ) from None
    if list(order) == list(range(len(have[0]))) and not any(functions):
        return None
    plan = tuple(zip(order, functions, strict=True))

    def change(row: Row) -> Row:
        return tuple(row[i] if function is None else function(row[i]) for i, function in plan)

    return change
