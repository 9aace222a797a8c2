"""From tables and sound to RESD and back: which column becomes which kind of sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simgate.errors import StreamError
from simgate.sensor.resd_file import read_resd
from simgate.sensor.resd_format import KINDS, Kind, find_kind
from simgate.sensor.resd_writer import ResdWriter
from simgate.sensor.sample_files import write_csv, write_wav
from simgate.sensor.stream import Stream
from simgate.sensor.unit import quantity

_FULL_SCALE = "FS"


@dataclass(frozen=True, slots=True)
class Mapping:
    """``acceleration:x,y,z:0``: kind of sample, the table's columns in its order, channel."""

    kind: Kind
    columns: tuple[str, ...]  # empty: those that measure it
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Scale:
    """What full scale of a sound file is: ``value = sample * factor + offset``."""

    factor: float
    offset: float = 0.0


def parse_mapping(text: str) -> Mapping:
    """``kind[:columns[:channel]]``; csv2resd's ``kind:columns:properties:channel`` is taken, too.

    Raises:
        StreamError: it is neither.
    """
    parts = text.split(":")
    if len(parts) == 4:
        del parts[2]  # names of properties: our kinds have theirs
    parts += [""] * (3 - len(parts))
    kind_text, columns_text, channel_text = parts[:3]
    if len(parts) > 3 or (channel_text and not channel_text.isdecimal()):
        raise StreamError(
            f"'{text}' is no mapping", hint="Such as acceleration:x,y,z or voltage:v:1"
        )
    columns = tuple(name.strip() for name in columns_text.split(",")) if columns_text else ()
    kind = find_kind(kind_text)
    if columns and len(columns) != len(kind.names):
        raise StreamError(
            f"'{text}' names {len(columns)} columns; {kind.name} has {', '.join(kind.names)}"
        )
    return Mapping(kind, columns, int(channel_text or 0))


def to_resd(
    stream: Stream, target: Path, mappings: Sequence[Mapping] = (), scale: Scale | None = None
) -> int:
    """Write a RESD file with a block for each mapping; how many blocks.

    Without mappings, each quantity whose columns are as many as its kind has values.

    Raises:
        StreamError: a column is missing, in a unit of another quantity, or its values do not fit.
    """
    mappings = mappings or _guess(stream)
    writer = ResdWriter()
    for mapping in mappings:
        columns = mapping.columns or _columns_of(stream, mapping.kind)
        units = [stream.units[stream.names.index(name)] for name in columns if name in stream.names]
        chosen = stream.columns(columns, mapping.kind.unit if _FULL_SCALE not in units else units)
        if _FULL_SCALE in units:
            if scale is None:
                raise StreamError(
                    f"{stream.origin}: its samples are parts of full scale",
                    hint=f"Say what full scale is, in {mapping.kind.unit}: --full-scale",
                )
            chosen = chosen.scaled(scale.factor, scale.offset, unit=mapping.kind.unit)
        writer.add(mapping.kind, chosen, channel=mapping.channel)
    writer.save(target)
    return len(mappings)


def from_resd(
    source: Path,
    target: Path,
    mapping: Mapping | None = None,
    scale: Scale | None = None,
    rate_hz: int | None = None,
) -> int:
    """Write one kind and channel of a RESD file as CSV or WAV; how many samples.

    Raises:
        StreamError: the file is damaged, holds several and none was named, or does not fit.
    """
    kind = None if mapping is None else mapping.kind.number
    channel = _only_channel(source, kind) if mapping is None else mapping.channel
    stream = Stream.from_resd(source, kind, channel)
    if mapping is not None and mapping.columns:
        stream = stream.mapped(lambda row: row, names=mapping.columns)
    if target.suffix.lower() == ".csv":
        return write_csv(target, stream)
    if scale is None or not scale.factor:
        raise StreamError(
            f"{source}: samples of a WAV file are parts of full scale",
            hint=f"Say what full scale is, in {stream.units[0]}: --full-scale",
        )
    part = stream.scaled(1 / scale.factor, -scale.offset / scale.factor, unit=_FULL_SCALE)
    return write_wav(target, part, rate_hz)


def _columns_of(stream: Stream, kind: Kind) -> tuple[str, ...]:
    if len(stream.names) == 1 and stream.units == (_FULL_SCALE,) and len(kind.names) == 1:
        return stream.names
    wanted = quantity(kind.unit)
    found = [
        name
        for name, unit in zip(stream.names, stream.units, strict=True)
        if quantity(unit) == wanted
    ]
    if len(found) != len(kind.names):
        raise StreamError(
            f"{stream.origin}: {len(found)} columns of {wanted} for {kind.name}, which has "
            f"{', '.join(kind.names)}",
            hint=f"Name them: --map {kind.name}:{','.join(kind.names)}",
        )
    return tuple(found)


def _guess(stream: Stream) -> list[Mapping]:
    """By quantity; an ECG is a voltage like others, and has to be named."""
    found = []
    for kind in KINDS:
        if kind.name == "ecg":
            continue
        wanted = quantity(kind.unit)
        count = sum(quantity(unit) == wanted for unit in stream.units)
        if count == len(kind.names):
            found.append(Mapping(kind, _columns_of(stream, kind)))
    if not found:
        shown = ", ".join(map("{} in {}".format, stream.names, stream.units))
        raise StreamError(
            f"{stream.origin}: which kind of sample its columns are ({shown}) is not clear",
            hint=f"Say it: --map KIND:COLUMNS, with {', '.join(kind.name for kind in KINDS)}.",
        )
    return found


def _only_channel(path: Path, kind: int | None) -> int:
    channels = {block.channel for block in read_resd(path) if kind in (None, block.kind)}
    if len(channels) > 1:
        raise StreamError(
            f"{path} has the channels {', '.join(map(str, sorted(channels)))}",
            hint="Name one: --map KIND::CHANNEL",
        )
    return channels.pop() if channels else 0
