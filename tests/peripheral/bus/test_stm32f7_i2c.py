"""I2C of F7, G4 and H7 against RM0385, section 30."""

from __future__ import annotations

from typing import Any

import pytest

from simgate.peripheral.bus.dummy_i2c_slave import DummyI2cSlave
from simgate.peripheral.bus.stm32f7_i2c import (
    ARLO,
    AUTOEND,
    BERR,
    BUSY,
    CR1,
    CR2,
    ERRIE,
    ICR,
    ISR,
    NACKF,
    NACKIE,
    PE,
    RD_WRN,
    RELOAD,
    RXDMAEN,
    RXDR,
    RXIE,
    RXNE,
    START,
    STOP,
    STOPF,
    STOPIE,
    TC,
    TCIE,
    TCR,
    TIMINGR,
    TXDMAEN,
    TXDR,
    TXE,
    TXIE,
    TXIS,
    Stm32F7I2c,
)

ADDRESS = 0x18
BYTE_S = 9 / 100e3
SADD = ADDRESS << 1


class Bench:
    """A controller at 8 MHz and 100 kHz on the bus, with one target at 0x18."""

    def __init__(self, host: Any) -> None:
        self.host = host
        self.i2c = Stm32F7I2c("i2c1", {"frequency": 8_000_000}, host)
        self.target = DummyI2cSlave("acc", {}, host)
        self.i2c.attach(ADDRESS, self.target)
        self.i2c.reset()
        # two clocks a count: (20 + 18) * 2 + 4 clocks of 125 ns = 10 us
        self.write(TIMINGR, 1 << 28 | 17 << 8 | 19)
        self.write(CR1, PE)

    def read(self, offset: int) -> int:
        return self.i2c.read(offset, 4)

    def write(self, offset: int, value: int) -> None:
        self.i2c.write(offset, 4, value)

    def wait(self, flag: int, limit_s: float = 1e-3) -> None:
        end = self.host.now_s + limit_s
        while not self.read(ISR) & flag:
            assert self.host.now_s < end, f"no flag 0x{flag:x}, ISR is 0x{self.read(ISR):x}"
            self.host.advance(1e-6)

    def answer(self, *values: int) -> None:
        for value in values:
            self.target.enqueue(value)

    def transfer(self, count: int, flags: int) -> None:
        self.write(CR2, SADD | count << 16 | START | flags)


@pytest.fixture
def bench(host: Any) -> Bench:
    return Bench(host)


def test_reset_values_and_writable_bits(host: Any) -> None:
    i2c = Stm32F7I2c("i2c1", {}, host)
    values = {offset: i2c.read(offset, 4) for offset in range(0, 0x2C, 4)}
    assert values == {offset: TXE if offset == ISR else 0 for offset in values}
    i2c.write(TIMINGR, 4, 0xFFFF_FFFF)
    assert i2c.read(TIMINGR, 4) == 0xF0FF_FFFF


def test_without_pe_start_is_not_kept(bench: Bench) -> None:
    bench.write(CR1, 0)
    bench.transfer(1, 0)
    assert bench.read(CR2) & START == 0


def test_the_address_goes_by_itself_and_takes_ten_bits_with_the_start(bench: Bench) -> None:
    bench.transfer(1, AUTOEND)
    assert bench.read(ISR) == TXE | BUSY
    assert bench.read(CR2) & START
    bench.host.advance(99e-6)
    assert bench.read(ISR) == TXE | BUSY
    bench.host.advance(2e-6)
    assert bench.read(ISR) == TXE | TXIS | BUSY
    assert not bench.read(CR2) & START


def test_autoend_stops_after_nbytes(bench: Bench) -> None:
    bench.transfer(2, AUTOEND)
    for byte in (0x11, 0x22):
        bench.wait(TXIS)
        bench.write(TXDR, byte)
        assert not bench.read(ISR) & TXIS
    bench.wait(STOPF)
    assert bench.read(ISR) == TXE | STOPF
    bench.write(ICR, STOPF)
    assert bench.read(ISR) == TXE
    assert bench.target.log == ["start write", "write 11", "write 22", "stop"]


def test_a_register_is_read_after_tc_with_a_repeated_start(bench: Bench) -> None:
    bench.answer(0x44)
    bench.transfer(1, 0)
    bench.wait(TXIS)
    bench.write(TXDR, 0x0F)
    bench.wait(TC)
    bench.host.advance(1e-3)  # SCL is stretched as long as it takes
    bench.transfer(1, AUTOEND | RD_WRN)
    assert not bench.read(ISR) & TC
    bench.wait(RXNE)
    assert bench.read(RXDR) == 0x44
    bench.wait(STOPF)
    assert bench.target.log == ["start write", "write 0f", "start read", "read 44", "stop"]


def test_more_than_255_bytes_are_read_after_tc(bench: Bench) -> None:
    bench.answer(*(value & 0xFF for value in range(300)))
    bench.transfer(1, 0)
    bench.wait(TXIS)
    bench.write(TXDR, 0x28)
    bench.wait(TC)
    bench.transfer(255, RELOAD | RD_WRN)
    got = []
    for _ in range(255):
        bench.wait(RXNE)
        got.append(bench.read(RXDR))
    bench.wait(TCR)
    bench.write(CR2, SADD | 45 << 16 | AUTOEND | RD_WRN)
    for _ in range(45):
        bench.wait(RXNE)
        got.append(bench.read(RXDR))
    bench.wait(STOPF)
    assert got == [value & 0xFF for value in range(300)]


