"""MDMA of H7 against RM0433, section 14."""

from __future__ import annotations

import pytest

from simgate.peripheral.dma.mdma_arithmetic import LEFT, RIGHT_SIGNED, exchange, repack
from simgate.peripheral.dma.service import BEAT_TICKS
from simgate.peripheral.dma.stm32_dma import Stm32Dma
from simgate.peripheral.dma.stm32h7_mdma import Stm32H7Mdma

GISR0, BASE = 0x00, 0x40
ISR, IFCR, ESR, CR, TCR, BNDTR = (BASE + at for at in (0x00, 0x04, 0x08, 0x0C, 0x10, 0x14))
SAR, DAR, BRUR, LAR, TBR, MAR, MDR = (
    BASE + at for at in (0x18, 0x1C, 0x20, 0x24, 0x28, 0x30, 0x34)
)
TEIF, CTCIF, BRTIF, BTIF, TCIF = 1, 2, 4, 8, 16
EN, TEIE, CTCIE, SWRQ = 1, 2, 4, 1 << 16
INC = 2 | 2 << 2
WORDS = 2 << 4 | 2 << 6 | 2 << 8 | 2 << 10  # sizes and steps
SWRM, PKE = 1 << 30, 1 << 25
BUFFER, BLOCK, REPEATED, WHOLE = 0, 1 << 28, 2 << 28, 3 << 28
RAM = 0x2000_0000


def tlen(size):
    return size - 1 << 18


@pytest.fixture
def mdma(host):
    model = Stm32H7Mdma("mdma", {}, host)
    model.reset()
    return model


def start(mdma, tcr, bndtr, source, target, *, cr=EN, **more):
    read, write = mdma.region(None)
    write(TCR, 4, tcr)
    write(BNDTR, 4, bndtr)
    write(SAR, 4, source)
    write(DAR, 4, target)
    for name, value in more.items():
        write(globals()[name.upper()], 4, value)
    write(CR, 4, cr)
    if tcr & SWRM:
        write(CR, 4, cr | SWRQ)
    return read, write


def ram(host, offset, size):
    return bytes(host.memory[offset : offset + size])


def test_reset_values(mdma):
    read, _ = mdma.region(None)
    assert all(read(offset, 4) == 0 for offset in range(0x40, 0x40 + 16 * 0x40, 4))


def test_a_block_by_software(host, mdma):
    host.memory[:16] = bytes(range(1, 17))
    cr = EN | CTCIE
    read, write = start(mdma, INC | WORDS | SWRM | BLOCK, 16, RAM, RAM + 64, cr=cr)
    assert ram(host, 64, 16) == bytes(16)
    host.advance_ticks(4 * BEAT_TICKS)
    assert ram(host, 64, 16) == bytes(range(1, 17))
    assert read(ISR, 4) == CTCIF | BRTIF | BTIF | TCIF
    assert not read(CR, 4) & EN
    assert (read(SAR, 4), read(DAR, 4)) == (RAM + 16, RAM + 80)
    assert read(GISR0, 4) == 1
    assert mdma.output(None).level
    write(IFCR, 4, 0x1F)
    assert not mdma.output("IRQ").level


def test_each_request_moves_a_buffer(host, mdma):
    host.memory[:16] = bytes(range(1, 17))
    read, write = start(mdma, INC | WORDS | SWRM | BUFFER | tlen(8), 16, RAM, RAM + 64)
    host.advance_ticks(100 * BEAT_TICKS)
    assert read(ISR, 4) == TCIF
    assert ram(host, 64, 16) == bytes(range(1, 9)) + bytes(8)
    write(CR, 4, EN | SWRQ)
    host.advance_ticks(2 * BEAT_TICKS)
    assert read(ISR, 4) & CTCIF
    assert ram(host, 64, 16) == bytes(range(1, 17))


def test_repeated_blocks_with_an_offset(host, mdma):
    """Three columns out of lines of eight bytes: what a camera's window needs."""
    host.memory[:24] = bytes(range(24))
    bytes_ = INC
    read, _ = start(
        mdma, bytes_ | SWRM | REPEATED, 2 << 20 | 3, RAM, RAM + 64, brur=5
    )  # 3 blocks of 3 bytes; 5 more bytes of source after each
    host.advance_ticks(9 * BEAT_TICKS)
    assert ram(host, 64, 10) == bytes([0, 1, 2, 8, 9, 10, 16, 17, 18, 0])
    assert read(ISR, 4) & (BRTIF | CTCIF) == BRTIF | CTCIF


def test_offset_backwards(host, mdma):
    host.memory[:4] = b"abcd"
    start(mdma, INC | SWRM | REPEATED, 1 << 20 | 1 << 18 | 2, RAM, RAM + 64, brur=2)
    host.advance_ticks(4 * BEAT_TICKS)
    assert ram(host, 64, 4) == b"abab"


