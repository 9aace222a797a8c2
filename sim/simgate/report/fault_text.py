"""A fault report for people: the cause on top, then the evidence.

Readable at 80 columns and without colour: nothing is told by colour alone.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.containers import Lines
from rich.panel import Panel
from rich.text import Text

from simgate.debug.fault_report import FaultReport
from simgate.report.fault_chain import chain_lines
from simgate.report.fault_sections import (
    branch_lines,
    code_lines,
    frame_lines,
    register_lines,
    status_lines,
)
from simgate.units import format_count, format_size

if TYPE_CHECKING:
    from rich.console import RenderableType

_LONGEST_LINE = 400  # characters of a UART's line that are shown
_BAD, _HEAD, _DIM = "bold red", "bold", "dim"


def render(report: FaultReport, *, ascii_only: bool = False) -> RenderableType:
    """The report from top to bottom."""
    return Group(_panel(report, ascii_only), *_sections(report))


def plain(report: FaultReport, width: int = 100) -> str:
    """The report as text in ASCII, for logs and failure messages."""
    sink = io.StringIO()
    console = Console(
        file=sink, width=width, color_system=None, force_terminal=False, markup=False,
        highlight=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    console.print(render(report, ascii_only=True), crop=False)
    lines = sink.getvalue().encode("ascii", "replace").decode().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def show(report: FaultReport, stream: IO[str]) -> None:
    """Print the report to a terminal."""
    console = Console(file=stream, markup=False, highlight=False, emoji=False)
    console.print(render(report), crop=False)


def _panel(report: FaultReport, ascii_only: bool) -> Panel:
    from rich import box

    body = Text(_capital(report.cause.sentence), style=_BAD)
    for detail in report.cause.details:
        body.append(f"\n\n{detail}", style="default")
    for advice in report.cause.advice:
        body.append(f"\n\nWhat to do: {advice}", style="default")
    blame = report.blame
    place = "" if blame is None or blame.function is None else f" in {blame.function}"
    return Panel(
        body,
        title=f"{report.outcome}{place}",
        title_align="left",
        box=box.ASCII2 if ascii_only else box.ROUNDED,
        border_style="red",
    )


def _sections(report: FaultReport) -> Iterator[RenderableType]:
    yield from _part("Where", _where(report))
    yield from _part("Call chain", chain_lines(report.backtrace))
    if any(register.value for register in report.status):
        yield from _part("Fault status", status_lines(report))
    if report.exception is not None:
        yield from _part("Exception", _exception(report))
    if report.frame is not None:
        title = "Stacked frame" if report.frame.read_back else "Frame that entry would push"
        yield from _part(f"{title} (0x{report.frame.address:08x})", frame_lines(report.frame))
    yield from _part("Registers", register_lines(report.registers))
    if report.code:
        yield from _part("Disassembly", code_lines(report.code))
    if report.branches:
        yield from _part("Last branches, newest last", branch_lines(report.branches))
    yield from _part("Stack", _stack(report))
    if report.exception_counts:
        yield from _part("Exceptions taken since reset", _counts(report))
    if report.uart:
        yield from _part("Last UART lines", _uart(report))
    if report.aftermath:
        yield from _part("What came of it", [Text(_capital(report.aftermath))])
    if report.remarks:
        yield from _part("Remarks", [_bullet(remark) for remark in report.remarks])
    if report.missing:
        yield from _part("Missing", [_bullet(what) for what in report.missing])
    yield Text()
    yield Text("Replay to the instruction before it, with gdb", style=_HEAD)
    yield Text(report.replay, style="bold", no_wrap=True, overflow="ignore")  # to be pasted


def _part(title: str, lines: list[Text]) -> Iterator[RenderableType]:
    if not lines:
        return
    yield Text()
    yield Text(title, style=_HEAD)
    for line in lines:
        yield Hanging(line)


class Hanging:
    """A line that is indented, and deeper where it goes on below."""

    def __init__(self, text: Text, first: int = 2, rest: int = 8) -> None:
        self._text = text
        self._first = first
        self._rest = rest

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = self._text.wrap(console, max(options.max_width - self._rest, 20))
        if self._text.cell_len <= options.max_width - self._first:
            lines = Lines([self._text])
        for number, line in enumerate(lines):
            line.rstrip()
            yield Text(" " * (self._rest if number else self._first)).append_text(line)


def _where(report: FaultReport) -> list[Text]:
    lines = [Text(f"0x{report.where.address:08x}  {report.where.text}")]
    if report.blame is not None and report.blame.address != report.where.address:
        lines.append(Text(f"came from {report.blame}"))
    if report.address is not None:
        lines.append(Text(f"address 0x{report.address.address:08x}  {report.address.text}"))
    lines.append(
        Text(
            f"after {format_count(report.instructions)} instructions, "
            f"{report.time_s:.6f} s of the board's time"
        )
    )
    lines.append(
        Text(
            f"{report.image} (sha256 {report.image_sha256[:12]}) on {report.board}, {report.engine}"
        )
    )
    return lines


def _exception(report: FaultReport) -> list[Text]:
    taken = report.exception
    if taken is None:
        return []
    text = f"{taken.name} (exception {taken.number})"
    if taken.escalated:
        text += ", escalated"
    lines = [Text(text)]
    if taken.handler is not None:
        verb = "handler entered" if taken.delivered else "handler, not entered"
        lines.append(Text(f"{verb}: 0x{taken.handler.address:08x} {taken.handler.text}"))
    if taken.exc_return is not None:
        lines.append(Text(f"EXC_RETURN 0x{taken.exc_return:08x}: {taken.exc_return_text}"))
    return lines


def _stack(report: FaultReport) -> list[Text]:
    lines = []
    use = report.stack
    if use is not None:
        text = (
            f"main stack 0x{use.limit:08x} to 0x{use.top:08x}: {format_size(use.size)}, used "
            f"{format_size(use.used)}"
        )
        if use.needed is not None:
            text += f", needs at least {format_size(use.needed)}"
        lines.append(Text(text))
    deepest = report.deepest
    if deepest is not None:
        used = "" if deepest.used is None else f", {format_size(deepest.used)} used"
        lines.append(
            Text(
                f"deepest: SP 0x{deepest.sp:08x}{used}, after "
                f"{format_count(deepest.instruction)} instructions, by"
            )
        )
        same = deepest.chain == report.backtrace
        chain = [Text("the call chain above")] if same else chain_lines(deepest.chain)
        lines += [Text("  ").append_text(line) for line in chain]
    return lines


def _counts(report: FaultReport) -> list[Text]:
    return [Text(f"{format_count(one.count):>12}  {one.name}") for one in report.exception_counts]


def _uart(report: FaultReport) -> list[Text]:
    return [
        Text(f"[{line.time_s:.6f} s {line.uart}] {_visible(_end_of(line.text))}", overflow="fold")
        for line in report.uart
    ]


def _end_of(text: str) -> str:
    """The last of a line; a firmware may print for ever without ending one."""
    left_out = len(text) - _LONGEST_LINE
    return text if left_out <= 0 else f"({format_count(left_out)} before) {text[left_out:]}"


def _bullet(text: str) -> Text:
    return Text(f"- {text}")


def _capital(text: str) -> str:
    """With a capital letter, unless it begins with an instruction or a name."""
    return text[:1].upper() + text[1:] if text.split(" ")[0].rstrip(":").isalpha() else text


def _visible(text: str) -> str:
    """Without control characters, which a terminal would obey."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
