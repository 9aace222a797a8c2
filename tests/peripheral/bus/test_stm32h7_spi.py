"""SPI and I2S of H7 against RM0433, section 50."""

from __future__ import annotations

from typing import Any

import pytest

from simgate.peripheral.bus.dummy_spi_slave import DummySpiSlave
from simgate.peripheral.bus.spi_crc import next_crc
from simgate.peripheral.bus.stm32h7_spi import (
    CFG1,
    CFG2,
    CR1,
    CR2,
    CRCE,
    CRCEN,
    CSTART,
    CSUSP,
    EOT,
    I2SCFGR,
    I2SMOD,
    IER,
    IFCR,
    MASRX,
    MASTER,
    MODF,
    ODD,
    OVR,
    RXDMAEN,
    RXDR,
    RXP,
    RXWNE,
    SPE,
    SR,
    SSI,
    SSM,
    SSOE,
    SUSP,
    TXC,
    TXDMAEN,
    TXDR,
    TXP,
    TXTF,
    Stm32H7Spi,
)

FRAME_S = 8 * 16 / 120e6  # with MBR = 3: divided by 16


class Bench:
    """A master at 120 MHz with one slave, the clock divided by 16, frames of eight bits."""

    def __init__(self, host: Any) -> None:
        self.host = host
        self.spi = Stm32H7Spi("spi1", {"frequency": 120_000_000}, host)
        self.slave = DummySpiSlave("flash", {}, host)
        self.spi.attach(None, self.slave)
        self.spi.reset()

    def read(self, offset: int, width: int = 4) -> int:
        return self.spi.read(offset, width)

    def write(self, offset: int, value: int, width: int = 4) -> None:
        self.spi.write(offset, width, value)

    def on(self, count: int, *, cfg1: int = 7, cfg2: int = 0) -> None:
        self.write(CFG1, 3 << 28 | cfg1)
        self.write(CFG2, MASTER | SSM | cfg2)
        self.write(CR2, count)
        self.write(CR1, SSI)
        self.write(CR1, SSI | SPE)
        self.write(CR1, SSI | SPE | CSTART)

    def answer(self, *values: int) -> None:
        for value in values:
            self.slave.enqueue(value)

    def frames(self, count: float) -> None:
        self.host.advance(count * FRAME_S)


@pytest.fixture
def bench(host: Any) -> Bench:
    return Bench(host)


def test_reset_values(bench: Bench) -> None:
    assert bench.read(CFG1) == 0x0007_0007
    assert bench.read(SR) == 0x0000_1002
    assert bench.read(0x40) == 0x107
    assert [bench.read(offset) for offset in (CR1, CR2, CFG2, IER, 0x44, 0x48, 0x50)] == [0] * 7


def test_a_transfer_of_tsize_frames_ends_with_eot(bench: Bench) -> None:
    bench.answer(0, 0xEF, 0x40, 0x18)
    bench.on(4)
    assert bench.read(SR) == TXP | 4 << 16
    for byte in (0x9F, 0, 0, 0):
        bench.write(TXDR, byte, 1)
    assert bench.read(SR) & (TXP | TXTF) == TXTF
    bench.frames(1.01)
    assert bench.read(SR) & (RXP | EOT) == RXP
    assert bench.read(SR) >> 16 == 3
    assert bench.read(RXDR, 1) == 0
    bench.frames(3)
    assert bench.read(SR) & (RXP | EOT | TXC) == RXP | EOT | TXC
    assert not bench.read(CR1) & CSTART
    assert [bench.read(RXDR, 1) for _ in range(3)] == [0xEF, 0x40, 0x18]
    bench.write(IFCR, EOT | TXTF)
    assert bench.read(SR) & (EOT | TXTF | RXP | TXC) == 0
    assert bench.slave.transfers == [b"\x9f\x00\x00\x00"]


def test_frames_are_packed_by_the_width_of_the_access(bench: Bench) -> None:
    bench.answer(1, 2, 3, 4)
    bench.on(4)
    bench.write(TXDR, 0x44332211)
    bench.frames(4.1)
    assert bench.read(SR) & RXWNE
    assert bench.read(RXDR) == 0x04030201
    assert bench.slave.transfers == [b"\x11\x22\x33\x44"]


def test_rxplvl_counts_the_frames_beyond_whole_words(bench: Bench) -> None:
    bench.on(7)
    bench.write(TXDR, 0)
    bench.write(TXDR, 0, 2)
    bench.write(TXDR, 0, 1)
    bench.frames(7.1)
    assert bench.read(SR) & RXWNE
    assert bench.read(SR) >> 13 & 3 == 3


def test_the_threshold_makes_packets(bench: Bench) -> None:
    bench.on(8, cfg1=7 | 3 << 5)
    for _ in range(8):
        bench.write(TXDR, 0, 1)
    bench.frames(3.1)
    assert not bench.read(SR) & RXP
    bench.frames(1)
    assert bench.read(SR) & RXP


def test_without_cstart_nothing_moves_and_a_remark_says_so(bench: Bench) -> None:
    bench.on(1)
    bench.write(CR1, SSI)
    bench.write(CR1, SSI | SPE)
    bench.write(TXDR, 1, 1)
    bench.frames(3)
    assert bench.slave.transfers[-1] == b""
    assert bench.spi.remarks() == ("spi1: 1 frames wait in the TX FIFO for CSTART",)
    bench.write(CR1, SSI | SPE | CSTART)
    bench.frames(1.1)
    assert bench.slave.transfers[-1] == b"\x01"


def test_registers_of_configuration_are_locked_while_on(bench: Bench) -> None:
    bench.on(1)
    bench.write(CFG1, 0)
    assert bench.read(CFG1) == 3 << 28 | 7
    assert bench.host.remarks == ["spi1: CFG1 is locked while SPE is 1"]


