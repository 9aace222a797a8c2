"""ArduCAM Mini 2MP Plus: an OV2640 camera behind a controller on SPI that keeps a picture.

After the ArduCAM SPI camera hardware application note (register table) and the OV2640 data sheet
(sections 13 and 14 for the two register banks). Under Renode's name and property ``ImageSource``: a
file, usually a JPEG, whose bytes are what a capture gives. Beyond Renode: a capture takes a frame's
time (attribute ``frameTime`` in seconds, default 1/15), the identity registers answer, and the read
pointer can be set back.

SPI: bit 7 of the first byte is write. The camera's own registers are on I2C, where the same device
is registered: ``camera: Sensors.ArduCAMMini2MPPlus @ { spi1; i2c1 0x30 }``; they read back.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from simgate.errors import EngineError
from simgate.peripheral.bus.devices import I2cDevice, SpiDevice
from simgate.peripheral.host import Handle, Host
from simgate.peripheral.registry import peripheral
from simgate.sensor.fault import FaultySensor
from simgate.sensor.picture import read_bytes

TEST, FIFO_CONTROL, BURST_READ, SINGLE_READ = 0x00, 0x04, 0x3C, 0x3D
VERSION, TRIGGER, SIZE_0 = 0x40, 0x41, 0x42
_CLEAR_DONE, _START, _RESET_READ = 1 << 0, 1 << 1, 1 << 4
_DONE = 1 << 3
_VERSION_2MP_PLUS = 0x73
_BANK, _SENSOR_BANK = 0xFF, 1
# OV2640, bank 1: product and manufacturer
_OV2640 = {0x0A: 0x26, 0x0B: 0x42, 0x1C: 0x7F, 0x1D: 0xA2}
_LARGEST = 0x7F_FFFF  # bytes of its memory that the size registers can count


@peripheral("Sensors.ArduCAMMini2MPPlus")
class ArducamMini(FaultySensor, SpiDevice, I2cDevice):
    """Faults: nack (both interfaces), drop (a capture that never completes)."""

    ATTRIBUTES = FaultySensor.ATTRIBUTES | {"frameTime"}
    PROPERTIES: ClassVar[Mapping[str, str]] = {
        **FaultySensor.PROPERTIES,
        "ImageSource": "image_source",
    }

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._frame_s = self.number("frameTime", 1 / 15)
        if not 0 <= self._frame_s < 100:
            raise EngineError(f"{name}: 'frameTime' is {self._frame_s} s")
        self._image, self._source = b"", ""
        self._capturing: Handle | None = None
        self.reset()

    def reset(self) -> None:
        """To the state after power-on; the picture in front of it stays."""
        if self._capturing is not None:
            self.host.cancel(self._capturing)
            self._capturing = None
        self._values = {TEST: 0}
        self._memory, self._pointer, self._done = b"", 0, False
        self._register: int | None = None
        self._writing = self._silent = False
        self._banks: tuple[dict[int, int], dict[int, int]] = ({}, dict(_OV2640))
        self._bank = 0
        self._camera_register: int | None = None

    @property
    def image_source(self) -> str:
        """The file in front of the lens."""
        return self._source

    @image_source.setter
    def image_source(self, path: str | Path) -> None:
        data = read_bytes(Path(path))
        if len(data) > _LARGEST:
            raise EngineError(f"{self.name}: {path} is larger than the camera's memory")
        self._image, self._source = data, str(path)

    # ---- SPI: the controller ----

    def select(self) -> None:
        """A transfer begins."""
        self._register = None
        self._silent = self.refuses()

    def exchange(self, byte: int) -> int:
        """Address, then bytes of that one register."""
        if self._silent:
            return 0xFF
        if self._register is None:
            self._register, self._writing = byte & 0x7F, bool(byte & 0x80)
            return 0
        if self._writing:
            self._write_controller(self._register, byte)
            return 0
        return self._read_controller(self._register)

    def deselect(self) -> None:
        """The transfer ended."""
        self._register = None

    def _read_controller(self, register: int) -> int:
        if register in (BURST_READ, SINGLE_READ):
            if self._pointer >= len(self._memory):
                return 0
            self._pointer += 1
            return self._memory[self._pointer - 1]
        if register == VERSION:
            return _VERSION_2MP_PLUS
        if register == TRIGGER:
            return _DONE if self._done else 0
        if SIZE_0 <= register < SIZE_0 + 3:
            return len(self._memory) >> 8 * (register - SIZE_0) & 0xFF
        return self._values.get(register, 0)

    def _write_controller(self, register: int, byte: int) -> None:
        if register != FIFO_CONTROL:
            self._values[register] = byte
            return
        if byte & _CLEAR_DONE:
            self._done = False
        if byte & _RESET_READ:
            self._pointer = 0
        if byte & _START and self._capturing is None:
            self._capturing = self.host.after(self._frame_s, self._captured)

    def _captured(self) -> None:
        self._capturing = None
        if self.disturbed((0.0,)) is None:
            return
        self._memory, self._pointer, self._done = self._image, 0, True

    # ---- I2C: the camera ----

    def start(self, reading: bool) -> bool:
        """Its address was sent."""
        if self.refuses():
            return False
        if not reading:
            self._camera_register = None
        return True

    def write(self, byte: int) -> bool:
        """A register's address, then its value."""
        if self._camera_register is None:
            self._camera_register = byte
        elif self._camera_register == _BANK:
            self._bank = byte & 1
        elif self._bank != _SENSOR_BANK or self._camera_register not in _OV2640:
            self._banks[self._bank][self._camera_register] = byte
        return True

    def read(self) -> int:
        """The register's value."""
        register = self._camera_register or 0
        return self._bank if register == _BANK else self._banks[self._bank].get(register, 0)

    def stop(self) -> None:
        """The address of the register stays."""
