"""The firmware in programs/: its log on the strict core equals that of QEMU, line by line.

Where QEMU does not do what the manual says, differences.toml has the manual's answer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from machines import FOR_CPU, PROGRAMS, Build, on_qemu, on_strict

HERE = Path(__file__).parent
DIFFERENCES = tomllib.loads((HERE / "differences.toml").read_text())
NAMES = sorted(path.stem for path in PROGRAMS.iterdir() if not path.stem.startswith("strict_"))


def is_of(program: str, cpu: str) -> bool:
    return not program.startswith(("m4_", "m7_")) or cpu.removeprefix("cortex-").startswith(
        program[:2]
    )


def by_the_manual(lines: list[str], differences: list[Mapping[str, str]]) -> list[str]:
    """QEMU's log with what QEMU gets wrong put right; every difference must be met."""
    corrected = list(lines)
    for difference in differences:
        met = False
        for index, line in enumerate(corrected):
            name = line.split(":")[0]
            if re.fullmatch(difference["lines"], name):
                corrected[index] = re.sub(difference["qemu"], difference["manual"], line)
                met |= corrected[index] != line
        assert met, f"QEMU no longer does this: {difference}"
    return corrected


@pytest.mark.parametrize(
    ("program", "cpu"),
    [(name, cpu) for name in NAMES for cpu in FOR_CPU if is_of(name, cpu)],
)
def test_program(build: Build, program: str, cpu: str) -> None:
    elf = build.program(program, cpu)
    differences = [
        difference
        for difference in DIFFERENCES.get(program, [])
        if difference.get("cpu", cpu) == cpu
    ]
    theirs = by_the_manual(on_qemu(elf, cpu), differences)
    ours = on_strict(elf, cpu, priority_mask=0xFF if program == "priority_bits" else 0xF0)
    assert theirs[-1] == "end:"
    assert len(set(theirs)) > 3
    assert ours == theirs


def test_every_difference_names_a_program_and_its_authority() -> None:
    assert set(DIFFERENCES) <= set(NAMES)
    for entries in DIFFERENCES.values():
        for entry in entries:
            assert entry["section"].startswith(("DDI 0403", "DDI 0439", "DDI 0489"))
            assert entry["why"]
