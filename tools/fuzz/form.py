"""One encoding of one instruction, as a line of a table: its bits, its text, what it means.

    add_imm3  | 0001110iiimmmddd | adds {r(d)}, {r(m)}, #{i} | op=add second=imm flags=auto | i != 0

Columns: name, bits (most significant first; letters are fields), text as a disassembler writes it
(the inside of an f-string over the fields), options, and, where some values of the fields are
UNPREDICTABLE or another instruction, the condition that they must meet.

Letters: d n m a t u l h (of three or four bits) are core registers, v w x single-precision
registers, p q k double-precision registers (both as the five bits with D, N or M on top; see
``single``); every other letter is a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

CORE_LETTERS = "dnmatulh"
SINGLE_LETTERS = "vwx"
DOUBLE_LETTERS = "pqk"
NAMES = [f"r{number}" for number in range(13)] + ["sp", "lr", "pc"]
CONDITIONS = ("eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le")
SHIFTS = ("lsl", "lsr", "asr", "ror")


def single(raw: int) -> int:
    """Number of the S register whose five bits are D:Vd."""
    return (raw & 15) << 1 | raw >> 4


def single_field(number: int) -> int:
    """The reverse of ``single``."""
    return (number & 1) << 4 | number >> 1


def expand_immediate(imm12: int) -> tuple[int, int | None]:
    """ThumbExpandImm_C (DDI 0403, A5.3.2): the value, and its carry where it has one."""
    if imm12 >> 10 == 0:
        byte = imm12 & 0xFF
        pattern = (1, 0x0001_0001, 0x0100_0100, 0x0101_0101)[imm12 >> 8]
        return byte * pattern, None
    value, rotation = 0x80 | imm12 & 0x7F, imm12 >> 7
    value = (value >> rotation | value << (32 - rotation)) & 0xFFFF_FFFF
    return value, value >> 31


def is_modified(imm12: int) -> bool:
    """ThumbExpandImm has a defined value."""
    return imm12 >> 8 == 0 or imm12 >> 10 != 0 or imm12 & 0xFF != 0


def shift_of(kind: int, imm5: int) -> tuple[str, int]:
    """DecodeImmShift (A7.4.2): "lsl", "lsr", "asr", "ror" or "rrx", and by how many bits."""
    if kind == 3 and imm5 == 0:
        return "rrx", 1
    return SHIFTS[kind], 32 if imm5 == 0 and kind in (1, 2) else imm5


def _shift_text(kind: int, imm5: int) -> str:
    name, amount = shift_of(kind, imm5)
    if name == "rrx":
        return ", rrx"
    return f", {name} #{amount}" if amount else ""


def _list_text(registers: int) -> str:
    return "{" + ", ".join(NAMES[i] for i in range(16) if registers >> i & 1) + "}"


def _range_text(first: int, count: int, kind: str) -> str:
    return "{" + ", ".join(f"{kind}{first + i}" for i in range(count)) + "}"


_TEXT_NAMES: dict[str, Any] = {
    "r": lambda number: NAMES[number],
    "s": lambda raw: f"s{single(raw)}",
    "D": lambda number: f"d{number}",
    "expand": lambda imm12: expand_immediate(imm12)[0],
    "shift": _shift_text,
    "amount": lambda kind, imm5: shift_of(kind, imm5)[1],
    "registers": _list_text,
    "listed": lambda i: i & 0x1FFF | i >> 13 << 14,  # r0 to r12, lr
    "range_of": _range_text,
    "single": single,
    "is_modified": is_modified,
    "rotation": lambda i: f", ror #{8 * i}" if i else "",
    "sign": lambda up: "" if up else "-",
    "SHIFTS": SHIFTS,
    "CONDITIONS": CONDITIONS,
}


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """An encoding: everything that the generator, the encoder, the model and reports need."""

    name: str
    bits: str
    text: str
    group: str
    options: Mapping[str, str]
    condition: str = ""
    width: int = 0  # bytes
    op: str = ""
    fields: tuple[tuple[str, int], ...] = ()  # letter and its number of bits
    writes: str = ""  # letters of core registers that it writes
    _fixed: int = 0
    _pieces: tuple[tuple[str, int, int, int], ...] = ()
    legal: Callable[..., bool] | None = None
    _text_code: list[CodeType] = field(default_factory=list)

    def encode(self, values: Mapping[str, int]) -> bytes:
        """The instruction with these fields, as memory holds it."""
        word = self._fixed
        for letter, right, mask, left in self._pieces:
            word |= (values[letter] >> right & mask) << left
        if self.width == 2:
            return word.to_bytes(2, "little")
        return (word >> 16).to_bytes(2, "little") + (word & 0xFFFF).to_bytes(2, "little")

    def disassembly(self, values: Mapping[str, int]) -> str:
        """Its text with these fields, as outside an IT block."""
        if not self._text_code:
            self._text_code.append(compile(f'f"""{self.text}"""', self.name, "eval"))
        return str(eval(self._text_code[0], _TEXT_NAMES, dict(values)))


def _pieces(bits: str, letter: str) -> list[tuple[str, int, int, int]]:
    """Runs of one letter as (letter, shift of the value, mask, place in the word)."""
    total, size = bits.count(letter), len(bits)
    pieces = []
    taken = position = 0
    while position < size:
        if bits[position] != letter:
            position += 1
            continue
        start = position
        while position < size and bits[position] == letter:
            position += 1
        count = position - start
        taken += count
        pieces.append((letter, total - taken, (1 << count) - 1, size - position))
    if letter in "wq" and total == 5:  # N stands behind Vn, and is on top of the field all the same
        (_, _, _, place), (_, _, _, last) = pieces
        return [(letter, 0, 15, place), (letter, 4, 1, last)]
    return pieces


def parse_form(line: str, group: str) -> Form:
    """The form of a table's line."""
    columns = [column.strip() for column in line.split(" | ")]
    if len(columns) not in (4, 5):
        raise ValueError(f"a form has four or five columns: {line}")
    name, bits, text, option_text = columns[:4]
    condition = columns[4] if len(columns) == 5 else ""
    bits = bits.replace(" ", "")
    if len(bits) not in (16, 32):
        raise ValueError(f"{name} has {len(bits)} bits")
    options = dict(option.split("=", 1) for option in option_text.split())
    twin = options.get("twin", "  ")  # its second letter stands for the same field as its first
    letters = sorted(set(bits) - {"0", "1", twin[1]})
    legal = None
    if condition:
        arguments = ", ".join(letters)
        legal = eval(f"lambda {arguments}: {condition}", {**_TEXT_NAMES})
    return Form(
        name=name,
        bits=bits,
        text=text,
        group=group,
        options=options,
        condition=condition,
        width=len(bits) // 8,
        op=options.get("op", name.split("_")[0]),
        fields=tuple((letter, bits.count(letter)) for letter in letters),
        writes=options.get("w", "d" if "d" in letters else "").replace("-", ""),
        _fixed=int("".join(bit if bit in "01" else "0" for bit in bits), 2),
        _pieces=(
            *(piece for letter in letters for piece in _pieces(bits, letter)),
            *((twin[0], *piece[1:]) for piece in _pieces(bits, twin[1])),
        ),
        legal=legal,
    )
