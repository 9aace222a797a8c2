"""A difference in words: the shortest sequence, the state before it, ours and theirs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tools.fuzz import layout
from tools.fuzz.compare import Finding
from tools.fuzz.sequence import addresses_of


def _disassembled(code: bytes, address: int) -> str:
    import capstone

    mode = capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS | capstone.CS_MODE_V8
    engine = capstone.Cs(capstone.CS_ARCH_ARM, mode)
    for instruction in engine.disasm(code, address, 1):
        return f"{instruction.mnemonic} {instruction.op_str}".strip()
    return "?"


def lines_of(finding: Finding) -> Iterator[str]:
    """Text for a person who is to find out who is right."""
    sequence = finding.sequence
    image = finding.image.only(finding.row, sequence)
    addresses = addresses_of(sequence.items, image.entries[finding.row])
    yield f"sequence {sequence.number} of {image.batch.processor}, against {finding.oracle}:"
    for place, item in enumerate(sequence.items):
        if not sequence.keeps(place):
            continue
        code = image.code[addresses[place] : addresses[place + 1]]
        mark = ">" if place == finding.place else " "
        text = _disassembled(bytes(code[: item.form.width]), addresses[place])
        yield f" {mark} {addresses[place]:#07x}  {code.hex(' ', 2):<24} {text}"
    yield "   before: " + _words(finding.before)
    columns = ("status",) if "status" in finding.columns else finding.columns
    if finding.sequence.keeps(finding.place):
        for name in columns:
            if name == "memory":
                yield from _memory(finding)
            else:
                column = layout.RESULT_NAMES.index(name)
                ours, theirs = (
                    int(finding.ours.registers[column]),
                    int(finding.theirs.registers[column]),
                )
                yield f"   {name}: ours {ours:#010x}, {finding.oracle} {theirs:#010x}"


def _words(row: np.ndarray[tuple[int, ...], np.dtype[np.uint32]]) -> str:
    return " ".join(
        f"{name}={int(value):x}"
        for name, value in zip(layout.RESULT_NAMES[:-1], row[: layout.OUT_STATUS], strict=True)
    )


def _memory(finding: Finding) -> Iterator[str]:
    for at in np.nonzero(finding.ours.memory != finding.theirs.memory)[0][:8]:
        ours, theirs = int(finding.ours.memory[at]), int(finding.theirs.memory[at])
        yield f"   memory at SP{int(at) - layout.BEFORE:+d}: ours {ours:#04x}, theirs {theirs:#04x}"
