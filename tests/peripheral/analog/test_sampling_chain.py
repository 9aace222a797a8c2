"""Timer, ADC and DMA together: a vibration of 20 kHz and what is in memory, sample by sample."""

from __future__ import annotations

import math

import pytest

from simgate.peripheral.analog.stm32_adc import ADON, CR1, CR2, DDS, DMA, DR, SMPR2, SQR3, SR
from simgate.peripheral.dma.stm32_dma import Stm32Dma
from simgate.peripheral.timer.stm32_timer import Stm32Timer
from simgate.sensor.analog_accelerometer import AnalogAccelerometer
from simgate.sensor.stream import Stream

RATE_HZ = 48_000
COUNT = 960  # 20 ms
TRIGGER_TIM2_TRGO = 6 << 24 | 1 << 28


@pytest.fixture
def chain(f4, host):
    timer = Stm32Timer("tim2", {"frequency": 84_000_000}, host)
    dma = Stm32Dma("dma2", {}, host)
    for model in (timer, dma):
        model.reset()
    host.windows.append((0x40012000, 0x50, *f4.adc.region(None)))
    _, write = dma.region(None)
    for offset, value in ((0x18, 0x40012000 + DR), (0x1C, host.RAM), (0x14, COUNT)):
        write(offset, 4, value)
    write(0x10, 4, 1 << 13 | 1 << 11 | 1 << 10 | 1 << 8 | 1)
    f4.adc.write(SQR3, 4, 3)
    f4.adc.write(SMPR2, 4, 2 << 9)  # 28 cycles
    f4.adc.write(CR2, 4, ADON | DMA | DDS | TRIGGER_TIM2_TRGO)
    f4.cycles(126)
    for offset, value in ((0x2C, 84_000_000 // RATE_HZ - 1), (0x04, 2 << 4), (0x00, 1)):
        timer.write(offset, 4, value)
    return f4


def recorded(host):
    return [int.from_bytes(host.memory[at : at + 2], "little") for at in range(0, 2 * COUNT, 2)]


@pytest.mark.parametrize("bandwidth_hz", [0, 23_000])
def test_a_vibration_at_20_khz(chain, host, bandwidth_hz):
    attributes = {"sensitivity": 20, "bandwidth": bandwidth_hz, "range": 100}
    accelerometer = AnalogAccelerometer("acc", attributes, host)
    chain.adc.attach(3, accelerometer)
    begun = host.ticks()
    rate = 200_000
    wave = [50 * math.sin(2 * math.pi * 20_000 * n / rate) for n in range(rate // 40)]
    accelerometer.feed(Stream.from_array(wave, rate, units=("g",)))
    again = AnalogAccelerometer("again", attributes, host)
    again.feed(Stream.from_array(wave, rate, units=("g",)))
    host.advance_ticks(COUNT * host.tick_hz // RATE_HZ + 1000)
    # sampling ends 28 cycles of 42 MHz after each trigger, which come every 3500 ticks
    times_s = [(begun + 3500 * (n + 1) + 28 * 4) / host.tick_hz for n in range(COUNT)]
    expected = [min(int(again.voltage(time_s) * 4096 / 3.3 + 0.5), 4095) for time_s in times_s]
    assert recorded(host) == expected
    swing = max(expected) - min(expected)
    full = 2 * 50 * 0.020 / 3.3 * 4096
    gain = 1.0 if not bandwidth_hz else 1 / math.sqrt(1 + (20_000 / 23_000) ** 2)
    assert swing / full == pytest.approx(gain, abs=0.06)
    assert not chain.adc.read(SR, 4) & 0x20


def test_the_ring_goes_round_without_losing_one(chain, host):
    taken = 0

    def volts(_time_s):
        nonlocal taken
        taken += 1
        return taken % 4096 / 4096 * 3.3

    chain.adc.connect(3, volts)
    chain.adc.write(CR1, 4, 0)
    for second in range(1, 5):
        host.advance_ticks(COUNT * 3500)
        found = recorded(host)
        assert len(set(found)) == COUNT
        assert taken == pytest.approx(COUNT * second, abs=1)
