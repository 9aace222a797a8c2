"""``simgate resd``: sample files of Renode's format, looked at and converted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from simgate.sensor.resd_file import ResdBlock


def resd(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A .resd, .csv, .wav or text.")],
    target: Annotated[
        Path | None, typer.Argument(metavar="TARGET", help="What to make of it: .resd, .csv, .wav")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="KIND:COLUMNS:CHANNEL", help="Such as acceleration:x,y,z; repeatable."
        ),
    ] = None,
    rate_hz: Annotated[
        float | None, typer.Option("--rate-hz", help="Samples a second, where FILE has no times.")
    ] = None,
    units: Annotated[
        str, typer.Option("--units", help="Of the columns, where FILE names none: g,g,g")
    ] = "",
    full_scale: Annotated[
        float | None,
        typer.Option(
            "--full-scale", help="Of a sound file: what a sample of 1.0 is, such as 0.5 V."
        ),
    ] = None,
    offset: Annotated[
        float, typer.Option("--offset", help="Of a sound file: what a sample of 0 is.")
    ] = 0.0,
    start_s: Annotated[
        float | None, typer.Option("--start", help="Seconds before the first sample.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the blocks of a RESD file, or convert CSV, WAV or text to RESD and back.

    simgate resd taps.csv taps.resd --map acceleration:x,y,z
    """
    from simgate.sensor.resd_convert import Scale, from_resd, parse_mapping, to_resd
    from simgate.sensor.stream import Stream

    mappings = [parse_mapping(text) for text in mapping or []]
    scale = None if full_scale is None else Scale(full_scale, offset)
    if target is None:
        _show(source, as_json=as_json)
        return
    suffixes = source.suffix.lower(), target.suffix.lower()
    if suffixes[1] == ".resd" and suffixes[0] != ".resd":
        wanted = tuple(units.split(",")) if units else ()
        options: dict[str, Any] = {} if start_s is None else {"start_s": start_s}
        if suffixes[0] != ".wav":
            options |= {"rate_hz": rate_hz, "units": wanted}
        count = to_resd(Stream.from_file(source, **options), target, mappings, scale)
        _say(as_json, source, target, blocks=count)
        return
    if suffixes[0] == ".resd" and suffixes[1] in (".csv", ".wav") and len(mappings) < 2:
        rate = None if rate_hz is None else round(rate_hz)
        count = from_resd(source, target, mappings[0] if mappings else None, scale, rate)
        _say(as_json, source, target, samples=count)
        return
    from simgate.cli.failure import UsageError

    raise UsageError(
        f"cannot make {target} of {source}",
        hint="To .resd from .csv, .wav or text; from .resd to .csv or .wav, one kind of sample.",
    )


def _say(as_json: bool, source: Path, target: Path, **counts: int) -> None:
    if as_json:
        import json

        print(json.dumps({"source": str(source), "target": str(target), **counts}, indent=2))
        return
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    print(f"{target}: {told}")


def _show(source: Path, *, as_json: bool) -> None:
    from simgate.sensor.resd_file import read_resd

    blocks = [_describe(block) for block in read_resd(source)]
    if as_json:
        import json

        print(json.dumps({"file": str(source), "blocks": blocks}, indent=2))
        return
    print(f"{source}: RESD version 1, {len(blocks)} blocks")
    for block in blocks:
        rate = f"{block['rate_hz']:g} Hz" if block["rate_hz"] else "own times"
        count = "?" if block["samples"] is None else block["samples"]
        print(
            f"  byte {block['offset']:<8} {block['kind']}:{block['channel']}  {count} samples, "
            f"{rate}, from {block['start_s']:g} s to {_seconds(block['last_s'])}"
        )
        for key, value in block["metadata"].items():
            print(f"    {key}: {value}")


def _seconds(value: float | None) -> str:
    return "?" if value is None else f"{value:g} s"


def _describe(block: ResdBlock) -> dict[str, Any]:
    from simgate.sensor.resd_format import kind_name

    known = block.layout is not None and bool(block.count)
    last_ns = block.time_ns((block.count or 1) - 1) if known else None
    return {
        "offset": block.offset,
        "kind": kind_name(block.kind),
        "channel": block.channel,
        "samples": block.count,
        "rate_hz": 1e9 / block.period_ns if block.period_ns else None,
        "start_s": block.start_ns / 1e9,
        "last_s": None if last_ns is None else last_ns / 1e9,
        "unit": None if block.layout is None else block.layout.unit,
        "metadata": {
            key: value.hex() if isinstance(value, bytes) else value
            for key, value in block.metadata.items()
        },
    }
