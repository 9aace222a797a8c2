"""DMA of F4/F7 against RM0090, section 10: registers, requests, modes, errors."""

from __future__ import annotations

import pytest

from simgate.peripheral.dma.service import BEAT_TICKS
from simgate.peripheral.dma.stm32_dma import Stm32Dma
from simgate.peripheral.registry import find_model

LISR, HISR, LIFCR, HIFCR = 0x00, 0x04, 0x08, 0x0C
CR, NDTR, PAR, M0AR, M1AR, FCR = 0x10, 0x14, 0x18, 0x1C, 0x20, 0x24  # of stream 0
STEP = 0x18
FEIF, DMEIF, TEIF, HTIF, TCIF = 0x01, 0x04, 0x08, 0x10, 0x20
EN, TEIE, HTIE, TCIE = 1, 1 << 2, 1 << 3, 1 << 4
TO_MEMORY, TO_PERIPHERAL, M2M = 0, 1 << 6, 2 << 6
CIRC, PINC, MINC, PINCOS, DBM, CT = 1 << 8, 1 << 9, 1 << 10, 1 << 15, 1 << 18, 1 << 19
P16, P32, M16, M32 = 1 << 11, 2 << 11, 1 << 13, 2 << 13
DMDIS = 1 << 2
RAM = 0x2000_0000
ADC_DR = 0x4001_204C


def channel(number):
    return number << 25


class Source:
    """A peripheral whose data register counts up; `level` mode keeps its line high."""

    def __init__(self, host, base=0x4001_2000):
        self.next = 1
        self.written = []
        host.windows.append((base, 0x400, self.read, self.write))

    def read(self, offset, width):
        value = self.next & ((1 << 8 * width) - 1)
        self.next += 1
        return value

    def write(self, offset, width, value):
        self.written.append((offset, width, value))


@pytest.fixture
def dma(host):
    model = Stm32Dma("dma2", {}, host)
    model.reset()
    return model


@pytest.fixture
def source(host):
    return Source(host)


def ram(host, offset, size):
    return bytes(host.memory[offset : offset + size])


def start(dma, cr, count, par, m0ar, m1ar=0, fcr=None, stream=0):
    read, write = dma.region(None)
    at = stream * STEP
    write(NDTR + at, 4, count)
    write(PAR + at, 4, par)
    write(M0AR + at, 4, m0ar)
    write(M1AR + at, 4, m1ar)
    if fcr is not None:
        write(FCR + at, 4, fcr)
    write(CR + at, 4, cr | EN)
    return read, write


def test_is_found_under_renodes_name():
    assert find_model("DMA.STM32DMA") is Stm32Dma


def test_reset_values(dma):
    read, _ = dma.region(None)
    for offset in range(0, 0xD0, 4):
        is_fcr = offset >= 0x10 and (offset - 0x10) % STEP == 0x14
        assert read(offset, 4) == (0x21 if is_fcr else 0), hex(offset)


def test_one_item_a_request(host, dma, source):
    read, _ = start(dma, P16 | M16 | MINC | TCIE, 3, ADC_DR, RAM)
    request = host.signal("ADC1")
    request.pulse()
    request.pulse()
    assert read(NDTR, 4) == 1
    assert read(LISR, 4) == HTIF  # half of three is reached with one left
    request.pulse()
    assert ram(host, 0, 8) == bytes([1, 0, 2, 0, 3, 0, 0, 0])
    assert read(LISR, 4) == HTIF | TCIF
    assert read(CR, 4) & EN == 0
    request.pulse()
    assert source.next == 4  # nothing any more


def test_a_line_that_stays_high_is_served_beat_by_beat(host, dma, source):
    read, _ = start(dma, MINC, 4, ADC_DR, RAM)
    host.signal("ADC1").set(True)
    assert read(NDTR, 4) == 3
    host.advance_ticks(BEAT_TICKS)
    assert read(NDTR, 4) == 2
    host.signal("ADC1").set(False)
    host.advance_ticks(10 * BEAT_TICKS)
    assert read(NDTR, 4) == 2


