"""Sensors whose registers are bytes at addresses of seven bits, over I2C and SPI alike.

I2C: after the address of the device, the first byte written is the address of a register; bytes
that follow are written from there on, and a read after a repeated start reads from there on.
SPI: the first byte has the address in bits 6:0 and read (1) or write (0) in bit 7.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from simgate.peripheral.bus.devices import I2cDevice, SpiDevice
from simgate.peripheral.host import Host
from simgate.sensor.fault import FaultySensor

_READ = 0x80


class ByteRegisterDevice(FaultySensor, I2cDevice, SpiDevice):
    """Base of such a sensor: it says what its registers hold and do."""

    DUMMY_BYTES_OF_SPI_READ = 0  # between the address and the first byte read

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self.end_transfer()

    @abstractmethod
    def read_register(self, address: int) -> int:
        """What a read of a register gives, side effects included."""

    @abstractmethod
    def write_register(self, address: int, value: int) -> None:
        """What a write to a register does."""

    @abstractmethod
    def next_address(self, address: int) -> int:
        """The register after this one, in a transfer of several bytes."""

    def answers_i2c(self) -> bool:
        """Whether the I2C interface is on."""
        return True

    def transfer_begins(self) -> None:
        """For subclasses: the sensor was addressed or selected."""

    def transfer_ends(self) -> None:
        """For subclasses: the bus has stopped, or the chip select went high."""

    def end_transfer(self) -> None:
        """Forget the register's address."""
        self._address: int | None = None
        self._spi_reading = self._spi_silent = False
        self._spi_dummies = 0

    # ---- I2C ----

    def start(self, reading: bool) -> bool:
        """Its address was sent."""
        if self.refuses() or not self.answers_i2c():
            return False
        if not reading:
            self._address = None
        self.transfer_begins()
        return True

    def write(self, byte: int) -> bool:
        """The register's address, then values."""
        if self._address is None:
            self._address = byte & 0x7F
        else:
            self.write_register(self._address, byte)
            self._address = self.next_address(self._address)
        return True

    def read(self) -> int:
        """The value of the next register."""
        address = self._address or 0
        value = self.read_register(address)
        self._address = self.next_address(address)
        return value

    def stop(self) -> None:
        """The register's address stays, for a read that begins with a start of its own."""
        self.transfer_ends()

    # ---- SPI ----

    def select(self) -> None:
        """A transfer begins."""
        self.end_transfer()
        self._spi_silent = self.refuses()
        self.transfer_begins()

    def exchange(self, byte: int) -> int:
        """Address, then values."""
        if self._spi_silent:
            return 0xFF
        if self._address is None:
            self._address = byte & 0x7F
            self._spi_reading = bool(byte & _READ)
            self._spi_dummies = self.DUMMY_BYTES_OF_SPI_READ
            return 0
        address = self._address
        if not self._spi_reading:
            self.write_register(address, byte)
            self._address = self.next_address(address)
            return 0
        if self._spi_dummies:
            self._spi_dummies -= 1
            return 0
        value = self.read_register(address)
        self._address = self.next_address(address)
        return value

    def deselect(self) -> None:
        """The transfer ended."""
        self.end_transfer()
        self.transfer_ends()
