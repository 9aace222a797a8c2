"""RESD v1, Renode's binary format for samples: what its numbers mean. Little endian throughout.

::

    file     "RESD", u8 version (1), 3 bytes 0, then blocks
    block    u8 type, u16 kind of sample, u16 channel, u64 bytes that follow; then:
             type 1, samples with times:         u64 start in ns
             type 2, samples at a constant rate: u64 start in ns, u64 period in ns
             metadata: u64 size, items: key and NUL, u8 type, value
             samples; each of type 1 has a u64 before it: ns after the block's start

Source: the documentation of Renode ("RESD format") and its converter csv2resd.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from simgate.errors import StreamError

MAGIC = b"RESD"
VERSION = 1
FILE_HEADER = struct.Struct("<4sB3s")
BLOCK_HEADER = struct.Struct("<BHHQ")
TIMES, RATE = 1, 2
SUBHEADERS = {TIMES: struct.Struct("<Q"), RATE: struct.Struct("<QQ")}
SIZE = struct.Struct("<Q")
BINARY = 9
FIRST_CUSTOM = 0xF000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of sample.

    Args:
        number: in the file.
        name: as on the command line and in Renode's documentation.
        names: of its values.
        unit: one step of the numbers in the file is `step` of it.
        step: numerator and denominator.
        layout: of one sample, as `struct` has it.
    """

    number: int
    name: str
    names: tuple[str, ...]
    unit: str
    step: tuple[int, int]
    layout: struct.Struct


_XYZ = ("x", "y", "z")


def _kind(
    number: int, name: str, names: tuple[str, ...], unit: str, step: tuple[int, int], code: str
) -> Kind:
    return Kind(number, name, names, unit, step, struct.Struct(f"<{len(names)}{code}"))


KINDS = (
    _kind(1, "temperature", ("temperature",), "degC", (1, 1000), "i"),
    _kind(2, "acceleration", _XYZ, "g", (1, 1_000_000), "i"),
    _kind(3, "angular_rate", _XYZ, "rad/s", (1, 100_000), "i"),
    _kind(4, "voltage", ("voltage",), "V", (1, 1_000_000), "I"),
    _kind(5, "ecg", ("ecg",), "V", (1, 1_000_000_000), "i"),
    _kind(6, "humidity", ("humidity",), "%", (1, 1000), "I"),
    _kind(7, "pressure", ("pressure",), "Pa", (1, 1000), "Q"),
    _kind(8, "magnetic_flux_density", _XYZ, "T", (1, 1_000_000_000), "i"),
)


def find_kind(wanted: str | int) -> Kind:
    """By number, or by a name that can be shortened: ``"accel"``.

    Raises:
        StreamError: none, or more than one, is called so.
    """
    if isinstance(wanted, int):
        found = [kind for kind in KINDS if kind.number == wanted]
    else:
        name = wanted.lower().replace("-", "_")
        found = [kind for kind in KINDS if kind.name == name]
        found = found or [kind for kind in KINDS if name and kind.name.startswith(name)]
    if len(found) != 1:
        raise StreamError(
            f"there is no kind of RESD sample '{wanted}'",
            hint=f"There are: {', '.join(kind.name for kind in KINDS)}.",
        )
    return found[0]


def kind_name(number: int) -> str:
    """For people."""
    if number == BINARY:
        return "binary_data"
    if number >= FIRST_CUSTOM:
        return f"custom 0x{number:04x}"
    return next((kind.name for kind in KINDS if kind.number == number), f"unknown {number}")
