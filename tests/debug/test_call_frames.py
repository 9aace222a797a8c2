"""Call frame information that is damaged leaves a chain that is scanned, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgate.debug.call_frames import CallFrames
from simgate.image import Image

CIE = bytes.fromhex("0c000000 ffffffff 01 00 02 7c 0e 0c 0d 00")
ADDRESS = 0x08000464


def fde(instructions: bytes, size: int = 0x40) -> bytes:
    instructions += bytes(-len(instructions) % 4)
    body = bytes(4) + ADDRESS.to_bytes(4, "little") + size.to_bytes(4, "little") + instructions
    return len(body).to_bytes(4, "little") + body


class WithFrames:
    """An image of which only the section of call frames matters."""

    def __init__(self, section: bytes) -> None:
        self.section = section
        self.path = Path("made-up.elf")

    def debug_section(self, name: str) -> bytes:
        return self.section if name == ".debug_frame" else b""

    @property
    def sections(self):
        from simgate.image import Section

        return (Section(".text", 0x08000000, 0x08000000, 0x1000, "PROGBITS", True, False, True),)


def test_a_push_is_followed_instruction_by_instruction() -> None:
    """push {r4, lr} at the first address; from the next one on the CFA is SP + 8."""
    frames = CallFrames(WithFrames(CIE + fde(bytes.fromhex("41 0e 08 84 02 8e 01"))))
    before, after = frames.at(ADDRESS), frames.at(ADDRESS + 2)
    assert before is not None
    assert after is not None
    assert before.cfa({13: 0x20000100}, lambda _: None) == 0x20000100
    assert after.cfa({13: 0x20000100}, lambda _: None) == 0x20000108
    assert before.rules == {}
    assert {n: rule.argument for n, rule in after.rules.items()} == {4: -8, 14: -4}
    assert frames.at(ADDRESS + 0x40) is None
    assert not frames.damaged


def test_an_expression_for_the_cfa() -> None:
    """DW_CFA_def_cfa_expression of 3 bytes (breg7 +8, deref), and LR below it."""
    frames = CallFrames(WithFrames(CIE + fde(bytes.fromhex("0f 03 77 08 06 8e 01"))))
    row = frames.at(ADDRESS)
    assert row is not None
    assert row.cfa({7: 0x20000000}, {0x20000008: 0x20000040}.get) == 0x20000040
    assert row.cfa({7: 0x20000000}, lambda _: None) is None
    assert row.cfa({}, lambda _: None) is None


def test_damage_is_told() -> None:
    frames = CallFrames(WithFrames(CIE + fde(bytes.fromhex("3f 3f"))))
    assert frames.at(ADDRESS) is None
    assert "0x08000464" in frames.damaged


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_section_is_survived(noise: bytes, cut: int) -> None:
    whole = CIE + fde(bytes.fromhex("41 0e 08 84 02 8e 01") + noise[:50])
    for section in (noise, whole[:cut], whole + noise, CIE[:-2] + noise + fde(noise)):
        frames = CallFrames(WithFrames(section))
        row = frames.at(ADDRESS)
        if row is not None:
            row.cfa({13: 0x20000000, 7: 0x20000000}, lambda _: 0)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_an_elf_whose_debug_sections_are_noise_still_gets_a_report(
    share: float, apps, report_of, tmp_path: Path
) -> None:
    elf = apps["fault_below_assembly"]
    image = Image.read(elf)
    data = bytearray(elf.read_bytes())
    for name in (".debug_frame", ".debug_line", ".debug_str", ".debug_line_str"):
        section = image.debug_section(name)
        start = data.find(section)
        for offset in range(int(len(section) * share), len(section)):
            data[start + offset] = (data[start + offset] * 7 + 13) & 0xFF
    damaged = tmp_path / "damaged.elf"
    damaged.write_bytes(data)
    report = report_of(damaged)
    assert report.where.address == image.symbol("read_from").address
    assert len(report.backtrace.frames) >= 2
