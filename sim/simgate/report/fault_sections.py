"""The columns of a fault report: status bits, frame, registers, disassembly, branches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from simgate.debug.disassembly import CodeLine
from simgate.debug.fault_report import BranchStep, FaultReport, NamedValue
from simgate.debug.frame import CORE_NAMES, StackedFrame
from simgate.debug.places import Place
from simgate.result import BranchKind

_DIM = "dim"
_PER_ROW = 4
_LONGEST_ROUND = 16
_FLAGS = ((31, "N"), (30, "Z"), (29, "C"), (28, "V"), (27, "Q"), (24, "T"))
_MARK = {BranchKind.BRANCH: "->", BranchKind.EXCEPTION_ENTRY: "=>", BranchKind.EXCEPTION_RETURN:
         "<="}  # fmt: skip


def status_lines(report: FaultReport) -> list[Text]:
    """Each register, and below it each set bit in words."""
    lines = []
    for register in report.status:
        if register.name == "DFSR" and not register.value:
            continue  # nobody asks for it but with a debugger's event
        lines.append(Text(f"{register.name:<5} 0x{register.value:08x}"))
        for bit in register.bits:
            line = Text(f"  {bit.name} (bit {bit.bit}): {bit.meaning}")
            line.append(f"  [DDI 0403E.e {bit.section}]", style=_DIM)
            lines.append(line)
    return lines


def frame_lines(frame: StackedFrame) -> list[Text]:
    """The words of an exception frame."""
    values = [NamedValue(name, frame.registers[name]) for name in CORE_NAMES]
    lines = _rows(values)
    stack = "process stack" if frame.process_stack else "main stack"
    kind = "extended (with s0 to s15 and fpscr)" if frame.extended else "basic"
    lines.append(Text(f"{kind}, on the {stack}; SP before it 0x{frame.sp:08x}", style=_DIM))
    return lines


def register_lines(registers: Sequence[NamedValue]) -> list[Text]:
    """Core registers in rows; those that point somewhere again with what is there."""
    core = [r for r in registers if not _is_float(r)]
    lines = _rows(core)
    flags = next((_flags(r.value) for r in core if r.name == "xpsr"), "")
    if flags:
        lines.append(Text(flags, style=_DIM))
    floats = sorted((r for r in registers if _is_float(r)), key=lambda r: r.name == "fpscr")
    if any(r.value for r in floats if r.name != "fpscr"):
        lines += _rows(floats)
    sp = next((r.value for r in core if r.name == "sp"), None)
    lines += [
        Text(f"{r.name:>5} -> {r.points_to}")
        for r in core
        if r.points_to and not (r.name in ("msp", "psp") and r.value == sp)
    ]
    return lines


def code_lines(code: Sequence[CodeLine]) -> list[Text]:
    """Instructions below the source lines that they were compiled from."""
    lines = []
    place: tuple[str | None, int | None] = (None, None)
    for one in code:
        if (one.file, one.line) != place:
            place = (one.file, one.line)
            if one.file is not None:
                heading = Text(f"{one.file.rsplit('/', 1)[-1]}:{one.line}", style="cyan")
                if one.source is not None:
                    heading.append(f"  {_visible(one.source.strip())}", style="italic")
                lines.append(heading)
        mark = "=>" if one.marked else "  "
        line = Text(f"{mark} {one.address:08x}  {one.code:<10} {one.text}")
        if one.marked:
            line.stylize("bold red")
        lines.append(line)
    return lines


def branch_lines(branches: Sequence[BranchStep]) -> list[Text]:
    """One line a branch."""
    lines = []
    for step, round_length, rounds in _rounds(branches):
        if round_length > 1:
            lines.append(Text(f"{rounds} times these {round_length}:", style=_DIM))
        text = f"{_brief(step.source)} {_MARK[step.kind]} {_brief(step.target)}"
        if step.kind is not BranchKind.BRANCH:
            text += f"  ({step.kind})"
        if step.times > 1:
            text += f"  x{step.times}"
        lines.append(Text(text))
    return lines


def _rounds(branches: Sequence[BranchStep]) -> Iterator[tuple[BranchStep, int, int]]:
    """The steps; of rounds that repeat only one, its first step with length and count."""
    position = 0
    while position < len(branches):
        length, rounds = _round_at(branches, position)
        for number, step in enumerate(branches[position : position + length]):
            yield step, length if number == 0 and rounds > 1 else 1, rounds
        position += length * rounds


def _round_at(branches: Sequence[BranchStep], start: int) -> tuple[int, int]:
    """The shortest round that repeats from `start` on, and how often."""
    for length in range(1, min(_LONGEST_ROUND, (len(branches) - start) // 2) + 1):
        one = branches[start : start + length]
        rounds = 1
        while branches[start + rounds * length : start + (rounds + 1) * length] == one:
            rounds += 1
        if rounds >= 3:
            return length, rounds
    return 1, 1


def _brief(place: Place) -> str:
    where = place.location
    if where is None or where.function is None:
        return f"{place.address:08x} {place.text}"
    text = f"{place.address:08x} {where.function}"
    if where.line is not None:
        text += f":{where.line}"
    return text


def _rows(values: Sequence[NamedValue]) -> list[Text]:
    cells = [f"{value.name:>10} {value.value:08x}" for value in values]
    return [
        Text("".join(cells[start : start + _PER_ROW])) for start in range(0, len(cells), _PER_ROW)
    ]


def _is_float(register: NamedValue) -> bool:
    return register.name == "fpscr" or (register.name[0] == "s" and register.name[1:].isdigit())


def _flags(xpsr: int) -> str:
    from simgate.debug.exceptions import exception_name

    letters = "".join(letter if xpsr >> bit & 1 else letter.lower() for bit, letter in _FLAGS)
    return f"xPSR: {letters}, {exception_name(xpsr & 0x1FF)}"


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
