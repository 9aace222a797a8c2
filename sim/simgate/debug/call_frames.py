"""Call frame information of DWARF: how to get from a function's frame to its caller's.

The section is walked once for the address ranges that it describes; what lies behind a range is
decoded (pyelftools) when an address in it is asked for, from its own few bytes.
Layout: "DWARF Debugging Information Format" version 4, sections 6.4.1 and 7.23; register numbers:
"DWARF for the Arm Architecture" (aadwarf32), section 4.1.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

from simgate.errors import ImageError
from simgate.image import Image

SP, LR = 13, 14
_CIE = 0xFFFFFFFF
_MAX_ENTRY_BYTES = 1 << 16  # of one function; no compiler writes more
_MAX_STEPS = 256  # of one expression

Word = Callable[[int], int | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a caller's register is found, relative to the CFA."""

    kind: Literal["at", "value", "register", "undefined"]
    argument: int = 0  # offset from the CFA, or a register's number


@dataclass(frozen=True, slots=True)
class FrameRow:
    """The rules that hold at one address. The CFA is the caller's SP."""

    cfa_register: int | None
    cfa_offset: int
    cfa_expression: tuple[tuple[int, tuple[int, ...]], ...]  # opcode and arguments; mostly empty
    rules: dict[int, Rule]  # r0 to r15; absent: it has kept its value

    def cfa(self, registers: Mapping[int, int], word: Word) -> int | None:
        """The caller's SP; None where it cannot be told."""
        if self.cfa_register is None:
            return _evaluate(self.cfa_expression, registers, word)
        base = registers.get(self.cfa_register)
        return None if base is None else (base + self.cfa_offset) & 0xFFFFFFFF


class CallFrames:
    """The call frame information of an image; `damaged` says what could not be read."""

    def __init__(self, image: Image) -> None:
        self.damaged = ""
        try:
            self._section = image.debug_section(".debug_frame")
        except ImageError as error:
            self._section = b""
            self.damaged = error.message
        self._ranges = self._index(image)
        self._starts = [start for start, _, _, _ in self._ranges]
        self._decoded: dict[int, tuple[list[int], list[FrameRow]]] = {}

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def covers(self, address: int) -> bool:
        """Some entry describes `address`."""
        return self._find(address) is not None

    def at(self, address: int) -> FrameRow | None:
        """The rules for an instruction at `address`; None where nothing tells."""
        found = self._find(address)
        if found is None:
            return None
        start, _, entry, cie = found
        if entry not in self._decoded:
            try:
                self._decoded[entry] = _rows(self._section, entry, cie)
            except Exception as error:  # pyelftools raises all kinds on damaged input
                self._decoded[entry] = ([], [])
                self.damaged = f"the call frames of 0x{start:08x} are damaged: {error}"
        starts, rows = self._decoded[entry]
        index = bisect_right(starts, address) - 1
        return rows[index] if index >= 0 else None

    def _find(self, address: int) -> tuple[int, int, int, int] | None:
        index = bisect_right(self._starts, address) - 1
        if index < 0 or address >= self._ranges[index][1]:
            return None
        return self._ranges[index]

    def _index(self, image: Image) -> list[tuple[int, int, int, int]]:
        """First address, address behind the last, offset of the entry, offset of its CIE."""
        # code that the linker dropped is left at address 0: only addresses in sections count
        code = [(s.address, s.end) for s in image.sections if s.allocated and s.executable]
        section, found = self._section, []
        position = 0
        while position + 16 <= len(section):
            length, identity, start, size = (
                int.from_bytes(section[at : at + 4], "little")
                for at in range(position, position + 16, 4)
            )
            end = position + 4 + length
            if end > len(section) or length >= 0xFFFFFFF0:
                self.damaged = f".debug_frame cannot be read from offset 0x{position:x} on"
                break
            in_code = any(low <= start < high for low, high in code)
            if identity != _CIE and length >= 12 and in_code:
                found.append((start, start + size, position, identity))
            position = end
        return sorted(found)


