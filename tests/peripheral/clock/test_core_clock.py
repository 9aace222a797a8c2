"""What the registers make of the oscillators, and whether time goes on by it."""

from __future__ import annotations

import pytest

from simgate.peripheral.clock.stm32f4_rcc import Stm32F4Rcc
from simgate.peripheral.clock.stm32f7_rcc import Stm32F7Rcc
from simgate.peripheral.clock.stm32g4_rcc import Stm32G4Rcc
from simgate.peripheral.clock.stm32h7_rcc import Stm32H7Rcc

# model, crystal, the writes that lead to full speed (offset, value), hertz
WAYS = [
    (Stm32F4Rcc, 8, [(0, 0x10001), (4, 0x07405408), (0, 0x1010001), (8, 0x9402)], 168e6),
    (Stm32F7Rcc, 25, [(0, 0x10001), (4, 0x09406C19), (0, 0x1010001), (8, 0x9402)], 216e6),
    (Stm32G4Rcc, 24, [(0, 0x10100), (12, 0x01005553), (0, 0x1010100), (8, 3)], 170e6),
    (
        Stm32H7Rcc,
        8,
        [(0, 0x10001), (0x28, 0x12), (0x30, 0x01010277), (0, 0x1010001), (0x10, 3)],
        480e6,
    ),
]


@pytest.mark.parametrize(("model", "crystal_mhz", "writes", "hz"), WAYS)
def test_full_speed(host, model, crystal_mhz, writes, hz):
    host.tick_hz = round(hz)
    rcc = model("rcc", {"hseFrequency": crystal_mhz * 1_000_000}, host)
    rcc.reset()
    (remark,) = rcc.remarks()
    internal_mhz = 64 if model is Stm32H7Rcc else 16
    assert remark.startswith(f"rcc: the firmware has the core at {internal_mhz} MHz")
    for offset, value in writes:
        rcc.write(offset, 4, value)
    assert rcc.core_clock_hz() == hz
    assert rcc.remarks() == ()


@pytest.mark.parametrize(("model", "crystal_mhz", "writes", "hz"), WAYS)
def test_nothing_is_said_of_an_unknown_crystal(host, model, crystal_mhz, writes, hz):
    rcc = model("rcc", {}, host)
    rcc.reset()
    for offset, value in writes:
        rcc.write(offset, 4, value)
    assert rcc.remarks() == ()


def test_the_prescaler_counts(host):
    rcc = Stm32F4Rcc("rcc", {}, host)
    rcc.reset()
    rcc.write(8, 4, 0xD0)  # HPRE: 2, 4, 8, 16, 64, 128 ...: 32 is left out
    assert rcc.core_clock_hz() == 16e6 / 128
