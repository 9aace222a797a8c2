"""Buses and the DMA controllers together: who asks, who answers, and where it ends."""

from __future__ import annotations

from typing import Any

import pytest

from simgate.peripheral.bus.dummy_i2c_slave import DummyI2cSlave
from simgate.peripheral.bus.dummy_spi_slave import DummySpiSlave
from simgate.peripheral.bus.stm32_spi import CR1 as SPI_CR1
from simgate.peripheral.bus.stm32_spi import CR2 as SPI_CR2
from simgate.peripheral.bus.stm32_spi import MSTR, RXDMAEN, SPE, SSI, SSM, TXDMAEN, Stm32Spi
from simgate.peripheral.bus.stm32f4_i2c import (
    ACK,
    ADDR,
    CCR,
    CR1,
    CR2,
    DMAEN,
    DR,
    LAST,
    PE,
    SB,
    SR1,
    SR2,
    START,
    STOP,
    Stm32F4I2c,
)
from simgate.peripheral.dma.stm32_dma import Stm32Dma

RAM = 0x2000_0000
I2C_BASE, SPI_BASE = 0x4000_5400, 0x4001_3000
EN, TO_PERIPHERAL, MINC = 1, 1 << 6, 1 << 10


def stream(dma: Stm32Dma, number: int, cr: int, register: int, memory: int, count: int) -> None:
    base = 0x10 + 0x18 * number
    for offset, value in ((4, count), (8, register), (12, memory), (0, cr), (0, cr | EN)):
        dma.region(None)[1](base + offset, 4, value)


@pytest.mark.parametrize("count", [2, 3, 6])
def test_with_last_i2c_reads_as_many_bytes_as_dma_wants(host: Any, count: int) -> None:
    """RM0090, 27.3.7: the byte after EOT_1 is refused, and no byte more is clocked."""
    i2c = Stm32F4I2c("i2c1", {"frequency": 42_000_000}, host)
    host.windows.append((I2C_BASE, 0x400, i2c.read, i2c.write))
    dma = Stm32Dma("dma1", {}, host)
    target = DummyI2cSlave("acc", {}, host)
    i2c.attach(0x18, target)
    for byte in range(1, count + 3):
        target.enqueue(byte)
    for register, value in ((CR2, 42 | DMAEN | LAST), (CCR, 210), (CR1, PE)):
        i2c.write(register, 4, value)
    stream(dma, 0, 1 << 25 | MINC, I2C_BASE + DR, RAM, count)

    i2c.write(CR1, 4, PE | ACK | START)
    host.advance(20e-6)
    assert i2c.read(SR1, 4) == SB
    i2c.write(DR, 4, 0x18 << 1 | 1)
    host.advance(1e-3)
    assert i2c.read(SR1, 4) == ADDR
    i2c.read(SR2, 4)
    host.advance(2e-3)
    i2c.write(CR1, 4, PE | STOP)
    host.advance(1e-3)

    assert bytes(host.memory[: count + 1]) == bytes([*range(1, count + 1), 0])
    assert target.log == ["start read", *(f"read {n:02x}" for n in range(1, count + 1)), "stop"]


def test_spi_sends_and_receives_at_the_pace_of_its_clock(host: Any) -> None:
    spi = Stm32Spi("spi1", {"frequency": 84_000_000}, host)
    host.windows.append((SPI_BASE, 0x400, spi.read, spi.write))
    dma = Stm32Dma("dma2", {}, host)
    slave = DummySpiSlave("flash", {}, host)
    spi.attach(None, slave)
    for byte in range(100, 116):
        slave.enqueue(byte)
    host.memory[:16] = bytes(range(16))
    spi.write(SPI_CR1, 4, MSTR | SSM | SSI | SPE | 2 << 3)
    spi.write(SPI_CR2, 4, RXDMAEN)
    stream(dma, 0, 3 << 25 | MINC, SPI_BASE + 0xC, RAM + 0x100, 16)
    stream(dma, 3, 3 << 25 | MINC | TO_PERIPHERAL, SPI_BASE + 0xC, RAM, 16)

    spi.write(SPI_CR2, 4, RXDMAEN | TXDMAEN)
    frame_s = 8 * 8 / 84e6
    host.advance(8.1 * frame_s)
    assert len(slave.transfers[0]) == 8
    host.advance(8.1 * frame_s)

    assert slave.transfers == [bytearray(range(16))]
    assert bytes(host.memory[0x100:0x110]) == bytes(range(100, 116))
