"""I2C of F4 against RM0090, section 27: events EV5 to EV8_2 and how each flag is cleared."""

from __future__ import annotations

from typing import Any

import pytest

from simgate.peripheral.bus.dummy_i2c_slave import DummyI2cSlave
from simgate.peripheral.bus.stm32f4_i2c import (
    ACK,
    ADDR,
    AF,
    ARLO,
    BERR,
    BTF,
    BUSY,
    CCR,
    CR1,
    CR2,
    DMAEN,
    DR,
    ITBUFEN,
    ITERREN,
    ITEVTEN,
    LAST,
    MSL,
    PE,
    POS,
    RXNE,
    SB,
    SR1,
    SR2,
    START,
    STOP,
    SWRST,
    TRA,
    TXE,
    Stm32F4I2c,
)

ADDRESS = 0x18
BYTE_S = 9 / 100e3


class Bench:
    """A controller at 42 MHz and 100 kHz on the bus, with one target at 0x18."""

    def __init__(self, host: Any) -> None:
        self.host = host
        self.i2c = Stm32F4I2c("i2c1", {"frequency": 42_000_000}, host)
        self.target = DummyI2cSlave("acc", {}, host)
        self.i2c.attach(ADDRESS, self.target)
        self.i2c.reset()
        self.write(CR2, 42)
        self.write(CCR, 210)  # 2 * 210 / 42 MHz = 10 us
        self.write(CR1, PE)

    def read(self, offset: int) -> int:
        return self.i2c.read(offset, 4)

    def write(self, offset: int, value: int) -> None:
        self.i2c.write(offset, 4, value)

    def set(self, offset: int, bits: int) -> None:
        self.write(offset, self.read(offset) | bits)

    def clear(self, offset: int, bits: int) -> None:
        self.write(offset, self.read(offset) & ~bits)

    def wait(self, flag: int, limit_s: float = 1e-3) -> None:
        end = self.host.now_s + limit_s
        while not self.read(SR1) & flag:
            assert self.host.now_s < end, f"no flag 0x{flag:x}, SR1 is 0x{self.read(SR1):x}"
            self.host.advance(1e-6)

    def start(self, byte: int) -> None:
        """EV5: start, and the address byte."""
        self.set(CR1, START)
        self.wait(SB)
        self.write(DR, byte)

    def address(self, *, reading: bool) -> None:
        self.start(ADDRESS << 1 | reading)
        self.wait(ADDR)

    def answer(self, *values: int) -> None:
        for value in values:
            self.target.enqueue(value)


@pytest.fixture
def bench(host: Any) -> Bench:
    return Bench(host)


def test_reset_values_and_writable_bits(host: Any) -> None:
    i2c = Stm32F4I2c("i2c1", {}, host)
    values = [i2c.read(offset, 4) for offset in range(0, 0x24, 4)]
    assert values == [0, 0, 0, 0, 0, 0, 0, 0, 0x0002]  # TRISE, 27.6.9
    i2c.write(CR2, 4, 0xFFFF_FFFF)
    assert i2c.read(CR2, 4) == 0x1F3F


def test_start_sets_sb_and_makes_the_controller_a_master(bench: Bench) -> None:
    bench.set(CR1, START)
    assert bench.read(SR1) == 0
    bench.host.advance(11e-6)
    assert bench.read(SR1) == SB
    assert bench.read(SR2) == MSL | BUSY
    assert not bench.read(CR1) & START


def test_without_pe_start_and_ack_are_not_kept(bench: Bench) -> None:
    bench.write(CR1, 0)
    bench.write(CR1, START | ACK)
    assert bench.read(CR1) == 0


def test_sb_is_cleared_by_sr1_and_dr(bench: Bench) -> None:
    bench.set(CR1, START)
    bench.host.advance(11e-6)
    bench.write(DR, ADDRESS << 1)  # SR1 was not read while SB was set
    bench.host.advance(1e-3)
    assert bench.target.log == []
    assert bench.read(SR1) == SB
    bench.write(DR, ADDRESS << 1)
    assert bench.read(SR1) == 0