def test_linked_list(host, mdma):
    host.memory[:8] = b"12345678"
    node = (INC | SWRM | WHOLE, 4, RAM + 4, RAM + 80, 0, 0, 0, 0, 0, 0)
    host.memory[0x200:0x228] = b"".join(word.to_bytes(4, "little") for word in node)
    read, _ = start(mdma, INC | SWRM | WHOLE, 4, RAM, RAM + 64, lar=RAM + 0x200)
    host.advance_ticks(4 * BEAT_TICKS)
    assert ram(host, 64, 4) == b"1234"
    assert not read(ISR, 4) & CTCIF
    host.advance_ticks(4 * BEAT_TICKS)
    assert ram(host, 80, 4) == b"5678"
    assert read(ISR, 4) & CTCIF


def test_chained_to_a_stream_of_dma1(host, mdma):
    """DMA1 stream 0 fills a buffer; its TCIF makes MDMA take it away and clear the flag."""
    dma1 = Stm32Dma("dma1", {}, host)
    request = dma1.input(0)
    dma1.reset()
    host.windows.append((0x4002_0000, 0x400, *dma1.region(None)))
    values = iter(range(1, 100))
    host.windows.append((0x4001_2000, 4, lambda offset, width: next(values), lambda *args: None))
    _, write = dma1.region(None)
    write(0x14, 4, 4)
    write(0x18, 4, 0x4001_2000)
    write(0x1C, 4, RAM)
    write(0x10, 4, 1 | 1 << 8 | 1 << 10)  # EN, CIRC, MINC
    read, _ = start(
        mdma, INC | BUFFER | tlen(4), 8, RAM, RAM + 64, tbr=0, mar=0x4002_0008, mdr=0x20
    )
    mdma.region(None)[1](SAR, 4, 0)  # protected
    for _ in range(4):
        request(True)
        request(False)
    host.advance_ticks(4 * BEAT_TICKS)
    assert ram(host, 64, 4) == bytes([1, 2, 3, 4])
    assert dma1.region(None)[0](0, 4) & 0x20 == 0  # LISR.TCIF0 is cleared
    assert read(ISR, 4) & TCIF


def test_coupled_memory_needs_its_bus(host, mdma):
    host.tcm[:4] = b"tcm!"
    read, write = start(mdma, INC | SWRM | BLOCK, 4, 0, RAM, tbr=1 << 16)
    host.advance_ticks(4 * BEAT_TICKS)
    assert ram(host, 0, 4) == b"tcm!"
    write(IFCR, 4, 0x1F)
    start(mdma, INC | SWRM | BLOCK, 4, 0, RAM, tbr=0)
    host.advance_ticks(4 * BEAT_TICKS)
    assert read(ISR, 4) & TEIF
    assert read(ESR, 4) == 0  # a read, at ...00


def test_error_of_a_write(host, mdma):
    read, _ = start(mdma, INC | SWRM | BLOCK, 4, RAM, 0x1000_0044, cr=EN | TEIE)
    host.advance_ticks(4 * BEAT_TICKS)
    assert read(ESR, 4) == 0x44 | 1 << 7
    assert mdma.output(None).level
    assert "0x10000044" in mdma.remarks()[0]


@pytest.mark.parametrize(
    ("size", "source", "error"), [(6, RAM, 1 << 11), (8, RAM + 2, 1 << 10), (0, RAM, 1 << 11)]
)
def test_settings_that_do_not_fit(mdma, size, source, error):
    read, _ = start(mdma, INC | WORDS | SWRM | BLOCK, size, source, RAM + 64)
    assert read(ISR, 4) == TEIF
    assert read(ESR, 4) == error
    assert not read(CR, 4) & EN


def test_packing_and_padding(host, mdma):
    host.memory[:4] = bytes([1, 0x82, 3, 4])
    byte_to_half = 2 | 2 << 2 | 1 << 6 | 1 << 10
    start(mdma, byte_to_half | SWRM | BLOCK | PKE, 4, RAM, RAM + 64)
    host.advance_ticks(4 * BEAT_TICKS)
    assert ram(host, 64, 4) == bytes([1, 0x82, 3, 4])
    start(mdma, byte_to_half | SWRM | BLOCK, 4, RAM, RAM + 64)
    host.advance_ticks(4 * BEAT_TICKS)
    assert ram(host, 64, 8) == bytes([1, 0, 0x82, 0, 3, 0, 4, 0])


def test_repack():
    assert repack(b"\x81\x02", 1, 2, RIGHT_SIGNED) == b"\x81\xff\x02\x00"
    assert repack(b"\x81\x02", 1, 2, LEFT) == b"\x00\x81\x00\x02"
    assert repack(b"\x11\x22\x33\x44", 2, 1, 0) == b"\x11\x33"
    assert repack(b"\x11\x22\x33\x44", 2, 1, LEFT) == b"\x22\x44"


def test_exchange():
    assert exchange(b"abcd", 1) == b"badc"
    assert exchange(b"abcd", 2) == b"cdab"


def test_a_trigger_that_never_comes_is_told(mdma):
    start(mdma, INC | BLOCK, 4, RAM, RAM + 64, tbr=3)
    assert mdma.remarks() == ("mdma channel 0 is enabled, and its trigger or SWRQ never came",)