def test_a_request_that_is_high_before_en_counts(host, dma, source):
    host.signal("ADC1").set(True)
    read, _ = start(dma, MINC, 4, ADC_DR, RAM)
    assert read(NDTR, 4) == 3


def test_interrupt_follows_flag_and_enable(host, dma, source):
    _, write = start(dma, MINC | HTIE | TCIE, 2, ADC_DR, RAM)
    wire = dma.output(0)
    host.signal("ADC1").pulse()
    assert wire.level
    write(LIFCR, 4, HTIF)
    assert not wire.level
    host.signal("ADC1").pulse()
    assert wire.level
    write(LIFCR, 4, TCIF)
    assert not wire.level


@pytest.mark.parametrize(("stream", "register", "shift"), [(1, 0, 6), (3, 0, 22), (5, 4, 6)])
def test_flags_of_each_stream_have_their_place(host, dma, stream, register, shift):
    read, write = start(dma, M2M | PINC | MINC, 4, RAM, RAM + 16, stream=stream)
    host.advance_ticks(4 * BEAT_TICKS)
    assert read(register, 4) == (HTIF | TCIF) << shift
    write(8 + register, 4, TCIF << shift)
    assert read(register, 4) == HTIF << shift


def test_circular_starts_again(host, dma, source):
    read, _ = start(dma, MINC | CIRC, 4, ADC_DR, RAM)
    for _ in range(6):
        host.signal("ADC1").pulse()
    assert ram(host, 0, 5) == bytes([5, 6, 3, 4, 0])
    assert read(NDTR, 4) == 2
    assert read(CR, 4) & EN
    assert read(LISR, 4) == HTIF | TCIF


def test_double_buffer_changes_target_at_the_end(host, dma, source):
    read, write = start(dma, MINC | DBM, 2, ADC_DR, RAM, RAM + 16)
    request = host.signal("ADC1")
    for _ in range(2):
        request.pulse()
    assert read(CR, 4) & (CT | CIRC) == CT | CIRC
    write(M0AR, 4, RAM + 32)  # not in use: allowed
    for _ in range(4):
        request.pulse()
    assert ram(host, 0, 2) == bytes([1, 2])
    assert ram(host, 16, 2) == bytes([3, 4])
    assert ram(host, 32, 2) == bytes([5, 6])


def test_writing_the_buffer_in_use_is_an_error(host, dma, source):
    read, write = start(dma, MINC | DBM, 2, ADC_DR, RAM, RAM + 16)
    write(M0AR, 4, RAM + 32)
    assert read(LISR, 4) == TEIF
    assert not read(CR, 4) & EN
    assert any("while DMA uses that buffer" in text for text in dma.remarks())


def test_memory_to_peripheral_reads_ahead(host, dma, source):
    host.memory[:4] = b"abcd"
    start(dma, TO_PERIPHERAL | MINC, 4, ADC_DR, RAM)
    host.memory[:4] = b"wxyz"  # the first item is already in the FIFO
    for _ in range(4):
        host.signal("ADC1").pulse()
    assert source.written == [(0x4C, 1, byte) for byte in b"axyz"]


def test_memory_to_memory_takes_time(host, dma):
    host.memory[:8] = bytes(range(1, 9))
    read, _ = start(dma, M2M | P32 | M32 | PINC | MINC | TCIE, 2, RAM, RAM + 32)
    assert ram(host, 32, 8) == bytes(8)
    assert read(CR, 4) & EN
    host.advance_ticks(BEAT_TICKS)
    assert read(LISR, 4) == HTIF
    assert ram(host, 32, 8) == bytes([1, 2, 3, 4, 0, 0, 0, 0])
    host.advance_ticks(BEAT_TICKS)
    assert dma.output(0).level
    assert ram(host, 32, 8) == bytes(range(1, 9))
    assert not read(CR, 4) & EN
    assert read(NDTR, 4) == 0


