"""Pieces of C source: arrays, strings and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class CArray:
    """A constant array of integers."""

    name: str  # without the model's prefix
    c_type: str  # "int8_t" or "int32_t"
    values: Sequence[int]
    is_weight: bool  # learned: weights and biases, not what the compiler derives

    @property
    def size_bytes(self) -> int:
        """Size in memory."""
        return len(self.values) * (4 if self.c_type == "int32_t" else 1)

    def definition(self, prefix: str) -> str:
        """The array's definition; aligned to a word, as the kernels demand of weights."""
        return (
            f"_Alignas(4) static const {self.c_type} {prefix}_{self.name}"
            f"[{len(self.values)}] = {{\n{_wrapped(self.values)}}};\n"
        )


def _wrapped(values: Iterable[int]) -> str:
    lines, line = [], "   "
    for value in values:
        item = f" {value}," if value != -(1 << 31) else " INT32_MIN,"
        if len(line) + len(item) > _WIDTH:
            lines.append(line)
            line = "   "
        line += item
    lines.append(line)
    return "\n".join(lines) + "\n"


def c_string(text: str, limit: int) -> str:
    """A string literal of ``text`` in UTF-8, cut to at most ``limit`` bytes."""
    out = []
    for byte in text.encode("utf-8")[:limit]:
        char = chr(byte)
        if char in '"\\?' or not 32 <= byte < 127:
            out.append(f"\\{byte:03o}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def c_float(value: float) -> str:
    """A float literal that reads back as exactly the float32 ``value``."""
    text = f"{value:.9g}"
    return (text if any(c in text for c in ".en") else text + ".0") + "f"