def test_addr_is_cleared_by_sr1_and_sr2_and_holds_the_bus_until_then(bench: Bench) -> None:
    bench.start(ADDRESS << 1)
    bench.host.advance(5e-3)
    bench.read(SR2)  # SR1 was not read while ADDR was set
    assert bench.read(SR1) == ADDR
    assert bench.read(SR2) == MSL | BUSY | TRA
    assert bench.read(SR1) == TXE  # EV8_1


def test_the_address_takes_nine_bits_on_the_wire(bench: Bench) -> None:
    bench.set(CR1, START)
    bench.wait(SB)
    bench.write(DR, ADDRESS << 1)
    bench.host.advance(BYTE_S - 1e-6)
    assert bench.read(SR1) == 0
    bench.host.advance(2e-6)
    assert bench.read(SR1) == ADDR


@pytest.mark.parametrize(
    ("ccr", "period_s"),
    [(210, 10e-6), (1 << 15 | 35, 2.5e-6), (1 << 15 | 1 << 14 | 4, 100 / 42e6)],
)
def test_ccr_makes_the_pace(bench: Bench, ccr: int, period_s: float) -> None:
    bench.write(CCR, ccr)
    began = bench.host.now_s
    bench.set(CR1, START)
    bench.wait(SB)
    bench.write(DR, ADDRESS << 1)
    while not bench.read(SR1) & ADDR:
        bench.host.advance_ticks(10)
    assert bench.host.now_s - began == pytest.approx(10 * period_s, abs=2e-6)


def test_transmission_with_txe_btf_and_stop(bench: Bench) -> None:
    bench.address(reading=False)
    bench.read(SR2)
    assert bench.read(SR1) == TXE
    bench.write(DR, 0x11)  # straight on into the shift register
    assert bench.read(SR1) == TXE
    bench.write(DR, 0x22)
    assert bench.read(SR1) == 0
    bench.host.advance(BYTE_S + 1e-6)
    assert bench.read(SR1) == TXE
    bench.host.advance(BYTE_S)
    assert bench.read(SR1) == TXE | BTF  # EV8_2
    bench.set(CR1, STOP)
    bench.host.advance(12e-6)
    assert bench.read(SR1) == 0
    assert bench.read(SR2) == 0
    assert not bench.read(CR1) & STOP
    assert bench.target.log == ["start write", "write 11", "write 22", "stop"]


def test_btf_goes_when_dr_is_written_after_sr1(bench: Bench) -> None:
    bench.address(reading=False)
    bench.read(SR2)
    bench.write(DR, 0x11)
    bench.wait(BTF)
    bench.write(DR, 0x22)
    assert bench.read(SR1) == TXE


def test_no_device_gives_af_and_the_firmware_has_to_stop(bench: Bench) -> None:
    bench.start(0x50 << 1)
    bench.wait(AF)
    assert bench.read(SR2) & (MSL | BUSY) == MSL | BUSY
    bench.write(SR1, ~AF & 0xFFFF)
    assert bench.read(SR1) == 0
    bench.set(CR1, STOP)
    bench.host.advance(12e-6)
    assert bench.read(SR2) == 0


def test_a_refused_byte_gives_af(bench: Bench) -> None:
    bench.target.acknowledges = 1
    bench.address(reading=False)
    bench.read(SR2)
    bench.write(DR, 1)
    bench.write(DR, 2)
    bench.wait(AF)
    assert bench.target.received == b"\x01"