def test_ndtr_shows_progress_of_a_copy(host, dma):
    read, _ = start(dma, M2M | PINC | MINC, 100, RAM, RAM + 256)
    host.advance_ticks(10 * BEAT_TICKS)
    assert read(NDTR, 4) == 90


def test_enabling_again_loads_the_count_again(host, dma):
    read, write = start(dma, M2M | PINC | MINC, 4, RAM, RAM + 16)
    host.advance_ticks(4 * BEAT_TICKS)
    write(LIFCR, 4, 0x3D)
    host.memory[:4] = b"abcd"
    write(CR, 4, M2M | PINC | MINC | EN)
    assert read(NDTR, 4) == 4
    host.advance_ticks(4 * BEAT_TICKS)
    assert ram(host, 16, 4) == b"abcd"


def test_abort_keeps_the_count_and_sets_tcif(host, dma, source):
    read, write = start(dma, MINC, 8, ADC_DR, RAM)
    for _ in range(3):
        host.signal("ADC1").pulse()
    write(CR, 4, MINC)
    assert read(NDTR, 4) == 5
    assert read(LISR, 4) == TCIF
    host.signal("ADC1").pulse()
    assert read(NDTR, 4) == 5


def test_abort_flushes_the_fifo(host, dma, source):
    read, write = start(dma, MINC | M32, 16, ADC_DR, RAM, fcr=DMDIS | 3)
    for _ in range(6):
        host.signal("ADC1").pulse()
    assert ram(host, 0, 8) == bytes(8)  # threshold is 16 bytes
    assert read(FCR, 4) >> 3 & 7 == 1  # a quarter to a half
    write(CR, 4, MINC | M32)
    assert ram(host, 0, 8) == bytes([1, 2, 3, 4, 5, 6, 0, 0])
    assert read(FCR, 4) >> 3 & 7 == 4


def test_fifo_packs_bytes_into_words(host, dma, source):
    start(dma, MINC | M32, 8, ADC_DR, RAM, fcr=DMDIS | 0)
    for _ in range(3):
        host.signal("ADC1").pulse()
    assert ram(host, 0, 4) == bytes(4)
    host.signal("ADC1").pulse()
    assert ram(host, 0, 4) == bytes([1, 2, 3, 4])


def test_fifo_unpacks_words_into_bytes(host, dma, source):
    host.memory[:8] = bytes(range(1, 9))
    start(dma, TO_PERIPHERAL | MINC | M32, 8, ADC_DR, RAM, fcr=DMDIS | 3)
    for _ in range(8):
        host.signal("ADC1").pulse()
    assert [value for _, _, value in source.written] == list(range(1, 9))


def test_direct_mode_takes_psize_for_both(host, dma, source):
    read, _ = start(dma, MINC | P16 | M32, 2, ADC_DR, RAM)
    assert read(CR, 4) >> 13 & 3 == 1


def test_pincos_steps_by_four(host, dma):
    host.memory[:12] = bytes(range(1, 13))
    start(dma, M2M | PINC | PINCOS | MINC, 3, RAM, RAM + 32)
    host.advance_ticks(3 * BEAT_TICKS)
    assert ram(host, 32, 4) == bytes([1, 5, 9, 0])


def test_peripheral_burst_moves_four_items_a_request(host, dma, source):
    read, _ = start(dma, MINC | 1 << 21, 8, ADC_DR, RAM, fcr=DMDIS | 0)
    host.signal("ADC1").pulse()
    assert read(NDTR, 4) == 4
    assert ram(host, 0, 5) == bytes([1, 2, 3, 4, 0])


@pytest.mark.parametrize(
    ("msize", "burst", "threshold", "fits"),
    [  # RM0090, table 48
        (0, 1, 0, True),
        (0, 2, 0, False),
        (0, 2, 1, True),
        (0, 3, 2, False),
        (0, 3, 3, True),
        (1, 1, 0, False),
        (1, 1, 1, True),
        (1, 1, 2, False),
        (1, 2, 3, True),
        (1, 3, 3, False),
        (2, 1, 2, False),
        (2, 1, 3, True),
        (2, 2, 3, False),
    ],
)
def test_burst_must_fit_the_threshold(host, dma, msize, burst, threshold, fits):
    cr = M2M | PINC | MINC | msize << 13 | msize << 11 | burst << 23
    read, _ = start(dma, cr, 64, RAM, RAM + 512, fcr=DMDIS | threshold)
    assert (read(LISR, 4) & FEIF == 0) is fits
    assert bool(read(CR, 4) & EN) is fits


