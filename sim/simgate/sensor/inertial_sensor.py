"""What accelerometers and inertial units on a bus have alike, whoever makes them.

Acceleration from outside, a temperature of their own, a clock of their own that converts, and two
interrupt pins.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from simgate.peripheral.host import Host
from simgate.peripheral.wire import Wire
from simgate.sensor.axes_feed import AccelerationFeed
from simgate.sensor.byte_register_device import ByteRegisterDevice
from simgate.sensor.sample_clock import SampleClock


class InertialSensor(ByteRegisterDevice, AccelerationFeed):
    """Base of such a sensor: it says how it is reset, when it converts, and what that gives."""

    PROPERTIES: ClassVar[Mapping[str, str]] = {
        **ByteRegisterDevice.PROPERTIES,
        "Temperature": "temperature",
    }
    TEMPERATURE_ZERO_C = 25  # at which the registers of the temperature read 0

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._temperature_c = float(self.TEMPERATURE_ZERO_C)
        self._wires = {"Interrupt1": Wire(), "Interrupt2": Wire()}
        self._clock = SampleClock(self, self._convert)

    def reset(self) -> None:
        """To the state after power-on; samples that were fed stay."""
        self._reset_registers()
        self.end_transfer()

    def faults_changed(self) -> None:
        """Another speed of the clock begins at once."""
        if self._clock.running:
            self._start()

    @property
    def temperature(self) -> float:
        """Of the sensor itself, in degC."""
        return self._temperature_c

    @temperature.setter
    def temperature(self, value: float) -> None:
        self._temperature_c = self.within(value, -40, 85, "degC")

    @abstractmethod
    def _reset_registers(self) -> None:
        """To the values after power-on; nothing is converted."""

    @abstractmethod
    def _start(self) -> None:
        """Convert at the rate that the registers say, or not at all."""

    @abstractmethod
    def _convert(self) -> None:
        """Take the world as it is now."""
