"""BMI270 against its data sheet."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from simgate.sensor.bmi270 import Bmi270
from simgate.sensor.stream import Stream

FILE = b"\xc8\x2e" + bytes(8190)
ACC_CONF, ACC_RANGE, GYR_CONF, PWR_CONF, PWR_CTRL = 0x40, 0x41, 0x42, 0x7C, 0x7D
DATA, STATUS, INTERNAL_STATUS = 0x0C, 0x03, 0x21
FIFO_LENGTH, FIFO_DATA = 0x24, 0x26


@pytest.fixture
def imu(host: Any) -> Bmi270:
    return Bmi270("imu", {}, host)


@pytest.fixture
def bus(imu: Bmi270, i2c: Any) -> Any:
    return i2c(imu)


def load(host: Any, bus: Any, file: bytes = FILE) -> int:
    """The sequence of section 4.3; what INTERNAL_STATUS says in the end."""
    bus.write(PWR_CONF, 0)
    host.advance(0.0005)
    bus.write(0x59, 0)
    for start in range(0, len(file), 256):
        words = start // 2
        bus.write(0x5B, words & 0xF, words >> 4)
        bus.write(0x5E, *file[start : start + 256])
    bus.write(0x59, 1)
    host.advance(0.021)
    return bus.read_register(INTERNAL_STATUS)[0]


def test_reset_values(bus: Any) -> None:
    expected = {
        0x00: 0x24, 0x02: 0x00, 0x03: 0x10, 0x21: 0x00, 0x40: 0xA8, 0x41: 0x02, 0x42: 0xA9,
        0x43: 0x00, 0x46: 0x00, 0x47: 0x02, 0x48: 0x02, 0x49: 0x10, 0x53: 0x00, 0x58: 0x00,
        0x6C: 0xFF, 0x7C: 0x03, 0x7D: 0x00,
    }  # fmt: skip
    for address, value in expected.items():
        assert bus.read_register(address)[0] == value, hex(address)
    assert bus.read_register(0x1B) == b"\x01"  # power-on reset detected
    assert bus.read_register(0x1B) == b"\x00"
    assert bus.read_register(0x22, 2) == b"\x00\x80"  # no temperature yet


def test_the_first_transfer_over_spi_switches_the_interface(
    host: Any, imu: Bmi270, spi: Any
) -> None:
    bus = spi(imu)
    assert bus.transfer(0x80, 0, 0) == b"\x00\x00\x00"
    assert bus.transfer(0x80, 0, 0) == b"\x00\x00\x24"  # a dummy byte, then the identity
    assert not imu.start(reading=False)
    bus.transfer(ACC_RANGE, 1)
    assert bus.transfer(0x80 | ACC_RANGE, 0, 0)[2] == 1
    bus.transfer(0x7E, 0xB6)
    host.advance(0.003)
    assert bus.transfer(0x80, 0, 0)[2] == 0x00  # I2C again
    assert bus.transfer(0x80, 0, 0)[2] == 0x24


def test_the_configuration_file_is_loaded(host: Any, bus: Any) -> None:
    assert load(host, bus) == 1


@pytest.mark.parametrize("file", [FILE[:-2], bytes(8192), FILE[:1024]])
def test_a_wrong_or_incomplete_file_is_refused(host: Any, bus: Any, file: bytes) -> None:
    assert load(host, bus, file) == 2


def test_a_file_is_lost_in_the_power_save_mode(host: Any, bus: Any) -> None:
    bus.write(0x59, 0)
    bus.write(0x5E, *FILE)
    bus.write(0x59, 1)
    host.advance(0.03)
    assert bus.read_register(INTERNAL_STATUS) == b"\x02"
    bus.write(PWR_CONF, 0)
    host.advance(0.0004)  # 450 us are needed
    bus.write(0x59, 0)
    bus.write(0x5E, *FILE)
    bus.write(0x59, 1)
    host.advance(0.03)
    assert bus.read_register(INTERNAL_STATUS) == b"\x02"


def test_without_the_file_nothing_is_measured(host: Any, bus: Any) -> None:
    bus.write(PWR_CTRL, 0x06)
    host.advance(0.1)
    assert bus.read_register(STATUS) == b"\x10"


def test_both_sensors_measure(host: Any, imu: Bmi270, bus: Any) -> None:
    load(host, bus)
    imu.feed_acceleration_sample(1.0, -0.5, 9.0)
    imu.feed_angular_rate_sample(1000.0, -250.0, 0.0)
    imu.temperature = 24
    bus.write(PWR_CTRL, 0x0E)
    host.advance(0.0101)  # accelerometer at 100 Hz, gyroscope at 200 Hz
    assert bus.read_register(STATUS)[0] == 0xD0
    assert struct.unpack("<6h", bus.read_register(DATA, 12)) == (
        4096, -2048, 32767, 16384, -4096, 0,
    )  # fmt: skip
    assert bus.read_register(STATUS)[0] == 0x10
    assert bus.read_register(0x22, 2) == b"\x00\x02"


def test_ranges(host: Any, imu: Bmi270, bus: Any) -> None:
    load(host, bus)
    imu.feed_acceleration_sample(0.5, 0.5, 0.5, -1)
    imu.feed_angular_rate_sample(50, 50, 50, -1)
    bus.write(ACC_RANGE, 0)
    bus.write(0x43, 4)
    bus.write(PWR_CTRL, 0x06)
    host.advance(0.02)
    assert struct.unpack("<6h", bus.read_register(DATA, 12)) == (8192,) * 3 + (13107,) * 3


def test_fifo_frames_watermark_and_sensor_time(host: Any, imu: Bmi270, bus: Any) -> None:
    load(host, bus)
    imu.feed_acceleration_sample(1.0, 0.0, 0.0, -1)
    imu.feed_angular_rate_sample(1000, 0, 0, -1)
    bus.write(0x49, 0xD0)  # headers, both sensors
    bus.write(0x46, 20, 0)
    bus.write(0x58, 0x02)
    bus.write(0x53, 0x0A)  # output, active high
    bus.write(PWR_CTRL, 0x06)
    pin = imu.output("Interrupt1")
    host.advance(0.0051)
    gyr = struct.pack("<B3h", 0x88, 16384, 0, 0)
    both = struct.pack("<B6h", 0x8C, 16384, 0, 0, 4096, 0, 0)
    assert bus.read_register(FIFO_LENGTH, 2) == b"\x07\x00"
    assert not pin.level
    host.advance(0.005)
    assert bus.read_register(FIFO_LENGTH, 2) == b"\x14\x00"
    assert pin.level
    assert bus.read_register(0x1D)[0] & 2
    assert bus.read_register(FIFO_DATA, 10) == gyr + both[:3]
    assert bus.read_register(FIFO_LENGTH, 2) == b"\x0d\x00"  # the cut frame comes again
    assert not pin.level
    data = bus.read_register(FIFO_DATA, 20)
    assert data[:14] == both + b"\x44"
    assert data[17:] == b"\x80" * 3


def test_a_full_fifo_skips_or_stops(host: Any, imu: Bmi270, bus: Any) -> None:
    load(host, bus)
    bus.write(0x48, 0)
    bus.write(0x49, 0x50)
    bus.write(PWR_CTRL, 0x04)
    host.advance(3.0)  # 300 frames of 7 bytes; 292 fit
    assert bus.read_register(FIFO_DATA, 3) == bytes([0x40, 300 - 292, 0x84])
    bus.write(0x7E, 0xB0)
    assert bus.read_register(FIFO_LENGTH, 2) == b"\x00\x00"
    bus.write(0x48, 1)
    imu.feed(Stream.from_function(lambda t: (t, 0, 0), units=["g"], names="xyz"))
    host.advance(3.0)
    assert struct.unpack("<Bh", bus.read_register(FIFO_DATA, 3))[1] < 100


def test_any_motion_on_a_pin_stays_latched(host: Any, imu: Bmi270, bus: Any) -> None:
    load(host, bus)
    pin = imu.output("Interrupt1")
    imu.feed(
        Stream.from_function(
            lambda t: (0.5 if t > 0.5 and int(t * 50) % 2 else 0.0, 0, 1),
            names="xyz",
            units=["g"],
        )
    )
    bus.write(0x2F, 1)
    assert bus.read_register(0x3C, 4) == b"\x05\xe0\xaa\x38"
    bus.write(0x3E, 0xAA, 0xB8)
    bus.write(0x56, 0x40)
    bus.write(0x53, 0x0A)
    bus.write(0x55, 1)
    bus.write(PWR_CTRL, 0x04)
    host.advance(0.5)
    assert not pin.level
    host.advance(0.15)
    assert pin.level
    assert bus.read_register(0x1C) == b"\x40"
    assert not pin.level


def test_data_ready_makes_an_edge_for_each_sample(host: Any, imu: Bmi270, bus: Any) -> None:
    load(host, bus)
    edges: list[bool] = []
    imu.output("Interrupt2").sinks.append(edges.append)
    bus.write(0x58, 0x40)
    bus.write(0x54, 0x0A)
    bus.write(PWR_CTRL, 0x04)
    host.advance(0.1001)
    assert edges.count(True) == 10


def test_sensor_time_counts_at_25600_hertz(host: Any, bus: Any) -> None:
    host.advance(1.0)
    assert int.from_bytes(bus.read_register(0x18, 3), "little") == 25600


def test_soft_reset(host: Any, bus: Any) -> None:
    load(host, bus)
    bus.write(ACC_RANGE, 0)
    bus.write(0x7E, 0xB6)
    assert bus.read_register(STATUS) == b"\x00"
    host.advance(0.003)
    assert bus.read_register(STATUS) == b"\x10"
    assert bus.read_register(ACC_RANGE) == b"\x02"
    assert bus.read_register(INTERNAL_STATUS) == b"\x00"


def test_faults(host: Any, imu: Bmi270, bus: Any) -> None:
    load(host, bus)
    imu.inject_fault("offset", 1, 0, 0, 0, 500, 0)
    bus.write(PWR_CTRL, 0x06)
    host.advance(0.0101)
    assert struct.unpack("<6h", bus.read_register(DATA, 12)) == (4096, 0, 0, 0, 8192, 0)
    imu.inject_fault("nack", 1)
    assert not bus.write(ACC_RANGE, 0)