def test_one_byte_is_refused_and_stopped(bench: Bench) -> None:
    """27.3.3: ACK cleared before ADDR, STOP after it."""
    bench.answer(0x44)
    bench.set(CR1, ACK)
    bench.address(reading=True)
    bench.clear(CR1, ACK)
    bench.read(SR2)
    bench.set(CR1, STOP)
    bench.wait(RXNE)
    assert bench.read(DR) == 0x44
    bench.host.advance(1e-3)
    assert bench.read(SR1) == 0
    assert bench.target.log == ["start read", "read 44", "stop"]


def test_two_bytes_with_pos(bench: Bench) -> None:
    """27.3.3: POS and ACK, ADDR cleared, ACK cleared, BTF, STOP, two reads."""
    bench.answer(0x10, 0x20, 0x30)
    bench.set(CR1, ACK | POS)
    bench.address(reading=True)
    bench.read(SR2)
    bench.clear(CR1, ACK)
    bench.wait(BTF)
    assert bench.read(SR1) == BTF | RXNE
    bench.set(CR1, STOP)
    assert bench.read(DR) == 0x10
    assert bench.read(SR1) & (BTF | RXNE) == RXNE
    assert bench.read(DR) == 0x20
    bench.host.advance(1e-3)
    assert bench.read(SR1) == 0
    assert bench.target.log == ["start read", "read 10", "read 20", "stop"]


@pytest.mark.parametrize("count", [3, 4, 7])
def test_n_bytes_by_btf(bench: Bench, count: int) -> None:
    """27.3.3, method 2: ACK goes when byte N-2 waits in DR and N-1 in the shift register."""
    bench.answer(*range(1, count + 3))
    bench.set(CR1, ACK)
    bench.address(reading=True)
    bench.read(SR2)
    got = []
    while len(got) < count - 3:
        bench.wait(RXNE)
        got.append(bench.read(DR))
    bench.wait(BTF)
    bench.clear(CR1, ACK)
    got.append(bench.read(DR))
    bench.wait(BTF)
    bench.set(CR1, STOP)
    got += [bench.read(DR), bench.read(DR)]
    bench.host.advance(1e-3)
    assert got == list(range(1, count + 1))
    assert bench.target.log[-2:] == [f"read {count:02x}", "stop"]


def test_who_is_late_with_ack_reads_a_byte_too_many(bench: Bench) -> None:
    bench.answer(1, 2, 3)
    bench.set(CR1, ACK)
    bench.address(reading=True)
    bench.read(SR2)
    bench.host.advance(3 * BYTE_S)  # two bytes wait, both acknowledged
    bench.clear(CR1, ACK)
    bench.read(DR)
    bench.read(DR)
    bench.host.advance(2 * BYTE_S)
    assert bench.target.log == ["start read", "read 01", "read 02", "read 03"]


def test_a_register_is_read_with_a_repeated_start(bench: Bench) -> None:
    bench.answer(0x44)
    bench.address(reading=False)
    bench.read(SR2)
    bench.write(DR, 0x0F)
    bench.wait(TXE)  # the byte is still on the wire: the start waits for its end
    bench.address(reading=True)
    bench.read(SR2)
    bench.set(CR1, STOP)
    bench.wait(RXNE)
    assert bench.read(DR) == 0x44
    bench.host.advance(1e-3)
    assert bench.target.log == ["start write", "write 0f", "start read", "read 44", "stop"]


def test_events_and_errors_have_their_own_interrupts(bench: Bench) -> None:
    event, error = bench.i2c.output("EventInterrupt"), bench.i2c.output("ErrorInterrupt")
    bench.set(CR2, ITEVTEN)
    bench.set(CR1, START)
    bench.host.advance(12e-6)
    assert event.level
    bench.read(SR1)
    bench.write(DR, ADDRESS << 1)
    assert not event.level
    bench.wait(ADDR)
    assert event.level
    bench.read(SR1)
    bench.read(SR2)
    assert not event.level  # TXE alone needs ITBUFEN
    bench.set(CR2, ITBUFEN)
    assert event.level
    bench.i2c.commands()["BusError"]()
    assert not error.level
    bench.set(CR2, ITERREN)
    assert error.level
    bench.write(SR1, ~BERR & 0xFFFF)
    assert not error.level