def test_protected_registers(host, dma, source):
    read, write = start(dma, MINC, 8, ADC_DR, RAM)
    write(NDTR, 4, 99)
    write(PAR, 4, 0)
    write(M0AR, 4, 0)
    write(CR, 4, EN | TCIE | P32)
    assert (read(NDTR, 4), read(PAR, 4), read(M0AR, 4)) == (8, ADC_DR, RAM)
    assert read(CR, 4) == MINC | EN | TCIE
    assert len(dma.remarks()) == 5  # the four, and that ADC1 never asked


@pytest.mark.parametrize("direction", [TO_MEMORY, TO_PERIPHERAL, M2M])
def test_refusal_of_the_bus_is_a_transfer_error(host, dma, source, direction):
    nothing = 0x1000_0000
    read, write = start(dma, direction | MINC | PINC | TEIE, 4, RAM, nothing)
    host.signal("ADC1").pulse()
    host.advance_ticks(4 * BEAT_TICKS)
    assert read(LISR, 4) & TEIF
    assert not read(CR, 4) & EN
    assert dma.output(0).level
    assert any("0x10000000" in text for text in dma.remarks())
    write(LIFCR, 4, TEIF)
    assert not dma.output(0).level


def test_a_copy_beyond_the_end_stops_there(host, dma):
    end = RAM + len(host.memory)
    host.memory[:8] = b"12345678"
    read, _ = start(dma, M2M | MINC | PINC, 8, RAM, end - 4)
    host.advance_ticks(8 * BEAT_TICKS)
    assert read(LISR, 4) & TEIF
    assert bytes(host.memory[-4:]) == b"1234"


def test_wrong_channel_is_told(host, dma, source):
    start(dma, MINC | channel(3), 8, ADC_DR, RAM)
    host.signal("ADC1").set(True)
    (text,) = dma.remarks()
    assert text == (
        "dma2 stream 0 is enabled, and its request, SPI1_RX (channel 3), never came; "
        "ADC1 asks in vain: channel 0 of stream 0; ADC1 asks in vain: channel 0 of stream 4"
    )
    assert source.next == 1


def test_channel_without_a_request_is_told(host, dma, source):
    start(dma, MINC | channel(5), 8, ADC_DR, RAM)
    assert "nothing is connected" in dma.remarks()[0]


def test_dma1_reaches_apb1_only(host):
    dma1 = Stm32Dma("dma1", {}, host)
    dma1.reset()
    read, _ = start(dma1, M2M | PINC | MINC, 4, RAM, RAM + 16)
    assert read(LISR, 4) == TEIF
    assert "use DMA2" in dma1.remarks()[0]


def test_a_multiplexer_drives_the_inputs(host):
    dma1 = Stm32Dma("dma1", {}, host)
    source = Source(host)
    sink = dma1.input(2)
    dma1.reset()
    read, _ = start(dma1, MINC, 4, ADC_DR, RAM, stream=2)
    sink(True)
    sink(False)
    assert read(NDTR + 2 * STEP, 4) == 3
    assert source.next == 2


def test_tables_differ_by_manual(host):
    f4, f7 = (Stm32Dma("dma1", {"requests": manual}, host) for manual in ("RM0090", "RM0385"))
    Source(host, 0x4000_5C00)
    for model, moved in ((f4, 0), (f7, 1)):  # I2C3_RX on stream 1: only on F7
        model.reset()
        read, _ = start(model, MINC | channel(1), 4, 0x4000_5C10, RAM, stream=1)
        host.signal("I2C3_RX").pulse()
        assert read(NDTR + STEP, 4) == 4 - moved


