"""The two wires of an I2C bus: who sits on them, and what a test does to them."""

from __future__ import annotations

from collections.abc import Callable

from simgate.peripheral.bus.devices import I2cDevice
from simgate.peripheral.host import Handle, Host
from simgate.peripheral.model import AttachError, Model
from simgate.peripheral.wire import Wire

_FIRST, _LAST = 0x08, 0x77  # the rest of the 7-bit addresses is reserved (UM10204, 3.1.12)
_CLOCKS = 9  # a target in the middle of a byte lets go of SDA after nine pulses of SCL at most
_TEN_BIT = 0x400  # marks 10-bit addresses in the table
FOREVER = -1


class I2cBus:
    """Transfers are calls, one a byte; the controller keeps the time.

    Args:
        host: time, for a bus that is stuck for a while.
        released: called when SDA is free again after it was stuck.
    """

    def __init__(self, host: Host, released: Callable[[], None]) -> None:
        self.sda = Wire()
        self.sda.level = True
        self._host = host
        self._released = released
        self._devices: dict[int, I2cDevice] = {}
        self._current: I2cDevice | None = None
        self._refusing: dict[int, int] = {}  # address: how many addresses are not acknowledged
        self._refusing_data: dict[int, int] = {}
        self._address = 0
        self._clocks_left = 0
        self._release: Handle | None = None

    def attach(self, address: int | None, device: Model) -> None:
        """Put a device at a 7-bit address, or at a 10-bit one if it says ``ten_bit``.

        Raises:
            AttachError: it is no I2C device, the address is none, or it is taken.
        """
        if not isinstance(device, I2cDevice):
            raise AttachError(f"{device.TYPE or device.name} is no I2C device")
        if address is None:
            raise AttachError("an I2C device needs an address, as in '@ i2c1 0x18'")
        key = address
        if getattr(device, "ten_bit", False):
            if not 0 <= address < 0x400:
                raise AttachError(f"0x{address:x} is no 10-bit I2C address")
            key |= _TEN_BIT
        elif not _FIRST <= address <= _LAST:
            hint = ""
            if _FIRST <= address >> 1 <= _LAST and address > _LAST:
                hint = f"; without the R/W bit it would be 0x{address >> 1:02x}"
            raise AttachError(
                f"0x{address:02x} is no 7-bit I2C address (0x{_FIRST:02x} to 0x{_LAST:02x}){hint}"
            )
        if key in self._devices:
            raise AttachError(f"0x{address:02x} is taken by '{self._devices[key].name}'")
        self._devices[key] = device

    # ---- transfers ----

    def address(self, address: int, reading: bool, *, ten_bit: bool = False) -> bool:
        """A start, or repeated start, and an address; whether it is acknowledged."""
        key = address | _TEN_BIT if ten_bit else address
        device = self._devices.get(key)
        if self._current is not None and self._current is not device:
            self.stop()
        if _counts_down(self._refusing, address) or device is None:
            self.stop()
            return False
        if not device.start(reading):
            if self._current is device:
                self.stop()
            return False
        self._current, self._address = device, address
        return True

    def header(self, high: int) -> bool:
        """The first byte of a 10-bit address; whether a device has these upper two bits."""
        return any(key & _TEN_BIT and (key >> 8 & 3) == high for key in self._devices)

    def write(self, byte: int) -> bool:
        """Whether the addressed device acknowledges the byte."""
        if self._current is None or _counts_down(self._refusing_data, self._address):
            return False
        return self._current.write(byte)

    def read(self) -> int:
        """What the addressed device sends; nobody pulls SDA low: 0xFF."""
        if self.stuck:
            return 0
        return 0xFF if self._current is None else self._current.read() & 0xFF

    def stop(self) -> None:
        """A stop, or the end of a device's part."""
        if self._current is not None:
            device, self._current = self._current, None
            device.stop()

    # ---- faults ----

    @property
    def stuck(self) -> bool:
        """SDA is held low."""
        return self._clocks_left > 0

    def stick(self, seconds: float) -> None:
        """Hold SDA low that long, or until nine clocks; `seconds` below 0: only clocks help."""
        self._cancel()
        self._clocks_left = _CLOCKS
        if seconds >= 0:
            self._release = self._host.after(seconds, self._time_is_up)
        self.sda.set(False)

    def clock(self) -> None:
        """One pulse of SCL that a GPIO made."""
        if self._clocks_left == 1:
            self.free()
        elif self._clocks_left:
            self._clocks_left -= 1

    def free(self) -> None:
        """Let go of SDA."""
        self._cancel()
        if self._clocks_left:
            self._clocks_left = 0
            self.sda.set(True)
            self._released()

    def refuse(self, address: int, count: int) -> None:
        """Do not acknowledge that address the next `count` times; below 0: never."""
        self._refusing[address] = count

    def refuse_data(self, address: int, count: int) -> None:
        """Do not acknowledge the next `count` bytes that are written there; below 0: none."""
        self._refusing_data[address] = count

    def _time_is_up(self) -> None:
        self._release = None
        self.free()

    def _cancel(self) -> None:
        if self._release is not None:
            self._host.cancel(self._release)
            self._release = None


def _counts_down(counts: dict[int, int], address: int) -> bool:
    left = counts.get(address, 0)
    if left > 0:
        counts[address] = left - 1
    return left != 0