def test_dma_is_asked_for_each_byte_that_is_sent(bench: Bench) -> None:
    items, request = [0x11, 0x22, 0x33], bench.host.signal("I2C1_TX")

    def serve(level: bool) -> None:
        if level and items:
            bench.write(DR, items.pop(0))

    request.sinks.append(serve)
    bench.set(CR2, DMAEN)
    bench.address(reading=False)
    bench.read(SR2)
    assert items == [0x22, 0x33]  # one went on into the shift register
    serve(request.level)
    assert items == [0x33]
    assert not request.level
    bench.wait(BTF)
    assert bench.target.received == b"\x11\x22\x33"


def test_last_refuses_the_last_byte_of_a_dma_transfer(bench: Bench) -> None:
    got: list[int] = []
    last = bench.host.signal("I2C1_RX_LAST")

    def serve(level: bool) -> None:
        if level:
            got.append(bench.read(DR))
            last.set(len(got) == 3)

    bench.host.signal("I2C1_RX").sinks.append(serve)
    bench.answer(1, 2, 3, 4, 5, 6)
    bench.set(CR1, ACK)
    bench.set(CR2, DMAEN | LAST)
    bench.address(reading=True)
    bench.read(SR2)
    bench.host.advance(10 * BYTE_S)
    assert got == [1, 2, 3, 4]


def test_a_stuck_bus_stays_busy_until_swrst(bench: Bench) -> None:
    bench.i2c.commands()["StickBus"](1e-3)
    assert bench.read(SR2) == BUSY
    bench.set(CR1, START)
    bench.host.advance(5e-3)
    assert not bench.i2c.bus.stuck
    assert bench.read(SR2) == BUSY
    assert bench.read(SR1) == 0
    bench.write(CR1, SWRST)
    bench.write(CR1, 0)
    assert bench.read(SR2) == 0
    bench.write(CR2, 42)
    bench.write(CCR, 210)
    bench.write(CR1, PE)
    bench.address(reading=False)


def test_nine_clocks_on_the_pin_free_the_bus(bench: Bench) -> None:
    bench.i2c.commands()["StickBus"](-1.0)
    drive = bench.i2c.input(0)
    sda = bench.i2c.output("SDA")
    drive(True)  # the pin becomes an output, high
    for _ in range(9):
        assert not sda.level
        drive(False)
        drive(True)
    assert sda.level


def test_swrst_holds_everything_in_reset(bench: Bench) -> None:
    bench.write(CR1, PE | SWRST)
    assert bench.read(CR1) == SWRST
    assert bench.read(CCR) == 0


def test_lost_arbitration_ends_the_masters_part(bench: Bench) -> None:
    bench.i2c.commands()["LoseArbitration"]()
    bench.start(ADDRESS << 1)
    bench.wait(ARLO)
    assert bench.read(SR2) == 0
    bench.write(SR1, ~ARLO & 0xFFFF)
    assert bench.read(SR1) == 0


class TenBit(DummyI2cSlave):
    ten_bit = True


def test_a_10_bit_address_goes_by_add10(bench: Bench) -> None:
    target = TenBit("wide", {}, bench.host)
    bench.i2c.attach(0x2A5, target)
    target.enqueue(0x77)
    bench.start(0xF0 | (0x2A5 >> 8) << 1)
    bench.wait(1 << 3)
    bench.write(DR, 0xA5)
    bench.wait(ADDR)
    bench.read(SR2)
    bench.set(CR1, START)
    bench.wait(SB)
    bench.write(DR, 0xF1 | (0x2A5 >> 8) << 1)
    bench.wait(ADDR)
    bench.read(SR2)
    bench.set(CR1, STOP)
    bench.wait(RXNE)
    assert bench.read(DR) == 0x77
    assert target.log[:2] == ["start write", "start read"]
