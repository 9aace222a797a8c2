"""A chain of callers as lines."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from simgate.debug.fault_report import Chain
from simgate.debug.unwinder import Frame, Origin
from simgate.units import format_count

_DIM = "dim"


def chain_lines(chain: Chain) -> list[Text]:
    """One line a frame; frames that are the same are folded."""
    lines = []
    number = 0  # in the whole chain
    for frame, times in _runs(chain):
        lines.append(_frame(number, frame))
        number += times
        if times > 1:
            lines.append(Text(f"... {format_count(times - 1)} times more, to #{number - 1}", _DIM))
        if chain.omitted and number == chain.omitted_after:
            lines.append(Text(f"... {format_count(chain.omitted)} frames more ...", style=_DIM))
            number += chain.omitted
    if chain.end:
        lines.append(Text(f"end: {chain.end}", style=_DIM))
    return lines


def _runs(chain: Chain) -> Iterator[tuple[Frame, int]]:
    """The frames, with how often each comes in succession, the gap between equal ones counted."""
    frames = chain.frames
    position = 0
    while position < len(frames):
        end = position + 1
        gap = 0
        while end < len(frames) and _alike(frames[end], frames[position]):
            gap = chain.omitted if chain.omitted and end == chain.omitted_after else gap
            end += 1
        if end - position + gap < 3:
            end, gap = position + 1, 0
        yield frames[position], end - position + gap
        position = end


def _alike(one: Frame, other: Frame) -> bool:
    return (one.where, one.how, one.note) == (other.where, other.how, other.note)


def _frame(number: int, frame: Frame) -> Text:
    where = frame.where
    text = Text(f"#{number:<3} 0x{where.address:08x} ")
    name = where.function or "(no symbol)"
    text.append(name, style="bold")
    if where.offset:
        text.append(f"+0x{where.offset:x}")
    if where.file is not None:
        text.append(f" at {where.file}:{where.line}")
    if frame.how is not Origin.PC:
        text.append(f"  [{frame.how}]", style=_DIM)
    if frame.note:
        text.append(f"  <{frame.note}>", style="yellow")
    return text
