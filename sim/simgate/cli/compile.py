"""``simgate compile``: a .tflite to C."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def compile_command(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="The .tflite.")],
    prefix: Annotated[str, typer.Option(help="What every name in the C begins with.")],
    out: Annotated[Path, typer.Option(help="The folder to write to; it is made.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compile a model to C: its weights, its layers' calls, and the table of its layers."""
    import json

    from simgate.model import compile_model
    from simgate.units import format_count, format_size

    compiled = compile_model(model, prefix, out)
    if as_json:
        content = {
            "files": [str(path) for path in compiled.files],
            "macs": compiled.macs,
            "arena_bytes": compiled.arena_bytes,
            "weights_bytes": compiled.weights_bytes,
            "constants_bytes": compiled.constants_bytes,
        }
        print(json.dumps(content, indent=2))
        return
    for path in compiled.files:
        print(path)
    print(f"operators  {len(compiled.model.operators)}")
    print(f"MACs       {format_count(compiled.macs)}")
    print(f"arena      {format_size(compiled.arena_bytes)} of RAM")
    print(f"weights    {format_size(compiled.weights_bytes)} of Flash")
    print(f"constants  {format_size(compiled.constants_bytes)} of Flash")
