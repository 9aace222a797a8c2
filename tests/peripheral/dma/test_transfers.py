"""Whatever the sizes, increments and modes: memory afterwards is what a plain reference says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from simgate.peripheral.dma.service import BEAT_TICKS
from simgate.peripheral.dma.stm32_dma import Stm32Dma
from simgate.peripheral.dma.stm32g0_dma import Stm32G0Dma

RAM, DEVICE = 0x2000_0000, 0x4001_2000
SOURCE, TARGET, SECOND = 0x0000, 0x4000, 0x8000
SIZES = st.sampled_from([0, 1, 2])
FILL = 0xEE


class Device:
    """Counts up when it is read, keeps what is written."""

    def __init__(self, host):
        self.reads, self.writes = 0, []
        host.windows.append((DEVICE, 0x400, self.read, self.write))

    def read(self, offset, width):
        self.reads += 1
        return value(self.reads, width)

    def write(self, offset, width, value):
        self.writes.append((offset, value))


def value(number, width):
    """What the device gives as its n-th value."""
    return (number * 0x9E3779B1 & 0xFFFFFFFF) & ((1 << 8 * width) - 1)


def new_host(quiet_host):
    host = quiet_host.__mro__[1]()  # the fake host whose time stands still
    host.memory[:] = bytes([FILL]) * len(host.memory)
    for index in range(0x4000):
        host.memory[index] = (index * 7 + (index >> 8)) & 0xFF
    return host


def scatter(memory, start, data, width, step):
    """The reference's writes."""
    data = data + bytes(-len(data) % width)
    for index in range(len(data) // width):
        at = start + index * step
        memory[at : at + width] = data[index * width : (index + 1) * width]


def gather(memory, start, width, step, count):
    """The reference's reads."""
    return b"".join(bytes(memory[start + n * step :][:width]) for n in range(count))


@settings(max_examples=150, deadline=None)
@given(
    psize=SIZES,
    msize=SIZES,
    pinc=st.booleans(),
    minc=st.booleans(),
    pincos=st.booleans(),
    count=st.integers(1, 70),
    threshold=st.integers(0, 3),
    look=st.integers(0, 100),
)
def test_stream_memory_to_memory(
    quiet_host, psize, msize, pinc, minc, pincos, count, threshold, look
):
    host = new_host(quiet_host)
    dma = Stm32Dma("dma2", {}, host)
    dma.reset()
    read, write = dma.region(None)
    expected = bytearray(host.memory)
    width, memory_width = 1 << psize, 1 << msize
    step = 0 if not pinc else 4 if pincos else width
    data = gather(expected, SOURCE, width, step, count)
    scatter(expected, TARGET, data, memory_width, memory_width if minc else 0)
    write(0x14, 4, count)
    write(0x18, 4, RAM + SOURCE)
    write(0x1C, 4, RAM + TARGET)
    write(0x24, 4, threshold)
    write(0x10, 4, 1 | 2 << 6 | pinc << 9 | minc << 10 | psize << 11 | msize << 13 | pincos << 15)
    host.advance_ticks(look * BEAT_TICKS)
    read(0x14, 4)  # a look in between changes nothing
    host.advance_ticks(count * BEAT_TICKS)
    assert host.memory == expected
    assert read(0x00, 4) == 0x30
    assert read(0x14, 4) == 0


@settings(max_examples=200, deadline=None)
@given(
    psize=SIZES,
    msize=SIZES,
    pinc=st.booleans(),
    minc=st.booleans(),
    fifo=st.sampled_from([None, 0, 1, 2, 3]),
    circular=st.booleans(),
    double=st.booleans(),
    count=st.integers(1, 40),
    requests=st.integers(0, 130),
)
def test_stream_peripheral_to_memory(
    quiet_host, psize, msize, pinc, minc, fifo, circular, double, count, requests
):
    host = new_host(quiet_host)
    dma, device = Stm32Dma("dma2", {}, host), Device(host)
    dma.reset()
    _, write = dma.region(None)
    expected = bytearray(host.memory)
    width = 1 << psize
    memory_width = width if fifo is None else 1 << msize
    served = requests if circular or double else min(requests, count)
    for first in range(0, served, count):
        number = min(count, served - first)
        data = b"".join(
            value(n, width).to_bytes(width, "little") for n in range(first + 1, first + number + 1)
        )
        base = SECOND if double and first // count % 2 else TARGET
        scatter(expected, base, data, memory_width, memory_width if minc else 0)
    cr = pinc << 9 | minc << 10 | psize << 11 | msize << 13 | circular << 8 | double << 18
    write(0x14, 4, count)
    write(0x18, 4, DEVICE)
    write(0x1C, 4, RAM + TARGET)
    write(0x20, 4, RAM + SECOND)
    write(0x24, 4, 0 if fifo is None else 4 | fifo)
    write(0x10, 4, cr | 1)
    for _ in range(requests):
        host.signal("ADC1").pulse()
    assert device.reads == served
    write(0x10, 4, cr)  # what is in the FIFO goes to memory
    assert host.memory == expected


@settings(max_examples=150, deadline=None)
@given(
    psize=SIZES,
    msize=SIZES,
    pinc=st.booleans(),
    minc=st.booleans(),
    fifo=st.sampled_from([None, 0, 1, 2, 3]),
    circular=st.booleans(),
    count=st.integers(1, 40),
    requests=st.integers(0, 100),
)
def test_stream_memory_to_peripheral(
    quiet_host, psize, msize, pinc, minc, fifo, circular, count, requests
):
    host = new_host(quiet_host)
    dma, device = Stm32Dma("dma2", {}, host), Device(host)
    dma.reset()
    _, write = dma.region(None)
    width = 1 << psize
    memory_width = width if fifo is None else 1 << msize
    accesses = -(-count * width // memory_width)
    step = memory_width if minc else 0
    data = gather(host.memory, SOURCE, memory_width, step, accesses)
    items = [int.from_bytes(data[n * width : (n + 1) * width], "little") for n in range(count)]
    served = requests if circular else min(requests, count)
    expected = [(n % count * width * pinc, items[n % count]) for n in range(served)]
    write(0x14, 4, count)
    write(0x18, 4, DEVICE)
    write(0x1C, 4, RAM + SOURCE)
    write(0x24, 4, 0 if fifo is None else 4 | fifo)
    write(0x10, 4, 1 | 1 << 6 | circular << 8 | pinc << 9 | minc << 10 | psize << 11 | msize << 13)
    for _ in range(requests):
        host.signal("ADC1").pulse()
    assert device.writes == expected


@settings(max_examples=200, deadline=None)
@given(
    psize=SIZES,
    msize=SIZES,
    pinc=st.booleans(),
    minc=st.booleans(),
    to_peripheral=st.booleans(),
    circular=st.booleans(),
    count=st.integers(1, 40),
    requests=st.integers(0, 100),
)
def test_channel(quiet_host, psize, msize, pinc, minc, to_peripheral, circular, count, requests):
    host = new_host(quiet_host)
    dma, device = Stm32G0Dma("dma1", {}, host), Device(host)
    dma.reset()
    read, write = dma.region(None)
    width, memory_width = 1 << psize, 1 << msize
    served = requests if circular else min(requests, count)
    expected, writes = bytearray(host.memory), []
    for number in range(served):
        at = number % count
        if to_peripheral:
            start = SOURCE + at * memory_width * minc
            item = expected[start : start + memory_width][:width]
            writes.append((at * width * pinc, int.from_bytes(item, "little")))
        else:
            item = value(number + 1, width).to_bytes(width, "little")[:memory_width]
            start = TARGET + at * memory_width * minc
            expected[start : start + memory_width] = item.ljust(memory_width, b"\0")
    memory = RAM + (SOURCE if to_peripheral else TARGET)
    write(0x0C, 4, count)
    write(0x10, 4, DEVICE)
    write(0x14, 4, memory)
    flags = to_peripheral << 4 | circular << 5 | pinc << 6 | minc << 7 | psize << 8 | msize << 10
    write(0x08, 4, flags | 1)
    for _ in range(requests):
        dma.input(1)(True)
        dma.input(1)(False)
    assert host.memory == expected
    assert device.writes == writes
    assert read(0x0C, 4) == (count - served % count if circular else count - served)


@settings(max_examples=100, deadline=None)
@given(
    psize=SIZES,
    msize=SIZES,
    pinc=st.booleans(),
    minc=st.booleans(),
    backwards=st.booleans(),
    count=st.integers(1, 40),
)
def test_channel_memory_to_memory(quiet_host, psize, msize, pinc, minc, backwards, count):
    host = new_host(quiet_host)
    dma = Stm32G0Dma("dma1", {}, host)
    dma.reset()
    read, write = dma.region(None)
    sides = [[SOURCE, 1 << psize, pinc], [TARGET, 1 << msize, minc]]
    source, target = sides[::-1] if backwards else sides
    source[0], target[0] = SOURCE, TARGET
    expected = bytearray(host.memory)
    for n in range(count):
        at = source[0] + n * source[1] * source[2]
        item = bytes(expected[at : at + source[1]])[: target[1]].ljust(target[1], b"\0")
        at = target[0] + n * target[1] * target[2]
        expected[at : at + target[1]] = item
    write(0x0C, 4, count)
    write(0x10, 4, RAM + sides[0][0])
    write(0x14, 4, RAM + sides[1][0])
    write(0x08, 4, 1 | backwards << 4 | pinc << 6 | minc << 7 | psize << 8 | msize << 10 | 1 << 14)
    host.advance_ticks(count * BEAT_TICKS)
    assert host.memory == expected
    assert read(0x00, 4) == 7