def test_endless_transfers_end_by_csusp(bench: Bench) -> None:
    bench.on(0)
    bench.write(TXDR, 1, 1)
    bench.write(TXDR, 2, 1)
    bench.write(CR1, SSI | SPE | CSTART | CSUSP)
    bench.frames(5)
    assert bench.read(SR) & SUSP
    assert not bench.read(CR1) & CSTART
    assert bench.slave.transfers == [b"\x01"]


def test_a_full_rx_fifo_loses_frames(bench: Bench) -> None:
    bench.on(0)
    for _ in range(17):
        bench.write(TXDR, 0, 1)
        bench.frames(1.1)
    assert bench.read(SR) & OVR
    bench.write(IFCR, OVR)
    assert not bench.read(SR) & OVR


@pytest.mark.parametrize("comm", [0, 2])
def test_with_masrx_a_full_rx_fifo_suspends_and_loses_nothing(bench: Bench, comm: int) -> None:
    bench.answer(*range(1, 19))
    bench.on(18, cfg2=comm << 17)
    bench.write(CR1, SSI | SPE | CSTART | MASRX)
    for _ in range(18 if comm == 0 else 0):
        bench.write(TXDR, 0, 1)
        bench.frames(1.1)
    bench.frames(30)
    assert bench.read(SR) & (SUSP | OVR | EOT) == SUSP
    bench.write(IFCR, SUSP)
    assert not bench.read(SR) & SUSP
    got = []
    for _ in range(18):
        got.append(bench.read(RXDR, 1))
        bench.frames(1.1)
    assert got == list(range(1, 19))
    assert bench.read(SR) & (OVR | EOT) == EOT


def test_receive_only_needs_no_data(bench: Bench) -> None:
    bench.answer(1, 2, 3)
    bench.on(3, cfg2=2 << 17)
    bench.frames(3.1)
    assert [bench.read(RXDR, 1) for _ in range(3)] == [1, 2, 3]
    assert bench.read(SR) & EOT


def test_a_low_ssi_is_a_mode_fault(bench: Bench) -> None:
    bench.write(CFG2, MASTER | SSM)
    bench.write(CR1, SPE)
    assert bench.read(SR) & MODF
    assert not bench.read(CR1) & SPE


def test_nss_goes_low_with_the_transfer(bench: Bench) -> None:
    nss = bench.spi.output("NSS")
    bench.write(CFG2, MASTER | SSOE)
    bench.write(CR2, 1)
    bench.write(CR1, SPE)
    assert nss.level
    bench.write(CR1, SPE | CSTART)
    assert not nss.level
    bench.write(TXDR, 0, 1)
    bench.host.advance(1e-3)
    assert nss.level


def test_interrupts(bench: Bench) -> None:
    irq = bench.spi.output("IRQ")
    bench.on(1)
    bench.write(IER, EOT)
    assert not irq.level
    bench.write(TXDR, 0, 1)
    bench.frames(1.1)
    assert irq.level
    bench.write(IFCR, EOT | TXTF)
    bench.write(IER, RXP)
    assert irq.level
    bench.read(RXDR, 1)
    assert not irq.level


def test_dma_feeds_and_empties_the_fifos(bench: Bench) -> None:
    to_send, got = list(range(20)), []

    def send(level: bool) -> None:
        while bench.host.signal("SPI1_TX").level and to_send:
            bench.write(TXDR, to_send.pop(0), 1)

    bench.host.signal("SPI1_TX").sinks.append(send)
    bench.host.signal("SPI1_RX").sinks.append(
        lambda level: level and got.append(bench.read(RXDR, 1))
    )
    bench.answer(*range(100, 120))
    bench.on(20, cfg1=7 | RXDMAEN | TXDMAEN)
    bench.frames(20.1)
    assert got == list(range(100, 120))
    assert bench.read(SR) & EOT


def test_the_crc_follows_the_last_frame(bench: Bench) -> None:
    crc = next_crc(next_crc(0, 0x31, 7, 8), 0x32, 7, 8)
    bench.answer(0x31, 0x32, crc ^ 1)
    bench.on(2, cfg1=7 | 7 << 16 | CRCEN)
    for byte in (0x31, 0x32):
        bench.write(TXDR, byte, 1)
    bench.frames(2.1)
    assert not bench.read(SR) & EOT
    bench.frames(1)
    assert bench.slave.transfers == [bytes((0x31, 0x32, crc))]
    assert bench.read(SR) & (EOT | CRCE) == EOT | CRCE


class Ramp:
    TYPE, name = "Ramp", "mic"

    def frame(self, time_s: float) -> tuple[int, int]:
        number = round(time_s * 16_000)
        return number << 16 | 0xAB00, 0x8000_0000 | number << 8


@pytest.mark.parametrize(
    ("config", "left", "right"),
    [(ODD | 37 << 16, 2, 0x8000), (2 << 8 | 1 << 10 | ODD | 18 << 16, 0x0002_AB00, 0x8000_0200)],
)
def test_i2s_receives_left_and_right(host: Any, config: int, left: int, right: int) -> None:
    hz = 38_400_000 if not config & 1 << 10 else 64 * 37 * 16_000
    spi = Stm32H7Spi("spi2", {"frequency": hz}, host)
    spi.attach(None, Ramp())  # type: ignore[arg-type]
    spi.write(I2SCFGR, 4, I2SMOD | 3 << 1 | config)
    spi.write(CR1, 4, SPE)
    spi.write(CR1, 4, SPE | CSTART)
    got = []
    for _ in range(6):
        host.advance(1 / 32_000)
        got.append(spi.read(RXDR, 4 if config & 1 << 10 else 2))
    assert got[4:] == [left, right]
