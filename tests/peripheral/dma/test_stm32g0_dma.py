"""DMA channels of G4 against RM0440, section 12, and H7's BDMA against RM0433, section 16."""

from __future__ import annotations

import pytest

from simgate.errors import EngineError
from simgate.peripheral.dma.service import BEAT_TICKS
from simgate.peripheral.dma.stm32g0_dma import Stm32G0Dma
from simgate.peripheral.dma.stm32l_dma import Stm32LDma

ISR, IFCR, CCR, CNDTR, CPAR, CMAR, CM1AR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18
STEP = 0x14
GIF, TCIF, HTIF, TEIF = 1, 2, 4, 8
EN, TCIE, HTIE, TEIE, DIR, CIRC, PINC, MINC = 1, 2, 4, 8, 16, 32, 64, 128
P16, P32, M16, M32, MEM2MEM = 1 << 8, 2 << 8, 1 << 10, 2 << 10, 1 << 14
DBM, CT = 1 << 15, 1 << 16
RAM, DR = 0x2000_0000, 0x4001_2004


@pytest.fixture
def dma(host):
    model = Stm32G0Dma("dma1", {"numberOfChannels": 8}, host)
    model.reset()
    return model


@pytest.fixture
def source(host):
    class Source:
        values = iter(range(0x11223301, 0x11223400))
        written: list[tuple[int, int]] = []  # noqa: RUF012

        def read(self, offset, width):
            return next(self.values) & ((1 << 8 * width) - 1)

        def write(self, offset, width, value):
            self.written.append((width, value))

    one = Source()
    one.written = []
    host.windows.append((0x4001_2000, 0x400, one.read, one.write))
    return one


def start(dma, cr, count, par, memory, second=None, channel=0):
    read, write = dma.region(None)
    at = channel * STEP
    write(CNDTR + at, 4, count)
    write(CPAR + at, 4, par)
    write(CMAR + at, 4, memory)
    if second is not None:
        write(CM1AR + at, 4, second)
    write(CCR + at, 4, cr | EN)
    return read, write


def pulse(dma, line):
    dma.input(line)(True)
    dma.input(line)(False)


def ram(host, offset, size):
    return bytes(host.memory[offset : offset + size])


def test_reset_values(dma):
    read, _ = dma.region(None)
    assert all(read(offset, 4) == 0 for offset in range(0, 0xA8, 4))


@pytest.mark.parametrize("channels", [0, 9, "8"])
def test_number_of_channels(host, channels):
    with pytest.raises(EngineError, match="numberOfChannels"):
        Stm32G0Dma("dma1", {"numberOfChannels": channels}, host)


def test_inputs_count_from_one(host, dma, source):
    read, _ = start(dma, MINC, 4, DR, RAM, channel=2)
    pulse(dma, 3)
    assert read(CNDTR + 2 * STEP, 4) == 3
    with pytest.raises(KeyError):
        dma.input(0)
    with pytest.raises(KeyError):
        dma.input(9)


def test_flags_and_interrupt(host, dma, source):
    read, write = start(dma, MINC | HTIE | TCIE, 2, DR, RAM, channel=1)
    pulse(dma, 2)
    assert read(ISR, 4) == (GIF | HTIF) << 4
    assert dma.output(1).level
    write(IFCR, 4, HTIF << 4)
    assert read(ISR, 4) == 0
    assert not dma.output(1).level
    pulse(dma, 2)
    assert read(ISR, 4) == (GIF | TCIF) << 4
    write(IFCR, 4, GIF << 4)
    assert read(ISR, 4) == 0


def test_stays_enabled_when_finished_but_moves_nothing(host, dma, source):
    read, _ = start(dma, MINC, 2, DR, RAM)
    for _ in range(3):
        pulse(dma, 1)
    assert read(CCR, 4) & EN
    assert read(CNDTR, 4) == 0
    assert ram(host, 0, 3) == bytes([1, 2, 0])


