"""Whatever a firmware does to a sensor, the sensor answers bytes and never breaks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgate.peripheral.reset_cause import ResetCause
from simgate.sensor.arducam_mini import ArducamMini
from simgate.sensor.bmi270 import Bmi270
from simgate.sensor.generic_spi_sensor import GenericSpiSensor
from simgate.sensor.hs3001 import Hs3001
from simgate.sensor.lis2dw12 import Lis2dw12

BYTES = st.integers(0, 255)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "read", "spi", "wait", "nack", "noise", "clock", "reset"]),
        st.lists(BYTES, max_size=8),
    ),
    max_size=30,
)


@pytest.mark.parametrize("kind", [Lis2dw12, Bmi270, Hs3001, ArducamMini, GenericSpiSensor])
@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_any_transfer(kind: Any, host_kind: Any, steps: list[tuple[str, list[int]]]) -> None:
    host = host_kind()
    sensor = kind("sensor", {}, host)
    on_i2c, on_spi = hasattr(sensor, "start"), hasattr(sensor, "exchange")
    select = sensor.input(0) if on_spi else None
    for action, data in steps:
        if action == "write" and on_i2c and sensor.start(reading=False):
            assert all(isinstance(sensor.write(byte), bool) for byte in data)
            sensor.stop()
        elif action == "read" and on_i2c and sensor.start(reading=True):
            assert all(0 <= sensor.read() <= 255 for _ in data)
            sensor.stop()
        elif action == "spi" and select is not None:
            select(True)
            select(False)
            assert all(0 <= sensor.exchange(byte) <= 255 for byte in data)
            select(True)
        elif action == "wait":
            host.advance(0.001 * sum(data) / 10)
        elif action == "nack":
            sensor.inject_fault("nack", 1)
        elif action == "noise":
            sensor.inject_fault("noise", sum(data))
        elif action == "clock":
            sensor.inject_fault("clock", 1 + len(data))
        elif action == "reset":
            sensor.system_reset(ResetCause.INDEPENDENT_WATCHDOG)
            sensor.clear_faults()
    sensor.reset()
