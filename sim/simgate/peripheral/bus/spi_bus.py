"""The wires of an SPI bus: clock and data for all devices, a chip select for each."""

from __future__ import annotations

from simgate.peripheral.bus.devices import SpiDevice
from simgate.peripheral.host import Host
from simgate.peripheral.model import AttachError, Model

_FLOATING = 0xFF  # what MISO reads when nobody drives it


class SpiBus:
    """Devices with a chip select wire answer while it is low; one without, while the SPI is on."""

    def __init__(self, name: str, host: Host) -> None:
        self._name = name
        self._host = host
        self._devices: list[SpiDevice] = []
        self._on = False

    def attach(self, device: Model) -> None:
        """Connect a device.

        Raises:
            AttachError: it is no SPI device.
        """
        if not isinstance(device, SpiDevice):
            raise AttachError(f"{device.TYPE or device.name} is no SPI device")
        self._devices.append(device)

    def enable(self, on: bool) -> None:
        """The SPI is on or off: the select of a device that has no wire for it."""
        if on == self._on:
            return
        self._on = on
        bare = [device for device in self._devices if not device.has_chip_select]
        if len(bare) > 1 and on:
            names = ", ".join(device.name for device in bare)
            self._host.remark(
                f"{self._name}: {names} share the bus without chip selects (input 0 of each)"
            )
        for device in bare[:1]:
            device.drive_chip_select(not on)

    def remarks(self) -> tuple[str, ...]:
        """Why a device may not hear where its commands end."""
        return tuple(
            f"{self._name}: '{device.name}' has no chip select wire (gpioPortA: 4 -> "
            f"{device.name}@0): it is selected as long as SPE is set"
            for device in self._devices
            if self._on and device.selected and not device.has_chip_select
        )

    def exchange(self, value: int, bits: int, *, low_first: bool = False) -> int:
        """One frame of 4 to 32 bits both ways; more than eight are exchanged high byte first."""
        if low_first:
            value = _mirrored(value, bits)
        answer = 0
        for shift in range((bits - 1) // 8 * 8, -1, -8):
            answer = answer << 8 | self._byte(value >> shift & 0xFF)
        answer &= (1 << bits) - 1
        return _mirrored(answer, bits) if low_first else answer

    def _byte(self, byte: int) -> int:
        answer, answering = _FLOATING, 0
        for device in self._devices:
            if device.selected:
                answer &= device.exchange(byte)
                answering += 1
        if answering > 1:
            self._host.remark(f"{self._name}: more than one chip select is low")
        elif not answering and self._devices:
            self._host.remark(f"{self._name}: clocked while no chip select was low")
        return answer


def _mirrored(value: int, bits: int) -> int:
    return int(f"{value & (1 << bits) - 1:0{bits}b}"[::-1], 2)
