"""What both generations of ST's I2C share: bus, wires, the commands of a test, pace on the wire."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from simgate.peripheral.bus.i2c_bus import I2cBus
from simgate.peripheral.host import Handle, Host
from simgate.peripheral.model import Model, command
from simgate.peripheral.register_block import RegisterBlock
from simgate.peripheral.wire import Sink, Wire

BYTE_BITS = 9  # eight and the acknowledge


class I2cController(RegisterBlock):
    """Base of the controllers. Devices are attached by 7-bit address.

    ``frequency`` is that of the clock that times the bus, in hertz.
    Outputs: ``EventInterrupt``, ``ErrorInterrupt``, and ``SDA`` for a GPIO pin that shares it.
    Input 0 is SCL as a GPIO pin drives it, so that firmware can clock a stuck bus free.
    """

    ATTRIBUTES = frozenset({"frequency"})
    FREQUENCY_HZ = 16_000_000

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._clock_s = 1.0 / max(self.integer("frequency", self.FREQUENCY_HZ), 1)
        self.bus = I2cBus(host, self._bus_released)
        self._events, self._errors = Wire(), Wire()
        self._wires = {
            "EventInterrupt": self._events,
            "ErrorInterrupt": self._errors,
            "SDA": self.bus.sda,
        }
        self._want_rx = host.signal(f"{name.upper()}_RX")
        self._want_tx = host.signal(f"{name.upper()}_TX")
        self._planned: Handle | None = None
        self._lose_arbitration = False
        self._scl = True

    def attach(self, address: int | None, device: Model) -> None:
        """A device at its address."""
        self.bus.attach(address, device)

    def input(self, line: int) -> Sink:
        """SCL from a GPIO pin."""
        if line != 0:
            raise KeyError(line)
        return self._drive_scl

    # ---- faults, as Monitor commands ----

    @command("StickBus")
    def stick_bus(self, seconds: float) -> None:
        """A target holds SDA low for that long, or until nine clocks; below 0: until clocks."""
        self.bus.stick(seconds)
        self._bus_stuck()

    @command("ReleaseBus")
    def release_bus(self) -> None:
        """The target lets go of SDA."""
        self.bus.free()

    @command("Nack")
    def nack(self, address: int, count: int = 1) -> None:
        """The next `count` times that address is not acknowledged; below 0: from now on."""
        self.bus.refuse(address, count)

    @command("NackData")
    def nack_data(self, address: int, count: int = 1) -> None:
        """The next `count` bytes written to that address are not acknowledged."""
        self.bus.refuse_data(address, count)

    @command("LoseArbitration")
    def lose_arbitration(self) -> None:
        """Another controller wins the next byte that this one sends."""
        self._lose_arbitration = True

    @command("BusError")
    @abstractmethod
    def bus_error(self) -> None:
        """A start or stop is seen in the middle of a byte."""

    # ---- for the generations ----

    @abstractmethod
    def _bit_s(self) -> float:
        """Seconds of one period of SCL."""

    @abstractmethod
    def _bus_stuck(self) -> None:
        """SDA went low and stays there."""

    @abstractmethod
    def _bus_released(self) -> None:
        """SDA is free again."""

    def _after_bits(self, bits: int, action: Callable[[], None]) -> None:
        """The wire is busy for so many periods of SCL; one such wait is under way at a time."""
        self._drop_plan()

        def act() -> None:
            self._planned = None
            action()

        self._planned = self.host.after(bits * self._bit_s(), act)

    def _drop_plan(self) -> None:
        if self._planned is not None:
            self.host.cancel(self._planned)
            self._planned = None

    def _arbitration_is_lost(self) -> bool:
        lost = self._lose_arbitration or self.bus.stuck
        self._lose_arbitration = False
        return lost

    def _drive_scl(self, level: bool) -> None:
        if level and not self._scl:
            self.bus.clock()
        self._scl = level
