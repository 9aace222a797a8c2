"""Renode's text of samples: one a line, its values separated by spaces, ``#`` for comments."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from simgate.errors import StreamError
from simgate.sensor.channels import name_channels
from simgate.sensor.rows import FlatRows
from simgate.sensor.stream import Stream
from simgate.sensor.text_lines import lines_of, number, open_text
from simgate.sensor.timing import ConstantRate


def text_stream(
    path: Path,
    names: Sequence[str] = (),
    units: Sequence[str] = (),
    rate_hz: float | Fraction | None = None,
) -> Stream:
    """The file as a stream.

    Args:
        path: the file; it says neither what its values are, nor how fast they come.
        names: of the values of a line; empty: value, or x, y, z.
        units: of them; empty: raw.
        rate_hz: samples a second.

    Raises:
        StreamError: a line has no numbers or not as many as there are names, or there is no rate.
    """
    if rate_hz is None:
        raise StreamError(f"{path} does not say its rate", hint="Give rate_hz.")
    values, width = read_samples(path, len(names) or len(units) or None)
    channels = name_channels(width, names, units)
    return Stream(FlatRows(values, width), ConstantRate(rate_hz), *channels, origin=str(path))


def read_samples(path: Path, width: int | None = None) -> tuple[array[float], int]:
    """All values of a text of samples, one after the other, and how many there are a line.

    Raises:
        StreamError: a line has no numbers or not `width` of them (None: as many as the first).
    """
    values = array("d")
    with open_text(path) as file:
        for line, text in lines_of(file, path):
            if text.startswith("#"):
                continue
            cells = text.split()
            width = len(cells) if width is None else width
            if len(cells) != width:
                raise StreamError(
                    f"{path}:{line}: {len(cells)} values instead of {width}: {text[:60]}",
                    hint="One sample a line, its values separated by spaces.",
                )
            values.extend(number(cell, f"{path}:{line}") for cell in cells)
    if width is None or not values:
        raise StreamError(f"{path} has no samples")
    return values, width
