"""Plain text: ASCII, no colour, names as they are."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from simgate.report.plain import plain_text


def test_a_table_is_drawn_in_ascii_and_a_name_is_never_markup() -> None:
    table = Table(title="Clips")
    table.add_column("name")
    table.add_row("yes-[red]x[/red]:smile:.wav")
    assert plain_text([table]).splitlines() == [
        "",
        "             Clips",
        "+-----------------------------+",
        "| name                        |",
        "+-----------------------------+",
        "| yes-[red]x[/red]:smile:.wav |",
        "+-----------------------------+",
    ]


def test_what_is_not_ascii_and_what_is_coloured_come_out_plain() -> None:
    assert plain_text([Text("café is green", "green")]) == "caf? is green\n"


def test_long_lines_are_not_broken() -> None:
    line = "word " * 60
    assert plain_text([Text(line)]).splitlines() == [line.rstrip()]
