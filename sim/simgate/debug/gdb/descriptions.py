"""What gdb asks about the target in XML: its registers, its memories."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.sax.saxutils import quoteattr

from simgate.debug.gdb.registers import Register
from simgate.platform.facts import MemoryArea

_SPACE = 1 << 32
_BLOCK = 0x400  # bytes that gdb erases at once; the chip's sectors are larger, but nothing is slow


def target_description(registers: Sequence[Register]) -> str:
    """The registers, by feature."""
    lines = [
        '<?xml version="1.0"?>',
        '<!DOCTYPE target SYSTEM "gdb-target.dtd">',
        '<target version="1.0">',
        "<architecture>arm</architecture>",
    ]
    numbered = list(enumerate(registers))
    for feature, members in groupby(numbered, key=lambda pair: pair[1].feature):
        lines.append(f"<feature name={quoteattr(feature)}>")
        for number, one in members:
            group = f" group={quoteattr(one.group)}" if one.group else ""
            lines.append(
                f'<reg name={quoteattr(one.name)} bitsize="{one.bits}" regnum="{number}" '
                f"type={quoteattr(one.type)}{group}/>"
            )
        lines.append("</feature>")
    return "\n".join([*lines, "</target>", ""])


def memory_map(areas: Sequence[MemoryArea]) -> str:
    """Flash where it is; all the rest as RAM: what is not there is refused when it is accessed."""
    lines = [
        '<?xml version="1.0"?>',
        '<!DOCTYPE memory-map PUBLIC "+//IDN gnu.org//DTD GDB Memory Map V1.0//EN" '
        '"http://sourceware.org/gdb/gdb-memory-map.dtd">',
        "<memory-map>",
    ]
    at = 0
    for area in sorted((one for one in areas if one.is_flash), key=lambda one: one.base):
        lines += _ram(at, area.base)
        block = _BLOCK if area.base % _BLOCK == area.size % _BLOCK == 0 else area.size
        lines.append(
            f'<memory type="flash" start="0x{area.base:x}" length="0x{area.size:x}">'
            f'<property name="blocksize">0x{block:x}</property></memory>'
        )
        at = area.base + area.size
    return "\n".join([*lines, *_ram(at, _SPACE), "</memory-map>", ""])


def _ram(start: int, end: int) -> list[str]:
    if start >= end:
        return []
    return [f'<memory type="ram" start="0x{start:x}" length="0x{end - start:x}"/>']
