"""``simgate boards``: the boards that Simgate ships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from simgate.board import Board


def boards(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the boards that Simgate ships: core, clock and memories."""
    import json

    from simgate.board import find_board, known_boards

    found = [_describe(find_board(name)) for name in known_boards()]
    if as_json:
        print(json.dumps(found, indent=2))
        return
    for board in found:
        memories = ", ".join(
            f"{memory['name']} {memory['size'] // 1024} KiB at 0x{memory['address']:08x}"
            for memory in board["memories"]
        )
        print(f"{board['name']:<12}{board['cpu']:<14}{board['clock_hz'] / 1e6:g} MHz  {memories}")


def _describe(board: Board) -> dict[str, Any]:
    from simgate.platform.facts import memories

    return {
        "name": board.name,
        "cpu": board.cpu_type,
        "clock_hz": board.clock_hz,
        "mips": board.mips,
        "platform": str(board.repl),
        "memories": [
            {"name": area.name, "address": area.base, "size": area.size, "flash": area.is_flash}
            for area in memories(board.description)
            if area.alias_of is None
        ],
    }
