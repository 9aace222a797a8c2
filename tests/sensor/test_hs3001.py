"""HS3001 against its data sheet."""

from __future__ import annotations

from typing import Any

import pytest

from simgate.errors import EngineError
from simgate.sensor.hs3001 import Hs3001
from simgate.sensor.stream import Stream


@pytest.fixture
def sensor(host: Any) -> Hs3001:
    return Hs3001("humidity", {"sensorIdHigh": 0x1234, "sensorIdLow": 0x5678}, host)


@pytest.fixture
def bus(sensor: Hs3001, i2c: Any) -> Any:
    return i2c(sensor)


def numbers(data: bytes) -> tuple[int, int, int]:
    """Status, humidity, temperature."""
    return data[0] >> 6, int.from_bytes(data[:2], "big") & 0x3FFF, int.from_bytes(data[2:]) >> 2


def test_a_measurement_takes_its_time(host: Any, sensor: Hs3001, bus: Any) -> None:
    sensor.temperature, sensor.humidity = 25, 50
    assert bus.write()  # measurement request
    host.advance(0.0338)
    assert numbers(bus.read(4)) == (1, 0, 0)
    host.advance(0.0003)
    assert numbers(bus.read(4)) == (0, 8192, 6454)  # 0.5 and 65 / 165 of 16383
    assert numbers(bus.read(4)) == (1, 8192, 6454)  # stale: read before


def test_both_ends_of_the_range(host: Any, sensor: Hs3001, bus: Any) -> None:
    sensor.temperature, sensor.humidity = 125, 100
    bus.write()
    host.advance(0.04)
    assert numbers(bus.read(4)) == (0, 16383, 16383)
    with pytest.raises(EngineError, match="101 % is not from 0 to 100 %"):
        sensor.humidity = 101


def test_programming_mode_in_the_first_ten_milliseconds(
    host: Any, sensor: Hs3001, bus: Any
) -> None:
    host.advance(0.009)
    bus.write(0xA0, 0, 0)
    bus.write(0x1E, 0, 0)
    assert bus.read(3) == b"\x81\x12\x34"
    bus.write(0x46, 0x00, 0x00)  # humidity: 8 bits
    bus.write(0x06, 0, 0)
    assert bus.read(3) == b"\x81\x00\x00"
    bus.write(0x80, 0, 0)
    sensor.humidity = 50.5
    bus.write()
    host.advance(0.04)
    assert numbers(bus.read(4))[1] == 8256  # 129 << 6


def test_no_programming_mode_later(host: Any, bus: Any) -> None:
    host.advance(0.011)
    bus.write(0xA0, 0, 0)
    bus.write(0x1E, 0, 0)
    assert bus.read(3)[0] != 0x81


def test_streams_and_faults(host: Any, sensor: Hs3001, bus: Any) -> None:
    sensor.feed(Stream.from_array([0, 125], 1, units=["degC"]))
    sensor.feed(Stream.from_array([1, 0], 1, units=["%"]), channel=1)
    host.advance(1.5)
    sensor.inject_fault("offset", 100, 0)
    bus.write()
    host.advance(0.04)
    assert numbers(bus.read(4)) == (0, 16383, 16383)
    sensor.inject_fault("nack", 1)
    assert not bus.write()
    sensor.inject_fault("drop", 1)
    bus.write()
    host.advance(0.04)
    assert numbers(bus.read(4))[0] == 1
    with pytest.raises(EngineError, match="channels 0 and 1"):
        sensor.feed(Stream.from_array([0], 1), channel=2)
