"""One value of memory, as DMA moves it."""

from __future__ import annotations

import pytest

from simgate.core import Clocks, Core

RAM = 0x2000_0000


@pytest.fixture
def core():
    made = Core("cortex-m4f", Clocks.of_mips(168), priority_mask=0xF0)
    made.map_memory(RAM, 0x100, True)
    return made


def test_values_of_each_width(core):
    core.poke(RAM, 4, 0x11223344)
    assert [core.peek(RAM, width) for width in (1, 2, 4)] == [0x44, 0x3344, 0x11223344]
    core.poke(RAM + 1, 1, 0xAA)
    assert core.read(RAM, 4) == bytes([0x44, 0xAA, 0x22, 0x11])


@pytest.mark.parametrize("address", [0, RAM - 1, RAM + 0xFE, 0xFFFF_FFFF])
def test_where_there_is_no_memory(core, address):
    with pytest.raises(ValueError, match="no memory at"):
        core.peek(address, 4)
    with pytest.raises(ValueError, match="no memory at"):
        core.poke(address, 4, 0)


def test_arguments_are_checked(core):
    with pytest.raises(ValueError, match="width"):
        core.peek(RAM, 3)
    with pytest.raises(ValueError, match="not in"):
        core.poke(RAM, 4, -1)
    with pytest.raises(TypeError):
        core.peek(RAM)


def test_a_store_drops_decoded_code(core):
    program = b"\x01\x20\x00\xbf\xfe\xe7"  # movs r0, #1; nop; b .
    core.write(RAM, (RAM + 0x100).to_bytes(4, "little") + (RAM + 9).to_bytes(4, "little"))
    core.write(RAM + 8, program)
    for expected in (1, 2):
        core.write_register("pc", RAM + 8)
        core.run(core.ticks + 3)
        assert core.read_register("r0") == expected
        core.poke(RAM + 8, 2, 0x2002)  # movs r0, #2
