"""LIS2DW12 against its data sheet."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy
import pytest

from simgate.errors import EngineError, StreamError
from simgate.peripheral.reset_cause import ResetCause
from simgate.sensor.lis2dw12 import Lis2dw12
from simgate.sensor.resd_format import find_kind
from simgate.sensor.resd_writer import ResdWriter
from simgate.sensor.stream import Stream

CTRL1, CTRL2, CTRL3, CTRL4, CTRL5, CTRL6, CTRL7 = 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x3F
OUT, FIFO_CTRL, FIFO_SAMPLES, STATUS = 0x28, 0x2E, 0x2F, 0x27
HIGH_PERFORMANCE_100HZ = 0x54


@pytest.fixture
def acc(host: Any) -> Lis2dw12:
    return Lis2dw12("acc", {}, host)


@pytest.fixture
def bus(acc: Lis2dw12, i2c: Any) -> Any:
    return i2c(acc)


def axes(data: bytes) -> tuple[int, ...]:
    return struct.unpack("<3h", data)


def test_reset_values(bus: Any) -> None:
    expected = {0x0F: 0x44, 0x21: 0x04}
    for address in [0x0F, *range(0x20, 0x26), *range(0x26, 0x40)]:
        assert bus.read_register(address) == bytes([expected.get(address, 0)]), hex(address)


def test_the_identity_over_spi(acc: Lis2dw12, spi: Any) -> None:
    assert spi(acc).transfer(0x80 | 0x0F, 0) == b"\x00\x44"
    spi(acc).transfer(CTRL1, HIGH_PERFORMANCE_100HZ)
    assert spi(acc).transfer(0x80 | CTRL1, 0, 0)[1:] == bytes([HIGH_PERFORMANCE_100HZ, 0x04])


def test_read_only_and_reserved_bits_do_not_change(bus: Any) -> None:
    bus.write(0x0F, 0)
    bus.write(CTRL3, 0xFF)
    bus.write(CTRL6, 0xFF)
    assert bus.read_register(0x0F) == b"\x44"
    assert bus.read_register(CTRL3) == b"\xfb"
    assert bus.read_register(CTRL6) == b"\xfc"


@pytest.mark.parametrize(
    ("ctrl1", "rate"),
    [(0x14, 12.5), (0x10, 1.6), (0x24, 12.5), (0x34, 25), (0x64, 200), (0x94, 1600), (0x90, 200)],
)
def test_output_data_rates(host: Any, bus: Any, ctrl1: int, rate: float) -> None:
    bus.write(CTRL1, ctrl1)
    host.advance(0.999 / rate)
    assert bus.read_register(STATUS) == b"\x00"
    host.advance(0.002 / rate)
    assert bus.read_register(STATUS) == b"\x01"
    bus.read_register(OUT, 6)
    assert bus.read_register(STATUS) == b"\x00"


@pytest.mark.parametrize(
    ("ctrl1", "ctrl6", "expected"),
    [
        (0x54, 0x00, (16384, -32768, 4096)),  # 1 g, beyond -2 g, 0.25 g at 4096 steps a g
        (0x54, 0x10, (8192, -20480, 2048)),
        (0x54, 0x30, (2048, -5120, 512)),
        (0x50, 0x30, (2048, -5120, 512)),  # 12 bits: 128 steps a g, four bits to the left
        (0x51, 0x20, (4096, -10240, 1024)),
    ],
)
def test_resolution_and_full_scale(
    host: Any, acc: Lis2dw12, bus: Any, ctrl1: int, ctrl6: int, expected: tuple[int, ...]
) -> None:
    acc.feed_acceleration_sample(1.0, -2.5, 0.25)
    bus.write(CTRL6, ctrl6)
    bus.write(CTRL1, ctrl1)
    host.advance(0.02)
    assert axes(bus.read_register(OUT, 6)) == expected


def test_twelve_bits_leave_the_lower_four_clear(host: Any, acc: Lis2dw12, bus: Any) -> None:
    acc.feed_acceleration_sample(0.0301, 0.0301, 0.0301, repeat=-1)
    bus.write(CTRL1, 0x50)
    host.advance(0.02)
    assert axes(bus.read_register(OUT, 6)) == (496, 496, 496)  # 31 << 4
    bus.write(CTRL1, 0x54)
    host.advance(0.02)
    assert axes(bus.read_register(OUT, 6)) == (492, 492, 492)  # 123 << 2


def test_each_conversion_takes_one_sample_and_the_last_stays(
    host: Any, acc: Lis2dw12, bus: Any, tmp_path: Path
) -> None:
    path = tmp_path / "taps.txt"
    path.write_text("0.25 0 0\n0.5 0 0\n")
    acc.commands()["FeedAccelerationSample"](path)
    acc.commands()["FeedAccelerationSample"](1.0, 0.0, 0.0, 2)
    bus.write(CTRL1, HIGH_PERFORMANCE_100HZ)
    seen = []
    for _ in range(5):
        host.advance(0.01)
        seen.append(axes(bus.read_register(OUT, 6))[0] // 4096)
    assert seen == [1, 2, 4, 4, 4]


def test_fifo_watermark_overrun_and_reading_in_a_burst(host: Any, acc: Lis2dw12, bus: Any) -> None:
    pin = acc.output("Interrupt1")
    acc.feed(Stream.from_array([[i / 4096, 0, 0] for i in range(1, 100)], 100, units=["g"]))
    bus.write(FIFO_CTRL, 6 << 5 | 5)  # continuous, threshold 5
    bus.write(CTRL4, 0x02)  # INT1_FTH
    bus.write(CTRL1, HIGH_PERFORMANCE_100HZ)
    host.advance(0.0405)
    assert not pin.level
    host.advance(0.01)
    assert pin.level
    assert bus.read_register(FIFO_SAMPLES) == bytes([0x80 | 5])
    words = struct.unpack("<15h", bus.read_register(OUT, 30))
    assert words[::3] == (8, 12, 16, 20, 24)  # the sample in force at 10, 20 ... 50 ms
    assert not pin.level
    assert bus.read_register(FIFO_SAMPLES) == b"\x00"
    host.advance(0.33)
    assert bus.read_register(FIFO_SAMPLES) == bytes([0x80 | 0x40 | 32])
    assert axes(bus.read_register(OUT, 6))[0] == 32  # the oldest was overwritten


def test_fifo_mode_stops_when_full_and_bypass_empties_it(
    host: Any, acc: Lis2dw12, bus: Any
) -> None:
    acc.feed(Stream.from_array([[i / 4096, 0, 0] for i in range(1, 100)], 100, units=["g"]))
    bus.write(FIFO_CTRL, 1 << 5 | 31)
    bus.write(CTRL5, 0x04)  # INT2_DIFF5: full
    bus.write(CTRL1, HIGH_PERFORMANCE_100HZ)
    host.advance(0.5)
    assert acc.output("Interrupt2").level
    assert axes(bus.read_register(OUT, 6))[0] == 8
    bus.write(FIFO_CTRL, 0)
    assert bus.read_register(FIFO_SAMPLES) == b"\x00"


def test_data_ready_on_the_pin_latched_pulsed_and_active_low(
    host: Any, acc: Lis2dw12, bus: Any
) -> None:
    pin = acc.output("Interrupt1")
    bus.write(CTRL4, 0x01)
    bus.write(CTRL1, HIGH_PERFORMANCE_100HZ)
    host.advance(0.0101)
    assert pin.level
    bus.read_register(0x29)
    assert not pin.level
    bus.write(CTRL3, 0x08)
    assert pin.level
    bus.write(CTRL3, 0)
    bus.write(CTRL7, 0x80)
    host.advance(0.01)
    assert not pin.level
    heard: list[bool] = []
    pin.sinks.append(heard.append)
    host.advance(0.01)
    assert heard == [True, False]


def test_wake_up_is_recognised_by_the_slope_and_stays_latched(
    host: Any, acc: Lis2dw12, bus: Any
) -> None:
    pin = acc.output("Interrupt1")
    acc.feed_acceleration_sample(0.0, 0.0, 1.0, 3)
    acc.feed_acceleration_sample(0.5, 0.0, 1.0)
    acc.feed_acceleration_sample(0.5, 0.0, 1.0, -1)
    bus.write(0x34, 4)  # 4 * 2 g / 64 = 125 mg
    bus.write(CTRL3, 0x10)  # latched
    bus.write(CTRL4, 0x20)  # INT1_WU
    bus.write(CTRL7, 0x20)
    bus.write(CTRL1, HIGH_PERFORMANCE_100HZ)
    host.advance(0.0301)
    assert not pin.level
    host.advance(0.01)  # half of 0.5 g
    assert pin.level
    host.advance(0.02)
    assert bus.read_register(STATUS)[0] & 0x40
    assert bus.read_register(0x38) == b"\x0c"  # WU_IA and X_WU
    assert not pin.level
    assert bus.read_register(0x38) == b"\x00"


def test_free_fall(host: Any, acc: Lis2dw12, bus: Any) -> None:
    acc.feed_acceleration_sample(0.0, 0.0, 1.0)
    acc.feed_acceleration_sample(0.1, 0.1, 0.1, 3)
    acc.feed_acceleration_sample(0.0, 0.0, 1.0)
    bus.write(0x36, 2 << 3)  # three conversions below 156 mg
    bus.write(CTRL4, 0x10)
    bus.write(CTRL7, 0x20)
    bus.write(CTRL1, HIGH_PERFORMANCE_100HZ)
    levels = []
    for _ in range(5):
        host.advance(0.01)
        levels.append(acc.output("Interrupt1").level)
    assert levels == [False, False, False, True, False]


def test_conversion_on_demand(host: Any, acc: Lis2dw12, bus: Any) -> None:
    acc.feed_acceleration_sample(0.5, 0.0, 0.0)
    bus.write(CTRL1, 0x58)  # 100 Hz, on demand, low-power mode 1
    host.advance(0.1)
    assert bus.read_register(STATUS) == b"\x00"
    bus.write(CTRL3, 0x03)
    host.advance(0.0011)
    assert bus.read_register(CTRL3) == b"\x03"
    host.advance(0.0002)
    assert bus.read_register(CTRL3) == b"\x02"
    assert axes(bus.read_register(OUT, 6))[0] == 8192


def test_temperature_has_its_zero_at_25_degrees(acc: Lis2dw12, bus: Any) -> None:
    acc.temperature = 27.5
    assert bus.read_register(0x0D, 2) == bytes([0x80, 0x02])
    acc.temperature = -40
    assert bus.read_register(0x26) == bytes([256 - 65])
    with pytest.raises(EngineError, match="86 degC is not from -40 to 85"):
        acc.temperature = 86


def test_block_data_update_holds_a_sample_together(host: Any, acc: Lis2dw12, bus: Any) -> None:
    acc.feed_acceleration_sample(0.25, 0.0, 0.0)
    acc.feed_acceleration_sample(-0.5, 0.0, 0.0)
    bus.write(CTRL2, 0x0C)
    bus.write(CTRL1, HIGH_PERFORMANCE_100HZ)
    host.advance(0.0101)
    low = bus.read_register(0x28)
    host.advance(0.01)
    assert low + bus.read_register(0x29) == struct.pack("<h", 4096)


def test_soft_reset_brings_the_registers_back_and_keeps_the_samples(
    host: Any, acc: Lis2dw12, bus: Any
) -> None:
    acc.feed_acceleration_sample(0.5, 0.0, 0.0)
    bus.write(CTRL1, HIGH_PERFORMANCE_100HZ)
    assert bus.write(CTRL2, 0x40)
    assert bus.read_register(CTRL1, 2) == b"\x00\x04"
    host.advance(1)
    assert bus.read_register(STATUS) == b"\x00"
    bus.write(CTRL1, HIGH_PERFORMANCE_100HZ)
    host.advance(0.0101)
    assert axes(bus.read_register(OUT, 6))[0] == 8192


def test_a_reset_of_the_chip_leaves_the_sensor_alone(acc: Lis2dw12, bus: Any) -> None:
    bus.write(CTRL1, HIGH_PERFORMANCE_100HZ)
    acc.system_reset(ResetCause.SOFTWARE)
    assert bus.read_register(CTRL1) == bytes([HIGH_PERFORMANCE_100HZ])


def test_resd_by_virtual_time_or_from_now_on(
    host: Any, acc: Lis2dw12, bus: Any, tmp_path: Path
) -> None:
    writer = ResdWriter()
    rows = numpy.array([[i / 8, 0, 0] for i in range(8)])
    writer.add(find_kind("acceleration"), Stream.from_array(rows, 10, units=["g"]))
    path = tmp_path / "a.resd"
    writer.save(path)
    play = acc.commands()["FeedAccelerationSamplesFromRESD"]
    play(path)
    host.advance(0.25)
    bus.write(CTRL1, 0x94)

    def x() -> float:
        host.advance(0.001)
        return axes(bus.read_register(OUT, 6))[0] / 16384

    assert x() == 2 / 8
    play(path, 0, 0, "CurrentVirtualTime")
    assert x() == 0
    play(path, 0, 0, "CurrentVirtualTime", 350_000_000)
    assert x() == 3 / 8
    play(path, 0, 100_000_000, "CurrentVirtualTime", 350_000_000)
    assert x() == 0
    host.advance(0.1)
    assert x() == 4 / 8
    host.advance(10)
    assert x() == 7 / 8
    with pytest.raises(EngineError, match="'Now' is not Specified or"):
        play(path, 0, 0, "Now")
    with pytest.raises(StreamError, match="no samples of acceleration in channel 1"):
        play(path, 1)


def test_faults_on_the_bus(acc: Lis2dw12, bus: Any) -> None:
    inject = acc.commands()["InjectFault"]
    inject("nack", 2)
    assert [bus.write(CTRL1, 0) for _ in range(3)] == [False, False, True]
    inject("nack")
    assert [bus.write(CTRL1, 0) for _ in range(3)] == [False] * 3
    acc.commands()["ClearFaults"]("nack")
    assert bus.write(CTRL1, 0)


def test_faults_of_what_is_measured(host: Any, acc: Lis2dw12, bus: Any) -> None:
    inject = acc.commands()["InjectFault"]
    acc.feed(Stream.from_function(lambda t: (t, 0.25, -0.25), names="xyz", units=["g"]))
    bus.write(CTRL1, 0x94)

    def row() -> tuple[float, ...]:
        host.advance(0.01)
        return tuple(value / 16384 for value in axes(bus.read_register(OUT, 6)))

    inject("offset", 0, 0.5, 0)
    assert row()[1:] == (0.75, -0.25)
    acc.clear_faults()
    inject("stuck")
    assert row()[0] == row()[0]
    acc.clear_faults()
    inject("saturation")
    assert row() == (32764 / 16384, 32764 / 16384, -2.0)
    acc.clear_faults()
    inject("noise", 0.1)
    noisy = [row()[1] for _ in range(100)]
    assert 0.08 < numpy.std(noisy) < 0.12
    acc.clear_faults()
    inject("drift", 0, 1, 0)
    assert row()[1] == pytest.approx(0.26, abs=0.002)


def test_faults_of_the_clock(host: Any, acc: Lis2dw12, bus: Any) -> None:
    inject = acc.commands()["InjectFault"]
    times: list[float] = []
    acc.output("Interrupt1").sinks.append(lambda level: times.append(host.time_s()))
    bus.write(CTRL4, 0x01)
    bus.write(CTRL7, 0x80)

    def periods() -> numpy.ndarray:
        times.clear()
        host.advance(1.0)
        return numpy.diff(times[::2])

    bus.write(CTRL1, HIGH_PERFORMANCE_100HZ)
    assert periods() == pytest.approx(0.01)
    inject("clock", 1.25)
    assert periods() == pytest.approx(0.008)
    acc.clear_faults()
    inject("jitter", 0.1)
    assert 0.0005 < numpy.std(periods()) < 0.003
    acc.clear_faults()
    inject("drop", 0.5)
    assert 35 < len(periods()) < 65


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gremlins",), "no fault 'gremlins'"),
        (("noise",), "takes 1 or 3 numbers, not 0"),
        (("noise", "loud"), "'loud' is no number"),
        (("noise", -1), "-1 makes no sense"),
        (("drop", 2), "2 makes no sense"),
        (("jitter", 1), "1 makes no sense"),
        (("stuck", 1), "takes 0 numbers, not 1"),
        (("clock", 0), "0 makes no sense"),
        (("offset", float("nan")), "nan is no number"),
    ],
)
def test_faults_that_there_are_not(acc: Lis2dw12, arguments: Any, message: str) -> None:
    with pytest.raises(EngineError, match=message):
        acc.commands()["InjectFault"](*arguments)


def test_what_is_not_modelled_is_reported(host: Any, bus: Any) -> None:
    bus.write(CTRL4, 0x08)
    assert host.notes == ["acc (Sensors.LIS2DW12): tap and 6D recognition"]
