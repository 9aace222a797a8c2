"""The wires of I2C: addresses, and what a test does to them."""

from __future__ import annotations

from typing import Any

import pytest

from simgate.peripheral.bus.dummy_i2c_slave import DummyI2cSlave
from simgate.peripheral.bus.dummy_spi_slave import DummySpiSlave
from simgate.peripheral.bus.i2c_bus import I2cBus
from simgate.peripheral.model import AttachError


@pytest.fixture
def bus(host: Any) -> I2cBus:
    return I2cBus(host, lambda: None)


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        (0x07, "0x07 is no 7-bit I2C address (0x08 to 0x77)"),
        (0x90, "without the R/W bit it would be 0x48"),
        (0x18, "0x18 is taken by 'acc'"),
        (None, "needs an address"),
    ],
)
def test_an_address_that_cannot_be_is_refused(
    bus: I2cBus, host: Any, address: int | None, complaint: str
) -> None:
    bus.attach(0x18, DummyI2cSlave("acc", {}, host))
    with pytest.raises(AttachError) as error:
        bus.attach(address, DummyI2cSlave("other", {}, host))
    assert complaint in error.value.message


def test_only_i2c_devices_fit(bus: I2cBus, host: Any) -> None:
    with pytest.raises(AttachError):
        bus.attach(0x18, DummySpiSlave("flash", {}, host))


def test_a_repeated_start_to_another_device_ends_the_first_ones_part(
    bus: I2cBus, host: Any
) -> None:
    first, second = DummyI2cSlave("a", {}, host), DummyI2cSlave("b", {}, host)
    bus.attach(0x18, first)
    bus.attach(0x19, second)

    assert bus.address(0x18, reading=False)
    assert bus.address(0x19, reading=True)
    bus.stop()

    assert first.log == ["start write", "stop"]
    assert second.log == ["start read", "stop"]


def test_nine_clocks_free_a_stuck_bus(bus: I2cBus) -> None:
    bus.stick(-1)
    for _ in range(8):
        bus.clock()
    assert bus.stuck
    assert not bus.sda.level
    bus.clock()
    assert not bus.stuck
    assert bus.sda.level


def test_a_bus_that_is_stuck_for_a_while_frees_itself(bus: I2cBus, host: Any) -> None:
    bus.stick(0.01)
    host.advance(0.0099)
    assert bus.stuck
    host.advance(0.0002)
    assert not bus.stuck


def test_an_address_is_refused_as_often_as_was_asked_for(bus: I2cBus, host: Any) -> None:
    bus.attach(0x18, DummyI2cSlave("a", {}, host))
    bus.refuse(0x18, 2)
    assert [bus.address(0x18, reading=False) for _ in range(3)] == [False, False, True]
    bus.refuse_data(0x18, 1)
    assert [bus.write(0), bus.write(0)] == [False, True]


def test_an_open_bus_reads_ones(bus: I2cBus) -> None:
    assert not bus.address(0x18, reading=True)
    assert bus.read() == 0xFF