def test_software_end_stops_by_cr2(bench: Bench) -> None:
    bench.transfer(0, 0)
    bench.wait(TC)
    bench.write(CR2, STOP)
    bench.wait(STOPF)
    assert not bench.read(CR2) & STOP
    assert bench.target.log == ["start write", "stop"]


def test_reload_waits_for_more_bytes(bench: Bench) -> None:
    bench.answer(*range(1, 6))
    bench.transfer(2, RELOAD | RD_WRN)
    got = []
    for _ in range(2):
        bench.wait(RXNE)
        got.append(bench.read(RXDR))
    bench.wait(TCR)
    bench.write(CR2, SADD | 3 << 16 | AUTOEND | RD_WRN)
    assert not bench.read(ISR) & TCR
    for _ in range(3):
        bench.wait(RXNE)
        got.append(bench.read(RXDR))
    bench.wait(STOPF)
    assert got == [1, 2, 3, 4, 5]


def test_a_full_rxdr_stretches_the_clock(bench: Bench) -> None:
    bench.answer(1, 2, 3)
    bench.transfer(3, AUTOEND | RD_WRN)
    bench.host.advance(10e-3)
    assert bench.target.log == ["start read", "read 01", "read 02"]
    got = [bench.read(RXDR), bench.read(RXDR)]
    bench.wait(RXNE)
    got.append(bench.read(RXDR))
    assert got == [1, 2, 3]


def test_no_device_gives_nackf_and_a_stop_by_itself(bench: Bench) -> None:
    bench.write(CR2, 0x50 << 1 | 1 << 16 | START)
    bench.wait(NACKF)
    bench.wait(STOPF)
    assert bench.read(ISR) == TXE | NACKF | STOPF
    bench.write(ICR, NACKF | STOPF)
    assert bench.read(ISR) == TXE


def test_a_refused_byte_gives_nackf_and_no_txis(bench: Bench) -> None:
    bench.i2c.commands()["NackData"](ADDRESS, 1)
    bench.transfer(3, AUTOEND)
    bench.wait(TXIS)
    bench.write(TXDR, 1)
    bench.wait(STOPF)
    assert bench.read(ISR) & (NACKF | TXIS) == NACKF


@pytest.mark.parametrize(
    ("enable", "flag"), [(TXIE, TXIS), (NACKIE, NACKF), (STOPIE, STOPF), (TCIE, TC), (RXIE, RXNE)]
)
def test_each_flag_has_its_enable(bench: Bench, enable: int, flag: int) -> None:
    event = bench.i2c.output("EventInterrupt")
    if flag in (NACKF, STOPF):
        bench.i2c.commands()["Nack"](ADDRESS, 1)
    bench.transfer(0 if flag == TC else 1, RD_WRN if flag == RXNE else 0)
    bench.wait(flag)
    assert not event.level
    bench.write(CR1, PE | enable)
    assert event.level


def test_errors_have_their_own_interrupt(bench: Bench) -> None:
    error = bench.i2c.output("ErrorInterrupt")
    bench.write(CR1, PE | ERRIE)
    bench.i2c.commands()["BusError"]()
    assert error.level
    bench.write(ICR, BERR)
    assert not error.level
    bench.i2c.commands()["LoseArbitration"]()
    bench.transfer(1, 0)
    bench.wait(ARLO)
    assert not bench.read(ISR) & BUSY


def test_dma_moves_both_ways(bench: Bench) -> None:
    to_send, got = [1, 2, 3], []

    def send(level: bool) -> None:
        if level:
            bench.write(TXDR, to_send.pop(0))

    def receive(level: bool) -> None:
        if level:
            got.append(bench.read(RXDR))

    bench.host.signal("I2C1_TX").sinks.append(send)
    bench.host.signal("I2C1_RX").sinks.append(receive)
    bench.answer(7, 8, 9)
    bench.write(CR1, PE | TXDMAEN | RXDMAEN)
    bench.transfer(3, 0)
    bench.wait(TC)
    bench.transfer(3, AUTOEND | RD_WRN)
    bench.wait(STOPF)
    assert bench.target.received == b"\x01\x02\x03"
    assert got == [7, 8, 9]


def test_busy_follows_a_stuck_bus_and_start_waits(bench: Bench) -> None:
    bench.i2c.commands()["StickBus"](2e-3)
    assert bench.read(ISR) & BUSY
    bench.transfer(1, AUTOEND)
    bench.host.advance(1e-3)
    assert bench.read(CR2) & START
    bench.write(CR1, 0)
    assert not bench.read(CR2) & START
    bench.host.advance(2e-3)
    bench.write(CR1, PE)
    assert not bench.read(ISR) & BUSY
    bench.transfer(1, AUTOEND)
    bench.wait(TXIS)


def test_pe_off_forgets_the_transfer(bench: Bench) -> None:
    bench.transfer(2, AUTOEND)
    bench.wait(TXIS)
    bench.write(CR1, 0)
    assert bench.read(ISR) == TXE
    assert bench.target.log == ["start write", "stop"]