def test_priority_decides_among_those_that_wait(host, dma):
    order = []

    class Two:
        def read(self, offset, width):
            if offset == 0:  # while stream 0 is served, both others ask
                host.signal("SPI4_TX").pulse()
                host.signal("USART1_RX").pulse()
            order.append(offset)
            return 0

        def write(self, offset, width, value):
            pass

    two = Two()
    host.windows.append((0x4001_2000, 0x400, two.read, two.write))
    start(dma, channel(0), 4, 0x4001_2000, RAM, stream=0)
    start(dma, channel(4), 4, 0x4001_2004, RAM, stream=1)
    start(dma, channel(4) | 3 << 16, 4, 0x4001_2008, RAM, stream=2)
    host.signal("ADC1").pulse()
    assert order == [0, 8, 4]


def test_an_unpaced_source_never_loops_at_one_instant(host, dma):
    class Greedy:
        def read(self, offset, width):
            wire = host.signal("ADC1")
            wire.set(False)
            wire.set(True)
            return 0

        def write(self, offset, width, value):
            pass

    greedy = Greedy()
    host.windows.append((0x4001_2000, 0x400, greedy.read, greedy.write))
    read, _ = start(dma, CIRC | MINC, 4, ADC_DR, RAM)
    host.signal("ADC1").set(True)
    assert read(NDTR, 4) == 3
    host.advance_ticks(8 * BEAT_TICKS)
    assert read(NDTR, 4) == 3  # nine items in all


def test_a_peripheral_hears_of_the_last_item(host):
    """The I2C of F4 answers the last byte with NACK (RM0090, 27.3.7)."""
    dma1 = Stm32Dma("dma1", {}, host)
    dma1.reset()
    Source(host, 0x4000_5400)
    levels = []
    host.signal("I2C1_RX_LAST").sinks.append(levels.append)
    start(dma1, MINC | channel(1), 3, 0x4000_5410, RAM, stream=0)
    host.signal("I2C1_RX").pulse()
    assert levels == []
    host.signal("I2C1_RX").pulse()
    assert levels == [True]
    host.signal("I2C1_RX").pulse()
    assert levels == [True, False]


@pytest.mark.parametrize("end", [lambda dma: dma.region(None)[1](CR, 4, 0), Stm32Dma.reset])
def test_a_transfer_that_is_aborted_before_its_last_item_leaves_no_word_of_it(host, end):
    dma1 = Stm32Dma("dma1", {}, host)
    dma1.reset()
    Source(host, 0x4000_5400)
    levels = []
    host.signal("I2C1_RX_LAST").sinks.append(levels.append)
    start(dma1, MINC | channel(1), 2, 0x4000_5410, RAM, stream=0)
    host.signal("I2C1_RX").pulse()
    assert levels == [True]
    end(dma1)
    assert levels == [True, False]


def test_two_streams_may_share_a_request(host, dma, source):
    """One that ends while it is served does not make the other miss its turn."""
    start(dma, MINC, 1, ADC_DR, RAM, stream=0)
    read, _ = start(dma, MINC, 4, ADC_DR, RAM + 16, stream=4)
    host.signal("ADC1").pulse()
    assert read(NDTR + 4 * STEP, 4) == 3
    assert source.next == 3


def test_flags_are_kept_in_the_cores_mirror(host, dma):
    words = memoryview(bytearray(16))
    assert dma.mirrors(dma.region(None)[0]) == (LISR, HISR)
    dma.mirror(words)
    start(dma, M2M | PINC | MINC, 4, RAM, RAM + 16, stream=5)
    host.advance_ticks(2 * BEAT_TICKS)
    assert words.cast("I")[1] == HTIF << 6
    assert dma.mirrors(dma.region(None)[0]) == ()


def test_reset_stops_everything(host, dma, source):
    start(dma, MINC | CIRC, 4, ADC_DR, RAM)
    dma.reset()
    host.signal("ADC1").set(True)
    host.advance_ticks(100)
    assert source.next == 1
    assert not host.signal("ADC1").sinks
