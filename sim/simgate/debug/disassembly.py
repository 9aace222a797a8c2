"""The instructions around an address, with the source lines that they were compiled from."""

from __future__ import annotations

from dataclasses import dataclass

from simgate.debug.instruction import disassemble
from simgate.debug.memory import Memory
from simgate.debug.program import Program

BEFORE, AFTER = 8, 6  # instructions
_REACH_BYTES = 0x400  # from where decoding may begin: farther back takes too long


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One instruction."""

    address: int
    code: str  # its bytes as halfwords, hexadecimal
    text: str
    file: str | None = None
    line: int | None = None
    source: str | None = None  # text of that line, where the file is here
    marked: bool = False  # the one that it is about


def code_around(
    program: Program, memory: Memory, address: int, known_start: int | None = None
) -> tuple[CodeLine, ...]:
    """The instructions around `address`; empty where nothing can be read there.

    Args:
        program: its functions and lines.
        memory: its code as it is in the chip.
        address: of an instruction.
        known_start: an address before it at which an instruction begins (a branch led there).
    """
    address &= ~1
    start = _start(program, memory, address, known_start)
    decoded = _decode(memory, start, address)
    if not decoded:
        return ()
    at = next((i for i, (where, _, _) in enumerate(decoded) if where == address), None)
    if at is None:  # what lies before is no code (a literal pool): begin at the address itself
        decoded = _decode(memory, address, address)
        at = 0
    chosen = decoded[max(at - BEFORE, 0) : at + AFTER + 1]
    lines = []
    for where, size, text in chosen:
        place = program.where(where)
        source = None
        if place.file is not None and place.line is not None:
            source = program.source.line(place.file, place.line)
        code = _halfwords(memory.read(where, size) or b"")
        marked = where == address
        lines.append(CodeLine(where, code, text, place.file, place.line, source, marked))
    return tuple(lines)


def _start(program: Program, memory: Memory, address: int, known_start: int | None) -> int:
    """Where to begin decoding, so as to arrive at `address` with the instructions in step."""
    function = program.function_start(address)
    if function is not None:
        function += address - program.home(address)  # back to the alias, where there is one
        if 0 <= address - function <= _REACH_BYTES:
            return function
    if known_start is not None and 0 <= address - known_start <= _REACH_BYTES:
        return known_start
    for back in range(2 * BEFORE, 0, -2):  # the first start that falls into step
        start = address - back
        if start >= 0 and memory.read(start, back) is not None:
            decoded = _decode(memory, start, address)
            if any(where == address for where, _, _ in decoded):
                return start
    return address


def _decode(memory: Memory, start: int, address: int) -> list[tuple[int, int, str]]:
    for after in (4 * (AFTER + 1), 4, 2):  # less at the end of a memory
        code = memory.read(start, address - start + after)
        if code is not None:
            return disassemble(code, start)
    return []


def _halfwords(code: bytes) -> str:
    return " ".join(
        f"{int.from_bytes(code[at : at + 2], 'little'):04x}" for at in range(0, len(code), 2)
    )