def _rows(section: bytes, entry: int, cie: int) -> tuple[list[int], list[FrameRow]]:
    """The table of one entry, decoded alone with its CIE before it."""
    from elftools.dwarf.callframe import FDE, CallFrameInfo
    from elftools.dwarf.structs import DWARFStructs

    common = _entry_bytes(section, cie)
    own = bytearray(_entry_bytes(section, entry))
    own[4:8] = bytes(4)  # its CIE lies at offset 0 now
    data = common + bytes(own)
    structs = DWARFStructs(little_endian=True, dwarf_format=32, address_size=4)
    entries = CallFrameInfo(BytesIO(data), len(data), 0, structs).get_entries()
    function = next(found for found in entries if isinstance(found, FDE))
    table = function.get_decoded().table
    by_address = {line["pc"]: _row(line, structs) for line in table}
    starts = sorted(by_address)
    return starts, [by_address[start] for start in starts]


def _entry_bytes(section: bytes, offset: int) -> bytes:
    size = 4 + int.from_bytes(section[offset : offset + 4], "little")
    if size > _MAX_ENTRY_BYTES or offset + size > len(section):
        raise ValueError(f"the entry at offset 0x{offset:x} has {size} bytes")
    return section[offset : offset + size]


def _row(line: Mapping[Any, Any], structs: Any) -> FrameRow:
    rules = {}
    for register, rule in line.items():
        if isinstance(register, int) and register < 16:
            translated = _rule(rule)
            if translated is not None:
                rules[register] = translated
    cfa = line["cfa"]
    if cfa.expr is None:
        return FrameRow(cfa.reg, cfa.offset or 0, (), rules)
    from elftools.dwarf.dwarf_expr import DWARFExprParser

    steps = tuple(
        (step.op, tuple(step.args)) for step in DWARFExprParser(structs).parse_expr(cfa.expr)
    )
    return FrameRow(None, 0, steps, rules)


def _rule(rule: Any) -> Rule | None:
    if rule.type == "OFFSET":
        return Rule("at", rule.arg)
    if rule.type == "VAL_OFFSET":
        return Rule("value", rule.arg)
    if rule.type == "REGISTER":
        return Rule("register", rule.arg)
    return None if rule.type == "SAME_VALUE" else Rule("undefined")


def _evaluate(
    steps: tuple[tuple[int, tuple[int, ...]], ...], registers: Mapping[int, int], word: Word
) -> int | None:
    """A DWARF expression of the kind that compilers write for the CFA (section 2.5)."""
    stack: list[int] = []
    for opcode, arguments in steps[:_MAX_STEPS]:
        if 0x30 <= opcode <= 0x4F:  # DW_OP_lit0 to lit31
            stack.append(opcode - 0x30)
        elif 0x08 <= opcode <= 0x11:  # DW_OP_const1u to consts
            stack.append(arguments[0])
        elif 0x70 <= opcode <= 0x8F:  # DW_OP_breg0 to breg31
            base = registers.get(opcode - 0x70)
            if base is None:
                return None
            stack.append(base + arguments[0])
        elif opcode == 0x23 and stack:  # DW_OP_plus_uconst
            stack[-1] += arguments[0]
        elif opcode == 0x06 and stack:  # DW_OP_deref
            value = word(stack.pop() & 0xFFFFFFFF)
            if value is None:
                return None
            stack.append(value)
        elif opcode in _BINARY and len(stack) >= 2:
            right = stack.pop()
            stack[-1] = _BINARY[opcode](stack[-1], right)
        else:
            return None
        stack[-1] &= 0xFFFFFFFF
    return stack[-1] if stack else None


_BINARY: dict[int, Callable[[int, int], int]] = {
    0x1A: lambda left, right: left & right,
    0x1C: lambda left, right: left - right,
    0x21: lambda left, right: left | right,
    0x22: lambda left, right: left + right,
    0x24: lambda left, right: left << (right & 31),
}