def test_circular(host, dma, source):
    read, _ = start(dma, MINC | CIRC, 4, DR, RAM)
    for _ in range(6):
        pulse(dma, 1)
    assert ram(host, 0, 5) == bytes([5, 6, 3, 4, 0])
    assert read(CNDTR, 4) == 2


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [  # RM0440, table 69
        (M16, bytes([1, 0, 2, 0])),
        (M32, bytes([1, 0, 0, 0, 2, 0, 0, 0])),
        (P32 | M16, bytes([1, 0x33, 2, 0x33])),
        (P32, bytes([1, 2])),
    ],
)
def test_sizes_that_differ(host, dma, source, sizes, expected):
    start(dma, MINC | sizes, 2, DR, RAM)
    pulse(dma, 1)
    pulse(dma, 1)
    assert ram(host, 0, len(expected)) == expected


def test_to_the_peripheral(host, dma, source):
    host.memory[:4] = bytes([1, 2, 3, 4])
    start(dma, MINC | DIR | M16 | P32, 2, DR, RAM)
    pulse(dma, 1)
    pulse(dma, 1)
    assert source.written == [(4, 0x0201), (4, 0x0403)]


@pytest.mark.parametrize("direction", [0, DIR])
def test_memory_to_memory(host, dma, direction):
    host.memory[:4] = b"abcd"
    host.memory[64:68] = b"ABCD"
    read, _ = start(dma, MEM2MEM | PINC | MINC | direction | TCIE, 4, RAM, RAM + 64)
    host.advance_ticks(2 * BEAT_TICKS)
    assert read(CNDTR, 4) == 2
    assert read(ISR, 4) == GIF | HTIF
    host.advance_ticks(2 * BEAT_TICKS)
    assert dma.output(0).level
    assert ram(host, 0, 4) == ram(host, 64, 4) == (b"ABCD" if direction else b"abcd")


def test_protected_while_enabled(host, dma, source):
    read, write = start(dma, MINC, 4, DR, RAM)
    write(CNDTR, 4, 9)
    write(CPAR, 4, 0)
    write(CMAR, 4, 0)
    write(CCR, 4, EN | CIRC | PINC)
    assert (read(CNDTR, 4), read(CPAR, 4), read(CMAR, 4)) == (4, DR, RAM)
    assert read(CCR, 4) == EN | MINC | CIRC  # CIRC is not protected


def test_error_and_the_way_out(host, dma, source):
    read, write = start(dma, MINC | TEIE, 4, DR, 0x1000_0000)
    pulse(dma, 1)
    assert read(ISR, 4) == GIF | TEIF
    assert dma.output(0).level
    assert not read(CCR, 4) & EN
    write(CMAR, 4, RAM)
    write(CCR, 4, MINC | EN)
    assert not read(CCR, 4) & EN  # not until TEIF is cleared
    write(IFCR, 4, TEIF)
    write(CCR, 4, MINC | EN)
    assert read(CCR, 4) & EN


def test_a_request_that_never_comes_is_told(host, dma, source):
    start(dma, MINC, 4, DR, RAM)
    assert dma.remarks() == (
        "dma1 channel 1 is enabled, and its request never came from the multiplexer "
        "(DMAMUX_CxCR.DMAREQ_ID)",
    )


@pytest.fixture
def domain3(host):
    """BDMA, with a little of SRAM4 and a register of APB4."""
    bdma = Stm32LDma("bdma", {}, host)
    bdma.reset()
    bdma.sram4 = bytearray(64)

    def store(offset, width, value):
        bdma.sram4[offset : offset + width] = value.to_bytes(width, "little")

    values = iter(range(1, 100))
    host.windows.append((0x3800_0000, 64, lambda offset, width: 0, store))
    host.windows.append((0x5800_0000, 64, lambda offset, width: next(values), store))
    return bdma


def test_double_buffer_of_bdma(domain3):
    bdma, ram4 = domain3, 0x3800_0000
    read, write = start(bdma, MINC | DBM, 2, 0x5800_0000, ram4, ram4 + 16)
    pulse(bdma, 0)
    pulse(bdma, 0)
    assert read(CCR, 4) & CT
    write(CMAR, 4, ram4 + 32)
    for _ in range(4):
        pulse(bdma, 0)
    assert bdma.sram4[:2] == bytes([1, 2])
    assert bdma.sram4[16:18] == bytes([3, 4])
    assert bdma.sram4[32:34] == bytes([5, 6])


def test_bdma_reaches_its_domain_only(domain3):
    read, _ = start(domain3, MINC, 2, 0x5800_0000, RAM)
    assert read(ISR, 4) == GIF | TEIF
    assert "does not reach 0x20000000" in domain3.remarks()[0]
