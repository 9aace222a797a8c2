"""Registers that the core reads without a call."""

from __future__ import annotations

import pytest

from simgate.core import Clocks, Core


@pytest.fixture
def device():
    core = Core("cortex-m4f", Clocks.of_mips(168))
    core.map_memory(0, 0x100, False)
    asked: list[int] = []

    def read(offset: int, width: int) -> int:
        asked.append(offset)
        return 0x5A

    core.map_device(0x4000_0000, 0x400, read, lambda offset, width, value: None)
    values, known = core.mirror(0x4000_0000, 4)
    values = values.cast("I")
    return core, asked, values, known


def test_a_known_word_is_read_without_asking(device):
    core, asked, values, known = device
    values[1], known[1] = 0x1234_5678, 1
    assert core.load(0x4000_0004, 4) == 0x1234_5678
    assert core.load(0x4000_0006, 2) == 0x1234
    assert core.load(0x4000_0005, 1) == 0x56
    assert asked == []


def test_what_is_not_known_or_not_mirrored_is_asked(device):
    core, asked, values, _ = device
    values[1] = 7
    assert core.load(0x4000_0004, 4) == 0x5A
    assert core.load(0x4000_0010, 4) == 0x5A
    assert asked == [4, 16]


def test_a_mirror_needs_a_device(device):
    core = device[0]
    with pytest.raises(ValueError, match="no device"):
        core.mirror(0x5000_0000, 4)
    with pytest.raises(ValueError, match="no device"):
        core.mirror(0, 4)
    with pytest.raises(ValueError, match="empty"):
        core.mirror(0x4000_0000, 0)
