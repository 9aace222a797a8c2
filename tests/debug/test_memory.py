"""What was kept of the moment holds over what memory has become since."""

from __future__ import annotations

from simgate.debug.memory import Memory


def test_kept_bytes_hold(chip) -> None:
    chip.put(0x20000000, bytes(range(16)))
    memory = Memory(chip.read, 0x20000004, b"\xaa" * 4)
    assert memory.read(0x20000004, 4) == b"\xaa" * 4
    assert memory.read(0x20000002, 4) == b"\x02\x03\xaa\xaa"
    assert memory.read(0x20000006, 4) == b"\xaa\xaa\x08\x09"
    assert memory.word(0x20000000) == 0x03020100


def test_what_is_not_memory_is_none(chip) -> None:
    memory = chip.memory()
    assert memory.word(0x60000000) is None
    assert memory.halfword(0xFFFFFFFF) is None
    assert memory.read(-4, 4) is None
