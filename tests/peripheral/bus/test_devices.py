"""What a bus may rely on: the protocols, and the doubles that stand in for devices."""

from __future__ import annotations

from typing import Any

import pytest

from simgate.peripheral.bus.devices import AnalogSource, FrameSource, I2sSource
from simgate.peripheral.bus.dummy_i2c_slave import DummyI2cSlave
from simgate.peripheral.bus.dummy_spi_slave import DummySpiSlave


def test_the_i2c_double_answers_from_its_queue_and_then_with_zeros(host: Any) -> None:
    slave = DummyI2cSlave("dummy", {}, host)
    slave.commands()["EnqueueResponseByte"](0x44)

    assert slave.start(reading=True)
    assert [slave.read(), slave.read()] == [0x44, 0]
    slave.stop()

    assert slave.log == ["start read", "read 44", "read 00", "stop"]


def test_the_i2c_double_refuses_when_its_room_is_used_up(host: Any) -> None:
    slave = DummyI2cSlave("dummy", {}, host)
    slave.acknowledges = 1

    assert slave.write(1) is True
    assert slave.write(2) is False
    assert slave.received == b"\x01"


def test_the_chip_select_is_high_until_it_has_been_driven_high_once(host: Any) -> None:
    slave = DummySpiSlave("dummy", {}, host)
    drive = slave.input(0)
    assert slave.has_chip_select
    assert not slave.selected

    for level in (True, False, True):
        drive(level)
        assert slave.selected is not level
    assert slave.transfers == [bytearray()]


def test_an_spi_device_has_one_input_only(host: Any) -> None:
    with pytest.raises(KeyError):
        DummySpiSlave("dummy", {}, host).input(1)


class Tone:
    width, height = 2, 1

    def voltage(self, time_s: float) -> float:
        return time_s

    def frame(self, time_s: float) -> tuple[int, int]:
        return (0, 0)


def test_sources_are_known_by_what_they_can_do() -> None:
    assert isinstance(Tone(), AnalogSource)
    assert isinstance(Tone(), I2sSource)
    assert isinstance(Tone(), FrameSource)
    assert not isinstance(object(), AnalogSource)
