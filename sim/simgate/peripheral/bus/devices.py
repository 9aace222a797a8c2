"""What buses, converters and camera ports expect of the devices that are attached to them.

A device is a `Model` of its own, registered at a bus in the description:
``acc: Sensors.LIS2DW12 @ i2c1 0x18``. The bus keeps the time on its wires; a device hears of each
byte when it has passed.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol, runtime_checkable

from simgate.peripheral.model import Model
from simgate.peripheral.wire import Sink


class I2cDevice(Model):
    """A target on an I2C bus. A repeated start comes as `start` without a `stop` before it."""

    @abstractmethod
    def start(self, reading: bool) -> bool:
        """Its address was sent, with R/W; whether it acknowledges."""

    @abstractmethod
    def write(self, byte: int) -> bool:
        """A byte arrived; whether it acknowledges."""

    @abstractmethod
    def read(self) -> int:
        """The byte that it sends next, 0 to 255."""

    @abstractmethod
    def stop(self) -> None:
        """The transfer that it took part in has ended."""


class SpiDevice(Model):
    """A slave on an SPI bus. Frames of 16 bits exchange two bytes, high first.

    Its chip select is `input(0)`, active low, from a GPIO wire (``gpioPortA: 4 -> flash@0``); a
    pull-up keeps it high until that wire has been high once. Without such a wire the bus selects
    its only device while SPE is on.
    """

    has_chip_select = False  # a wire is connected to `input(0)`
    selected = False

    @abstractmethod
    def select(self) -> None:
        """Chip select went low."""

    @abstractmethod
    def exchange(self, byte: int) -> int:
        """Eight bits in, eight bits out at the same time, 0 to 255."""

    @abstractmethod
    def deselect(self) -> None:
        """Chip select went high."""

    def input(self, line: int) -> Sink:
        """The chip select is line 0."""
        if line != 0:
            raise KeyError(line)
        self.has_chip_select = True
        return self.drive_chip_select

    def drive_chip_select(self, level: bool) -> None:
        """The line is low or high now; `select` and `deselect` hear of changes."""
        if self.selected == level:
            self.selected = not level
            if level:
                self.deselect()
            else:
                self.select()


@runtime_checkable
class AnalogSource(Protocol):
    """What can drive a channel of an ADC: ``mic: Sensors.AnalogMicrophone @ adc1 5``."""

    def voltage(self, time_s: float) -> float:
        """Volts at that virtual time."""
        ...


@runtime_checkable
class I2sSource(Protocol):
    """What can drive the data line of an I2S bus."""

    def frame(self, time_s: float) -> tuple[int, int]:
        """Left and right as unsigned 32-bit words, the sample in the upper bits."""
        ...


@runtime_checkable
class FrameSource(Protocol):
    """A camera on a parallel interface."""

    width: int  # bytes a line
    height: int  # lines

    def frame(self, time_s: float) -> bytes:
        """The picture at that virtual time: `height` lines of `width` bytes."""
        ...
